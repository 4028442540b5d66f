import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

@Suite struct ShownHostTextTests {
    private func shown(_ text: String, of name: String = "cursor") throws -> String {
        let host = try #require(AssistantHost.named(name))
        let redactor = Redactor { [UInt8(truncatingIfNeeded: $0.count), $0.last ?? 0, 3, 4] }
        return String(
            decoding: ShownHostText(host: host, redactor: redactor).shown(
                HostText(Array(text.utf8), of: host)), as: UTF8.self)
    }

    private static let entry = """
        {
          // headers "of all
          "mcpServers": {"a": {
            "url": "https://h/mcp", "env": {"FOO": "bar"},
            "headers": {"X-Custom": "pl4nt1", "Zeta": "pl4\\u006et2", "Accept": "text/plain", "X-F": "${V}"},
            "args": ["--header", "X-E: pl4nt3", "-v"], "n": 1
          }}
        }

        """

    @Test func `header values are hidden in the text of a file and all else stays`() throws {
        let text = try shown(Self.entry)
        #expect(!text.contains("pl4"), "\(text)")
        #expect(
            text.contains("\"X-Custom\": \"‹hidden:06310304›\", \"Zeta\": \"‹hidden:06320304›\""), "\(text)")
        #expect(text.contains("\"Accept\": \"text/plain\", \"X-F\": \"${V}\"") && text.contains("\"bar\""))
        #expect(text.contains("\"X-E: ‹hidden:0b330304›\", \"-v\"], \"n\": 1"), "\(text)")
        #expect(text.contains("// headers \"of all\n"))
    }

    @Test func `a changed header value is a changed line`() throws {
        let host = try #require(AssistantHost.named("cursor"))
        let other = Self.entry.split(separator: "pl4nt1").joined(separator: "pl4nt9")
        let text = ShownHostText(host: host, redactor: Redactor { [$0.last ?? 0, 2, 3, 4] })
        let lines = text.diff(
            HostText(Array(Self.entry.utf8), of: host), HostText(Array(other.utf8), of: host))
        #expect(lines.contains { $0.hasPrefix("-") } && lines.contains { $0.hasPrefix("+") })
        #expect(!lines.contains { $0.contains("pl4") }, "\(lines)")
    }

    @Test func `a text that was broken shows nothing that is hidden of the sound one`() throws {
        let host = try #require(AssistantHost.named("vscode"))
        let sound = """
            {"inputs": [{"id": "k", "password": true, "default": "f4c3b2b0-9e44"}],
             "servers": {"a": {"url": "https://h.example/s/1vB7FPJw7lH9hQ3ciR8yjAXW/sse",
              "headers": {"X-Custom": "84f299062d459e61ae147b936470a383b24b4d69"},
              "env": {"NAME": "mxDq7Lw81Zz"}, "args": ["--token", "-untAwWzMR3s2qYOMmm8IK"]}}}
            """
        let old = HostText(Array(sound.utf8), of: host)
        #expect(old.state == .ok)
        let shown = ShownHostText(host: host, redactor: Redactor { [$0.last ?? 0, 2, 3, 4] })
        for end in [
            "mxDq7Lw81Zz\"", "\"--token\", \"-untAwWz", "84f299062d", "f4c3b2b0-9e44\"",
            "1vB7FPJw7lH9h",
        ] {
            let cut = try #require(sound.firstRange(of: end))
            let new = HostText(Array(sound[..<cut.upperBound].utf8), of: host)
            #expect(!new.isUnderstood)
            for lines in [shown.diff(old, new), shown.diff(new, old)] {
                // As every answer is.
                let text = JSONWriter.text(shown.redactor.redact(.array(lines.map { .string($0) })))
                for secret in ["f4c3b", "1vB7F", "84f29", "mxDq", "-untA"] {
                    #expect(!text.contains(secret), "\(end): \(text)")
                }
            }
        }
    }

    @Test(arguments: [
        ("cursor", #"{"mcpServers": {"a": {"command": "x", "args": [@"-y",@"--token",@"hunter2Winter"@]}}}"#),
        ("codex", #"[mcp_servers.a]@command = "x"@args = [@ "--password",@ "hunter2Winter",@]@"#),
        ("goose", "extensions:@  a:@    cmd: x@    args:@    - --token@    - hunter2Winter@"),
        ("goose", "extensions:@  a:@    type: sse@    uri: https://h.example/s/hunter2Winter4711x/sse@"),
    ]) func `what a list hides is hidden on lines of its own`(host: String, text: String) throws {
        let text = text.split(separator: "@", omittingEmptySubsequences: false).joined(separator: "\n")
        let host = try #require(AssistantHost.named(host))
        let old = HostText(Array(text.utf8), of: host)
        #expect(old.servers.count == 1)
        let shown = ShownHostText(host: host, redactor: Redactor { [$0.last ?? 0, 2, 3, 4] })
        for lines in [shown.diff(old, nil), shown.diff(nil, old)] {
            #expect(!lines.joined(separator: "\n").contains("hunter2"), "\(lines)")
            #expect(lines.contains { $0.contains("‹hidden:") })
        }
    }

    @Test func `what is new in a broken text is hidden by its looks`() throws {
        let text = try shown(
            """
            {"mcpServers": {"a": {"command": "npx", "args": ["-y", "@scope/server", "--token",
              "hunter"], "url": "https://h.example/s/1vB7FPJw7lH9hQ3ciR8yjAXW/sse", "type": "streamableHttp",
              "headers": {"X-Custom": "84f299062d459e61ae147b936470a383b24b4d69"} "env": {"API_KEY2": "${VAR}"},
              "inputs": [{"password": true, "default": "f4c3b2b0-9e44-4d3c-8d27-0a1b2c3d4e5f"}]
            """)
        for secret in ["hunter", "1vB7", "84f2", "f4c3"] { #expect(!text.contains(secret), "\(text)") }
        for plain in [
            "npx", "\"-y\"", "@scope/server", "--token", "https://h.example/s/", "streamableHttp", "X-Custom",
            "API_KEY2",
            "${VAR}", "} \"env\"",
        ] { #expect(text.contains(plain), "\(plain): \(text)") }
    }

    @Test func `TOML has its headers in tables and within lines`() throws {
        let text = try shown(
            """
            [mcp_servers.a]
            url = "https://h/mcp" # "x
            http_headers = { "X-A" = "pl4nt1", 'X-B' = 'pl4nt2' }
            env_http_headers = { "X-C" = "NAME" }

            """, of: "codex")
        #expect(
            !text.contains("pl4nt") && text.contains("\"X-C\" = \"NAME\"") && text.contains("# \"x\n"),
            "\(text)")
    }

    @Test(arguments: [
        "{\"mcpServers\": {\n  \"headers\": {\n    \"X-A\": \"pl4nt1\",\n    \"X-B\": \"pl4nt2\"\n  },\n  \"b\": \"shown\"\n",
        "a:\n  headers:\n    X-A: pl4nt1\n    X-B: 'pl4nt2'\n    Accept: shown\n  b: shown\n",
    ]) func `what cannot be understood has its headers hidden by lines`(_ text: String) throws {
        let seen = try shown(text)
        #expect(!seen.contains("pl4nt") && seen.contains("shown"), "\(seen)")
    }

    @Test func `variables and addresses are hidden unless they are plain, and so are answers`() throws {
        let text = """
            {"inputs": [{"id": "k", "password": true, "default": "pl4nt1"}, {"id": "o", "default": "shown1x"}],
             "servers": {"a": {"url": "https://h.example/v1/mcp-servers/LtoVgx7pl4nt2QzXy/sse",
             "env": {"HARMLESS": "pl4nt3Qz=", "LOG_LEVEL": "debug", "PATH": "/usr/local/bin:/bin", "N": "8080", "R": "${X}",
             "U": "27cb268c-0a1b-4pl4nt4"}}, "b": {"url": "https://h.example/mcp/v2", "env": ["A=pl4nt5", "B=on"]}}}

            """
        let seen = try shown(text, of: "vscode")
        #expect(!seen.contains("pl4nt"), "\(seen)")
        for word in [
            "shown1x", "https://h.example/v1/mcp-servers/", "debug", "/usr/local/bin:/bin", "8080", "${X}",
            "https://h.example/mcp/v2", "B=on",
        ] {
            #expect(seen.contains(word), "\(word)")
        }
        let broken = "{\n \"env\": {\n  \"A\": \"pl4nt6\",\n  \"B\": \"debug\"\n },\n"
        let lines = try shown(broken)
        #expect(!lines.contains("pl4nt") && lines.contains("debug"))
        #expect(PlainValue.address("none") == "none" && PlainValue.address("https://h") == "https://h")
    }

    @Test func `a target shows no token, wherever it stands and whatever it begins with`() async throws {
        let bench = try await HostBench()
        let token = "-untAwWzMR3s2qYOMmm8IK_JD1rndzB"
        try bench.folder.write(
            Array(
                """
                {"mcpServers": {"a": {"command": "x", "args": ["--token", "\(token)"]},
                  "b": {"command": "x --api-key \(token)"}, "c": {"command": "sh", "args": ["-c", "x --token \(token)"]},
                  "d": {"command": "x", "args": ["-p", "\(token.dropFirst())", "--access-key", "\(token.dropFirst())"]}}}
                """.utf8), to: "mcp.json")
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path)])
        let shown = JSONWriter.text(try await bench.call("show", ["host": "cursor", "backup": "newest"]))
        #expect(!shown.contains("untAwWz"), "\(shown)")
        #expect(shown.contains("--access-key"))
    }
}
