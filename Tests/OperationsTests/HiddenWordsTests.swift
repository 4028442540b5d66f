import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Tokens that stand within words, commands and texts that cannot be understood.
@Suite struct HiddenWordsTests {
    private static let base64 = "zgeys5cMvKXshImJGB8AQOvgo4cy6eO0ozr3QqbB="
    private static let token = "kz7Li170bXsLylSu7Z0Q"
    private static let password = "YsiCO2w8#3yP9"

    private func shown(_ text: String, of name: String = "cursor") throws -> String {
        let host = try #require(AssistantHost.named(name))
        let redactor = Redactor { [UInt8(truncatingIfNeeded: $0.count), $0.last ?? 0, 3, 4] }
        return String(
            decoding: ShownHostText(host: host, redactor: redactor).shown(
                HostText(Array(text.utf8), of: host)), as: UTF8.self)
    }

    private static let sound = #""servers": {"a": {"command": "npx", "args": ["x"]}}"#

    @Test(arguments: [
        #"// "headers": {"X-Custom": "TOKEN"}"#, #"// "env": {"AZURE_STORAGE": "TOKEN"}"#,
        #"// "args": ["TOKEN"]"#, #"// "url": "https://a.b/m?foo=TOKEN""#, "// was TOKEN", "// TOKEN,",
        "// 'TOKEN'",
        "// x=TOKEN;",
    ])
    func `base64 in a comment is hidden with its padding`(_ comment: String) throws {
        for padding in ["", "="] {
            let token = Self.base64 + padding
            let text = try shown(
                "{\(Self.sound)\n\(comment.replacing("TOKEN", with: token))\n}", of: "vscode")
            #expect(!text.contains("zgeys5"), "\(text)")
        }
    }

