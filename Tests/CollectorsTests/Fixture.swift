import Basics
import Collectors
import TestSupport
import Testing

/// One recorded case of a collector; `Fixtures/README.md` describes the files.
struct Fixture: Sendable, CustomTestStringConvertible {
    /// The collector's name.
    let collector: String
    /// The folder's own name: `<system>_<version>_<case>`.
    let name: String

    private static let root = TestFiles.folder(of: #filePath) + "/Fixtures"

    /// Every fixture of the source tree, in order of their paths.
    static let all: [Fixture] = TestFiles.names(in: root).filter { $0 != "README.md" }.flatMap { collector in
        TestFiles.names(in: root + "/" + collector).map { Fixture(collector: collector, name: $0) }
    }

    var testDescription: String { collector + "/" + name }

    /// The file `name` of this fixture; nil when it has none.
    func bytes(_ name: String) -> [UInt8]? { TestFiles.bytes(at: path(name)) }

    func path(_ name: String) -> String { Self.root + "/" + collector + "/" + self.name + "/" + name }

    /// What the device answered to `probes`.
    func captures(of probes: [Probe]) throws -> Captures {
        let exits = try bytes("exits.json").map { try JSONParser.parse($0) }
        if let listed = exits?.object?.keys {
            let unknown = listed.filter { key in !probes.contains { $0.name == key } }
            try #require(unknown.isEmpty, "exits.json names no probe: \(unknown)")
        }
        var captures = Captures()
        for probe in probes {
            let output = bytes(probe.name + ".txt")
            let outcome = try outcome(exits?[probe.name], hasOutput: output != nil)
            let errors = bytes(probe.name + ".err") ?? []
            captures.byProbe[probe.name] = Capture(outcome: outcome, output: output ?? [], errors: errors)
        }
        return captures
    }

    private func outcome(_ entry: JSONValue?, hasOutput: Bool) throws -> ProbeOutcome {
        guard let entry else { return hasOutput ? .exited(0) : .absent }
        if let status = entry.int { return status == 127 ? .absent : .exited(Int32(status)) }
        let words: [String: ProbeOutcome] = [
            "absent": .absent, "denied": .denied, "timedOut": .timedOut, "truncated": .truncated,
            "lost": .lost,
        ]
        return try #require(entry.string.flatMap { words[$0] }, "exits.json holds an unknown outcome")
    }
}
