import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// What verbs say where nothing comes back, or nothing is there.
@Suite(.timeLimit(.minutes(5))) struct HostWordsTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func shown(_ verb: String, _ arguments: [String: JSONValue]) async throws -> String {
        bench.home.clock.advance(by: .milliseconds(1))
        let operation = try #require(
            allOperations.first {
                $0.contract.command.joined(separator: " ") == "host-config \(verb)"
            })
        return "\(try await operation.call(arguments, in: bench.home.context()).display)"
    }

    private func error(_ verb: String, _ arguments: [String: JSONValue]) async -> OperationError? {
        await #expect(throws: OperationError.self) { try await bench.call(verb, arguments) }
    }

    /// Keeps the file and accepts that it is gone; both backups.
    private func letGo() async throws -> (kept: String, accepted: String) {
        try bench.write(["a"])
        let kept = try await bench.backup()
        try Shell.run("rm '\(bench.path)'")
        bench.home.clock.advance(by: .seconds(1))
        let output = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        return (kept, try #require(output["hosts"]?[0]?["backup"]?.string))
    }

    @Test func `what was accepted as gone is told with the backup that has it`() async throws {
        let (kept, accepted) = try await letGo()
        let way = "It is in \(kept): holdfast host-config restore cursor --backup \(kept)"
        #expect(await error("restore", ["host": "cursor"])?.hint == way)
        let named = await error("restore", ["host": "cursor", "file": [.string(bench.path)]])
        #expect(named?.message == "\(bench.path) was accepted as gone")
        #expect(named?.hint == way + " --file \(bench.path)")
        // A later backup that says so as well hides it no more.
        let other = bench.folder.path + "/other.json"
        try TestFiles.write(Array("{\"mcpServers\": {\"o\": {}}}".utf8), to: other)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        let later = await error("restore", ["host": "cursor", "file": [.string(bench.path)]])
        #expect(later?.hint == way + " --file \(bench.path)")
        let back = await error(
            "rollback", ["host": "cursor", "file": .string(bench.path), "backup": .string(accepted)])
        #expect(back?.message == "\(bench.path) was accepted as gone in backup \(accepted)")
        #expect(
            back?.hint == "To have it so: holdfast host-config rollback cursor --file \(bench.path) --absent")
        #expect(
            try await shown("show", ["host": "cursor", "backup": .string(accepted)])
                .contains("There is no file in it."))
        // Where no backup has it any more there is the list.
        _ = try await bench.home.call("backup delete", ["backup": .string(kept)])
        let gone = await error("restore", ["host": "cursor", "file": [.string(bench.path)]])
        #expect(gone?.hint == "Run: holdfast host-config list cursor")
    }

    @Test func `a device that is not known is told as such`() async throws {
        let error = await error("restore", ["host": "cursor", "device": "nosuch"])
        #expect(error?.code == .deviceUnknown)
    }

    @Test func `few are counted as few`() async throws {
        _ = try await bench.backups(3)
        #expect(try await shown("list", ["limit": 2]).contains("1 older one matches as well"))
        #expect(try await shown("list", ["limit": 1]).contains("2 older ones match as well"))
        let clean: [String: JSONValue] = ["host": ["cursor"], "keep_count": 5]
        #expect(try await shown("clean", clean).contains("Nothing was let go."))
        for (name, says) in [
            ("keep_count", "--keep-count takes 1 to 1000000"),
            ("older_than_days", "--older-than-days takes 0 to 36500"),
        ] {
            #expect(await error("clean", ["host": ["cursor"], name: .int(-1)])?.message == says)
        }
    }

    @Test func `the latest of a program is no part of anything`() async throws {
        _ = try await bench.backups(1)
        let output = try await bench.home.call("backup show", ["backup": "latest:host:cursor"])
        #expect(output["warnings"] == nil, "\(output)")
    }
}
