import Basics
import ConfigText
import Testing

/// Texts put together by chance: what is put in comes out again, and nothing else moves.
@Suite struct RandomTextTests {
    /// Repeats for a seed.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private struct Writer {
        var chance: Chance
        let isStrict: Bool
        let lineEnd: String

        mutating func gap() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0...3, using: &chance) {
                switch Int.random(in: 0...(isStrict ? 3 : 5), using: &chance) {
                case 0, 1: text += " "
                case 2: text += "\t"
                case 3: text += lineEnd
                case 4: text += "/* } \" , */"
                default: text += "// { \" ," + lineEnd
                }
            }
            return text
        }

        mutating func value(_ depth: Int) -> String {
            switch Int.random(in: 0...(depth > 3 ? 3 : 6), using: &chance) {
            case 0: return "-1.5e3"
            case 1: return "true"
            case 2: return #""a \"b\" , } // é""#
            case 3: return "null"
            case 4: return list("[", "]", depth) { $0.value(depth + 1) }
            default: return object([], depth)
            }
        }

        mutating func object(_ fixed: [(String, String)], _ depth: Int) -> String {
            var number = 0
            var fixed = fixed
            return list("{", "}", depth, atLeast: fixed.count) { writer in
                number += 1
                let next = fixed.isEmpty ? nil : fixed.removeFirst()
                let name = next?.0 ?? "n\(number)"
                let value = next?.1 ?? writer.value(depth + 1)
                return "\"\(name)\"" + writer.gap() + ":" + writer.gap() + value
            }
        }

        private mutating func list(
            _ open: String, _ close: String, _ depth: Int, atLeast: Int = 0,
            _ element: (inout Writer) -> String
        ) -> String {
            let count = max(atLeast, Int.random(in: 0...3, using: &chance))
            var text = open + gap()
            for index in 0..<count {
                text += element(&self) + gap()
                let isLast = index == count - 1
                if !isLast || !isStrict && Bool.random(using: &chance) { text += "," + gap() }
            }
            return text + close
        }
    }

    @Test(arguments: 0..<400) func `what is put in comes out again`(_ seed: Int) throws {
        let isStrict = seed.isMultiple(of: 2)
        var writer = Writer(
            chance: Chance(state: UInt64(seed)), isStrict: isStrict,
            lineEnd: seed.isMultiple(of: 3) ? "\r\n" : "\n")
        let servers = writer.object([("other", #"{"command": "x"}"#)], 1)
        let old =
            writer.gap() + writer.object([("settings", "1"), ("mcpServers", servers)], 0) + writer.gap()
        let place = ["mcpServers", "holdfast"]
        let entry = ConfigValue.table([.init("command", .text("h")), .init("args", .list([.text("mcp")]))])
        let document = try JSONText(Array(old.utf8))
        let new = try document.setting(place, to: entry)
        let read = try JSONText(new)
        #expect(try read.value(at: place) == entry.json)
        if isStrict { _ = try JSONParser.parse(new) }
        let left = String(decoding: try read.removing(place), as: UTF8.self)
        #expect(left == old, "\(old)")
        let bare = try JSONText(try document.removing(["mcpServers", "other"]))
        #expect(try bare.value(at: ["mcpServers", "other"]) == nil)
        #expect(try bare.value(at: ["settings"]) == 1)
    }

    @Test func `no cut of a text is taken for a whole one`() throws {
        let whole = Array(
            #"{"a": {"b": [1, "x", true]}, /* c */ "mcpServers": {"d": {"command": "e"}}}"#.utf8)
        for length in 1..<whole.count {
            #expect(throws: ConfigTextError.self) { try JSONText(Array(whole.prefix(length))) }
        }
        _ = try JSONText(whole)
    }

    private static let samples: [(ConfigFormat, String)] = [
        (
            .jsonc,
            "\u{FEFF}{\r\n  // one { \"\r\n  \"a\": [1, -2.5e3, \"x\\n\\u00e9\", null],\r\n  \"mcpServers\": {\"b\": {} /* } */,},\r\n}\r\n"
        ),
        (
            .toml,
            "a = 1 # one\n[mcpServers.b]\nc = [ 1, \"x\\u00e9\", # two\n 'y', ]\nd.e = { f = true, g = \"\"\"z\n\"\"\" }\n[[list]]\nh = 1979-05-27\n"
        ),
    ]

    @Test func `whatever a text has come to, it is refused or changed in order`() throws {
        let changed = try (0..<2000).count { try Self.changesInOrder($0) }
        // Both happen.
        #expect((200...1800).contains(changed), "\(changed)")
    }

    /// Changes a sample at some places; whether it could still be read and changed.
    private static func changesInOrder(_ seed: Int) throws -> Bool {
        var chance = Chance(state: UInt64(seed))
        let (format, sample) = samples[seed % 2]
        var bytes = Array(sample.utf8)
        for _ in 0...Int.random(in: 0...3, using: &chance) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &chance)
            switch Int.random(in: 0...3, using: &chance) {
            case 0: bytes.remove(at: place)
            case 1:
                bytes.insert(
                    Array("{}[]\"',:/*#=\\.\n\r x".utf8).randomElement(using: &chance) ?? 0, at: place)
            case 2: bytes[place] = UInt8.random(in: 0...255, using: &chance)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...20, using: &chance)))
            }
        }
        let path = ["mcpServers", "holdfast"]
        let entry = ConfigValue.table([.init("command", .text("h\"\\\u{7}\n")), .init("args", .list([]))])
        guard let document = try? format.document(bytes) else { return false }
        guard let new = try? document.setting(path, to: entry) else { return false }
        let read = try format.document(new)
        #expect(try read.value(at: path) == entry.json)
        let left = try format.document(read.removing(path))
        #expect(try left.value(at: path) == nil)
        #expect(try left.value(at: ["a"]) == document.value(at: ["a"]))
        #expect(try left.value(at: ["mcpServers", "b"]) == document.value(at: ["mcpServers", "b"]))
        return true
    }
}
