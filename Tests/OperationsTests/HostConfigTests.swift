import Basics
import ConfigText
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Configuration of assistants' programs: kept, broken, noticed, put back.
@Suite struct HostConfigTests {
    private let home: RightsHome
    private let folder: ScratchFolder
    private var path: String { folder.path + "/conf/mcp.json" }

    init() async throws {
        home = try await RightsHome()
        folder = try ScratchFolder()
        try Folder.createAll(folder.path + "/conf")
    }

    /// How a file comes to be broken.
    enum Break: String, CaseIterable, CustomTestStringConvertible {
        /// Cut off in the middle of its servers.
        case truncated
        /// Its servers are gone, the rest is there.
        case wiped
        /// It has no byte left.
        case emptied
        /// It is no text of its format.
        case invalid
        /// An installer put a file of its own in its place, with its server alone.
        case overwritten
        case removed

        var testDescription: String { rawValue }

        /// Breaks a file of `bytes`.
        func apply(_ bytes: [UInt8], at path: String, of host: AssistantHost) throws {
            switch self {
            case .truncated:
                // Before the end of the first name, so that nothing closes it.
                let text = String(decoding: bytes, as: UTF8.self)
                let cut = text.firstRange(of: "one")?.lowerBound ?? text.startIndex
                try TestFiles.write(Array(text[..<cut].utf8) + Array("on".utf8), to: path)
            case .wiped:
                let none = [.json, .jsonc].contains(host.format) ? "{}\n" : "# mine\n"
                try TestFiles.write(Array(none.utf8), to: path)
            case .emptied: try TestFiles.write([], to: path)
            case .invalid: try TestFiles.write(Array("{\"mcpServers\": {".utf8), to: path)
            case .overwritten:
                let entry = host.form.entry(name: "theirs", command: "/opt/theirs", arguments: [])
                let text = host.format.sample(host.place(of: "theirs"), entry)
                try TestFiles.write(Array(text.utf8), to: path + ".new")
                try Folder.rename(path + ".new", to: path)
            case .removed: try Folder.removeFile(path)
            }
        }

        /// How the file looks then.
        var state: HostSituation.State {
            switch self {
            case .removed: .missing
            case .emptied: .empty
            case .overwritten: .ok
            case .wiped: .noServers
            case .invalid, .truncated: .invalid
            }
        }
    }

    private func sample(_ host: AssistantHost) -> [UInt8] {
        let entry = host.form.entry(name: "one", command: "/usr/bin/one", arguments: ["a", "b"])
        let text = host.format.sample(host.place(of: "one"), entry)
        // Comments, a mark of the byte order and ends of lines as another system has them, where the format takes them.
        switch host.format {
        case .jsonc:
            return [0xEF, 0xBB, 0xBF] + Array("// mine\r\n\(text.replacing("\n", with: "\r\n"))".utf8)
        case .toml, .yaml: return Array("# mine\n\(text)".utf8)
        case .json: return Array(text.utf8)
        }
    }

    private func write(_ bytes: [UInt8], mode: String = "640", time: String = "2026-03-04 05:06:07.123456789")
        throws
    {
        try Shell.run("rm -f '\(path)'")
        try folder.write(bytes, to: "conf/mcp.json")
        try Shell.run("chmod \(mode) '\(path)'; touch -d '\(time)' '\(path)'")
    }

    private func look() throws -> String {
        String(decoding: try Shell.output("stat -c '%a %y' '\(path)'"), as: UTF8.self)
    }

    private func backup(_ host: AssistantHost, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        home.clock.advance(by: .milliseconds(1))
        let own: [String: JSONValue] = ["host": .array([.string(host.id)]), "file": .string(path)]
        let output = try await home.call("host-config backup", own.merging(more) { $1 })
        return try #require(output["hosts"]?.array?.first)
    }

    private func restore(_ host: AssistantHost, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        home.clock.advance(by: .milliseconds(1))
        return try await home.call("host-config restore", ["host": .string(host.id)].merging(more) { $1 })
    }

