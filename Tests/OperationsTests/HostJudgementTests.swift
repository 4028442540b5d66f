import Basics
import Glibc
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// What counts as the newest sound state of a place, and what a restore tells of what it could not do.
@Suite(.timeLimit(.minutes(5))) struct HostJudgementTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func restore(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call("restore", ["host": .string(bench.host.id)].merging(more) { $1 })
    }

    private func watch() async throws -> JSONValue {
        try await bench.call(
            "watch", ["host": [.string(bench.host.id)], "file": .string(bench.path), "once": true])
    }

    private var text: String? {
        TestFiles.bytes(at: bench.path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Stores a state as a backup without doubts, whatever is in it.
    private func store(
        _ text: String, attributes: [FileEntry.Attribute] = [], at path: String? = nil,
        isComplete: Bool = true
    ) async throws {
        bench.home.clock.advance(by: .seconds(1))
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        let file = HostCopy.File(
            path: path ?? bench.path, bytes: Array(text.utf8), mode: 0o600, owner: ProcessAccount.effective,
            modified: 0, attributes: attributes)
        var copy = HostCopy(host: bench.host, made: bench.home.clock.now(), name: "", files: [file])
        // As if there were no other file.
        var heads = SeriesHeads(try await vault.heads(of: HostSeries(bench.host).name))
        copy.mark = isComplete ? HostMark(heads.extent(before: copy.made), backups: [], unread: []) : nil
        _ = try await keeper.store(copy, finished: nil)
        await lease.close()
    }

    @Test func `what was put back by name is sound from then on`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["a", "b"])
        let both = text
        let copy = try #require(try await restore()["safetyCopy"])
        #expect(text != both)
        let back = try await restore(["backup": copy])
        #expect(text == both && back["remarks"] == [])
        try bench.folder.write([], to: "mcp.json")
        _ = try await restore()
        #expect(text == both)
    }

    @Test func `so is a copy without servers that was named`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write([])
        let empty = text
        let copy = try #require(try await restore()["safetyCopy"])
        #expect(text != empty)
        _ = try await restore(["backup": copy])
        #expect(try await watch()["broken"] == [])
        _ = try await restore()
        #expect(text == empty)
    }

    @Test func `a loss that was kept as if it were in order is judged by the backup before it`() async throws
    {
        let good = "{\"mcpServers\": {\"a\": {\"command\": \"x\"}}}"
        let wiped = "{\"mcpServers\": {}}"
        try await store(good)
        for number in 1...3 {
            try await store(wiped + String(repeating: "\n", count: number), isComplete: false)
        }
        try TestFiles.write(Array(wiped.utf8), to: bench.path)
        let told = try await watch()
        #expect(told["broken"] == ["cursor"])
        #expect(told["events"]?.array?.last?["text"]?.string?.contains("lost 1 server") == true)
        let cleaned = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true])
        #expect(
            cleaned["decisions"]?.array?.last?["reason"] == "the newest sound one of a file", "\(cleaned)")
        _ = try await restore()
        #expect(text == good)
        // Until somebody says that it is meant to be so.
        try TestFiles.write(Array(wiped.utf8), to: bench.path)
        try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        #expect(try await watch()["broken"] == [])
        #expect(try await restore()["files"]?[0]?["outcome"] == "unchanged")
    }

    @Test func `what a way back puts back by name is sound from then on`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["a", "b"])
        let both = text
        let copy = try #require(try await restore()["safetyCopy"])
        try await bench.call("rollback", ["host": "cursor", "file": .string(bench.path), "backup": copy])
        #expect(text == both)
        try bench.folder.write([], to: "mcp.json")
        _ = try await restore()
        #expect(text == both)
    }

    @Test func `so is a single entry`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["a", "b"])
        let copy = try #require(try await restore()["safetyCopy"])
        _ = try await restore(["backup": copy, "server": ["b"]])
        let both = text
        #expect(both?.contains("/bin/b") == true)
        try bench.folder.write([], to: "mcp.json")
        _ = try await restore()
        #expect(text == both)
    }

    @Test func `a state behind one that was accepted is wanted as well`() async throws {
        try await store("{\"mcpServers\": {\"a\": {}}}")
        try TestFiles.write(Array("{\"mcpServers\": {}}".utf8), to: bench.path)
        try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        let last = "{\"mcpServers\": {}, \"x\": 1}"
        try TestFiles.write(Array(last.utf8), to: bench.path)
        try await bench.backup()
        #expect(try await bench.list.first?["status"] == "ok")
        #expect(try await watch()["broken"] == [])
        #expect(try await restore()["files"]?[0]?["outcome"] == "unchanged")
        #expect(text == last)
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away"))
    func `whose a file is belongs to its state`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.write(["b"])
        let first = try #require(try await restore()["safetyCopy"]?.string)
        try bench.write(["b"])
        #expect(try await restore()["safetyCopy"]?.string == first)
        try bench.write(["b"])
        try Shell.run("chown 1234:4321 '\(bench.path)'")
        #expect(try await restore()["safetyCopy"]?.string != first)
    }

    @Test func `only a backup that says so ends the look at older ones`() async throws {
        let good = "{\"mcpServers\": {\"a\": {}}}"
        try await store(good, isComplete: false)
        // As earlier versions kept another file, and said nothing of the first.
        try await store(good, at: bench.folder.path + "/other.json", isComplete: false)
        try bench.folder.write([], to: "mcp.json")
        #expect(try await watch()["broken"] == ["cursor"])
        _ = try await restore(["file": [.string(bench.path)]])
        #expect(text == good)
        let vault = try await bench.home.vault()
        #expect(try await HostSeries(bench.host).holdings(in: vault).count == 2)
        try await store(good, at: bench.folder.path + "/other.json")
        #expect(try await HostSeries(bench.host).holdings(in: vault).count == 1)
    }

    @Test func `a file that never had servers is in order`() async throws {
        for number in 0..<3 { try await store("{\"theme\": \(number)}") }
        try TestFiles.write(Array("{\"theme\": 9}".utf8), to: bench.path)
        #expect(try await watch()["broken"] == [])
        try bench.folder.write([], to: "mcp.json")
        _ = try await restore()
        #expect(text == "{\"theme\": 9}")
    }

    @Test func `what could not be put back is told`() async throws {
        let name = Array("SCHILY.xattr.nonsense.note".utf8)
        try await store("{\"mcpServers\": {\"a\": {}}}", attributes: [.init(name: name, value: [1])])
        let says = JSONValue.string(
            "\(bench.path): its extended attribute ‘nonsense.note’ could not be put back")
        #expect(try await restore()["remarks"] == [says])
        try bench.write(["a", "b"])
        #expect(try await restore()["remarks"] == [says])
        // A way back tells it as well.
        let id = try #require(try await bench.list.last?["backup"])
        try bench.write(["c"])
        let back = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(bench.path), "backup": id])
        #expect(back["outcome"] == "restored" && back["remarks"] == [says])
    }

    @Test func `a link that an edit put in the place of the file goes`() async throws {
        try bench.write(["a"])
        let before = text
        let ticket = try await bench.call("prepare", ["host": "cursor", "file": .string(bench.path)])
        let other = bench.folder.path + "/other.json"
        let theirs = Array("{\"mcpServers\": {\"o\": {}}}".utf8)
        try TestFiles.write(theirs, to: other)
        try Shell.run("ln -sf other.json '\(bench.path)'")
        let back = try await bench.call(
            "rollback",
            ["host": "cursor", "file": .string(bench.path), "backup": ticket["backup"] ?? .null])
        #expect(back["outcome"] == "restored" && text == before)
        #expect(throws: SystemError.self) { try Folder.linkTarget(bench.path) }
        #expect(TestFiles.bytes(at: other) == theirs)
        // What the program read meanwhile is kept.
        let copy = try #require(back["safetyCopy"])
        let shown = try await bench.call("show", ["host": "cursor", "backup": copy])
        #expect(shown["servers"]?[0]?["name"] == "o")
    }

    @Test func `a link that alone was lost is told as such`() async throws {
        let link = bench.folder.path + "/conf/mcp.json"
        try Shell.run("mkdir -p '\(AtomicFile.folder(of: link))'; ln -s ../mcp.json '\(link)'")
        try bench.write(["a"])
        try await bench.call("backup", ["host": ["cursor"], "file": .string(link)])
        try Shell.run("rm '\(link)'")
        #expect(try await restore(["dry_run": true])["files"]?[0]?["outcome"] == "would-relink")
        let output = try await restore()
        #expect(output["files"]?[0]?["outcome"] == "relinked" && output["safetyCopy"]?.string == nil)
        #expect(try Folder.linkTarget(link) == "../mcp.json")
    }

    @Test func `a file that lacks the server is named`() async throws {
        let other = bench.folder.path + "/other.json"
        try TestFiles.write(Array("{\"mcpServers\": {\"o\": {}}}".utf8), to: other)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        try bench.write(["a", "b"])
        try await bench.backup()
        try bench.write(["b"])
        let output = try await restore(["server": ["a"], "dry_run": true])
        #expect(output["files"]?.array?.compactMap { $0["path"]?.string } == [bench.path])
        let remark = output["remarks"]?[0]?.string
        #expect(remark?.hasPrefix("\(other) stays as it is: backup ") == true)
        #expect(remark?.hasSuffix(" has no ‘a’ in it") == true)
    }
}
