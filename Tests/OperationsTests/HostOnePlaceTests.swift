import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// A lost link, and several names of one file, on the way back.
@Suite(.timeLimit(.minutes(5))) struct HostOnePlaceTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var link: String { bench.folder.path + "/conf/mcp.json" }
    private var middle: String { bench.folder.path + "/dot/m0" }
    private var real: String { bench.folder.path + "/dot/m1" }

    private static let good = #"{"mcpServers": {"a": {"command": "x"}}}"#
    private static let newer = #"{"mcpServers": {"a": {"command": "x"}, "c": {}}}"#

    private func put(_ text: String, at path: String) throws {
        try Folder.createAll(AtomicFile.folder(of: path))
        try TestFiles.write(Array(text.utf8), to: path)
    }

    private func text(_ path: String) -> String? {
        TestFiles.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func keep(_ path: String) async throws {
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
    }

    private func repair(_ path: String) async throws -> JSONValue {
        try await bench.call(
            "watch", ["host": ["cursor"], "file": .string(path), "once": true, "repair": "all"])
    }

    /// A link to a link to the file.
    private func chained() throws {
        try put(Self.good, at: real)
        try Folder.createAll(AtomicFile.folder(of: link))
        try Shell.run("ln -s ../dot/m0 '\(link)'; ln -s m1 '\(middle)'")
    }

    @Test(arguments: ["rm 'LINK'", "rm 'MIDDLE'", "rm 'MIDDLE'; echo '{}' >'MIDDLE'"])
    func `a lost link alone comes back, and what it led to is left as it is`(_ command: String) async throws {
        try chained()
        try await keep(link)
        try put(Self.newer, at: real)
        try Shell.run(command.replacing("LINK", with: link).replacing("MIDDLE", with: middle))
        let output = try await repair(link)
        #expect(output["events"]?.array?.last?["kind"] == "repaired", "\(output)")
        #expect(text(real) == Self.newer && text(link) == Self.newer)
        #expect(try Folder.linkTarget(link) == "../dot/m0" && Folder.linkTarget(middle) == "m1")
        // A backup that is named is meant as it is.
        let id = try #require(try await bench.list.last?["backup"])
        _ = try await bench.call("restore", ["host": "cursor", "backup": id])
        #expect(text(real) == Self.good)
    }

    @Test(arguments: [#"{"mcpServers": {}}"#, "", "{"])
    func `a chain of links is one place`(_ now: String) async throws {
        try chained()
        try await keep(link)
        try Shell.run("rm '\(middle)'")
        try put(now, at: middle)
        let output = try await repair(link)
        #expect(output["events"]?.array?.last?["kind"] == "repaired", "\(output)")
        #expect(output["broken"] == [])
        #expect(try Folder.linkTarget(middle) == "m1")
        #expect(text(link) == Self.good)
        let vault = try await bench.home.vault()
        #expect(try await HostSeries(bench.host).holdings(in: vault).map(\.place) == [link])
    }

    @Test(arguments: ["", nil]) func `two names of one file come back in one write`(_ now: String?)
        async throws
    {
        let file = bench.folder.path + "/proj/mcp.json"
        try put(Self.good, at: file)
        try Shell.run("ln -s proj '\(bench.folder.path)/plink'")
        try await keep(bench.folder.path + "/plink/mcp.json")
        bench.home.clock.advance(by: .seconds(1))
        try await keep(file)
        if let now { try put(now, at: file) } else { try Folder.removeFile(file) }
        let output = try await repair(file)
        #expect(output["events"]?.array?.last?["kind"] == "repaired", "\(output)")
        #expect(output["broken"] == [] && text(file) == Self.good)
    }

    @Test(arguments: [true, false])
    func `a link that an edit made goes, and what it leads to stays`(_ isThere: Bool) async throws {
        try put(Self.good, at: real)
        try Folder.createAll(AtomicFile.folder(of: link))
        if !isThere { try Folder.removeFile(real) }
        try Shell.run("ln -s ../dot/m1 '\(link)'")
        let back = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(link), "absent": true])
        #expect(back["outcome"] == "removed")
        #expect(try Folder.item(link) == nil && text(real) == (isThere ? Self.good : nil))
    }

    @Test func `of several files those come back that can`() async throws {
        let profiles = try #require(AssistantHost.named("vscode-profiles"))
        let home = bench.folder.path + "/home"
        let paths = ["a", "b", "c"].map { "\(home)/.config/Code/User/profiles/\($0)/mcp.json" }
        let good = #"{"servers": {"a": {}}}"#
        for path in paths { try put(good, at: path) }
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: profiles, vault: vault, lease: lease, clock: bench.home.clock)
        _ = try await keeper.keep(paths, name: "", always: false, isWhole: true)
        await lease.close()
        try put("", at: paths[0])
        try Shell.run("rm '\(paths[1])' '\(paths[2])'; mkdir '\(paths[2])'")
        let place = HostPlace(environment: ["HOME": home], currentFolder: "/")
        func look(_ repair: WatchHostConfigs.Repair) async throws -> HostWatch {
            bench.home.clock.advance(by: .seconds(1))
            var watch = HostWatch(
                hosts: [profiles], file: nil, place: place, repair: repair, context: bench.home.context())
            try await watch.look()
            return watch
        }
        let offer = "holdfast host-config restore vscode-profiles"
        let told = try await look(.offer)
        #expect(
            told.offers["vscode-profiles"] == offer + paths.prefix(2).map { " --file \($0)" }.joined())
        let watch = try await look(.all)
        #expect(text(paths[0]) == good && text(paths[1]) == good)
        #expect(
            watch.events.contains { $0.kind == "failed" && $0.text.contains(paths[2]) }, "\(watch.events)")
        #expect(watch.broken == ["vscode-profiles"])
        // A folder has to go first.
        #expect(watch.offers["vscode-profiles"] == nil)
    }

    @Test(.enabled(if: ProcessEnvironment.isRoot))
    func `a file that another account's replaced is its owner's again`() async throws {
        try put(Self.good, at: real)
        try Shell.run("chown 1234:4321 '\(real)'; chmod 600 '\(real)'")
        try await keep(real)
        try Shell.run("rm '\(real)'; : >'\(real)'; chmod 644 '\(real)'")
        _ = try await repair(real)
        #expect(try Shell.output("stat -c '%u:%g %a' '\(real)'") == Array("1234:4321 600\n".utf8))
        #expect(text(real) == Self.good)
        // And root's is root's.
        try Shell.run("chown 0:0 '\(real)'")
        try put(Self.newer, at: real)
        let id = try #require(
            try await bench.call("backup", ["host": ["cursor"], "file": .string(real)])["hosts"]?[0]?[
                "backup"])
        try Shell.run("chown 1234:4321 '\(real)'; : >'\(real)'")
        _ = try await bench.call("restore", ["host": "cursor", "backup": id])
        #expect(try Shell.output("stat -c '%u:%g' '\(real)'") == Array("0:0\n".utf8))
        #expect(text(real) == Self.newer)
    }
}
