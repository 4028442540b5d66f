import Basics
import ConfigText
import HostConfig
import TestSupport
import Testing

@testable import Operations

@Suite struct HostInstallTests {
    private let home: RightsHome
    private let folder: ScratchFolder
    private var path: String { folder.path + "/mcp.json" }

    init() async throws {
        home = try await RightsHome()
        folder = try ScratchFolder()
    }

    private func arguments(_ more: [String: JSONValue] = [:]) -> [String: JSONValue] {
        let own: [String: JSONValue] = [
            "host": "cursor", "file": .string(path), "command": "/usr/bin/holdfast",
        ]
        return own.merging(more) { $1 }
    }

    @discardableResult
    private func install(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await home.call("mcp install", arguments(more))
    }

    private func uninstall(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        var arguments = arguments(more)
        arguments["command"] = nil
        return try await home.call("mcp uninstall", arguments)
    }

    private func content() -> String? {
        TestFiles.bytes(at: path).map { String(decoding: $0, as: UTF8.self) }
    }

    private func error(_ more: [String: JSONValue] = [:]) async -> OperationError? {
        await #expect(throws: OperationError.self) { try await install(more) }
    }

    @Test func `another program's entry is not taken out`() async throws {
        let old = "{\"mcpServers\": {\"holdfast\": {\"command\": \"z\", \"env\": {\"TOKEN\": \"x\"}}}}"
        try folder.write(Array(old.utf8), to: "mcp.json")
        let error = await #expect(throws: OperationError.self) { _ = try await uninstall() }
        #expect(error?.code == .entryDiffers && content() == old)
    }

    @Test func `a project's file is made with the folders above it`() async throws {
        var arguments = arguments(["host": "kiro", "project": .string(folder.path)])
        arguments["file"] = nil
        #expect(try await home.call("mcp install", arguments)["outcome"] == "added")
        #expect(TestFiles.bytes(at: folder.path + "/.kiro/settings/mcp.json") != nil)
    }

