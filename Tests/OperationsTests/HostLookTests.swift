import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations
@testable import Vault

/// How far back the look at a host's backups goes, and what one that cannot be read keeps from being done.
@Suite(.timeLimit(.minutes(5))) struct HostLookTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var series: HostSeries { HostSeries(bench.host) }
    private var other: String { bench.folder.path + "/other.json" }
    private var text: String? {
        TestFiles.bytes(at: bench.path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func config(_ server: String) -> String {
        "{\"mcpServers\": {\"\(server)\": {\"command\": \"x\"}}}\n"
    }

    private func write(_ text: String, to path: String) throws {
        try TestFiles.write(Array(text.utf8), to: path)
    }

    @discardableResult
    private func backup(_ path: String, accept: Bool = false) async throws -> JSONValue {
        let output = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(path), "accept": .bool(accept)])
        return output["hosts"]?[0] ?? .null
    }

    private func restore(_ path: String) async throws -> JSONValue {
        try await bench.call("restore", ["host": "cursor", "file": [.string(path)]])
    }

    private func isBroken(_ path: String) async throws -> Bool {
        try await bench.call("watch", ["host": ["cursor"], "file": .string(path), "once": true])["broken"]
            == ["cursor"]
    }

    private func holders() async throws -> [String] {
        let output = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true])
        return output["decisions"]?.array?.filter { $0["keeps"] == true }
            .compactMap { $0["backup"]?.string } ?? []
    }

    /// Keeps states of the file that have no servers, each as in order: earlier versions kept them so.
    private func keepStates(_ count: Int) async throws {
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        for number in 0..<count {
            bench.home.clock.advance(by: .seconds(1))
            let file = HostCopy.File(
                path: bench.path, bytes: Array("{\"n\": \(number)}".utf8), mode: 0o600,
                owner: ProcessAccount.effective, modified: 0, attributes: [])
            let copy = HostCopy(host: bench.host, made: bench.home.clock.now(), name: "", files: [file])
            _ = try await keeper.store(copy, finished: nil)
        }
        await lease.close()
    }

    private enum Part: CaseIterable { case content, list, manifest }

    /// Changes a bit of a backup.
    private func damage(_ part: Part, of id: String) async throws {
        let vault = try await bench.home.vault()
        let manifest = try await vault.manifest(try await vault.resolve(id))
        guard part != .manifest else {
            let name = try #require(bench.home.files.paths.first { $0.hasSuffix("\(id).manifest") })
            bench.home.files.damage(name) { $0[$0.count / 2] ^= 1 }
            return
        }
        let file = try #require(try await vault.entries(of: manifest).first { $0.kind == .file })
        let object = part == .list ? manifest.tree : try #require(file.content.first).id
        let index = try await vault.writableIndex().index
        let block = index.blocks[try #require(index.place(of: object)).block]
        let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
        bench.home.files.damage(pack) { $0[Int(block.offset) + 40] ^= 1 }
    }

    @Test(arguments: [Part.content, .list])
    private func `one that cannot be read keeps nothing from being kept or put back`(_ part: Part)
        async throws
    {
        try write(config("a"), to: bench.path)
        let first = try await bench.backup()
        try write(config("b"), to: bench.path)
        let second = try await bench.backup()
        try await damage(part, of: second)
        func tells(_ remarks: JSONValue?) -> Bool {
            let begin = "Backup \(second) cannot be read and was passed over: "
            return remarks?.array?.contains { $0.string?.hasPrefix(begin) == true } == true
        }
        #expect(try await holders().contains(first))
        try bench.folder.write([], to: "mcp.json")
        let watched = try await bench.call(
            "watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])
        #expect(watched["broken"] == ["cursor"])
        let failures = watched["events"]?.array?.filter { $0["kind"] == "failed" }
        #expect(failures?.count == 1 && tells(.array(failures?.compactMap { $0["text"] } ?? [])))
        let output = try await restore(bench.path)
        #expect(text == config("a") && output["backup"] == .string(first) && tells(output["remarks"]))
        // What is there is kept, and heals what has the same.
        try write(config("b"), to: bench.path)
        let row = try await backup(bench.path)
        #expect(row["outcome"] == "stored" && tells(row["remarks"]))
        try bench.folder.write([], to: "mcp.json")
        _ = try await restore(bench.path)
        #expect(text == config("b"))
    }

    @Test func `what is about to be replaced is kept anew where the copy of it cannot be read`() async throws
    {
        try write(config("a"), to: bench.path)
        try await bench.backup()
        try write(config("b"), to: bench.path)
        let copy = try #require(try await restore(bench.path)["safetyCopy"]?.string)
        try await damage(.content, of: copy)
        try write(config("b"), to: bench.path)
        let next = try #require(try await restore(bench.path)["safetyCopy"]?.string)
        #expect(next != copy && text == config("a"))
        _ = try await bench.call("restore", ["host": "cursor", "backup": .string(next)])
        #expect(text == config("b"))
    }

    @Test(arguments: [true, false])
    func `a large file is kept anew in all its parts before it is replaced`(_ isPrepared: Bool) async throws {
        let filler = (0..<8).map { number in
            "\"k\(number)\": \"\(Base32.string((0..<500_000).map { _ in UInt8.random(in: 0...255) }))\""
        }
        let large = "{\"mcpServers\": {\"a\": {\"command\": \"x\"}},\n\(filler.joined(separator: ",\n"))}\n"
        try write(config("old"), to: bench.path)
        let old = try await bench.backup()
        try write(large, to: bench.path)
        let id = try await bench.backup()
        let vault = try await bench.home.vault()
        let manifest = try await vault.manifest(try await vault.resolve(id))
        let file = try #require(try await vault.entries(of: manifest).first { $0.kind == .file })
        #expect(file.content.count > 2)
        // Every part of it is damaged.
        let index = try await vault.writableIndex().index
        for piece in file.content {
            let block = index.blocks[try #require(index.place(of: piece.id)).block]
            let pack = VaultPath.pack(index.packs[Int(block.pack)].id)
            bench.home.files.damage(pack) { $0[Int(block.offset) + 40] = 0x55 }
        }
        if isPrepared {
            let prepared = try await bench.call("prepare", ["host": "cursor", "file": .string(bench.path)])
            try write(config("edited"), to: bench.path)
            try await bench.call(
                "rollback",
                ["host": "cursor", "file": .string(bench.path), "backup": prepared["backup"] ?? .null])
            #expect(text == large)
            return
        }
        let output = try await bench.call("restore", ["host": "cursor", "backup": .string(old)])
        #expect(text == config("old"))
        let copy = try #require(output["safetyCopy"]?.string)
        try await bench.call("restore", ["host": "cursor", "backup": .string(copy)])
        #expect(text == large)
    }

    @Test func `a comparison tells what it passed over`() async throws {
        _ = try await bench.backups(2)
        let newest = try #require(try await bench.list.first?["backup"]?.string)
        try await damage(.list, of: newest)
        let context = bench.home.context()
        for name in ["diff", "show"] {
            let operation = try #require(
                allOperations.first { $0.contract.command == ["host-config", name] })
            let result = try await operation.call(["host": "cursor", "backup": "newest"], in: context)
            #expect(result.warnings.contains { $0.hasPrefix("Backup \(newest) cannot be read") }, "\(name)")
        }
    }

    @Test func `what stands behind one that cannot be read is found, told and exported`() async throws {
        try write(config("p"), to: other)
        try await backup(other)
        try write(config("a"), to: bench.path)
        let middle = try await bench.backup()
        try write(config("b"), to: bench.path)
        let newest = try await bench.backup()
        try await damage(.list, of: middle)
        #expect(try await holders().count == 2)
        try bench.folder.write([], to: "other.json")
        #expect(try await isBroken(other))
        _ = try await restore(other)
        #expect(TestFiles.bytes(at: other) == Array(config("p").utf8))
        let path = bench.folder.path + "/out.jsonl"
        let export = try await bench.call("export", ["host": "cursor", "to": .string(path)])
        #expect(export["skipped"]?.array?.count == 1)
        #expect(export["skipped"]?[0]?.string?.hasPrefix("backup \(middle): ") == true)
        let cleaned = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1])
        #expect(cleaned["damaged"]?.array?.count == 1)
        let left = try await bench.list.compactMap { $0["backup"]?.string }
        #expect(left.contains(newest) && !left.contains(middle))
    }

    @Test func `an export leaves out the file that cannot be read, and there is none where none can`()
        async throws
    {
        try write(config("a"), to: bench.path)
        let broken = try await bench.backup()
        try await damage(.content, of: broken)
        let path = bench.folder.path + "/out.jsonl"
        let call: [String: JSONValue] = ["host": "cursor", "to": .string(path)]
        #expect(await bench.home.refusal("host-config export", call) == .vaultCorrupt)
        #expect(TestFiles.bytes(at: path) == nil)
        try write(config("p"), to: other)
        try await backup(other)
        let export = try await bench.call("export", call)
        #expect(export["backups"] == 1)
        #expect(export["skipped"]?[0]?.string?.hasPrefix("backup \(broken), \(bench.path): ") == true)
    }

    @Test func `the only readable state of a file stays`() async throws {
        try write(config("a"), to: bench.path)
        let good = try await bench.backup()
        try write("{\"mcpServers\": ", to: bench.path)
        let cut = try await bench.backup()
        try write(config("o"), to: other)
        try await backup(other)
        try write(config("o2"), to: other)
        let newest = try await backup(other)["backup"]?.string ?? ""
        try await damage(.list, of: good)
        #expect(try await holders() == [newest, cut])
    }

    @Test func `a damaged manifest is told as other lists tell it`() async throws {
        let ids = try await bench.backups(2)
        try await damage(.manifest, of: ids[1])
        let words = try await bench.home.call("backup list")["damaged"]
        #expect(words?.array?.count == 1)
        #expect(try await bench.call("list")["damaged"] == words)
        let path = bench.folder.path + "/out.jsonl"
        #expect(try await bench.call("export", ["host": "cursor", "to": .string(path)])["skipped"] == words)
        #expect(try await bench.call("clean", ["host": ["cursor"], "keep_count": 1])["damaged"] == words)
        #expect(await bench.home.refusal("host-config verify") == .verificationFailed)
        #expect(await bench.home.refusal("host-config verify", ["host": ["cursor"]]) == .verificationFailed)
        // What is there is kept all the same, and put back.
        #expect(try await backup(bench.path)["outcome"] == "stored")
        try bench.folder.write([], to: "mcp.json")
        #expect(try await restore(bench.path)["remarks"] == words)
        #expect(text?.contains("\"s1\"") == true)
    }

    @Test func `an older backup that comes in later is found`() async throws {
        try write(config("p"), to: other)
        let old = try await backup(other)["backup"]?.string ?? ""
        let path = bench.folder.path + "/out.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(path)])
        try await bench.home.call("backup delete", ["backup": .string(old)])
        try await bench.backups(2).forEach { _ in }
        try bench.folder.write([], to: "other.json")
        #expect(try await series.look(in: try await bench.home.vault()).holdings.map(\.place) == [bench.path])
        // One that was deleted comes back.
        try await bench.home.call("backup undelete", ["backup": .string(old)])
        #expect(try await isBroken(other))
        #expect(try await holders().contains(old))
        _ = try await restore(other)
        #expect(TestFiles.bytes(at: other) == Array(config("p").utf8))
        // Likewise one from elsewhere.
        try await bench.home.call("backup delete", ["backup": .string(old)])
        try bench.write(["n"])
        try await bench.backup()
        try await bench.call("import", ["from": "series", "path": .string(path), "file": .string(other)])
        try bench.folder.write([], to: "other.json")
        #expect(try await isBroken(other))
        _ = try await restore(other)
        #expect(TestFiles.bytes(at: other) == Array(config("p").utf8))
    }

    @Test func `no number of backups hides a file, and the look stays short`() async throws {
        try write(config("p"), to: other)
        try await backup(other)
        try await keepStates(600)
        let vault = try await bench.home.vault()
        #expect(try await series.look(in: vault).holdings.map(\.place) == [bench.path, other])
        try bench.write(["a"])
        let id = try await bench.backup()
        let mark = try #require(HostMark(of: try await vault.manifest(try await vault.resolve(id))))
        #expect(mark.count == 601 && mark.backups.count == 1 && mark.unread == [])
        #expect(HostMark(mark.text) == mark)
        // What stands between is read no more: a sound look tells of no damage there.
        try await damage(.list, of: try #require(try await bench.list[300]["backup"]?.string))
        let look = try await series.look(in: vault)
        #expect(look.remarks == [] && look.holdings.map(\.place) == [bench.path, other])
        #expect(try await series.look(trustingMarks: false, in: vault).remarks.count == 1)
    }

    @Test func `a loss behind many states is found`() async throws {
        try write(config("a"), to: bench.path)
        let good = try await bench.backup()
        try await keepStates(80)
        #expect(try await holders().contains(good))
        try write("{}", to: bench.path)
        #expect(try await isBroken(bench.path))
    }

    @Test func `what was accepted stays so when the backup that says it is gone`() async throws {
        try write(config("a"), to: bench.path)
        let first = try await bench.backup()
        try await bench.home.call("backup pin", ["backup": .string(first)])
        try write("{}", to: bench.path)
        let accepted = try #require(try await backup(bench.path, accept: true)["backup"]?.string)
        try write("{\"n\": 1}", to: bench.path)
        let second = try #require(try await backup(bench.path)["backup"]?.string)
        try write("{\"n\": 2}", to: bench.path)
        try await backup(bench.path)
        for id in [accepted, second] {
            try await bench.home.call("backup delete", ["backup": .string(id)])
            #expect(try await !isBroken(bench.path))
        }
        // Likewise a file that is gone.
        try Shell.run("rm '\(bench.path)'")
        let gone = try #require(try await backup(bench.path, accept: true)["backup"]?.string)
        try write(config("o"), to: other)
        try await backup(other)
        try await bench.home.call("backup delete", ["backup": .string(gone)])
        #expect(try await series.look(in: try await bench.home.vault()).holdings.map(\.place) == [other])
        // It is a state of its own when it comes back.
        try write("{\"n\": 2}", to: bench.path)
        #expect(try await backup(bench.path)["outcome"] == "stored")
        #expect(try await !isBroken(bench.path))
    }

    @Test func `an older backup between accepted states undoes none`() async throws {
        try write(config("z"), to: bench.path)
        try await bench.backup()
        try write("{}", to: bench.path)
        try await backup(bench.path, accept: true)
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        bench.home.clock.advance(by: .seconds(1))
        let file = HostCopy.File(
            path: bench.path, bytes: Array(config("a").utf8), mode: 0o600,
            owner: ProcessAccount.effective, modified: 0, attributes: [])
        let copy = HostCopy(host: bench.host, made: bench.home.clock.now(), name: "", files: [file])
        bench.home.clock.advance(by: .seconds(1))
        try write("{} ", to: bench.path)
        try await backup(bench.path)
        _ = try await keeper.store(copy, finished: nil)
        await lease.close()
        #expect(try await !isBroken(bench.path))
    }

    @Test func `two files in turn are stored once each`() async throws {
        try write(config("a"), to: bench.path)
        try write(config("o"), to: other)
        for path in [bench.path, other] { #expect(try await backup(path)["outcome"] == "stored") }
        for path in [bench.path, other, bench.path, other] {
            #expect(try await backup(path)["outcome"] == "unchanged")
            #expect(try await !isBroken(path))
        }
        #expect(try await bench.list.count == 2)
        try write(config("b"), to: bench.path)
        #expect(try await backup(bench.path)["outcome"] == "stored")
        try write(config("a"), to: bench.path)
        #expect(try await backup(bench.path)["outcome"] == "stored", "what was there before is a new state")
    }

    @Test func `what a mark needs and no longer has sends the look back`() async throws {
        try write(config("p"), to: other)
        let first = try #require(try await backup(other)["backup"]?.string)
        try write(config("q"), to: other)
        let second = try #require(try await backup(other)["backup"]?.string)
        try bench.write(["a"])
        try await bench.backup()
        try await damage(.list, of: second)
        let look = try await series.look(in: try await bench.home.vault())
        #expect(look.remarks.count == 1)
        #expect(look.holdings.map(\.backup.id.text).contains(first))
        // The next one knows that it cannot be read, and spares the look.
        try bench.write(["b"])
        let id = try await bench.backup()
        let vault = try await bench.home.vault()
        let mark = try #require(HostMark(of: try await vault.manifest(try await vault.resolve(id))))
        #expect(mark.unread.map(\.text) == [second] && mark.backups.map(\.text) == [first])
        #expect(HostMark(mark.text) == mark)
        #expect(try await series.look(in: vault).remarks.count == 1)
    }

    @Test func `a mark that names one which is gone, though newer, sends the look back`() async throws {
        try write(config("p"), to: other)
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        try write(config("q"), to: other)
        let second = try #require(try await backup(other)["backup"]?.string)
        // The clock was ahead when that one was made.
        bench.home.clock.advance(by: .seconds(-3600))
        try write(config("a"), to: bench.path)
        try await bench.backup()
        _ = try await bench.home.call("backup delete", ["backup": .string(second)])
        try write("", to: other)
        #expect(try await isBroken(other))
        _ = try await restore(other)
        #expect(TestFiles.bytes(at: other) == Array(config("p").utf8))
    }

    @Test func `the newest state is the one that was kept last, whatever the clock says`() async throws {
        try write(config("a"), to: bench.path)
        try await bench.backup()
        bench.home.clock.advance(by: .seconds(-7200))
        try write(config("b"), to: bench.path)
        let row = try await backup(bench.path)
        #expect(row["outcome"] == "stored")
        #expect(row["remarks"]?.array?.contains { $0.string?.contains("made behind it") == true } == true)
        #expect(try await backup(bench.path)["outcome"] == "unchanged")
        try write("", to: bench.path)
        _ = try await restore(bench.path)
        #expect(text == config("b"))
        try write("{\"mcpServers\": {}}\n", to: bench.path)
        _ = try await backup(bench.path, accept: true)
        #expect(try await !isBroken(bench.path))
    }

    @Test func `no backup takes the name of what a restore keeps`() async throws {
        try write(config("a"), to: bench.path)
        #expect(
            await bench.home.refusal(
                "host-config backup",
                ["host": ["cursor"], "file": .string(bench.path), "name": .string(HostSeries.safetyCopyNote)])
                == .argumentInvalid)
    }
}