    @Test(arguments: allHosts.map(\.id), Break.allCases)
    func `every host's file comes back, however it was broken`(_ id: String, _ damage: Break) async throws {
        let host = try #require(AssistantHost.named(id))
        let bytes = sample(host)
        try write(bytes)
        let before = try look()
        #expect(try await backup(host)["outcome"] == "stored")
        #expect(try await backup(host)["outcome"] == "unchanged")
        try damage.apply(bytes, at: path, of: host)
        let situation = HostSituation(of: host, at: path)
        #expect(situation.state == damage.state, "\(situation.reason)")
        // It is noticed, and told for what it is.
        let difference = try await home.call("host-config diff", ["host": .string(id)])
        let file = try #require(difference["files"]?.array?.first { $0["path"]?.string == path })
        #expect(file["outcome"] == (damage == .removed ? "removed" : "changed"))
        let vault = try await home.vault()
        let holdings = try await HostSeries(host).holdings(in: vault)
        let told = HostDamage.find(host, [situation], holdings)
        #expect((told == nil) == (situation.state == .ok))
        #expect((told?.emptied.isEmpty == false) == (situation.state == .noServers))
        #expect((told?.isBroken == true) == [.empty, .invalid].contains(situation.state))
        let trial = try await restore(host, ["dry_run": true])
        #expect(trial["files"]?.array?.first?["outcome"]?.string?.hasPrefix("would-") == true)
        let broken = TestFiles.bytes(at: path)
        let output = try await restore(host)
        #expect(TestFiles.bytes(at: path) == bytes)
        #expect(try look() == before)
        // What was there before is kept, and leads back.
        #expect((output["safetyCopy"]?.string != nil) == (damage != .removed))
        if let copy = output["safetyCopy"]?.string {
            _ = try await restore(host, ["backup": .string(copy)])
            #expect(TestFiles.bytes(at: path) == broken)
        }
        #expect(
            try Shell.output("ls -A '\(folder.path)/conf'") == Array("mcp.json\n".utf8),
            "nothing is left behind")
    }

    @Test(arguments: [
        ("mkfifo", "it is no ordinary file"), ("mkdir", "it is no ordinary file"),
        ("truncate -s 65M", "it is larger than 64.0 MiB"),
    ]) func `what is in the file's place is told, kept from being read, and left alone`(
        _ command: String, _ reason: String
    ) async throws {
        let host = try #require(AssistantHost.named("cursor"))
        try write(sample(host))
        _ = try await backup(host)
        try Shell.run("rm '\(path)'; \(command) '\(path)'")
        let before = try look()
        let row = try await backup(host)
        #expect(row["outcome"] == "failed")
        #expect(row["remarks"]?[0]?.string == "\(path) cannot be read: \(reason)")
        let error = await #expect(throws: OperationError.self) { _ = try await restore(host) }
        #expect(error?.message == "\(path) cannot be read: \(reason)")
        #expect(try look() == before)
    }

    @Test func `a wiped file that was backed up is never put back unasked`() async throws {
        let host = try #require(AssistantHost.named("cursor"))
        try write(sample(host))
        let good = try await backup(host)["backup"]
        try Break.emptied.apply([], at: path, of: host)
        let wiped = try await backup(host)
        #expect(wiped["outcome"] == "stored" && wiped["backup"] != good)
        let output = try await restore(host)
        #expect(output["backup"] == good)
        #expect(TestFiles.bytes(at: path) == sample(host))
        // Again: the safety copy is newer and is not taken either.
        try Break.wiped.apply([], at: path, of: host)
        _ = try await restore(host)
        try Break.wiped.apply([], at: path, of: host)
        #expect(try await restore(host)["backup"] == good)
    }

    @Test func `one entry comes back and all else stays`() async throws {
        let host = try #require(AssistantHost.named("vscode"))
        let old = """
            {
              // what I use
              "servers": {
                "zed": {"type": "stdio", "command": "z", "args": ["1", 2.5, null], "env": {"B": "b", "A": "a"}},
                "two": {"command": "two"},
              },
              "inputs": []
            }

            """
        try write(Array(old.utf8))
        _ = try await backup(host)
        let now = old.replacing(
            "\"two\": {\"command\": \"two\"},", with: "\"three\": {\"command\": \"3\"}, // new\n"
        )
        .replacing(
            "\"z\", \"args\": [\"1\", 2.5, null], \"env\": {\"B\": \"b\", \"A\": \"a\"}", with: "\"evil\"")
        try write(Array(now.utf8))
        let output = try await restore(host, ["server": ["two"]])
        #expect(output["files"]?.array?.first?["outcome"] == "restored")
        let text = String(decoding: try #require(TestFiles.bytes(at: path)), as: UTF8.self)
        #expect(text.contains("\"three\": {\"command\": \"3\"}, // new") && text.contains("\"evil\""))
        #expect(text.contains("\"two\": {"))
        _ = try await restore(host, ["server": ["zed"]])
        let document = try JSONText(try #require(TestFiles.bytes(at: path)))
        let entry = try #require(try document.entry(at: ["servers", "zed"]))
        #expect(
            entry
                == .table([
                    .init("type", .text("stdio")), .init("command", .text("z")),
                    .init("args", .list([.text("1"), .scalar(.double(2.5)), .scalar(.null)])),
                    .init("env", .table([.init("B", .text("b")), .init("A", .text("a"))])),
                ]), "in their order")
        await #expect(throws: OperationError.self) { _ = try await restore(host, ["server": ["none"]]) }
    }

    @Test func `a server that an older backup has is named with the call that brings it back`() async throws {
        let bench = try await HostBench()
        try bench.write(["a", "b c"])
        let older = try await bench.backup()
        try bench.write(["a"])
        try await bench.backup()
        let arguments: [String: JSONValue] = ["host": "cursor", "file": [.string(bench.path)]]
        func ask(_ more: [String: JSONValue]) async -> OperationError? {
            await #expect(throws: OperationError.self) {
                try await bench.call("restore", arguments.merging(more) { $1 })
            }
        }
        let hint = await ask(["server": ["b c"]])?.hint ?? ""
        #expect(
            hint.hasSuffix(
                "host-config restore cursor --file \(bench.path) --server 'b c' --backup \(older)"), "\(hint)"
        )
        #expect(
            await ask(["server": ["zed"]])?.hint == "Run: holdfast host-config show cursor --backup newest")
        _ = try await bench.call(
            "restore", arguments.merging(["server": ["b c"], "backup": .string(older)]) { $1 })
        #expect(HostSituation(of: bench.host, at: bench.path).servers.keys.sorted() == ["a", "b c"])
    }

    @Test func `what is no table is no server`() throws {
        let host = try #require(AssistantHost.named("cursor"))
        let text = HostText(Array(#"{"mcpServers": {"a": 3, "b": null, "c": 1e400}}"#.utf8), of: host)
        #expect(text.state == .noServers)
        let old = HostText(Array(#"{"mcpServers": {"a": {}}}"#.utf8), of: host)
        #expect(text.loss(since: old) != nil)
    }

    @Test func `what changed is told server by server, and no secret is`() async throws {
        let host = try #require(AssistantHost.named("claude-desktop"))
        let secret = "sk-proj-4f8a2c1d9e7b3a6f5c0d1e2f3a4b5c6d"
        func text(_ key: String, _ more: String) -> [UInt8] {
            Array(
                """
                {"mcpServers": {"a": {"command": "a", "env": {"API_KEY": "\(key)"}}, \(more)}}

                """.utf8)
        }
        try write(text(secret, "\"b\": {\"command\": \"b\"}"), mode: "600")
        let first = try #require(try await backup(host)["backup"]?.string)
        try write(text(secret + "0", "\"c\": {\"url\": \"https://u:hunter2hunter2@h/x\"}"), mode: "600")
        let second = try #require(try await backup(host)["backup"]?.string)
        let diff = try await home.call(
            "host-config diff", ["host": "claude-desktop", "backup": .string(first), "with": .string(second)])
        let file = try #require(diff["files"]?.array?.first)
        #expect(file["added"] == ["c"] && file["removed"] == ["b"] && file["changed"] == ["a"])
        let shown = try await home.call(
            "host-config show", ["host": "claude-desktop", "backup": .string(second)])
        #expect(shown["servers"]?.array?.compactMap { $0["name"]?.string } == ["a", "c"])
        for output in [diff, shown] {
            let text = JSONWriter.text(output)
            #expect(!text.contains(secret) && !text.contains("hunter2"), "\(text)")
        }
    }

    @Test func `a link stays a link, and what it leads to is put back`() async throws {
        let host = try #require(AssistantHost.named("cursor"))
        try Shell.run("mkdir '\(folder.path)/dot'")
        try folder.write(sample(host), to: "dot/real.json")
        try Shell.run("ln -s ../dot/real.json '\(path)'")
        let row = try await backup(host)
        #expect(row["files"]?.array == [.string(folder.path + "/dot/real.json")])
        try Shell.run(": >'\(path)'")
        _ = try await restore(host)
        #expect(try Shell.output("readlink '\(path)'") == Array("../dot/real.json\n".utf8))
        #expect(TestFiles.bytes(at: path) == sample(host))
    }

    @Test func `a linked folder is kept as well`() async throws {
        let host = try #require(AssistantHost.named("cursor"))
        try write(sample(host))
        let through = folder.path + "/through"
        try Shell.run("ln -s conf '\(through)'")
        let row = try await backup(host, ["file": .string(through + "/mcp.json")])
        #expect(row["outcome"] == "stored" && row["files"]?.array == [.string(path)])
        try Shell.run("rm '\(through)'; rm -r '\(folder.path)/conf'")
        let output = try await restore(host)
        #expect(output["files"]?[0]?["outcome"] == "created")
        #expect(try Shell.output("readlink '\(through)'") == Array("conf\n".utf8))
        #expect(TestFiles.bytes(at: path) == sample(host))
        // A folder of somebody's own stays one, and the file comes where the program reads.
        try Shell.run("rm '\(through)'; mkdir '\(through)'; echo '{' >'\(through)/mcp.json'")
        _ = try await restore(host)
        #expect(TestFiles.bytes(at: through + "/mcp.json") == sample(host))
    }

    @Test func `what cannot be looked at is told, not left out`() throws {
        try Shell.run("ln -s loop '\(folder.path)/loop'; mkdir -p '\(folder.path)/home'")
        try Shell.run("ln -s ../loop '\(folder.path)/home/.cursor'")
        let place = HostPlace(environment: ["HOME": folder.path + "/home"], currentFolder: "/")
        let host = try #require(AssistantHost.named("cursor"))
        let files = place.present(of: host)
        #expect(files == [folder.path + "/home/.cursor/mcp.json"])
        #expect(HostSituation(of: host, at: files.first ?? "").state == .unreadable)
        // Whether it is the other one’s end cannot be told, either: no place is guessed.
        let error = #expect(throws: OperationError.self) { try place.home(of: "/srv/mcp.json", of: host) }
        #expect(error?.code == .ioFailed)
        #expect(error?.message.contains("symbolic links") == true)
        let project = #expect(throws: OperationError.self) {
            try place.path(of: host, file: nil, project: folder.path + "/loop")
        }
        #expect(project?.code == .ioFailed)
    }

    @Test(arguments: [("/root", "/root"), ("/home/me/", "/home/me"), ("/x//", "/x"), ("/", "/"), ("", "")])
    func `the user's folder has no slash at its end`(_ written: String, _ meant: String) {
        #expect(HostPlace.withoutSlash(written) == meant)
    }

    @Test func `patterns stand for what is there`() throws {
        let local = folder.path + "/local"
        let own = "LocalCache/Roaming/Claude"
        try Shell.run("mkdir -p '\(local)/Packages/Claude_abc/\(own)' '\(local)/Packages/Claude_x/\(own)'")
        try Shell.run("echo '{}' >'\(local)/Packages/Claude_abc/\(own)/claude_desktop_config.json'")
        let place = HostPlace(
            environment: ["LOCALAPPDATA": local], currentFolder: "/", system: .windows)
        let host = try #require(AssistantHost.named("claude-desktop"))
        let file = "\(local)/Packages/Claude_abc/\(own)/claude_desktop_config.json"
        #expect(place.present(of: host) == [file])
        #expect(try place.path(of: host, file: nil, project: nil) == file)
    }

    @Test func `servers in a list have their names inside`() async throws {
        let host = try #require(AssistantHost.named("mistral-vibe"))
        try write(
            Array("[[mcp_servers]]\nname = \"a\"\nurl = \"http://x\"\n[[mcp_servers]]\nname = \"b\"\n".utf8))
        #expect(HostSituation(of: host, at: path).servers.keys.sorted() == ["a", "b"])
        _ = try await backup(host)
        let shown = try await home.call("host-config show", ["host": "mistral-vibe", "backup": "newest"])
        #expect(shown["servers"]?.array?.first?["target"] == "http://x")
        // One of a list is not put back by itself: it is said, and nothing is written.
        try write(Array("x = 1\n[[mcp_servers]]\nname = \"b\"\n".utf8))
        let error = await #expect(throws: OperationError.self) {
            _ = try await restore(host, ["server": ["a"]])
        }
        #expect(error?.code == .fileInvalid)
    }

    @Test func `they are a series of their own, which no device's backups are counted with`() async throws {
        let host = try #require(AssistantHost.named("cursor"))
        for number in 0..<4 {
            try write(Array("{\"mcpServers\": {\"n\": {\"command\": \"\(number)\"}}}".utf8))
            _ = try await backup(host, ["name": .string("round \(number)")])
        }
        let list = try await home.call("host-config list", ["limit": 3])
        #expect(list["backups"]?.array?.count == 3 && list["more"] == 1)
        #expect(list["backups"]?.array?.first?["name"] == "round 3")
        let devices = try await home.call("backup list", ["device": ["local"]])
        #expect(devices["backups"]?.array?.isEmpty == true)
        let verified = try await home.call("backup verify", [:])
        #expect(verified["problems"]?.array?.isEmpty == true)
    }

    @Test(
        arguments: [
            (["all": true, "host": ["cursor"]], OperationError.Code.argumentInvalid), ([:], .argumentInvalid),
            (["host": ["cursor", "zed"], "file": "/x"], .argumentInvalid),
        ] as [([String: JSONValue], OperationError.Code)])
    func `what makes no sense is refused`(_ arguments: [String: JSONValue], _ code: OperationError.Code)
        async throws
    {
        let error = await #expect(throws: OperationError.self) {
            _ = try await home.call("host-config backup", arguments)
        }
        #expect(error?.code == code)
    }

    @Test func `without a backup there is nothing to restore`() async throws {
        let host = try #require(AssistantHost.named("cursor"))
        let error = await #expect(throws: OperationError.self) { _ = try await restore(host) }
        #expect(error?.code == .backupUnknown && error?.hint.contains("host-config backup cursor") == true)
    }
}
