import Basics
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// Secrets that a text has and its tree has not, or has written in another way.
@Suite struct ShownLiteralsTests {
    private static let redactor = Redactor { [UInt8(truncatingIfNeeded: $0.count), $0.last ?? 0, 3, 4] }

    private func shown(_ text: String, of name: String) throws -> String {
        let host = try #require(AssistantHost.named(name))
        let whole = HostText(Array(text.utf8), of: host)
        #expect(whole.isUnderstood, "\(whole.reason)")
        let shown = ShownHostText(host: host, redactor: Self.redactor).shown(whole)
        return String(decoding: shown, as: UTF8.self)
    }

    private func check(_ shown: String, shows words: [String], not secret: String = "SEC") {
        #expect(!shown.contains(secret), "\(shown)")
        for word in words { #expect(shown.contains(word), "\(word): \(shown)") }
    }

    @Test func `TOML hides texts of several lines, with escapes, and outside of servers`() throws {
        let text = #"""
            model = "o3-mini2"
            [mcp_servers.a]
            command = "npx" # runs "the thing", SECfree1 stays
            args = ["-y", "@scope/server", "--token", """
            SECa1"""]
            API_KEY = "SECnew1Zx" # old was SEColdq
            [mcp_servers.a.env]
            FOO = """
            SECa2Zx8"""
            BAR = '''
            SECa3Zx8'''
            BAZ = """SECa4Zx8
            SECa5Zx8"""
            Q = """SECa6Zx8\
               SECa7Zx8"""
            R = "SEC\U00000041a8Zx8"
            LEVEL = "debug"
            [mcp_servers.a.http_headers]
            X = """
            SECb1"""
            [model_providers.z]
            http_headers = { "X-Foo" = "SECt2" }
            name = "Z 2"
            [model_providers.y.http_headers]
            X-Bar = "SECt3"
            [shell_environment_policy]
            set = { FOO = "SECt5Zx81kq02mfoe" }

            """#.replacing("SECfree1", with: "free1")
        check(
            try shown(text, of: "codex"),
            shows: [
                "model = \"o3-mini2\"", "command = \"npx\" # runs \"the thing\", free1 stays",
                "@scope/server",
                "LEVEL = \"debug\"", "name = \"Z 2\"", "# old was ‹hidden:", "FOO = \"‹hidden:",
            ])
    }

    @Test func `YAML hides texts of several lines and with escapes, and keeps their lines apart`() throws {
        let text = #"""
            # “umlauts” before: äöü
            extensions:
              a:
                cmd: npx # the "SECquoted1" one
                args:
                  - --token
                  - >-
                    SECy4
                    SECy5
                  - --level
                  - debug
                envs:
                  BAZ: >
                    SECg3Zx8
                    SECg4Zx8
                  QUX: "SECg5Zx8

                    SECg6Zx8"
                  M: SECg8Zx8
                    SECg9Zx8
                  K: "SEC\x41y2Zx8"
                  N: 12
                  L: debug
              b: {cmd: x, envs: {K: "SEC\x41y3Zx8", O: 'it''s SECz1'}}

            """#
        check(
            try shown(text, of: "goose"),
            shows: [
                "# “umlauts” before: äöü\n", "    cmd: npx # the \"‹hidden:", "      - ‹hidden:",
                "      - debug\n",
                "      BAZ: ‹hidden:", "      QUX: \"‹hidden:", "      N: 12\n      L: debug\n  b: {cmd: x",
            ])
    }

    @Test func `of a name given twice neither value is shown`() throws {
        let text = """
            {"mcpServers": {
              "a": {"command": "x", "env": {"FOO": "SECdup1Zx8"}, "args": ["--token", "SECd2"]},
              "a": {"command": "y", "env": {"FOO": "SECe1Zx8"}, "env": {"X": "1"},
                "headers": {"X-A": "SECh1"}, "headers": {"Accept": "*/*"}}
            }}
            """
        check(
            try shown(text, of: "cursor"),
            shows: ["\"command\": \"y\"", "\"Accept\": \"*/*\"", "{\"X\": \"1\"}"])
    }

    @Test func `words and variables are judged whatever they are written as`() throws {
        let entry: JSONValue = [
            "command": "x",
            "args": [
                "--token", "SEC1", 5, .null, "--token", 83_647_291, "--token", ["SEC2"], "--token",
                ["k": "SEC3"],
                "--port", 80,
            ],
            "env": [
                "A": ["B": "SEC4x"], "C": ["SEC5x"], "PIN": 83_647_291, "N": 80,
                "<<": [["name": "FOO", "value": "SEC6x"]],
            ],
        ]
        check(
            JSONWriter.text(Self.redactor.shown(entry: entry)),
            shows: ["\"--port\",80", "\"N\":80", "\"name\":\"FOO\""])
        #expect(!JSONWriter.text(Self.redactor.shown(entry: entry)).contains("83647291"))
        let json = """
            {"mcpServers": {"a": {"command": "x", "env": {"A": 83647291}, "env": {"B": 8.3647291e7, "C": 12},
              "headers": {"X-A": 123456789012345678901234567890, "X-B": 83647291.50, "X-C": 836472910}}}}
            """
        let toml = "[mcp_servers.a]\ncommand = 'x'\nenv = {A = +83_647_291, B = 12}\n"
        let yaml = """
            base: &base
              FOO: SEC7x
            extensions:
              a:
                cmd: x
                args:
                - --port
                - 8080
                - --token
                - SEC8
                envs:
                  <<: *base
                  A: 0083647291
                  B: +83647291
                  C: 12

            """
        for (text, host, plain) in [
            (json, "cursor", "12"), (toml, "codex", "B = 12"), (yaml, "goose", "- 8080"),
        ] {
            let seen = try shown(text, of: host)
            check(seen, shows: [plain])
            for secret in ["83647291", "83_647", "8.3647", "1234567890", "836472910"] {
                #expect(!seen.contains(secret), "\(seen)")
            }
        }
    }

    @Test func `a text that is not understood hides variables in braces and in sections`() throws {
        for (text, host) in [
            (
                "[mcp_servers.a.env]\nA = \"hunSEC2\"\nLEVEL = \"debug\"\n[mcp_servers.b]\ncommand = \"xSEC\" =\n",
                "codex"
            ),
            (
                "{\"mcpServers\": {\"a\": {\"env\": {\"A\": \"hunSEC2\", \"LEVEL\": \"debug\"}, \"command\": \"xSEC\"",
                "cursor"
            ),
            (
                "{\"mcpServers\": {\"a\": {\"env\": {\"A\": \"kP8yD4pW9phunSEC2e\\naY3pW5fW9hunSEC2V4x\", \"B\": \"debug\"},\n\"command\": \"xSEC\",",
                "cursor"
            ),
            ("[mcp_servers]\na = {env = {A = 'hunSEC2', LEVEL = 'debug'}, command = 'xSEC'\n", "codex"),
        ] {
            let host = try #require(AssistantHost.named(host))
            let whole = HostText(Array(text.utf8), of: host)
            #expect(!whole.isUnderstood)
            let seen = String(
                decoding: ShownHostText(host: host, redactor: Self.redactor).shown(whole), as: UTF8.self)
            check(seen, shows: ["debug", "xSEC", "command"], not: "hunSEC2")
        }
    }

    @Test func `a comparison tells that only the writing of a secret differs, and keeps lines' numbers`()
        throws
    {
        let host = try #require(AssistantHost.named("codex"))
        let shown = ShownHostText(host: host, redactor: Self.redactor)
        func text(_ value: String) -> HostText {
            HostText(Array("[mcp_servers.a]\ncommand = 'x'\nenv.A = \(value)\nenv.B = 'c'\n".utf8), of: host)
        }
        #expect(
            shown.diff(text("\"SECx1\""), text("'SECx1'"))
                == ["(they differ in how something is written that is hidden)"])
        #expect(shown.diff(text("'SECx1'"), text("'SECx1'")).isEmpty)
        let long = String(decoding: shown.shown(text("'''\nSECx1\nSECx2'''")), as: UTF8.self)
        #expect(!long.contains("SEC") && long.split(separator: "\n").count == 6, "\(long)")
    }

    @Test func `a program's file is known wherever its backup has it`() async throws {
        let bench = try await HostBench()
        let text =
            #"{"mcpServers": {"a": {"command": "x", "env": {"FOO": "hunSEC1x"}, "args": ["-H", "X-A: SEC2"]}}}"#
        try Shell.run(
            "mkdir '\(bench.folder.path)/.cursor'; ln -s ../odd '\(bench.folder.path)/.cursor/mcp.json'")
        try bench.folder.write(Array(text.utf8), to: "odd")
        let id = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.folder.path + "/odd")])["hosts"]?[0]?[
                "backup"]
        let shown = try await bench.home.call(
            "backup cat", ["backup": id ?? .null, "path": .string(bench.folder.path + "/odd")])
        check(shown["text"]?.string ?? "SEC", shows: ["\"command\": \"x\"", "X-A: ‹hidden"])
        // A device's backup has no series, and a link that leads there.
        let links = [
            FileEntry(
                path: Array("/h/.cursor/mcp.json".utf8), kind: .symbolicLink,
                linkTarget: Array("../odd".utf8))
        ]
        #expect(AssistantHost.ends(of: links)["/h/odd"]?.map(\.id).contains("cursor") == true)
        #expect(AssistantHost.ends(of: links)["/h/other"] == nil)
        #expect(AssistantHost.mayKeep(text) && !AssistantHost.mayKeep("a = 1"))
    }

    @Test func `servers of single projects and comments are no other matter`() throws {
        let text = """
            {"numStartups": 12, "tips": {"shown": "once 3x"},
             "projects": {"/home/me/p": {"mcpServers": {
              "jira": {"command": "npx", "args": ["-y", "jira2-mcp"], "env": {"JIRA": "SECp2Zx8", "MODE": "fast"}},
              "web": {"url": "https://mcp.example.com/u/SECaaaaaaaaaZx81kq02mfoe/mcp", "headers": {"X-Team": "SECp3"}},
              "c": {"command": "x", "args": ["--token", "SECp4", "--header", "X-A: SECk5"]},
              "d": {"command": "mysql", "args": ["-uroot", "-pSECp5"]}}}}}
            """
        check(
            try shown(text, of: "claude-code"),
            shows: [
                "\"numStartups\": 12, \"tips\": {\"shown\": \"once 3x\"}", "[\"-y\", \"jira2-mcp\"]",
                "\"MODE\": \"fast\"", "https://mcp.example.com/u/‹hidden", "\"X-A: ‹hidden:",
                "\"-uroot\", \"-p‹hidden:",
            ])
        let commented = """
            {"servers": {"a": {"command": "npx", "args": ["--token", /* "SECold1" */ "SECnew1x"], // was SEColdq
              // a "fast" one, see https://example.com/docs/a2b
              /* "env": {"FOO": "SECcom1Zx8"},
                 and more */
              "type": "stdio"}}}
            """
        check(
            try shown(commented, of: "vscode"),
            shows: [
                "// a \"fast\" one, see https://example.com/docs/a2b\n", "and more */", "// was ‹hidden:",
                "\"type\": \"stdio\"",
            ])
    }

    @Test(arguments: [
        ("https://h.example/x?code=Zx81kq02mfoe9PqLw7", "https://h.example/x?code=‹hidden›"),
        ("https://h.example/x?a=1&Zx81kq02mfoe9PqLw7&b=2#c", "https://h.example/x?a=1&‹hidden›&b=2#c"),
        ("https://Zx81kq02mfoe9PqLw7:@h.example/x", "https://‹hidden›:@h.example/x"),
        ("https://h.example/s/Zx81kq02mfoe9PqLw7/sse?a=b", "https://h.example/s/‹hidden›"),
        (
            "https://gitmcp.io/modelcontextprotocol/sdk-2025?a=b",
            "https://gitmcp.io/modelcontextprotocol/sdk-2025?a=b"
        ),
        ("https://h.example?page=two", "https://h.example?page=two"), ("no address?x", "no address?x"),
    ]) func `addresses show no token, wherever it stands in them`(_ text: String, _ shown: String) {
        #expect(PlainValue.address(text) == shown)
    }

    @Test func `a header in two words, and words with versions`() {
        let entry: JSONValue = [
            "command": "bash",
            "args": [
                "--headers", "X-A",
                "SEChunter", "-H", "Accept", "text/plain", "mcp-server-sqlite==0.6.2",
                "--viewport-size=1280x720", "--user-data-dir=/home/me/.cache/profile1",
            ], "env": ["MODEL": "gpt-4o-mini"], "headers": ["X-Api-Version": "2024-01-01"],
        ]
        check(
            JSONWriter.text(Self.redactor.shown(entry: entry)),
            shows: [
                "\"X-A\",\"‹hidden›\"",
                "\"Accept\",\"text/plain\"",
                "mcp-server-sqlite==0.6.2", "--viewport-size=1280x720",
                "--user-data-dir=/home/me/.cache/profile1",
                "gpt-4o-mini", "2024-01-01",
            ])
    }

    @Test func `options of programs that carry a secret, and those that do not`() {
        let entry: JSONValue = [
            "command": "docker",
            "args": [
                "-HX-A: SECh1", "-eC=SECx1y", "https://x.y/mcp?x#SECYC3nR5vJd6QfhSq7x", "run", "-e",
                "MYVAR=SECdock4Zx81", "--env", "LOGIN=me:SECdock5", "-e", "LEVEL=debug", "--key",
                "SECarg3", "--key=SECsmkey1", "--auth", "SECarg6", "--pat", "SECarg7", "-t",
                "SECarg9Zx81kq02mfoe", "https://hook.example.com/sse?SECbare7kjh29", "--key",
                "/etc/ssl/key.pem", "--max-old-space-size=4096", "https://example.com/a?plain", "image:2.1",
            ],
        ]
        let shown = Self.redactor.shown(entry: entry)
        check(
            JSONWriter.text(shown),
            shows: [
                "LEVEL=debug", "/etc/ssl/key.pem", "--max-old-space-size=4096", "https://example.com/a?plain",
                "image:2.1", "MYVAR=‹hidden", "LOGIN=", "https://hook.example.com/sse?‹hidden",
            ])
    }
}
