import Basics
import ConfigText
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// What is promised of every host's file, whatever it looks like.
@Suite struct HostPromiseTests {
    /// A text of Claude Code's file, 1 MB of which has nothing to do with servers.
    private static func large(_ lineEnd: String = "\n") -> String {
        let history = (0..<8000).map { number in
            "    {\"display\": \"prompt \(number) – “quoted” \\u00e9\", \"n\": \(number).50, \"big\": 12345678901234567890}"
        }
        let lines =
            ["{", "  \"numStartups\": 7,", "  \"history\": ["] + [history.joined(separator: ",\(lineEnd)")]
            + [
                "  ],", "  \"mcpServers\": {", "    \"one\": {\"type\": \"stdio\", \"command\": \"one\"},",
                "    \"two\": {\"args\": [\"z\", \"a\"], \"command\": \"two\", \"1\": 1e2}", "  },",
                "  \"last\": null", "}", "",
            ]
        return lines.joined(separator: lineEnd)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let host: String
        let text: String
        var testDescription: String { name }
    }

    private static let cases = [
        Case(name: "1 MB of other data", host: "claude-code", text: large()),
        Case(name: "1 MB with the ends of lines of Windows", host: "claude-code", text: large("\r\n")),
        Case(
            name: "comments, trailing commas, a byte order mark", host: "vscode",
            text:
                "\u{FEFF}// mine\r\n{ /* a */ \"inputs\": [1,],\r\n\t\"servers\": { // b\r\n\t\t\"one\": {\"command\": \"one\",}, // c\r\n\t\t\"two\": {\"command\": \"two\"} /* d */,\r\n\t},\r\n} // e"
        ),
        Case(
            name: "order of keys", host: "cursor",
            text: "{\"z\": 1, \"mcpServers\": {\"two\": {\"z\": 1, \"a\": 2}, \"one\": {}}, \"a\": [3, 2, 1]}"
        ),
        Case(
            name: "tables with comments", host: "codex",
            text:
                "# mine\nmodel = 'x' # y\n\n[mcp_servers.one]\ncommand = \"one\"\n\n[mcp_servers.two] # t\ncommand = \"two\"\nargs = [ 'a' ]\n\n[other]\nk = 1e3\n"
        ),
    ]

    @Test(arguments: cases) func `one entry comes back, and not a byte beside it changes`(_ test: Case)
        async throws
    {
        let bench = try await HostBench(test.host)
        try bench.folder.write(Array(test.text.utf8), to: "mcp.json")
        try await bench.backup()
        // Somebody took the entry out, and changed much else.
        let host = bench.host
        let without = try host.format.document(Array(test.text.utf8)).removing(host.place(of: "two"))
        try bench.folder.write(without, to: "mcp.json")
        let output = try await bench.call("restore", ["host": .string(host.id), "server": ["two"]])
        #expect(output["files"]?[0]?["outcome"] == "restored")
        let now = try #require(TestFiles.bytes(at: bench.path))
        let (old, new) = (try host.format.document(Array(test.text.utf8)), try host.format.document(now))
        #expect(try new.entry(at: host.place(of: "two")) == old.entry(at: host.place(of: "two")))
        // Out again, and the text is the one before to the last byte.
        #expect(try new.removing(host.place(of: "two")) == without)
        // And the whole file, byte by byte.
        _ = try await bench.call("restore", ["host": .string(host.id)])
        #expect(TestFiles.bytes(at: bench.path) == Array(test.text.utf8))
    }

    /// Tokens as they stand in such files, each in another place.
    private static let tokens = (0..<20).map { "tk\($0)Q7w9ZrT4mX2bV8nK5pL1c\($0)" }

    @Test func `no token is shown, and all come back`() async throws {
        let bench = try await HostBench()
        let t = Self.tokens
        let text = """
            {"mcpServers": {
              "env": {"command": "a", "env": {"API_KEY": "\(t[0])", "GITHUB_TOKEN": "\(t[1])", "PASSWORD": "\(t[2])", "AWS_SECRET_ACCESS_KEY": "\(t[3])", "CLIENT_SECRET": "\(t[4])"}},
              "headers": {"url": "https://h/x", "headers": {"Authorization": "Bearer \(t[5])", "X-API-Key": "\(t[6])", "Cookie": "session=\(t[7])", "Proxy-Authorization": "Basic \(t[8])", "X-Auth-Token": "\(t[9])"}},
              "url": {"url": "https://user:\(t[10])@h/x?api_key=\(t[11])&token=\(t[12])", "serverUrl": "https://h/?access_token=\(t[13])"},
              "args": {"command": "b", "args": ["--api-key", "\(t[14])", "--token=\(t[15])", "--header", "Authorization: Bearer \(t[16])", "--password", "\(t[17])", "postgres://u:\(t[18])@h/db", "-e", "SECRET_KEY=\(t[19])"]}
            }}

            """
        try bench.folder.write(Array(text.utf8), to: "mcp.json")
        let first = try await bench.backup()
        try bench.folder.write(Array(text.replacing("Q7w9", with: "Q8w0").utf8), to: "mcp.json")
        let second = try await bench.backup()
        var outputs = [
            try await bench.call("show", ["host": "cursor", "backup": .string(first)]),
            try await bench.call(
                "diff", ["host": "cursor", "backup": .string(first), "with": .string(second)]),
            try await bench.call("diff", ["host": "cursor", "backup": .string(first)]),
            try await bench.call("list"), try await bench.call("hosts"), try await bench.call("verify"),
            try await bench.call("restore", ["host": "cursor", "backup": .string(first), "dry_run": true]),
            try await bench.call(
                "restore", ["host": "cursor", "backup": .string(first), "server": ["args"]]),
            try await bench.call("watch", ["host": ["cursor"], "file": .string(bench.path), "once": true]),
            try await bench.call("restore", ["host": "cursor", "backup": .string(first)]),
        ]
        outputs.append(.array(try await bench.home.facts().map { .string("\($0)") }))
        outputs.append(try await bench.home.call("audit list"))
        for output in outputs {
            let words = JSONWriter.text(output)
            for (index, token) in t.enumerated() {
                #expect(!words.contains(token), "token \(index) in \(words.prefix(3000))")
                #expect(
                    !words.contains(token.replacing("Q7w9", with: "Q8w0")),
                    "token \(index) in \(words.prefix(3000))")
            }
        }
        #expect(TestFiles.bytes(at: bench.path) == Array(text.utf8))
    }
}
