import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Each place where a program reads is judged and put back by itself.
@Suite(.timeLimit(.minutes(5))) struct HostPlaceTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var other: String { bench.folder.path + "/other/mcp.json" }
    private var link: String { bench.folder.path + "/conf/mcp.json" }
    private var real: String { bench.folder.path + "/dot/m.json" }

    private static let good = #"{"mcpServers": {"a": {"command": "x"}}}"#

    private func put(_ text: String, at path: String, byRename: Bool = false) throws {
        try Folder.createAll(AtomicFile.folder(of: path))
        let new = byRename ? path + ".new" : path
        try TestFiles.write(Array(text.utf8), to: new)
        if byRename { try Folder.rename(new, to: path) }
    }

    private func text(_ path: String) -> String? {
        TestFiles.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func keep(_ path: String, _ name: String = "") async throws -> JSONValue {
        let output = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(path), "name": .string(name)])
        return try #require(output["hosts"]?[0])
    }

    private func watch(_ path: String, _ repair: String = "offer") async throws -> JSONValue {
        try await bench.call(
            "watch",
            ["host": ["cursor"], "file": .string(path), "once": true, "repair": .string(repair)])
    }

    private func restore(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call("restore", ["host": "cursor"].merging(more) { $1 })
    }

    private func linked() throws {
        try put(Self.good, at: real)
        try Folder.createAll(AtomicFile.folder(of: link))
        try Shell.run("ln -sf ../dot/m.json '\(link)'")
    }

    @Test func `a backup of one file hides no other`() async throws {
        try put(Self.good, at: other)
        _ = try await keep(other)
        try bench.write(["mine"])
        let mine = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        // One of the other alone is newer now.
        try put(Self.good.replacing("x", with: "y"), at: other)
        _ = try await bench.call("prepare", ["host": "cursor", "file": .string(other)])
        try put("", at: bench.path)
        let told = try await watch(bench.path)
        #expect(told["broken"] == ["cursor"] && told["offers"] == ["holdfast host-config restore cursor"])
        let output = try await restore()
        #expect(TestFiles.bytes(at: bench.path) == mine)
        #expect(text(other)?.contains("y") == true, "\(output)")
        #expect(Set(output["files"]?.array?.compactMap { $0["backup"]?.string } ?? []).count == 2)
        // A file can be named alone.
        try put("{", at: bench.path)
        try put("{", at: other)
        let one = try await restore(["file": [.string(other)]])
        #expect(
            one["files"]?.array?.count == 1 && text(other)?.contains("y") == true && text(bench.path) == "{")
        let refused = await bench.home.refusal(
            "host-config restore", ["host": "cursor", "file": ["/nonexistent/x"]])
        #expect(refused == .backupUnknown)
    }

    @Test func `a copy that lacks a place is not taken for the newest state of it`() async throws {
        try bench.write(["a"])
        try put(Self.good, at: other)
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        _ = try await keeper.keep([bench.path, other], name: "", always: false, isWhole: true)
        try Shell.run("rm '\(other)'")
        bench.home.clock.advance(by: .seconds(1))
        try bench.write(["a", "b"])
        let row = try await keeper.keep([bench.path], name: "", always: false, isWhole: true)
        await lease.close()
        #expect(row.outcome == "stored")
        #expect(row.remarks.contains { $0.hasPrefix("\(other) is gone; ") && $0.hasSuffix(" has it") })
        let holdings = try await HostSeries(bench.host).holdings(in: vault)
        #expect(holdings.map(\.place) == [bench.path, other].sorted())
        let damage = HostDamage.find(bench.host, [HostSituation(of: bench.host, at: bench.path)], holdings)
        #expect(damage?.text == "\(other) is gone")
        _ = try await restore()
        #expect(text(other) == Self.good)
        // What went with its folder, as a project does, is nobody's loss; but it can be had.
        try Shell.run("rm -r '\(bench.folder.path)/other'")
        #expect(HostDamage.find(bench.host, [], holdings) == nil)
        // Of all that can go, what a place needs stays.
        let cleaned = try await bench.call("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true])
        #expect(
            cleaned["decisions"]?.array?.contains { $0["reason"] == "the newest sound one of a file" } == true
        )
    }

    /// What comes in the place of a link.
    private static let replacements = [
        (#"{"mcpServers": {}}"#, "lost 1 server"), (#"{"mcpSer"#, "cannot be understood"), ("", "is empty"),
    ]

    @Test(arguments: replacements)
    func `a link that a file replaced is judged where the program reads, and made anew`(
        _ now: String, _ what: String
    ) async throws {
        try linked()
        let ticket = try await bench.call("prepare", ["host": "cursor", "file": .string(link)])
        let id = try #require(ticket["backup"])
        try put(now, at: link, byRename: true)
        let told = try await watch(link)
        #expect(told["events"]?.array?.last?["text"]?.string?.contains(what) == true, "\(told)")
        let stored = told["events"]?.array?.first?["text"]?.string
        let says = "a change was kept; \(link) was a link to ../dot/m.json and is none any more"
        #expect(stored?.hasPrefix(says) == true)
        let back = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(link), "backup": id, "if_broken": true])
        #expect(back["outcome"] == "restored")
        #expect(try Folder.linkTarget(link) == "../dot/m.json" && text(link) == Self.good)
        // What was in its place leads back as well.
        _ = try await restore(["backup": back["safetyCopy"] ?? .null])
        #expect(text(link) == now)
        let repaired = try await watch(link, "all")
        // One that can be read was named, and is what is wanted.
        guard what != "lost 1 server" else { return #expect(text(link) == now) }
        #expect(repaired["events"]?.array?.last?["kind"] == "repaired", "\(repaired)")
        #expect(try Folder.linkTarget(link) == "../dot/m.json" && text(link) == Self.good)
    }

    @Test(arguments: [
        "rm LINK", "rm LINK REAL", "rm REAL", "rm -r CONF", "rm -r CONF DOT", "ln -sf nowhere LINK",
        "echo '{}' >CONF/o.json; ln -sf o.json LINK",
    ]) func `a lost link, or what it leads to, comes back`(_ command: String) async throws {
        try linked()
        let id = try #require(try await keep(link)["backup"])
        try Shell.run(
            command.replacing("LINK", with: "'\(link)'").replacing("REAL", with: "'\(real)'")
                .replacing("CONF", with: bench.folder.path + "/conf").replacing(
                    "DOT", with: bench.folder.path + "/dot"))
        let trial = try await restore(["dry_run": true])
        #expect(trial["files"]?[0]?["outcome"]?.string?.hasPrefix("would-") == true)
        _ = try await restore()
        #expect(try Folder.linkTarget(link) == "../dot/m.json")
        #expect(text(link) == Self.good && text(real) == Self.good)
        #expect(try await restore(["backup": id])["files"]?[0]?["outcome"] == "unchanged")
    }

    @Test func `files below one linked folder are kept together`() async throws {
        let profiles = try #require(AssistantHost.named("vscode-profiles"))
        let base = bench.folder.path
        for name in ["aa", "bb"] { try put(#"{"servers": {"a": {}}}"#, at: "\(base)/real/\(name)/mcp.json") }
        try Shell.run("ln -s real '\(base)/through'")
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: profiles, vault: vault, lease: lease, clock: bench.home.clock)
        let paths = ["aa", "bb"].map { "\(base)/through/\($0)/mcp.json" }
        let row = try await keeper.keep(paths, name: "", always: false, isWhole: true)
        await lease.close()
        #expect(row.outcome == "stored" && row.files.count == 2)
        #expect(try await HostSeries(profiles).holdings(in: vault).map(\.place) == paths)
        try Shell.run("rm -r '\(base)/through' '\(base)/real'")
        _ = try await bench.call("restore", ["host": "vscode-profiles"])
        for path in paths { #expect(text(path) == #"{"servers": {"a": {}}}"#) }
        #expect(try Folder.linkTarget(base + "/through") == "real")
    }

    @Test func `a named file that is nowhere is told`() async throws {
        let output = try await watch(bench.folder.path + "/none/mcp.json")
        #expect(output["broken"] == ["cursor"] && output["offers"] == [])
        #expect(output["events"]?[0]?["text"]?.string?.hasPrefix("there is no ") == true)
    }

    @Test func `one entry comes back where the program reads`() async throws {
        try linked()
        _ = try await keep(link)
        try put(#"{"mcpServers": {"b": {}}}"#, at: link, byRename: true)
        _ = try await restore(["server": ["a"]])
        #expect(text(link)?.contains("\"a\"") == true && text(link)?.contains("\"b\"") == true)
        #expect(text(real) == Self.good)
    }

    @Test func `a folder in the file's place is told, with a way out`() async throws {
        try linked()
        _ = try await keep(link)
        try Shell.run("rm '\(link)'; mkdir '\(link)'")
        let error = await #expect(throws: OperationError.self) { _ = try await restore() }
        #expect(error?.message == "\(link) cannot be read: it is no ordinary file")
        #expect(error?.hint.contains("Move what is there away") == true)
    }

    @Test func `a state that a safety copy holds is kept when it is backed up`() async throws {
        try bench.write(["old"])
        try await bench.backup()
        try bench.write(["old", "new"])
        let newer = TestFiles.bytes(at: bench.path)
        _ = try await restore()
        try bench.write(["old", "new"])
        #expect(try await keep(bench.path)["outcome"] == "stored")
        try put("", at: bench.path)
        _ = try await watch(bench.path, "all")
        #expect(TestFiles.bytes(at: bench.path) == newer)
    }

    @Test(arguments: [#"{"mcpServers": {}}"#, nil]) func `what is meant to be so is told no more`(
        _ text: String?
    ) async throws {
        try bench.write(["a"])
        try await bench.backup()
        if let text { try put(text, at: bench.path) } else { try Folder.removeFile(bench.path) }
        #expect(try await watch(bench.path)["broken"] == ["cursor"])
        let row = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])["hosts"]?[0]
        let says = text == nil ? "is gone" : "lost 1 server"
        let remarks = row?["remarks"]?.array?.compactMap(\.string) ?? []
        #expect(row?["outcome"] == "stored")
        #expect(remarks.contains { $0.hasPrefix("accepted: \(bench.path) \(says)") }, "\(remarks)")
        #expect(try await watch(bench.path)["broken"] == [])
        if text == nil {
            #expect(await bench.home.refusal("host-config restore", ["host": "cursor"]) == .backupUnknown)
        }
        // It is a state like any other: what comes later counts again.
        try bench.write(["b"])
        let later = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        try put("", at: bench.path)
        _ = try await watch(bench.path, "all")
        #expect(TestFiles.bytes(at: bench.path) == later)
    }

    @Test func `what is broken without a sound backup is damage, and has no command`() async throws {
        try put("{bad", at: bench.path)
        for _ in 0..<2 {
            let output = try await watch(bench.path, "all")
            #expect(output["broken"] == ["cursor"] && output["offers"] == [])
            #expect(output["events"]?.array?.last?["kind"] == "damaged")
        }
    }

    @Test func `a repair that fails keeps no other from being looked at`() async throws {
        let kiro = try #require(AssistantHost.named("kiro"))
        let home = bench.folder.path + "/home"
        let (first, second) = (home + "/.cursor/mcp.json", home + "/.kiro/settings/mcp.json")
        try put(Self.good, at: first)
        try put(Self.good, at: second)
        let place = HostPlace(environment: ["HOME": home], currentFolder: "/")
        func look() async throws -> HostWatch {
            bench.home.clock.advance(by: .seconds(1))
            var watch = HostWatch(
                hosts: [bench.host, kiro], file: nil, place: place, repair: .all,
                context: bench.home.context())
            try await watch.look()
            return watch
        }
        // A watch keeps what the process' own home has: here the files are named.
        _ = try await keep(first)
        _ = try await bench.call("backup", ["host": ["kiro"], "file": .string(second)])
        try put("", at: first)
        try Shell.run("ln '\(first)' '\(first).hard'")
        try put("", at: second)
        let watch = try await look()
        let kinds = watch.events.filter { $0.kind != "stored" }.map { "\($0.host) \($0.kind)" }
        #expect(kinds.contains("cursor damaged") && kinds.contains("cursor failed"), "\(watch.events)")
        #expect(kinds.contains("kiro damaged") && kinds.contains("kiro repaired"), "\(watch.events)")
        #expect(watch.broken == ["cursor"] && text(second) == Self.good)
    }
}
