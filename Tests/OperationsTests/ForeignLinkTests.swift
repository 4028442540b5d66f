import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Links that another account planted where a program reads its file.
@Suite(
    .timeLimit(.minutes(5)),
    .enabled(if: ProcessEnvironment.isRoot, "only root makes links of other accounts")
) struct ForeignLinkTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func link(owner: Int) throws -> String {
        let target = bench.folder.path + "/target.json"
        try TestFiles.write(Array("another's text".utf8), to: target)
        try Shell.run(
            "rm -f '\(bench.path)'; ln -s '\(target)' '\(bench.path)'; chown -h \(owner) '\(bench.path)'")
        return target
    }

    /// Whose a file, a folder or a link itself is.
    private func owner(of path: String) throws -> UInt32? {
        UInt32(String(decoding: try Shell.output("printf %s $(stat -c %u '\(path)')"), as: UTF8.self))
    }

    private func text(_ path: String) -> String? {
        TestFiles.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `nothing is written, given away or removed through one`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let target = try link(owner: 12345)
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("restore", ["host": "cursor", "file": .array([.string(bench.path)])])
        }
        #expect(error?.code == .ioFailed)
        let trial: [String: JSONValue] = [
            "host": "cursor", "file": .array([.string(bench.path)]), "dry_run": true,
        ]
        #expect(
            await bench.home.refusal("host-config restore", trial) == .ioFailed, "a comparison would show it")
        let kept = try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path)])
        #expect(kept["hosts"]?[0]?["outcome"] == "failed", "what another points at is not kept: \(kept)")
        #expect(error?.message.contains("a link that account 12345 made") == true, "\(error?.message ?? "")")
        var watch = HostWatch(
            hosts: [bench.host], file: bench.path, place: .here, repair: .all, context: bench.home.context())
        try await watch.look()
        #expect(watch.broken == ["cursor"])
        #expect(watch.events.contains { $0.text.contains("account 12345 made") }, "\(watch.events)")
        #expect(text(target) == "another's text")
        #expect(try FileStatus.owner(of: target) == 0)
        // As a folder on the way as well.
        let folder = bench.folder.path + "/far"
        try Shell.run("mkdir '\(folder)'; mv '\(target)' '\(folder)/mcp.json'; rm '\(bench.path)'")
        let inner = bench.folder.path + "/near/mcp.json"
        try Shell.run(
            "ln -s '\(folder)' '\(bench.folder.path)/near'; chown -h 12345 '\(bench.folder.path)/near'")
        #expect(
            await bench.home.refusal(
                "host-config rollback", ["host": "cursor", "file": .string(inner), "absent": true])
                == .ioFailed)
        #expect(text(folder + "/mcp.json") == "another's text")
        // Nor is it read to say what would be done.
        try Shell.run(
            "cd '\(bench.folder.path)'; rm near; mkdir near; echo '{\"mcpServers\": {\"n\": {}}}' >near/mcp.json"
        )
        try await bench.call("backup", ["host": ["cursor"], "file": .string(inner)])
        try Shell.run("cd '\(bench.folder.path)'; rm -r near; ln -s far near; chown -h 12345 near")
        let look: [String: JSONValue] = [
            "host": "cursor", "file": .array([.string(inner)]), "dry_run": true,
        ]
        #expect(await bench.home.refusal("host-config restore", look) == .ioFailed)
    }

    @Test func `a link that is made anew belongs to whom its folder belongs`() async throws {
        let target = try link(owner: 0)
        try bench.folder.write(Array(#"{"mcpServers": {"a": {}}}"#.utf8), to: "target.json")
        try Shell.run(
            "chown 12345 '\(bench.folder.path)'; chown 12345 '\(target)'; chown -h 12345 '\(bench.path)'")
        try await bench.backup()
        try Shell.run("rm '\(bench.path)'; chown 0 '\(target)'")
        _ = try await bench.call("restore", ["host": "cursor", "file": .array([.string(bench.path)])])
        #expect(try owner(of: bench.path) == 12345)
        // What it leads to is root's by now, but the account could put another file there by itself.
        #expect(HostSituation(of: bench.host, at: bench.path).state == .ok)
        try Shell.run("chown 0 '\(bench.folder.path)'")
        #expect(HostSituation(of: bench.host, at: bench.path).state == .unreadable)
    }

    @Test func `what root makes in the home of another account is theirs`() async throws {
        let home = bench.folder.path + "/home"
        let path = home + "/conf/mcp.json"
        try Shell.run(
            "mkdir -p '\(home)/conf' '\(home)/dot'; echo '{\"mcpServers\": {\"a\": {}}}' >'\(home)/dot/m'; ln -s ../dot/m '\(path)'; chown -hR 12345 '\(home)'"
        )
        try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        try Shell.run("rm -r '\(home)/conf'")
        _ = try await bench.call("restore", ["host": "cursor", "file": .array([.string(path)])])
        for made in [home + "/conf", path, home + "/dot/m"] {
            #expect(try owner(of: made) == 12345, "\(made)")
        }
        let guarded = try HostFile(bench.host, at: home + "/new.json")
        _ = try guarded.write(
            Array("{}".utf8), at: Folder.realPath(home) + "/new.json", isShared: false,
            copies: HostFileCopies(bench.home.context().services.paths),
            now: bench.home.clock.now())
        #expect(try owner(of: home + "/new.json") == 12345)
    }

    @Test func `an edit does not even read through one`() async throws {
        let target = try link(owner: 12345)
        try TestFiles.write(Array(#"{"mcpServers": {"a": {"command": "roots"}}}"#.utf8), to: target)
        let error = #expect(throws: OperationError.self) { _ = try HostFile(bench.host, at: bench.path) }
        #expect(error?.message.contains("account 12345 made") == true, "\(error?.message ?? "")")
    }

    /// An account that swaps its folder for a link to a place of root's all the time, while root backs up and restores.
    @Test func `nothing is read or written where a link leads that comes between`() async throws {
        let root = try Folder.realPath(bench.folder.path)
        let path = root + "/home/conf/mcp.json"
        func text(of program: String) -> [UInt8] {
            Array("{\"mcpServers\": {\"a\": {\"command\": \"\(program)\"}}}".utf8)
        }
        try Shell.run("cd '\(root)' && mkdir -p home/conf roots && ln -s ../roots home/link")
        try TestFiles.write(text(of: "own"), to: path)
        try TestFiles.write(text(of: "roots"), to: root + "/roots/mcp.json")
        try Shell.run("chown -hR 12345 '\(root)/home'")
        try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        let conf = try HeldFolder(root + "/home/conf")
        let swapping = Task.detached {
            let home = try HeldFolder(root + "/home")
            while !Task.isCancelled {
                try home.exchange("conf", "link")
                try? await Task.sleep(for: .microseconds(.random(in: 1...800)))
            }
        }
        for _ in 0..<60 {
            _ = try? await bench.call("restore", ["host": "cursor", "file": .array([.string(path)])])
            try conf.remove("mcp.json")
            try FileSnapshot.create(Array("broken".utf8), "mcp.json", in: conf)
            _ = try? await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        }
        swapping.cancel()
        try await swapping.value
        #expect(TestFiles.bytes(at: root + "/roots/mcp.json") == text(of: "roots"))
        #expect(TestFiles.names(in: root + "/roots") == ["mcp.json"])
        // What comes back at last is the account's own.
        if try Folder.item(path, name: nil) == nil || (try? Folder.linkTarget(root + "/home/conf")) != nil {
            try Shell.run("cd '\(root)/home' && mv -T conf other && mv -T link conf")
        }
        _ = try await bench.call("restore", ["host": "cursor", "file": .array([.string(path)])])
        #expect(TestFiles.bytes(at: path) == text(of: "own"))
    }

    @Test func `a link of one's own, of root or of the file's owner is followed`() throws {
        let target = try link(owner: 12345)
        func foreign(for user: UInt32) throws -> UInt32? {
            try PlaceTrace.of(bench.path, home: nil).foreignLink(for: user)?.owner
        }
        #expect(try foreign(for: 0) == 12345)
        #expect(try foreign(for: 12345) == nil)
        try Shell.run("chown 12345 '\(target)'")
        #expect(try foreign(for: 0) == nil)
        #expect(try foreign(for: 777) == nil)
        _ = try link(owner: 0)
        #expect(try foreign(for: 777) == nil)
        // Of what is not there the folder tells.
        try Shell.run("rm '\(target)'; chown -h 12345 '\(bench.path)'")
        #expect(try foreign(for: 777) == 12345)
    }
}
