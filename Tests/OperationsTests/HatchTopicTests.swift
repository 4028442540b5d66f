import Basics
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// The topics of the 31 tests that Hatch's backups once had, under their names: atomic writes, the manager, whole workflows.
@Suite(.timeLimit(.minutes(5))) struct HatchTopicTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var file: JSONValue { .string(bench.path) }
    private var bytes: [UInt8]? { TestFiles.bytes(at: bench.path) }

    private func names() throws -> [String] { try Folder.items(bench.folder.path).map(\.name) }

    private func restore(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call("restore", ["host": "cursor"].merging(more) { $1 })
    }

    private func guarded(_ verb: String, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call(verb, ["host": "cursor", "file": file].merging(more) { $1 })
    }

    // MARK: Atomic operations

    @Test func `atomic write success, host agnostic`() async throws {
        for host in ["vscode", "codex", "goose"] {
            let bench = try await HostBench(host)
            try bench.folder.write([0x7B, 0x7D], to: "mcp.json")
            let id = try await bench.backup()
            try Shell.run("rm '\(bench.path)'")
            _ = try await bench.call("restore", ["host": .string(host), "backup": .string(id)])
            #expect(TestFiles.bytes(at: bench.path) == [0x7B, 0x7D])
        }
    }

    @Test func `atomic write with existing file`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["b"])
        let before = bytes
        let copy = try #require(try await restore()["safetyCopy"])
        #expect(bytes != before)
        _ = try await restore(["backup": copy])
        #expect(bytes == before)
        #expect(try names() == ["mcp.json"])
    }

    @Test func `atomic write skip backup`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        // Where nothing would change nothing is written, nor backed up.
        let output = try await restore()
        #expect(output["files"]?[0]?["outcome"] == "unchanged" && output["safetyCopy"]?.string == nil)
        #expect(try await bench.list.count == 1)
    }

    @Test func `atomic write failure rollback`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["b"])
        let before = bytes
        // A file of two names is not replaced; it stays, and nothing beside it.
        try Shell.run("ln '\(bench.path)' '\(bench.folder.path)/other'")
        #expect(await bench.home.refusal("host-config restore", ["host": "cursor"]) == .ioFailed)
        #expect(bytes == before)
        #expect(try names() == ["mcp.json", "other"])
    }

    @Test func `atomic copy success`() async throws {
        try bench.write(["a"])
        let look = "stat -c '%a %y %s' '\(bench.path)'"
        try Shell.run("chmod 444 '\(bench.path)'; touch -d '2020-02-02 02:02:02.2' '\(bench.path)'")
        let before = try Shell.output(look)
        try await bench.backup()
        try Shell.run("rm '\(bench.path)'")
        _ = try await restore()
        #expect(try Shell.output(look) == before)
    }

    @Test func `atomic copy failure cleanup`() async throws {
        try Shell.run("mkdir '\(bench.folder.path)/in'; echo '{}' >'\(bench.folder.path)/in/mcp.json'")
        _ = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.folder.path + "/in/mcp.json"), "all": false])
        // Its folder is a file.
        try Shell.run("rm -r '\(bench.folder.path)/in'; echo x >'\(bench.folder.path)/in'")
        #expect(await bench.home.refusal("host-config restore", ["host": "cursor"]) == .ioFailed)
        #expect(try names() == ["in"])
    }

    // MARK: Prepare and roll back

    @Test func `prepare backup success`() async throws {
        try bench.write(["a"])
        #expect(try await guarded("prepare")["backup"]?.string != nil)
    }

    @Test func `prepare backup, no backup mode`() async throws {
        #expect(try await guarded("prepare")["backup"]?.string == nil)
        #expect(try await bench.list.isEmpty)
    }

    @Test func `prepare backup failure raises`() async throws {
        try Shell.run("mkfifo '\(bench.path)'")
        #expect(
            await bench.home.refusal("host-config prepare", ["host": "cursor", "file": file]) == .ioFailed)
    }

    @Test func `rollback on failure success`() async throws {
        try bench.write(["a"])
        let before = bytes
        let id = try #require(try await guarded("prepare")["backup"])
        try bench.write(["spoiled"])
        _ = try await guarded("rollback", ["backup": id])
        #expect(bytes == before)
    }

    @Test func `rollback on failure without backup`() async throws {
        try bench.write(["a"])
        let before = bytes
        let arguments: [String: JSONValue] = ["host": "cursor", "file": file, "backup": "20200101T000000Z"]
        #expect(await bench.home.refusal("host-config rollback", arguments) == .backupUnknown)
        #expect(bytes == before)
    }

    // MARK: The manager

    @Test func `backup directory creation`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let path = bench.folder.path
        try Shell.run("rm -r '\(path)'")
        _ = try await restore()
        #expect(try Shell.output("stat -c %a '\(path)'") == Array("700\n".utf8))
    }

    @Test func `create backup success, all hosts`() async throws {
        try bench.write(["a"])
        for host in allHosts {
            let output = try await bench.call("backup", ["host": [.string(host.id)], "file": file])
            #expect(output["hosts"]?[0]?["outcome"] == "stored", "\(host.id)")
        }
        #expect(Set(try await bench.list.compactMap { $0["host"]?.string }) == Set(allHosts.map(\.id)))
    }

    @Test func `create backup, nonexistent file`() async throws {
        let output = try await bench.call("backup", ["host": ["cursor"], "file": file])
        #expect(output["hosts"]?[0]?["outcome"] == "missing")
        #expect(try await bench.list.isEmpty)
    }

    @Test func `backup content integrity, host agnostic`() async throws {
        for content: [UInt8] in [[0, 255, 13, 10, 0xC3, 0x28], Array("{\r\n}".utf8), [0xEF, 0xBB, 0xBF]] {
            try bench.folder.write(content, to: "mcp.json")
            let id = try await bench.backup()
            try bench.write(["other"])
            _ = try await restore(["backup": .string(id)])
            #expect(bytes == content)
        }
    }

    @Test func `multiple backups, same host`() async throws {
        let ids = try await bench.backups(5)
        #expect(Set(ids).count == 5)
        #expect(try await bench.list.map { $0["backup"]?.string } == ids.reversed())
    }

    @Test func `list backups, empty`() async throws {
        #expect(try await bench.call("list", ["host": ["cursor"]])["backups"] == [])
    }

    @Test func `list backups, each row is valid`() async throws {
        _ = try await bench.backups(3)
        for row in try await bench.list {
            #expect(row["backup"]?.string.flatMap { BackupID($0) } != nil)
            #expect(row["made"]?.string.flatMap { Timestamp($0) } != nil)
            #expect(row["host"] == "cursor" && row["status"] == "ok" && (row["bytes"]?.int ?? 0) > 0)
        }
    }

    @Test func `backup validation, unsupported hostname`() async {
        for host in ["none", "../cursor", "", "Cursor"] {
            let arguments: [String: JSONValue] = ["host": [.string(host)]]
            #expect(await bench.home.refusal("host-config backup", arguments) == .argumentInvalid)
        }
    }

    @Test func `multiple hosts isolation`() async throws {
        _ = try await bench.backups(2)
        _ = try await bench.call("backup", ["host": ["zed"], "file": file, "always": true])
        #expect(try await bench.call("list", ["host": ["zed"]])["backups"]?.array?.count == 1)
        let id = try #require(try await bench.call("list", ["host": ["zed"]])["backups"]?[0]?["backup"])
        #expect(
            await bench.home.refusal("host-config restore", ["host": "cursor", "backup": id])
                == .backupUnknown)
    }

    @Test func `clean backups, older than days`() async throws {
        _ = try await bench.backups(4, apart: .seconds(86_400))
        let output = try await bench.call("clean", ["host": ["cursor"], "older_than_days": 1])
        #expect(output["gone"] == 2)
        #expect(try await bench.list.count == 2)
    }

    @Test func `clean backups, keep count`() async throws {
        let ids = try await bench.backups(5)
        #expect(try await bench.call("clean", ["host": ["cursor"], "keep_count": 2])["gone"] == 3)
        #expect(try await bench.list.compactMap { $0["backup"]?.string } == ids.suffix(2).reversed())
    }

    // MARK: Workflows

    @Test func `complete backup and restore cycle`() async throws {
        try bench.write(["a", "b"])
        let before = bytes
        let id = try await bench.backup()
        try Shell.run(": >'\(bench.path)'")
        _ = try await restore()
        #expect(bytes == before)
        let proof = try await bench.call("verify", ["host": ["cursor"], "backup": .string(id)])
        #expect(proof["backups"]?[0]?["isGood"] == true)
    }

    @Test func `multi host backup management`() async throws {
        for host in ["cursor", "zed", "kiro"] {
            for name in ["a", "b"] {
                try bench.write([name])
                _ = try await bench.call("backup", ["host": [.string(host)], "file": file])
            }
        }
        #expect(try await bench.list.count == 6)
        #expect(try await bench.call("clean", ["host": ["zed"], "keep_count": 1])["gone"] == 1)
        #expect(try await bench.list.count == 5)
    }

    @Test func `backup with configuration update workflow`() async throws {
        try bench.write(["a"])
        let before = bytes
        try await bench.backup()
        try await bench.home.call("mcp install", ["host": "cursor", "file": file, "command": "/bin/h"])
        let diff = try await bench.call("diff", ["host": "cursor"])
        #expect(diff["files"]?[0]?["added"] == ["holdfast"])
        _ = try await restore()
        #expect(bytes == before)
    }

    @Test func `backup system with what is there already`() async throws {
        let ids = try await bench.backups(2)
        for (verb, arguments) in [
            ("backup show", ["backup": .string(ids[0])]), ("backup pin", ["backup": .string(ids[0])]),
            ("backup files", ["backup": "latest:host:cursor"]), ("vault check", [:]),
        ] as [(String, [String: JSONValue])] {
            try await bench.home.call(verb, arguments)
        }
        #expect(try await bench.list.last?["isPinned"] == true)
    }

    @Test func `backup aware operation workflow`() async throws {
        try bench.write(["a"])
        let id = try #require(try await guarded("prepare")["backup"])
        try bench.write(["a", "b"])
        #expect(
            try await guarded("rollback", ["backup": id, "if_broken": true])["outcome"] == "kept")
        try Shell.run("truncate -s 3 '\(bench.path)'")
        #expect(
            try await guarded("rollback", ["backup": id, "if_broken": true])["outcome"] == "restored")
    }

    @Test func `a large configuration`() async throws {
        try bench.write((0..<20_000).map { "server-\($0)-\(String(repeating: "x", count: 40))" })
        let before = bytes
        let output = try await bench.call("backup", ["host": ["cursor"], "file": file])
        #expect(output["hosts"]?[0]?["servers"] == 20_000 && (before?.count ?? 0) > 2_000_000)
        try Shell.run("truncate -s 1000000 '\(bench.path)'")
        _ = try await restore()
        #expect(bytes == before)
    }

    @Test func `names and values are checked`() async throws {
        for arguments: [String: JSONValue] in [
            ["host": ["cursor"], "name": .string(String(repeating: "x", count: 201))],
            ["host": ["cursor"], "name": "two\nlines"], ["host": "cursor"], ["host": ["cursor"], "x": 1],
        ] {
            #expect(await bench.home.refusal("host-config backup", arguments) != nil, "\(arguments)")
        }
        #expect(try await bench.list.isEmpty)
    }

    @Test func `concurrent backup operations`() async throws {
        try bench.write(["a"])
        // The vault is there before.
        #expect(try await bench.list.isEmpty)
        let (home, path) = (bench.home, bench.path)
        let hosts = allHosts.prefix(8).map(\.id)
        try await withThrowingTaskGroup(of: String?.self) { group in
            for host in hosts {
                group.addTask {
                    try await home.call(
                        "host-config backup", ["host": [.string(host)], "file": .string(path)])[
                            "hosts"]?[0]?["outcome"]?.string
                }
            }
            for try await outcome in group { #expect(outcome == "stored") }
        }
        #expect(Set(try await bench.list.compactMap { $0["host"]?.string }) == Set(hosts))
        let proof = try await bench.call("verify")
        #expect(proof["backups"]?.array?.count == 8)
    }

    @Test func `a list of many backups`() async throws {
        let ids = try await bench.backups(60)
        #expect(try await bench.list.map { $0["backup"]?.string } == ids.reversed())
        let page = try await bench.call("list", ["limit": 10])
        #expect(page["backups"]?.array?.count == 10 && page["more"] == 50)
    }
}
