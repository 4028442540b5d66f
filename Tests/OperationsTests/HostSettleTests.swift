import Basics
import TestSupport
import Testing

@testable import Operations

/// What a person put back by name, or took away, stays so.
@Suite(.timeLimit(.minutes(5))) struct HostSettleTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var file: [String: JSONValue] { ["host": "cursor", "file": .string(bench.path)] }

    @discardableResult
    private func watch(_ repair: String = "offer") async throws -> JSONValue? {
        try await bench.call(
            "watch",
            ["host": ["cursor"], "file": .string(bench.path), "once": true, "repair": .string(repair)]
        )["broken"]
    }

    private func rollBack(_ ticket: JSONValue, _ more: [String: JSONValue] = [:]) async throws {
        let to: [String: JSONValue] =
            ticket["backup"]?.string.map { ["backup": .string($0)] } ?? ["absent": true]
        try await bench.call("rollback", file.merging(to) { $1 }.merging(more) { $1 })
    }

    private var bytes: [UInt8]? { TestFiles.bytes(at: bench.path) }

    @Test(arguments: [nil, [], ["a"]] as [[String]?])
    func `a way back that was told is undone by no watch`(_ servers: [String]?) async throws {
        if let servers { try bench.write(servers) }
        let before = bytes
        let ticket = try await bench.call("prepare", file)
        try bench.write(["z"])
        // A watch that runs keeps the edit.
        try await watch()
        try await rollBack(ticket)
        #expect(bytes == before)
        #expect(try await watch("all") == [])
        #expect(bytes == before)
        guard before != nil else { return }
        // Nobody looked before it was emptied.
        try await rollBack(ticket)
        try TestFiles.write([], to: bench.path)
        try await watch("all")
        #expect(bytes == before)
    }

    @Test func `so is one that changed nothing any more`() async throws {
        let ticket = try await bench.call("prepare", file)
        try bench.write(["z"])
        try await watch()
        try Shell.run("rm '\(bench.path)'")
        try await rollBack(ticket)
        #expect(try await watch("all") == [] && bytes == nil)
        let count = try await bench.list.count
        try await rollBack(ticket)
        #expect(try await bench.list.count == count, "it is settled already")
    }

    @Test func `one for what is broken settles nothing`() async throws {
        let ticket = try await bench.call("prepare", file)
        try bench.write(["z"])
        try await watch()
        let edited = bytes
        try TestFiles.write([], to: bench.path)
        try await rollBack(ticket, ["if_broken": true])
        #expect(bytes == nil)
        try await watch("all")
        #expect(bytes == edited)
    }

    @Test func `what is there already counts when it is named`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["a", "b"])
        let both = bytes
        let copy = try #require(try await bench.call("restore", ["host": "cursor"])["safetyCopy"])
        try bench.write(["a", "b"])
        let output = try await bench.call("restore", ["host": "cursor", "backup": copy])
        #expect(output["files"]?[0]?["outcome"] == "unchanged")
        try TestFiles.write([], to: bench.path)
        try await watch("all")
        #expect(bytes == both)
    }

    @Test func `an entry of an older sound backup counts when it is named`() async throws {
        try bench.write(["a", "b"])
        let old = try await bench.backup()
        try bench.write(["a"])
        try await bench.backup()
        try await bench.call("restore", ["host": "cursor", "backup": .string(old), "server": ["b"]])
        let both = bytes
        try TestFiles.write([], to: bench.path)
        try await watch("all")
        #expect(bytes == both)
    }

    @Test func `the newest one that is named makes no other backup`() async throws {
        try bench.write(["a"])
        let id = try await bench.backup()
        try TestFiles.write([], to: bench.path)
        try await bench.call("restore", ["host": "cursor", "backup": .string(id)])
        #expect(try await bench.list.count == 2, "it and what was replaced")
    }

    /// A TOML text without anything in it is one without servers, and no wiped one.
    @Test func `so does that of a file with nothing else in it`() async throws {
        let bench = try await HostBench("codex")
        let path = bench.folder.path + "/config.toml"
        let file: [String: JSONValue] = ["host": "codex", "file": .string(path)]
        for verb in ["mcp install", "mcp uninstall"] { _ = try await bench.home.call(verb, file) }
        #expect(TestFiles.bytes(at: path) == [0x0A])
        bench.home.clock.advance(by: .seconds(1))
        let watched = try await bench.call(
            "watch", ["host": ["codex"], "file": .string(path), "once": true, "repair": "all"])
        #expect(watched["broken"] == [] && TestFiles.bytes(at: path) == [0x0A], "\(watched)")
        // Without a byte it was wiped.
        _ = try await bench.home.call("mcp install", file)
        let sound = TestFiles.bytes(at: path)
        try await bench.call("backup", ["host": ["codex"], "file": .string(path)])
        try TestFiles.write([], to: path)
        bench.home.clock.advance(by: .seconds(1))
        try await bench.call(
            "watch", ["host": ["codex"], "file": .string(path), "once": true, "repair": "broken"])
        #expect(TestFiles.bytes(at: path) == sound)
    }

    @Test func `the last server that is taken out stays out`() async throws {
        try TestFiles.write(
            Array(#"{"mcpServers": {"holdfast": {"command": "holdfast", "args": ["mcp"]}}}"#.utf8),
            to: bench.path)
        try await bench.backup()
        let edit = HostEdit(
            host: bench.host, path: bench.path, isShared: false, isOwn: true, context: bench.home.context())
        bench.home.clock.advance(by: .seconds(1))
        #expect(try await edit.uninstall("holdfast", isTrial: false).outcome == .removed)
        #expect(try await watch() == [])
        #expect(try await bench.list.first?["name"] == "after mcp uninstall")
    }
}

