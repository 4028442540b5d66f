import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations
@testable import Vault

/// What a watch leaves alone where a backup that cannot be read may say that it is meant to be so.
@Suite(.timeLimit(.minutes(5))) struct HostVeilTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func watch() async throws -> JSONValue {
        bench.home.clock.advance(by: .seconds(1))
        return try await bench.call(
            "watch",
            ["host": ["cursor"], "file": .string(bench.path), "once": true, "repair": "all"])
    }

    private func events(_ output: JSONValue, _ kind: String) -> [String] {
        output["events"]?.array?.filter { $0["kind"]?.string == kind }.compactMap { $0["text"]?.string } ?? []
    }

    /// Makes the manifest of a backup one that cannot be read.
    private func damage(_ id: String) throws {
        let name = try #require(bench.home.files.paths.first { $0.hasSuffix("\(id).manifest") })
        bench.home.files.damage(name) { $0[$0.count / 2] ^= 1 }
    }

    private func change(_ isGone: Bool) throws {
        try Shell.run(isGone ? "rm '\(bench.path)'" : "echo '{\"mcpServers\": {}}' >'\(bench.path)'")
    }

    @Test(arguments: [true, false])
    func `what was accepted is not put back unasked where that cannot be read`(_ isGone: Bool) async throws {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        try change(isGone)
        bench.home.clock.advance(by: .seconds(1))
        let accepted = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        let id = try #require(accepted["hosts"]?[0]?["backup"]?.string)
        let text = TestFiles.bytes(at: bench.path)
        try damage(id)
        let output = try await watch()
        #expect(TestFiles.bytes(at: bench.path) == text)
        #expect(output["broken"] == ["cursor"] && events(output, "repaired") == [])
        let told = events(output, "failed").filter {
            $0.hasPrefix("\(bench.path) was not put back: backup \(id) cannot be read")
        }
        #expect(told.count == 1, "\(output)")
        #expect(told.first?.contains("host-config backup cursor --file \(bench.path) --accept") == true)
        #expect(output["offers"]?.array?.count == 1)
        // A person may, and what is broken comes back all the same.
        try await bench.call("restore", ["host": "cursor", "file": [.string(bench.path)]])
        #expect(TestFiles.bytes(at: bench.path) == good)
        try TestFiles.write([], to: bench.path)
        let repaired = try await watch()
        #expect(repaired["broken"] == [] && events(repaired, "repaired").count == 1)
        #expect(TestFiles.bytes(at: bench.path) == good)
    }

    @Test func `an older one that cannot be read is in the way of nothing`() async throws {
        let ids = try await bench.backups(2)
        let good = TestFiles.bytes(at: bench.path)
        try damage(ids[0])
        try change(true)
        #expect(events(try await watch(), "repaired").count == 1)
        #expect(TestFiles.bytes(at: bench.path) == good)
    }
}
