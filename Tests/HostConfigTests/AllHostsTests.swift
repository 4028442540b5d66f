import Basics
import ConfigText
import Testing

@testable import HostConfig

@Suite struct AllHostsTests {
    private let linux = ["HOME": "/home/me"]
    private let mac = ["HOME": "/Users/me"]
    private let windows = [
        "USERPROFILE": "C:/Users/me", "APPDATA": "C:/Users/me/AppData/Roaming",
        "LOCALAPPDATA": "C:/Users/me/AppData/Local",
    ]

    @Test func `rows are sorted, and each is whole`() {
        let ids = allHosts.map(\.id)
        #expect(ids == ids.sorted() && Set(ids).count == ids.count)
        for host in allHosts {
            #expect(host.id.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil)
            for system in HostSystem.allCases {
                let environment = [HostSystem.linux: linux, .mac: mac, .windows: windows][system] ?? [:]
                let paths = host.paths(on: system, environment)
                #expect(!paths.isEmpty, "\(host.id) on \(system)")
                #expect(paths.allSatisfy { !$0.contains("{") && !$0.contains("//") }, "\(host.id)")
            }
            #expect(host.projectFile?.hasPrefix("/") != true)
        }
    }

    @Test(arguments: [
        (
            "claude-desktop", "/home/me/.config/Claude/claude_desktop_config.json",
            "/Users/me/Library/Application Support/Claude/claude_desktop_config.json",
            "C:/Users/me/AppData/Roaming/Claude/claude_desktop_config.json"
        ),
        ("claude-code", "/home/me/.claude.json", "/Users/me/.claude.json", "C:/Users/me/.claude.json"),
        (
            "vscode", "/home/me/.config/Code/User/mcp.json",
            "/Users/me/Library/Application Support/Code/User/mcp.json",
            "C:/Users/me/AppData/Roaming/Code/User/mcp.json"
        ),
        ("cursor", "/home/me/.cursor/mcp.json", "/Users/me/.cursor/mcp.json", "C:/Users/me/.cursor/mcp.json"),
        (
            "zed", "/home/me/.config/zed/settings.json", "/Users/me/.config/zed/settings.json",
            "C:/Users/me/AppData/Roaming/Zed/settings.json"
        ),
        (
            "codex", "/home/me/.codex/config.toml", "/Users/me/.codex/config.toml",
            "C:/Users/me/.codex/config.toml"
        ),
        (
            "goose", "/home/me/.config/goose/config.yaml", "/Users/me/.config/goose/config.yaml",
            "C:/Users/me/AppData/Roaming/Block/goose/config/config.yaml"
        ),
    ])
    func `likeliest places`(_ id: String, _ onLinux: String, _ onMac: String, _ onWindows: String) throws {
        let host = try #require(AssistantHost.named(id))
        #expect(host.paths(on: .linux, linux).first == onLinux)
        #expect(host.paths(on: .mac, mac).first == onMac)
        #expect(host.paths(on: .windows, windows).first == onWindows)
    }

