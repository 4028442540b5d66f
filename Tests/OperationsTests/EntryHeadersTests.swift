import Basics
import Testing

@testable import Operations

@Suite struct EntryHeadersTests {
    @Test func `values of headers are hidden, whatever their names`() {
        let entry: JSONValue = [
            "url": "https://mcp.example/", "type": "http", "env": ["FOO": "bar", "MODE": "x"],
            "headers": [
                "X-Custom": "pl4nt1", "Authorization": "Bearer pl4nt2", "content-type": "application/json",
                "Accept": "text/plain", "X-From": "${MY_KEY}", "X-List": ["pl4nt3"],
            ],
            "requestOptions": ["http_headers": ["X-A": "pl4nt4"]],
            "env_http_headers": ["X-B": "NAME_OF_VARIABLE"],
            "extraHeaders": ["X-C: pl4nt5", "Accept: */*", ["name": "X-D", "value": "pl4nt6"]],
            "args": [
                "mcp-remote", "https://mcp.example/", "--header", "X-E: pl4nt7", "--header=X-F:pl4nt8", "-H",
                "User-Agent: me", "--header", "X-G:${VALUE}", "--port", "80",
            ],
        ]
        let shown = Redactor().shown(entry: entry)
        let text = JSONWriter.text(shown)
        #expect(!text.contains("pl4nt"), "\(text)")
        #expect(shown["headers"]?["X-Custom"] == "‹hidden›")
        #expect(shown["headers"]?["content-type"] == "application/json")
        #expect(shown["headers"]?["Accept"] == "text/plain")
        #expect(shown["headers"]?["X-From"] == "${MY_KEY}")
        #expect(shown["env"] == entry["env"])
        #expect(shown["env_http_headers"] == entry["env_http_headers"])
        #expect(shown["extraHeaders"]?[1] == "Accept: */*")
        #expect(
            shown["args"] == [
                "mcp-remote", "https://mcp.example/", "--header", "X-E: ‹hidden›", "--header=X-F:‹hidden›",
                "-H",
                "User-Agent: me", "--header", "X-G:${VALUE}", "--port", "80",
            ])
    }

    @Test func `words of a program show no secret that its other words make one`() {
        let url = "https://mcp.zapier.com/api/mcp/s/pl4ntc1We1BC6l8hWbvYXBIQHOW3vTokFGF2Q5JudX9Lu/mcp"
        let entries: [(JSONValue, JSONValue)] = [
            (
                ["command": "npx", "args": ["-y", "mcp-remote", .string(url)]],
                [
                    "command": "npx",
                    "args": ["-y", "mcp-remote", "https://mcp.zapier.com/api/mcp/s/‹hidden›"],
                ]
            ),
            (
                ["command": "sh", "args": ["-c", .string("exec npx mcp-remote \(url) --debug")]],
                [
                    "command": "sh",
                    "args": ["-c", "exec npx mcp-remote https://mcp.zapier.com/api/mcp/s/‹hidden› --debug"],
                ]
            ),
            (
                ["command": "mysql", "args": ["-h", "db", "-pl4ntAhAUHNCN"]],
                ["command": "mysql", "args": ["-h", "db", "-p‹hidden›"]]
            ),
            (
                ["command": ["curl", "-u", "me:pl4ntShTeURLfce", "https://x"], "type": "local"],
                ["command": ["curl", "-u", "me:‹hidden›", "https://x"], "type": "local"]
            ),
            (
                ["command": "curl", "args": ["-u", "me:pl4nt ShTeURLfce pl4nt", "https://x"]],
                ["command": "curl", "args": ["-u", "me:‹hidden›", "https://x"]]
            ),
            (
                [
                    "command": "npx",
                    "args": ["mcp-remote", .string(url.replacing("//", with: "//me:pl4ntS3cr3t@"))],
                ],
                [
                    "command": "npx",
                    "args": ["mcp-remote", "https://me:‹hidden›@mcp.zapier.com/api/mcp/s/‹hidden›"],
                ]
            ),
        ]
        for (entry, expected) in entries { #expect(Redactor().shown(entry: entry) == expected) }
    }

    @Test func `words of a program that hold no secret stay`() {
        let entries: [JSONValue] = [
            ["command": "uvx", "args": ["--from", "git+https://github.com/oraios/serena", "serena"]],
            [
                "command": "docker",
                "args": [
                    "run", "-i", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", "ghcr.io/github/github-mcp-server",
                ],
            ],
            ["command": "x", "args": []],
        ]
        for entry in entries { #expect(Redactor().shown(entry: entry) == entry) }
    }

    @Test func `an entry without headers stays`() {
        let entry: JSONValue = ["command": "x", "args": ["a", "-H"], "env": ["A": "b"], "enabled": true]
        #expect(EntryHeaders.hidden(entry) == entry)
    }
}