    @Test(arguments: [
        (#"{"mcpServers": {"x": {"url": "https://a.b/m", "headers": {"X-Custom": "TOKEN"}}"#, base64),
        (#"{"mcpServers": {"x": {"command": "npx", "args": ["-y","srv","TOKEN"]"#, base64),
        (#"{"mcpServers": {"x": {"command": "npx", "args": ["-H","X-Foo: TOKEN"]"#, base64),
        (#"{"mcpServers": {"x": {"url": "https://a.b/TOKEN/x""#, base64),
        (#"{"mcpServers": {"a": {"args": ["-c", "export FOO=TOKEN; npx x"]}"#, token),
        (#"{"mcpServers": {"a": {"args": ["-c", "FOO=$(echo TOKEN) npx x"]}"#, token),
        (#"{"mcpServers": {"a": {"url": "https://h/p?redirect=https%3A%2F%2Fu%3ATOKEN%40h"}"#, token),
        (#"{"mcpServers": {"x": {"command": "npx", "args": ["postgres://user:TOKEN"#, token),
        (#"{"mcpServers": {"a": {"headers": {"A": "Zq9}","B": "TOKEN"}, "x": 1}"#, password),
        (#"{"mcpServers": {"a": {"command": "x","env": ["FOO=Ab12-cd34", "B=TOKEN"]}}"#, password),
        (#"{"mcpServers": {"a": {"command": "x","args": ["-e", "FOO=TOKEN", "-v"]}}"#, password),
        ("{\"mcpServers\": {\"a\": {\"args\": [\n\"--env\",\n\"FOO=TOKEN\"]}}", password),
    ])
    func `so it is in a text that cannot be understood`(_ text: String, _ secret: String) throws {
        let shown = try shown(text.replacing("TOKEN", with: secret))
        #expect(!shown.contains(secret.prefix(8)), "\(shown)")
        #expect(shown.contains("mcpServers"))
    }

    @Test(arguments: [
        "[mcp_servers.a]\nenv.B = \"TOKEN\"\n[x\n", "[mcp_servers.a]\nhttp_headers.X-Foo = \"TOKEN\"\n[x\n",
        "mcp_servers.a.env.B = \"TOKEN\"\n[x\n", "  [mcp_servers.a.env]\n  B = \"TOKEN\"\n[x\n",
        "mcp_servers.a.env = { B = \"TOKEN\" }\n[x\n", "[[mcp_servers.a.env]]\nB = \"TOKEN\"\n[x\n",
    ])
    func `and in TOML`(_ text: String) throws {
        let shown = try shown(text.replacing("TOKEN", with: Self.password), of: "codex")
        #expect(!shown.contains(Self.password.prefix(8)), "\(shown)")
        #expect(shown.contains("mcp_servers.a"))
    }

    @Test(arguments: [
        (["sh", "-c", "STORAGE=TOKEN npx -y x"], ["sh", "-c", "STORAGE=‹hidden› npx -y x"]),
        (["sh", "-c", "npx -y x --storage TOKEN"], ["sh", "-c", "npx -y x --storage ‹hidden›"]),
        (["sh", "-c", "npx -y x -e STORAGE=TOKEN"], ["sh", "-c", "npx -y x -e STORAGE=‹hidden›"]),
        (
            ["sh", "-c", "npx x --header \"X-Foo: TOKEN\""],
            ["sh", "-c", "npx x --header \"X-Foo: ‹hidden›\""]
        ),
        (["env STORAGE=TOKEN npx x"], ["env STORAGE=‹hidden› npx x"]),
        (["npx x TOKEN"], ["npx x ‹hidden›"]),
        (["x", "storage:TOKEN", "a,TOKEN"], ["x", "storage:‹hidden›", "a,‹hidden›"]),
        (["x", "x?k=TOKEN"], ["x", "x?k=‹hidden›"]),
        (["x", "{\"env\":{\"K\":\"TOKEN\"}}"], ["x", "{\"env\":{\"K\":\"‹hidden›\"}}"]),
        (
            ["x", "{\"apiKey\":\"TOKEN\",\"q\":\"TOKEN\"}"],
            ["x", "{\"apiKey\":\"‹hidden›\",\"q\":\"‹hidden›\"}"]
        ),
        (
            ["x", "--config={\"headers\":{\"X-Foo\":\"hunTer7128!\"}}"],
            ["x", "--config={\"headers\":{\"X-Foo\":\"‹hidden›\"}}"]
        ),
        (["sh", "-c", "FOO=`echo TOKEN` npx x"], ["sh", "-c", "FOO=`echo ‹hidden›` npx x"]),
        (["/usr/bin/env", "FOO=hunTer7128!", "npx"], ["/usr/bin/env", "FOO=‹hidden›", "npx"]),
        (
            ["codex", "-c", "mcp_servers.a.env.FOO=hunTer7128!"],
            ["codex", "-c", "mcp_servers.a.env.FOO=‹hidden›"]
        ),
    ])
    func `the words of a command are judged alike, in a list or in one text`(
        _ words: [String], _ expected: [String]
    ) throws {
        let all = words.map { JSONValue.string($0.replacing("TOKEN", with: Self.token)) }
        let entry: JSONValue =
            all.count == 1
            ? ["command": all[0]] : ["command": all[0], "args": .array(Array(all.dropFirst()))]
        let shown = Redactor().shown(entry: entry)
        let found = [shown["command"]?.string ?? ""] + (shown["args"]?.array ?? []).map { $0.string ?? "" }
        #expect(found == expected)
    }

    @Test func `what holds no secret stays in a command`() {
        let entries: [JSONValue] = [
            [
                "command": "sh",
                "args": [
                    "-c",
                    "cd /srv/app && NODE_ENV=production exec npx -y @scope/server-files@1.2.3 --port=8080",
                ],
            ],
            [
                "command": "docker",
                "args": [
                    "run", "image@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                ],
            ],
            [
                "command": "C:\\Program Files\\nodejs\\node.exe",
                "args": ["{\"level\":\"info\",\"port\":3000}", "--flag 'a b'"],
            ],
            [
                "command": "x",
                "args": ["--model", "claude-sonnet-4-5-20250929", "{\"a\": [1, \"b c\"]}", "\"quoted\""],
            ],
            [
                "command": "psql",
                "args": ["postgres://db:5432/app", "http://${HOST}:${PORT}/", "http://[::1]:80/x"],
            ],
        ]
        for entry in entries { #expect(Redactor().shown(entry: entry) == entry) }
    }

    @Test func `an entry that is another one is told without its secrets`() async throws {
        let bench = try await HostBench()
        try bench.folder.write(
            Array(#"{"mcpServers": {"holdfast": {"command": "npx", "args": ["FOO=\#(Self.token)"]}}}"#.utf8),
            to: "mcp.json")
        let error = await #expect(throws: OperationError.self) {
            _ = try await bench.home.call(
                "mcp install",
                ["host": "cursor", "file": .string(bench.path), "command": "/usr/bin/holdfast"])
        }
        #expect(
            error?.code == .entryDiffers && error?.message.contains("args is [") == true,
            "\(error?.message ?? "")")
        #expect(error?.message.contains(Self.token) == false, "\(error?.message ?? "")")
    }
}