    @Test func `variables lead elsewhere`() throws {
        let desktop = try #require(AssistantHost.named("claude-desktop"))
        #expect(
            desktop.paths(on: .linux, ["HOME": "/h", "XDG_CONFIG_HOME": "/x"]).first
                == "/x/Claude/claude_desktop_config.json")
        #expect(
            desktop.paths(on: .linux, ["HOME": "/h", "XDG_CONFIG_HOME": "x"]).first
                == "/h/.config/Claude/claude_desktop_config.json")
        #expect(desktop.paths(on: .linux, [:]).isEmpty)
        let code = try #require(AssistantHost.named("vscode"))
        #expect(
            code.named(on: .windows, ["VSCODE_PORTABLE": "D:/code/data"])
                == "D:/code/data/user-data/User/mcp.json")
        let zed = try #require(AssistantHost.named("zed"))
        #expect(
            zed.paths(on: .linux, linux).last == "/home/me/.var/app/dev.zed.Zed/config/zed/settings.json")
        let claude = try #require(AssistantHost.named("claude-code"))
        #expect(claude.named(on: .linux, ["HOME": "/h", "CLAUDE_CONFIG_DIR": "/c"]) == "/c/.claude.json")
        #expect(claude.named(on: .linux, ["HOME": "/h", "CLAUDE_CONFIG_DIR": ""]) == nil)
    }

    @Test func `a star is a pattern below its place, and nowhere else`() throws {
        let profiles = try #require(AssistantHost.named("vscode-profiles"))
        let place = try #require(profiles.places(on: .linux, ["HOME": "/h*"]).first)
        #expect(place.folder == "/h*/.config")
        #expect(place.parts == ["Code", "User", "profiles", "*", "mcp.json"])
    }

    @Test func `a pattern is told from a path, and where it begins`() throws {
        let profiles = try #require(AssistantHost.named("vscode-profiles"))
        let pattern = try #require(profiles.places(on: .linux, ["HOME": "/h"]).first)
        #expect(pattern.isPattern && pattern.beforePattern == "/h/.config/Code/User/profiles/*")
        let cursor = try #require(AssistantHost.named("cursor"))
        let path = try #require(cursor.places(on: .linux, ["HOME": "/h"]).first)
        #expect(!path.isPattern && path.beforePattern == path.text && path.text == "/h/.cursor/mcp.json")
        #expect(AssistantHost.named("none") == nil)
        #expect(HostSystem.current == .linux)
    }

    @Test func `the shell of another machine finds the same places`() throws {
        func shell(_ path: HostPath) -> [String]? { path.shell.map { [$0, $1] + $2 } }
        let home = "[ -n \"${HOME-}\" ] && "
        #expect(shell("{home}/.a/b.json") == [home, "\"$HOME\"", ".a", "b.json"])
        #expect(shell("{config}/a b/*") == [home, "\"$hf_config\"", "a b", "*"])
        #expect(shell("{$CODEX_HOME}/c") == ["[ -n \"${CODEX_HOME-}\" ] && ", "\"$CODEX_HOME\"", "c"])
        #expect(shell("/etc/x.json") == ["", "", "etc", "x.json"])
        for path: HostPath in ["{roaming}/x", "{local}/x", "{support}/x"] { #expect(shell(path) == nil) }
        // Every place that a host has on Linux can be asked for.
        for host in allHosts {
            for path in host.files[.linux] ?? [] { #expect(path.shell != nil, "\(host.id)") }
        }
    }

    @Test func `a place that nothing tells is none`() {
        for path: HostPath in [
            "{home}/x", "{config}/x", "{support}/x", "{roaming}/x", "{local}/x", "{$A}/x", "{other}/x",
        ] {
            #expect(path.resolved([:]) == nil)
        }
        let windows = ["USERPROFILE": "C:/u", "APPDATA": "C:/r", "LOCALAPPDATA": "C:/l", "HOME": "/h"]
        #expect((HostPath("{roaming}/x")).resolved(windows)?.text == "C:/r/x")
        #expect((HostPath("{local}/x")).resolved(windows)?.text == "C:/l/x")
        #expect((HostPath("{support}/x")).resolved(windows)?.text == "/h/Library/Application Support/x")
        #expect((HostPath("/etc/x")).resolved([:])?.text == "/etc/x")
    }

    @Test func `each form starts the program with its words`() {
        for form in EntryForm.allCases {
            let entry = form.entry(name: "holdfast", command: "/bin/h", arguments: ["mcp", "--x"])
            let text = JSONWriter.text(entry.json)
            #expect(text.contains("/bin/h") && text.contains(#""mcp","--x""#), "\(form)")
        }
    }

    @Test(arguments: allHosts) func `a sample can be copied`(_ host: AssistantHost) throws {
        let entry = host.form.entry(name: "holdfast", command: "/bin/h", arguments: ["mcp"])
        let text = host.format.sample(host.place(of: "holdfast"), entry)
        guard host.format != .yaml else {
            #expect(text.hasPrefix(host.key[0] + ":\n") && text.contains("/bin/h"))
            return
        }
        let document = try host.format.document(Array(text.utf8))
        let path = host.form == .listed ? host.key : host.place(of: "holdfast")
        #expect(try document.value(at: path) == entry.json)
    }

    @Test func `samples in YAML`() throws {
        let listed = try #require(AssistantHost.named("continue"))
        let entry = listed.form.entry(name: "h", command: "/bin/h", arguments: ["mcp"])
        #expect(
            listed.format.sample(listed.place(of: "h"), entry) == """
                mcpServers:
                  - name: "h"
                    command: "/bin/h"
                    args: ["mcp"]

                """)
        let goose = try #require(AssistantHost.named("goose"))
        #expect(
            goose.format.sample(
                goose.place(of: "h"), goose.form.entry(name: "h", command: "/b", arguments: [])
            )
            .hasPrefix("extensions:\n  h:\n    name: \"h\"\n    type: \"stdio\"\n"))
    }
}
