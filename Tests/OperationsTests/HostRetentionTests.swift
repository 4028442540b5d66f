import Basics
import TestSupport
import Testing

@testable import Operations

/// What the rules for machines leave alone, and what is said of the only copy of a file.
@Suite(.timeLimit(.minutes(5))) struct HostRetentionTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var ids: [String] {
        get async throws { try await bench.list.compactMap { $0["backup"]?.string } }
    }

    @Test(arguments: [["keep_last": 1], ["keep_daily": 7], ["keep_yearly": 1]] as [[String: JSONValue]])
    func `no device's rules let a program's backups go`(_ rules: [String: JSONValue]) async throws {
        let other = bench.folder.path + "/project/mcp.json"
        try Folder.createAll(AtomicFile.folder(of: other))
        try TestFiles.write(Array(#"{"mcpServers": {"p": {}}}"#.utf8), to: other)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        bench.home.clock.advance(by: .seconds(30 * 86_400))
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["a", "b"])
        // What a restore replaced takes no sound one's place.
        try await bench.call("restore", ["host": "cursor"])
        let before = try await ids
        #expect(before.count == 3)
        let arguments = rules.merging(["now": true, "safety_copies": 0]) { $1 }
        let report = try await bench.home.call("backup prune", arguments)
        #expect(report["decisions"]?.array?.map { $0["keeps"] } == [true, true, true])
        #expect(report["decisions"]?[0]?["reasons"] == ["only ‘host-config clean’ lets it go"])
        #expect(try await ids == before)
        try TestFiles.write([], to: other)
        try await bench.call("restore", ["host": "cursor", "file": [.string(other)]])
        #expect(TestFiles.bytes(at: other)?.isEmpty == false)
    }

    @Test func `a file that was accepted as gone keeps its newest backup`() async throws {
        try bench.write(["a"])
        let id = try await bench.backup()
        try Shell.run("rm '\(bench.path)'")
        bench.home.clock.advance(by: .seconds(1))
        try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        let rows = try await bench.call("hosts", ["all": true])["hosts"]?.array ?? []
        #expect(rows.first { $0["host"] == "cursor" }?["wasLetGo"] == true)
        let report = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true])
        let kept = report["decisions"]?.array?.first { $0["backup"]?.string == id }
        #expect(kept?["keeps"] == true)
        #expect(kept?["reason"] == "the newest of a file that was accepted as gone", "\(report)")
    }

    @Test func `who deletes the only copy of a file is told`() async throws {
        let ids = try await bench.backups(2)
        let first = try await bench.home.call("backup delete", ["backup": .string(ids[1])])
        #expect(first["warnings"] == nil)
        let last = try await bench.home.call("backup delete", ["backup": .string(ids[0])])
        let warning = try #require(last["warnings"]?[0]?.string)
        #expect(warning.hasPrefix("No other sound backup has \(bench.path); "), "\(warning)")
        #expect(warning.contains("backup undelete \(ids[0])"))
    }
}
