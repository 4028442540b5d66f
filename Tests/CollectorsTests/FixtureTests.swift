import Basics
import Collectors
import TestSupport
import Testing

@Suite("Recorded machines")
struct FixtureTests {
    @Test("are understood as expected", arguments: Fixture.all)
    func matchesExpectation(_ fixture: Fixture) throws {
        let collector = try collector(of: fixture)
        let result = Self.result(collector, try fixture.captures(of: collector.probes))
        guard let expected = fixture.bytes("expected.json") else {
            try TestFiles.write(
                JSONWriter.bytes(result, isPretty: true) + [0x0A], to: fixture.path("expected.json"))
            Issue.record("expected.json was missing and has been written; read it, then run again")
            return
        }
        let wanted = try JSONParser.parse(expected)
        #expect(
            result == wanted,
            "\(Self.firstDifference(JSONWriter.text(result, isPretty: true), JSONWriter.text(wanted, isPretty: true)))"
        )
    }

    @Test("show none of their secrets", arguments: Fixture.all)
    func hidesSecrets(_ fixture: Fixture) throws {
        guard let list = fixture.bytes("absent.txt") else { return }
        let collector = try collector(of: fixture)
        let captures = try fixture.captures(of: collector.probes)
        let visible = JSONWriter.bytes(Self.result(collector, captures).hidingSecrets)
        for secret in DeviceText.lines(list) where !secret.isEmpty {
            let recorded = captures.byProbe.values.contains {
                ByteSearch.first(Array(secret.utf8), in: $0.output) != nil
            }
            #expect(recorded, "absent.txt names something that was never there: \(secret)")
            #expect(ByteSearch.first(Array(secret.utf8), in: visible) == nil, "\(secret) can be seen")
        }
    }

    @Test("give items whose kind and name are unique", arguments: Fixture.all)
    func namesItemsUniquely(_ fixture: Fixture) throws {
        let collector = try collector(of: fixture)
        guard let inventory = try? collector.parse(fixture.captures(of: collector.probes)) else { return }
        let names = inventory.items.map { $0.kind + "\u{0}" + $0.name }
        #expect(Set(names).count == names.count)
        for item in inventory.items { #expect(InventoryItem(json: item.json) == item) }
    }

    @Test("are survived when their output is cut anywhere", arguments: Fixture.all)
    func survivesCutOutput(_ fixture: Fixture) throws {
        let collector = try collector(of: fixture)
        let whole = try fixture.captures(of: collector.probes)
        for (name, capture) in whole.byProbe {
            // Long outputs at fewer places: each costs a parse of its own.
            let places = capture.output.count > 16_384 ? 4 : 12
            for part in 0..<places {
                var cut = whole
                cut.byProbe[name]?.output = Array(capture.output.prefix(capture.output.count * part / places))
                // Refusing is fine while the device claims success; it only must not trap.
                _ = Self.result(collector, cut)
                cut.byProbe[name]?.outcome = .truncated
                #expect(throws: Never.self, "\(name) cut at \(part)/\(places)") { try collector.parse(cut) }
            }
        }
    }

    private func collector(of fixture: Fixture) throws -> any Collector.Type {
        try #require(
            allCollectors.first { $0.name == fixture.collector }, "no collector \(fixture.collector)")
    }

    /// The inventory or the error as JSON, in a fixed order.
    private static func result(_ collector: any Collector.Type, _ captures: Captures) -> JSONValue {
        do {
            let inventory = try collector.parse(captures)
            let items = inventory.items.sorted { ($0.kind, $0.name) < ($1.kind, $1.name) }
            return .object([
                "items": .array(items.map(\.json)), "remarks": .array(inventory.remarks.map { .string($0) }),
            ])
        } catch {
            return .object(["error": .string("\(error)")])
        }
    }

    private static func firstDifference(_ result: String, _ wanted: String) -> String {
        let (left, right) = (result.split(separator: "\n"), wanted.split(separator: "\n"))
        for index in 0..<max(left.count, right.count) {
            let found = index < left.count ? left[index] : "(nothing)"
            let expected = index < right.count ? right[index] : "(nothing)"
            if found != expected { return "line \(index + 1): found \(found), expected \(expected)" }
        }
        return "no difference in text"
    }
}
