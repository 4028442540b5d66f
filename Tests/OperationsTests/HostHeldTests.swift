import Basics
import TestSupport
import Testing

@testable import Operations

/// What was accepted here holds behind newer states of other machines, until the file is another one.
@Suite(.timeLimit(.minutes(5))) struct HostHeldTests {
    private let bench: HostBench
    private let other: HostBench

    init() async throws {
        bench = try await HostBench()
        other = try await HostBench()
    }

    private func watch(_ repair: String = "offer") async throws -> JSONValue? {
        try await bench.call(
            "watch",
            [
                "host": ["cursor"], "file": .string(bench.path), "once": true, "repair": .string(repair),
            ])["broken"]
    }

    private func change(_ isGone: Bool) throws {
        try Shell.run(isGone ? "rm -f '\(bench.path)'" : "echo '{\"mcpServers\": {}}' >'\(bench.path)'")
    }

    /// Accepts that the file is gone, or without servers, and takes a newer state of another machine in.
    /// - Returns: the backup that accepts.
    @discardableResult
    private func prepare(_ isGone: Bool) async throws -> String {
        try bench.write(["a"])
        try await bench.backup()
        try change(isGone)
        let accepted = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        for bench in [bench, other] { bench.home.clock.advance(by: .seconds(60)) }
        try other.write(["b", "c"])
        try await other.backup()
        bench.home.clock.advance(by: .seconds(60))
        let archive = other.folder.path + "/e.jsonl"
        try await other.call("export", ["host": "cursor", "to": .string(archive)])
        let output = try await bench.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(bench.path)])
        #expect(output["backups"]?[0]?["outcome"] == "stored")
        return try #require(accepted["hosts"]?[0]?["backup"]?.string)
    }

    @Test(arguments: [true, false])
    func `nothing of another machine is put back where what was accepted cannot be read`(
        _ isGone: Bool
    ) async throws {
        let accepted = try await prepare(isGone)
        let name = try #require(bench.home.files.paths.first { $0.hasSuffix("\(accepted).manifest") })
        bench.home.files.damage(name) { $0[$0.count / 2] ^= 1 }
        let text = TestFiles.bytes(at: bench.path)
        #expect(try await watch("all") == ["cursor"])
        #expect(TestFiles.bytes(at: bench.path) == text)
        // Said once more, it holds.
        bench.home.clock.advance(by: .seconds(1))
        try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        #expect(try await watch("all") == [])
        #expect(TestFiles.bytes(at: bench.path) == text)
    }

    @Test(arguments: [true, false])
    func `a newer import is no change of this file`(_ isGone: Bool) async throws {
        try await prepare(isGone)
        let (text, count) = (TestFiles.bytes(at: bench.path), try await bench.list.count)
        #expect(try await watch("all") == [])
        #expect(TestFiles.bytes(at: bench.path) == text)
        #expect(try await bench.list.count == count)
        // Behind backups of other files and a clean-up as well.
        let second = bench.folder.path + "/second.json"
        for server in ["q", "r"] {
            bench.home.clock.advance(by: .seconds(1))
            try TestFiles.write(Array("{\"mcpServers\": {\"\(server)\": {}}}".utf8), to: second)
            try await bench.call("backup", ["host": ["cursor"], "file": .string(second)])
            #expect(try await watch() == [])
        }
        try await bench.call("clean", ["host": ["cursor"], "keep_count": 1])
        #expect(try await watch("all") == [])
        // Who wants what came in has it.
        try await bench.call("restore", ["host": "cursor", "file": [.string(bench.path)]])
        #expect(TestFiles.bytes(at: bench.path) == TestFiles.bytes(at: other.path))
        #expect(try await watch() == [])
        bench.home.clock.advance(by: .seconds(1))
        try change(isGone)
        #expect(try await watch() == ["cursor"])
    }

    @Test(arguments: [true, false], [false, true])
    func `what was put back is missed, seen by a watch or not`(_ isGone: Bool, _ isPart: Bool) async throws {
        try await prepare(isGone)
        try await bench.call(
            "restore",
            ["host": "cursor", "file": [.string(bench.path)]].merging(isPart ? ["server": ["b"]] : [:]) { $1 }
        )
        bench.home.clock.advance(by: .seconds(1))
        try change(isGone)
        #expect(try await watch() == ["cursor"])
    }

    @Test(arguments: [true, false])
    func `another state than the accepted one is told`(_ isGone: Bool) async throws {
        try await prepare(isGone)
        try TestFiles.write(Array("{\"mcpServers\": {}, \"x\": 1}".utf8), to: bench.path)
        #expect(try await watch() == ["cursor"])
    }

    @Test(arguments: [true, false])
    func `a clean-up lets go of nothing that ended it`(_ isGone: Bool) async throws {
        try await prepare(isGone)
        try TestFiles.write(Array("{\"mcpServers\": {".utf8), to: bench.path)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path)])
        try change(isGone)
        #expect(try await watch() == ["cursor"])
        let second = bench.folder.path + "/second.json"
        for server in ["q", "r"] {
            bench.home.clock.advance(by: .seconds(1))
            try TestFiles.write(Array("{\"mcpServers\": {\"\(server)\": {}}}".utf8), to: second)
            try await bench.call("backup", ["host": ["cursor"], "file": .string(second)])
        }
        try await bench.call("clean", ["host": ["cursor"], "keep_count": 1])
        #expect(try await watch() == ["cursor"])
    }

    @Test(arguments: [true, false])
    func `what is kept once more is accepted still`(_ isGone: Bool) async throws {
        try await prepare(isGone)
        let again = try await bench.call(
            "backup",
            ["host": ["cursor"], "accept": true]
                .merging(isGone ? [:] : ["file": .string(bench.path), "always": true]) { $1 })
        let row = try #require(again["hosts"]?[0])
        #expect(row["outcome"] == (isGone ? "unchanged" : "stored"), "\(row)")
        if !isGone {
            try await bench.call(
                "backup", ["host": ["cursor"], "file": .string(bench.path), "always": true])
            #expect(try await bench.list.first?["status"] == "ok")
        }
        #expect(try await watch() == [])
    }
}
