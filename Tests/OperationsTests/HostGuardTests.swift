import Basics
import TestSupport
import Testing

@testable import Operations

/// What a program that edits a host's file is promised.
@Suite struct HostGuardTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func prepare() async throws -> JSONValue {
        try await bench.call("prepare", ["host": "cursor", "file": .string(bench.path)])
    }

    private func rollBack(_ more: [String: JSONValue]) async throws -> JSONValue {
        try await bench.call(
            "rollback", ["host": "cursor", "file": .string(bench.path)].merging(more) { $1 })
    }

    @Test func `an edit that failed is undone, byte by byte`() async throws {
        try bench.write(["a", "b"])
        try Shell.run("chmod 640 '\(bench.path)'; touch -d '2026-01-02 03:04:05.678' '\(bench.path)'")
        let look = "stat -c '%a %y' '\(bench.path)'; cat '\(bench.path)'"
        let before = try Shell.output(look)
        let ticket = try await prepare()
        let id = try #require(ticket["backup"])
        #expect(ticket["rollback"]?.array?.suffix(2) == ["--backup", id])
        // The same state needs no other backup.
        #expect(try await prepare()["backup"] == id)
        try Shell.run("printf '{\"mcpServers\": {' >'\(bench.path)'")
        let output = try await rollBack(["backup": id])
        #expect(output["outcome"] == "restored" && output["safetyCopy"]?.string != nil)
        #expect(try Shell.output(look) == before)
        #expect(try await rollBack(["backup": id])["outcome"] == "unchanged")
    }

    @Test func `what was not there goes, and is kept`() async throws {
        let ticket = try await prepare()
        #expect(ticket["backup"] == nil || ticket["backup"] == .null)
        #expect(ticket["rollback"]?.array?.last == "--absent")
        #expect(try await rollBack(["absent": true])["outcome"] == "unchanged")
        try bench.write(["new"])
        let edited = TestFiles.bytes(at: bench.path)
        let output = try await rollBack(["absent": true])
        #expect(output["outcome"] == "removed" && TestFiles.bytes(at: bench.path) == nil)
        _ = try await bench.call("restore", ["host": "cursor", "backup": output["safetyCopy"] ?? .null])
        #expect(TestFiles.bytes(at: bench.path) == edited)
    }

    @Test(arguments: [
        ("echo '{\"mcpServers\": {\"a\": {}, \"n\": {}}}' >FILE", "kept"),
        ("truncate -s 5 FILE", "restored"), (": >FILE", "restored"), ("rm FILE", "created"),
        ("echo '{\"mcpServers\": {}}' >FILE", "restored"),
    ])
    func `only what is broken, where that is asked for`(_ edit: String, _ outcome: String) async throws {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        let id = try #require(try await prepare()["backup"])
        try Shell.run(edit.replacing("FILE", with: "'\(bench.path)'"))
        let output = try await rollBack(["backup": id, "if_broken": true])
        #expect(output["outcome"]?.string == outcome)
        #expect((TestFiles.bytes(at: bench.path) == good) == (outcome != "kept"))
    }

    @Test func `a link to a folder that came there goes`() async throws {
        try Shell.run("mkdir '\(bench.folder.path)/d'; ln -s d '\(bench.path)'")
        let output = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(bench.path), "absent": true])
        #expect(output["outcome"] == "removed", "\(output)")
        #expect(TestFiles.names(in: bench.folder.path) == ["d"])
    }

    @Test func `a file that cannot be kept is not to be edited`() async throws {
        try Shell.run("mkdir '\(bench.path)'")
        let arguments: [String: JSONValue] = ["host": "cursor", "file": .string(bench.path)]
        #expect(await bench.home.refusal("host-config prepare", arguments) == .ioFailed)
    }

    @Test(arguments: [[:], ["backup": "x", "absent": true]] as [[String: JSONValue]])
    func `what makes no sense is refused`(_ more: [String: JSONValue]) async throws {
        let arguments = ["host": "cursor", "file": .string(bench.path)].merging(more) { $1 }
        #expect(await bench.home.refusal("host-config rollback", arguments) == .argumentInvalid)
    }

    @Test func `a link that cannot be followed is no other file`() async throws {
        try bench.write(["a"])
        let id = try #require(try await prepare()["backup"])
        let loop = bench.folder.path + "/loop"
        try Shell.run("ln -s loop '\(loop)'")
        let arguments: [String: JSONValue] = ["host": "cursor", "file": .string(loop), "backup": id]
        #expect(await bench.home.refusal("host-config rollback", arguments) == .ioFailed)
    }

    @Test func `only the backup of that file leads back`() async throws {
        try bench.write(["a"])
        let id = try #require(try await prepare()["backup"])
        let arguments: [String: JSONValue] = ["host": "cursor", "file": "/tmp/none.json", "backup": id]
        #expect(await bench.home.refusal("host-config rollback", arguments) == .backupUnknown)
    }
}