    @Test func `an entry comes, stays and goes, and all else stays`() async throws {
        let old = "{\n  // mine\n  \"mcpServers\": {\n    \"a\": {\"command\": \"x\"}, // one\n  },\n}\n"
        try folder.write(Array(old.utf8), to: "mcp.json")
        let added = try await install()
        #expect(added["outcome"] == "added")
        let copy = try #require(added["copy"]?.string)
        #expect(TestFiles.bytes(at: copy) == Array(old.utf8))
        #expect(try FileStatus.permissions(of: copy) == 0o600)
        #expect(try FileStatus.permissions(of: AtomicFile.folder(of: copy)) == 0o700)
        let entry = try JSONText(try #require(TestFiles.bytes(at: path))).value(at: [
            "mcpServers", "holdfast",
        ])
        #expect(
            entry == ["command": "/usr/bin/holdfast", "args": ["mcp", "--home", .string(home.scratch.path)]])

        let present = content()
        #expect(try await install()["outcome"] == "unchanged")
        #expect(content() == present)
        #expect(try await uninstall()["outcome"] == "removed")
        #expect(content() == old)
        #expect(try await uninstall()["outcome"] == "absent")
    }

    @Test func `a trial shows the change and makes none`() async throws {
        try folder.write(Array("{}\n".utf8), to: "mcp.json")
        let trial = try await install(["dry_run": true])
        #expect(trial["outcome"] == "would-add" && trial["copy"] == nil)
        #expect(trial["diff"]?.array?.contains(#"+    "holdfast": {"#) == true)
        #expect(content() == "{}\n")
        _ = try await install()
        #expect(try await uninstall(["dry_run": true])["outcome"] == "would-remove")
        #expect(content() != "{}\n")
    }

    @Test func `another entry of that name gives way only when that is said`() async throws {
        try folder.write(
            Array(
                #"{"mcpServers": {"holdfast": {"command": "/opt/h", "args": ["mcp"], "disabled": false}}}"#
                    .utf8),
            to: "mcp.json")
        let before = content()
        let error = await error()
        #expect(error?.code == .entryDiffers)
        #expect(error?.message.contains(#"command is "/opt/h", not "/usr/bin/holdfast""#) == true)
        #expect(error?.confirmation?.field == "replace")
        #expect(content() == before)
        #expect(try await install(["dry_run": true])["outcome"] == "would-replace")
        #expect(content() == before)
        #expect(try await install(["replace": true])["outcome"] == "replaced")
        #expect(
            content()
                == #"{"mcpServers": {"holdfast": {"command": "/usr/bin/holdfast", "args": ["mcp", "--home", ""#
                + home.scratch.path + #""], "disabled": false}}}"#)
    }

    @Test func `an entry of a server elsewhere gives way as a whole`() async throws {
        try folder.write(
            Array(#"{"mcpServers": {"holdfast": {"url": "https://h/mcp", "headers": {"A": "b"}}}}"#.utf8),
            to: "mcp.json")
        #expect(await error()?.code == .entryDiffers)
        _ = try await install(["replace": true])
        let entry = try JSONText(try #require(TestFiles.bytes(at: path))).value(at: [
            "mcpServers", "holdfast",
        ])
        #expect(entry?["url"] == nil && entry?["command"] == "/usr/bin/holdfast")
    }

    @Test(arguments: [
        "{\"mcpServers\": {", "[]", "{\"mcpServers\": []}", "{\"mcpServers\": {}, \"mcpServers\": {}}", "x",
    ])
    func `what cannot be understood is not touched`(_ text: String) async throws {
        try folder.write(Array(text.utf8), to: "mcp.json")
        #expect(await error(["replace": true])?.code == .fileInvalid)
        #expect(content() == text)
        #expect(TestFiles.names(in: home.scratch.path + "/host-files").isEmpty)
    }

    @Test func `secrets of other servers are hidden in what is shown`() async throws {
        let old = """
            {
              "mcpServers": {
                "a": {
                  "env": { "GITHUB_TOKEN": "ghp_0123456789abcdefghijABCDEFGHIJ012345" }
                }
              }
            }
            """
        try folder.write(Array(old.utf8), to: "mcp.json")
        for answer in [try await install(["dry_run": true]), try await install(), try await uninstall()] {
            #expect(!JSONWriter.text(answer).contains("ghp_0123"))
        }
        #expect(content() == old)
    }

    @Test func `a new file is for this user alone, and its folder must be there`() async throws {
        #expect(try await install()["outcome"] == "added")
        #expect(try FileStatus.permissions(of: path) == 0o600)
        let lost = await error(["file": .string(folder.path + "/missing/mcp.json")])
        #expect(lost?.code == .ioFailed)
        #expect(TestFiles.names(in: folder.path) == ["mcp.json"])
    }

    @Test func `a project's file is made with its folder, for all who work on it`() async throws {
        let answer = try await home.call(
            "mcp install", ["host": "vscode", "project": .string(folder.path), "command": "holdfast"])
        #expect(answer["file"] == .string(folder.path + "/.vscode/mcp.json"))
        let text = try #require(TestFiles.bytes(at: folder.path + "/.vscode/mcp.json"))
        #expect(try JSONText(text).value(at: ["servers", "holdfast", "type"]) == "stdio")
        #expect(try FileStatus.permissions(of: folder.path + "/.vscode/mcp.json") == 0o644)
        let none = await home.refusal(
            "mcp install", ["host": "windsurf", "project": .string(folder.path), "command": "holdfast"])
        #expect(none == .argumentInvalid)
    }

    @Test func `TOML is changed as carefully`() async throws {
        let old = "model = \"o3\" # mine\n\n[mcp_servers.a]\ncommand = \"x\"\n"
        try folder.write(Array(old.utf8), to: "mcp.json")
        _ = try await install(["host": "codex", "level": "propose", "toolsets": "core,restore"])
        let text = try #require(content())
        #expect(
            text.hasPrefix(old) && text.contains("[mcp_servers.holdfast]\ncommand = \"/usr/bin/holdfast\"\n"))
        #expect(text.contains(#""--level", "propose", "--toolsets", "core,restore"]"#))
        #expect(
            try await install(["host": "codex", "level": "read", "replace": true])["outcome"] == "replaced")
        #expect(try await uninstall(["host": "codex"])["outcome"] == "removed")
        #expect(content() == old)
    }

    @Test func `YAML is shown and not written`() async throws {
        let error = await error(["host": "goose"])
        #expect(error?.code == .argumentInvalid && error?.hint.contains("--print") == true)
        let shown = try await install(["host": "goose", "print": true])
        #expect(shown["entry"]?.string?.hasPrefix("extensions:\n  holdfast:\n") == true)
        #expect(TestFiles.names(in: folder.path).isEmpty)
    }

    @Test func `wrong arguments are refused before any file is looked at`() async {
        #expect(await error(["host": "netscape"])?.code == .argumentInvalid)
        #expect(await error(["name": "a b"])?.code == .argumentInvalid)
        #expect(await error(["name": ""])?.code == .argumentInvalid)
        #expect(await error(["toolsets": "core,none"])?.code == .argumentInvalid)
    }

    @Test func `no more than twenty copies are kept`() async throws {
        for number in 0..<25 {
            try folder.write(Array("{\"n\": \(number)}".utf8), to: "mcp.json")
            home.clock.advance(by: .seconds(1))
            _ = try await install()
        }
        let copies = TestFiles.names(in: home.scratch.path + "/host-files/cursor")
        #expect(copies.count == 20)
        #expect(
            TestFiles.bytes(at: home.scratch.path + "/host-files/cursor/" + (copies.last ?? ""))
                == Array("{\"n\": 24}".utf8))
    }

    // MARK: The vault

    /// An edit of the file as if it were the one that the host reads for its user.
    private func own() throws -> (edit: HostEdit, entry: ServerEntry) {
        let host = try #require(AssistantHost.named("cursor"))
        var input = InstallServer.Input()
        input.host = HostID(host)
        input.command = "/usr/bin/holdfast"
        let context = home.context()
        let entry = try ServerEntry(input, paths: context.services.paths, environment: [:])
        return (HostEdit(host: host, path: path, isShared: false, isOwn: true, context: context), entry)
    }

    @Test func `the user's own file is kept in the vault before it is changed`() async throws {
        let old = #"{"mcpServers": {"a": {"command": "x"}}}"#
        try folder.write(Array(old.utf8), to: "mcp.json")
        let (edit, entry) = try own()
        #expect(try await edit.install(entry, replacing: false, isTrial: true).backup == nil)
        let change = try await edit.install(entry, replacing: false, isTrial: false)
        #expect(change.outcome == .added)
        let backup = try #require(change.backup)
        #expect(content()?.contains("/usr/bin/holdfast") == true)
        home.clock.advance(by: .seconds(1))
        _ = try await home.call("host-config restore", ["host": "cursor", "backup": .string(backup)])
        #expect(content() == old)
        // One that was named, or a project's, is none of that series.
        let named = try await install()
        #expect(named["outcome"] == "added")
        #expect(named["backup"]?.string == nil)
    }

    @Test func `where nothing was there nothing is kept`() async throws {
        let (edit, entry) = try own()
        let change = try await edit.install(entry, replacing: false, isTrial: false)
        #expect(change.outcome == .added && change.backup == nil)
        home.clock.advance(by: .seconds(1))
        let removed = try await edit.uninstall("holdfast", isTrial: false)
        #expect(removed.outcome == .removed && removed.backup != nil)
    }

    @Test func `a write that fails leaves the file as it was, and its backup`() async throws {
        let old = #"{"mcpServers": {}}"#
        try folder.write(Array(old.utf8), to: "mcp.json")
        try Shell.run("ln '\(path)' '\(path).other'")
        let (edit, entry) = try own()
        let error = await #expect(throws: OperationError.self) {
            _ = try await edit.install(entry, replacing: false, isTrial: false)
        }
        #expect(error?.code == .ioFailed)
        #expect(content() == old)
        #expect(try await home.call("host-config list")["backups"]?.array?.count == 1)
    }

    // MARK: Places

    private func place(_ environment: [String: String] = [:]) -> HostPlace {
        HostPlace(
            environment: environment.merging(["HOME": folder.path]) { first, _ in first },
            currentFolder: folder.path, system: .linux)
    }

    private func path(_ id: String, _ environment: [String: String] = [:]) throws -> String {
        try place(environment).path(of: try #require(AssistantHost.named(id)), file: nil, project: nil)
    }

    @Test func `the file that exists is meant, else the likeliest in a folder that does`() throws {
        #expect(throws: OperationError.self) { try path("windsurf") }
        try Shell.run("mkdir -p '\(folder.path)/.codeium/windsurf'")
        #expect(try path("windsurf") == folder.path + "/.codeium/windsurf/mcp_config.json")
        try Shell.run("touch '\(folder.path)/.codeium/mcp_config.json'")
        #expect(try path("windsurf") == folder.path + "/.codeium/mcp_config.json")
        try Shell.run("touch '\(folder.path)/.codeium/windsurf/mcp_config.json'")
        let error = #expect(throws: OperationError.self) { try path("windsurf") }
        #expect(error?.code == .argumentInvalid)
    }

    @Test func `a file that its host makes itself is not begun`() throws {
        let error = #expect(throws: OperationError.self) { try path("claude-code") }
        #expect(error?.code == .hostMissing)
        try Shell.run("echo '{}' >'\(folder.path)/.claude.json'")
        #expect(try path("claude-code") == folder.path + "/.claude.json")
        #expect(try path("claude-code", ["CLAUDE_CONFIG_DIR": "/c"]) == "/c/.claude.json")
    }
}
