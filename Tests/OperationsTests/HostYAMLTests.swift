import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Files in YAML: read for what is in them, and put back whole.
@Suite(.timeLimit(.minutes(5))) struct HostYAMLTests {
    private static let good = """
        # mine
        extensions:
          one:
            type: stdio
            cmd: /usr/bin/one
            envs: {A: plain, API_KEY: q7Zr4TmX2bV8nK5pL1cW}
          two:
            cmd: /usr/bin/two

        """

    private func bench() async throws -> HostBench {
        let bench = try await HostBench("goose")
        try bench.folder.write(Array(Self.good.utf8), to: "mcp.json")
        try await bench.backup()
        return bench
    }

    @Test(arguments: [
        ("extensions: [unclosed\n", "cannot be understood"), ("\textensions:\n", "cannot be understood"),
        ("a: b: c: d\n", "cannot be understood"), (String(good.prefix { $0 != "," }), "cannot be understood"),
        ("extensions:\n", "lost 2 servers"), ("other: 1\n", "lost 2 servers"),
        ("\0\0\0extensions:\n  a: {}\n", "cannot be understood"), ("", "is empty"),
        ("extensions: what\n", "‘extensions’ is no table"),
    ]) func `what broke is told, and is never put back unasked`(_ text: String, _ says: String) async throws {
        let bench = try await bench()
        try bench.folder.write(Array(text.utf8), to: "mcp.json")
        try await expectDamage(in: bench) { $0.contains(says) }
    }

    /// A watch tells of the file as `isTold` wants it, keeps it as doubtful, and a restore brings the good one back.
    private func expectDamage(in bench: HostBench, _ isTold: (String) -> Bool) async throws {
        let told = try await bench.call(
            "watch", ["host": ["goose"], "file": .string(bench.path), "once": true])
        #expect(told["broken"] == ["goose"])
        #expect(told["events"]?.array?.last?["text"]?.string.map(isTold) == true, "\(told)")
        #expect(try await bench.list.first?["status"] == "partial")
        _ = try await bench.call("restore", ["host": "goose"])
        #expect(TestFiles.bytes(at: bench.path) == Array(Self.good.utf8))
    }

    @Test func `its servers are shown and compared, and no token is`() async throws {
        let bench = try await bench()
        let shown = try await bench.call("show", ["host": "goose", "backup": "newest"])
        #expect(shown["servers"]?.array?.compactMap { $0["name"]?.string } == ["one", "two"])
        #expect(shown["servers"]?[0]?["target"] == "/usr/bin/one")
        try bench.folder.write(Array(Self.good.replacing("two", with: "three").utf8), to: "mcp.json")
        let difference = try await bench.call("diff", ["host": "goose"])
        #expect(difference["files"]?[0]?["added"] == ["three"])
        #expect(difference["files"]?[0]?["removed"] == ["two"])
        for output in [shown, difference] { #expect(!JSONWriter.text(output).contains("q7Zr4TmX2b")) }
    }

    @Test(arguments: [
        // At the end of a line, and in the midst of a word.
        ("  two:\n", "lost 1 server: it was cut off"),
        ("    cmd: /usr/bin/one\n", "lost 2 servers: it was cut off"),
        ("  one:\n    type: std", "lost 2 servers: it was cut off"),
    ])
    func `a text that was cut off is no sound one`(_ end: String, _ says: String) async throws {
        let bench = try await bench()
        let cut = try #require(Self.good.firstRange(of: end))
        let text = String(Self.good[..<cut.upperBound])
        try bench.folder.write(Array(text.utf8), to: "mcp.json")
        try await expectDamage(in: bench) { $0.hasSuffix(says) }
    }

    @Test func `whoever takes out the last entry cuts nothing off`() async throws {
        let bench = try await bench()
        let end = try #require(Self.good.firstRange(of: "  two:"))
        try bench.folder.write(Array(Self.good[..<end.lowerBound].utf8), to: "mcp.json")
        let told = try await bench.call(
            "watch", ["host": ["goose"], "file": .string(bench.path), "once": true])
        #expect(told["broken"] == [])
    }

    @Test func `whoever takes out the last lines cuts nothing off`() throws {
        let goose = try #require(AssistantHost.named("goose"))
        let codex = try #require(AssistantHost.named("codex"))
        for (host, kept, gone) in [
            (goose, "extensions:\n  one: {cmd: a}\n", "  two: {cmd: b}\nGOOSE_MODEL: m\n"),
            (goose, "extensions:\n  one:\n    cmd: a\n", "    timeout: 300\n"),
            (codex, "[mcp_servers.a]\ncommand = \"a\"\n", "[mcp_servers.a.env]\nK = \"v\"\n"),
            (codex, "[mcp_servers.a]\ncommand = \"a\"\n", "[mcp_servers.b]\ncommand = \"b\"\n[tui]\nx = 1\n"),
        ] {
            let before = HostText(Array((kept + gone).utf8), of: host)
            #expect(before.isUnderstood)
            #expect(HostText(Array(kept.utf8), of: host).loss(since: before) == nil, "\(gone)")
        }
        let before = "[mcp_servers.a]\ncommand = \"a\"\nargs = [\"x\"]\n[mcp_servers.b]\ncommand = \"b\"\n"
        let cut = HostText(Array("[mcp_servers.a]\ncommand = \"a\"\n".utf8), of: codex)
        #expect(cut.loss(since: HostText(Array(before.utf8), of: codex)) == "lost 2 servers: it was cut off")
    }

    @Test func `what ends within a line, or with a name and nothing behind it, was cut off`() throws {
        let goose = try #require(AssistantHost.named("goose"))
        let codex = try #require(AssistantHost.named("codex"))
        for (host, kept, gone) in [
            (goose, "extensions:\n  one:\n    cmd: /usr/loc", "al/bin/x\n    timeout: 300\n"),
            (goose, "extensions:\n  one:\n    cmd: a\n    timeout: 3", "00\n"),
            (codex, "[mcp_servers.a]\ncommand = \"a\"\nstartup_timeout_sec = 3", "0\r\n"),
            (codex, "[mcp_servers.a]\ncommand = \"a\"\n[mcp_servers.b]\n", "command = \"b\"\n"),
        ] {
            let before = HostText(Array((kept + gone).utf8), of: host)
            #expect(before.isUnderstood)
            let cut = HostText(Array(kept.utf8), of: host)
            #expect(cut.loss(since: before) == "lost 1 server: it was cut off", "\(gone)")
        }
        // Nothing tells this from an edit of the last line, which had no end before either.
        let edited = HostText(Array("extensions:\n  one:\n    timeout: 3".utf8), of: goose)
        #expect(edited.loss(since: HostText(edited.bytes + Array("00".utf8), of: goose)) == nil)
    }

    @Test func `a single entry is not put back`() async throws {
        let bench = try await bench()
        try bench.folder.write(Array("extensions:\n  a: {}\n".utf8), to: "mcp.json")
        #expect(
            await bench.home.refusal("host-config restore", ["host": "goose", "server": ["two"]])
                == .fileInvalid)
    }
}