/// Mode, owner and extended attributes belong to a state as its bytes do.
@Suite(.timeLimit(.minutes(5))) struct HostOwnershipTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// Whether the disk has extended attributes of users.
    private var hasAttributes: Bool {
        (try? Shell.run("touch '\(bench.folder.path)/x'; setfattr -n user.x -v y '\(bench.folder.path)/x'"))
            != nil
    }

    private func look() throws -> [UInt8] {
        try Shell.output(
            "stat -c '%u:%g %a' '\(bench.path)'; getfattr -d '\(bench.path)' 2>&1 | grep user || :")
    }

    private func outcome(_ verb: String, _ more: [String: JSONValue]) async throws -> String? {
        let output = try await bench.call(verb, ["host": "cursor"].merging(more) { $1 })
        return (output["files"]?[0] ?? output)["outcome"]?.string
    }

    @Test(
        .enabled(if: ProcessEnvironment.isRoot, "only root gives files away"),
        arguments: ["chown 0:0 FILE", "chown 77:77 FILE", "chmod 640 FILE"])
    func `who owns it comes back though the bytes are the same`(_ change: String) async throws {
        try bench.write(["a"])
        try Shell.run("chown 1234:4321 '\(bench.path)'")
        let before = try look()
        let id = JSONValue.string(try await bench.backup())
        for verb in ["restore", "rollback"] {
            #expect(try await outcome("diff", ["backup": id]) == "same")
            try Shell.run(change.replacing("FILE", with: "'\(bench.path)'"))
            let diff = try await bench.call("diff", ["host": "cursor", "backup": id])["files"]?[0]
            #expect(diff?["outcome"] == "changed" && diff?["diff"] == [] && diff?["state"]?.array?.count == 1)
            let file: [String: JSONValue] = verb == "rollback" ? ["file": .string(bench.path)] : [:]
            #expect(try await outcome(verb, file.merging(["backup": id]) { $1 }) == "restored")
            #expect(try look() == before)
            #expect(try await outcome(verb, file.merging(["backup": id]) { $1 }) == "unchanged")
        }
    }

    @Test(arguments: ["-n user.k -v other", "-x user.k", "-n user.z -v new"])
    func `it has the attributes of the backup and no other`(_ change: String) async throws {
        guard hasAttributes else { return }
        try bench.write(["a"])
        try Shell.run("setfattr -n user.k -v kept '\(bench.path)'")
        let before = try look()
        let id = JSONValue.string(try await bench.backup())
        for isWritten in [false, true] {
            if isWritten { try Shell.run("echo >>'\(bench.path)'") }
            try Shell.run("setfattr \(change) '\(bench.path)'")
            #expect(try await outcome("diff", ["backup": id]) == "changed")
            #expect(try await outcome("restore", ["backup": id, "dry_run": true]) == "would-restore")
            #expect(try await outcome("restore", ["backup": id]) == "restored")
            #expect(try look() == before)
        }
        // With an entry alone they are those of the file that is there.
        try bench.write([])
        try Shell.run("setfattr \(change) '\(bench.path)'")
        let now = try look()
        #expect(try await outcome("restore", ["backup": id, "server": ["a"]]) == "restored")
        #expect(try look() == now)
    }
}
