import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Backups of hosts' configuration that come from elsewhere or go there.
@Suite struct HostImportTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private var archive: String { bench.folder.path + "/series.jsonl" }

    private func bring(_ other: HostBench, _ arguments: [String: JSONValue]) async throws -> JSONValue {
        try await other.call("import", arguments)
    }

    @Test func `a series comes back whole in another vault`() async throws {
        _ = try await bench.backups(3)
        try Shell.run(": >'\(bench.path)'; chmod 640 '\(bench.path)'")
        _ = try await bench.backup("wiped")
        let output = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        #expect(output["backups"] == 4)
        #expect(try Shell.output("stat -c %a '\(archive)'") == Array("600\n".utf8))
        let other = try await HostBench()
        let arguments: [String: JSONValue] = [
            "from": "series", "path": .string(archive), "file": .string(other.path),
        ]
        let trial = try await bring(other, arguments.merging(["dry_run": true]) { $1 })
        #expect(trial["backups"]?.array?.map { $0["outcome"] } == .init(repeating: "would-store", count: 4))
        #expect(try await other.list.isEmpty)
        _ = try await bring(other, arguments)
        let again = try await bring(other, arguments)
        #expect(again["backups"]?.array?.map { $0["outcome"] } == .init(repeating: "present", count: 4))
        let (there, here) = (try await bench.list, try await other.list)
        for member in ["made", "name", "status", "bytes"] {
            #expect(there.map { $0[member] } == here.map { $0[member] }, "\(member)")
        }
        // The wiped one is not put back unasked; times and modes come along.
        _ = try await other.call("restore", ["host": "cursor"])
        #expect(
            TestFiles.bytes(at: other.path)
                == Array("{\"mcpServers\": {\"s2\": {\"command\": \"/bin/s2\"}}}\n".utf8))
        let wiped = try #require(here.first?["backup"]?.string)
        _ = try await other.call("restore", ["host": "cursor", "backup": .string(wiped)])
        #expect(
            try Shell.output("stat -c '%a %y %s' '\(other.path)'")
                == (try Shell.output("stat -c '%a %y %s' '\(bench.path)'")))
    }

    @Test(arguments: [true, false])
    func `what is to be elsewhere comes in there as well, once`(_ isGone: Bool) async throws {
        try bench.write(["a"])
        let text = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        if isGone {
            try Shell.run("rm '\(bench.path)'")
            try await bench.call(
                "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        }
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let other = try await HostBench()
        let (first, second) = (other.path, other.folder.path + "/second/mcp.json")
        func outcomes(_ file: String) async throws -> Set<JSONValue?> {
            let output = try await bring(
                other, ["from": "series", "path": .string(archive), "file": .string(file)])
            #expect(output["backups"]?.array?.count == (isGone ? 2 : 1))
            return Set(output["backups"]?.array?.map { $0["outcome"] } ?? [])
        }
        #expect(try await outcomes(first) == ["stored"])
        #expect(try await outcomes(second) == ["stored"])
        for file in [first, second, first] { #expect(try await outcomes(file) == ["present"]) }
        let vault = try await other.home.vault()
        let look = try await HostSeries(other.host).look(in: vault)
        #expect(look.holdings.map(\.place) == (isGone ? [] : [first, second].sorted()))
        guard !isGone else { return }
        _ = try await other.call("restore", ["host": "cursor", "file": [.string(second)]])
        #expect(TestFiles.bytes(at: second) == text)
    }

    @Test func `the same state of two places comes in for both`() async throws {
        let (vault, host) = (try await bench.home.vault(), bench.host)
        let home = try #require(ProcessEnvironment.value(of: "HOME"))
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: bench.home.clock)
        // As an import that was told another place each time leaves it; none of them is there.
        let paths = ["one", "two"].map { "\(home)/not-there-\($0)/mcp.json" }
        for path in paths {
            let file = HostCopy.File(
                path: path, bytes: Array("{\"mcpServers\": {\"a\": {}}}".utf8), mode: 0o600,
                owner: ProcessAccount.effective, modified: 0, attributes: [])
            _ = try await keeper.store(
                HostCopy(host: host, made: Timestamp(seconds: 9), name: "", files: [file]), finished: nil)
        }
        await lease.close()
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let other = try await HostBench()
        for outcome in ["stored", "present"] {
            let rows = try await bring(other, ["from": "series", "path": .string(archive)])["backups"]?.array
            #expect(rows?.map { $0["outcome"]?.string } == [outcome, outcome])
            #expect(Set(rows?.map { $0["files"]?[0]?.string } ?? []) == Set(paths))
        }
    }

    @Test func `what was accepted is so in another vault as well`() async throws {
        func accept() async throws {
            try await bench.call(
                "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        }
        func broken(_ bench: HostBench) async throws -> JSONValue? {
            try await bench.call(
                "watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])["broken"]
        }
        try bench.write(["a"])
        try await bench.backup()
        try bench.write([])
        try await accept()
        for isGone in [false, true] {
            if isGone {
                try Shell.run("rm '\(bench.path)'")
                try await accept()
            }
            #expect(try await broken(bench) == [])
            let archive = bench.folder.path + "/\(isGone).jsonl"
            _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
            let other = try await HostBench()
            if !isGone { try other.write([]) }
            let output = try await bring(
                other, ["from": "series", "path": .string(archive), "file": .string(other.path)])
            #expect(output["backups"]?.array?.count == (isGone ? 3 : 2) && output["skipped"] == [])
            #expect(try await other.list.map { $0["status"] } == bench.list.map { $0["status"] })
            #expect(try await broken(other) == [], "\(isGone)")
            // An archive without the word is as before.
            let text = String(decoding: try #require(TestFiles.bytes(at: archive)), as: UTF8.self)
            try bench.folder.write(
                Array(
                    text.replacing("\"accepted\"", with: "\"x\"").replacing("\"gone\"", with: "\"y\"").utf8),
                to: "old.jsonl")
            let old = try await HostBench()
            try old.write([])
            let arguments: [String: JSONValue] = [
                "from": "series", "path": .string(bench.folder.path + "/old.jsonl"),
                "file": .string(old.path),
            ]
            let taken = try await bring(old, arguments)
            #expect(taken["backups"]?.array?.count == 2)
            #expect(taken["skipped"]?.array?.count == (isGone ? 1 : 0))
            #expect(try await broken(old) == ["cursor"])
        }
    }

    @Test func `an import cannot lead a restore elsewhere`() async throws {
        _ = try await bench.backups(1)
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let text = String(decoding: try #require(TestFiles.bytes(at: archive)), as: UTF8.self)
        let place = HostPlace(environment: ["HOME": "/home/me"], currentFolder: "/")
        for (path, home) in [
            ("/home/me/proj/mcp.json", "/home/me/proj/mcp.json"),
            ("/home/me/proj/.cursor/mcp.json", "/home/me/proj/.cursor/mcp.json"),
            ("/root/.cursor/mcp.json", "/home/me/.cursor/mcp.json"),
            ("/home/me/.cursor/mcp.json", "/home/me/.cursor/mcp.json"),
            ("/Users/you/.cursor/mcp.json", "/home/me/.cursor/mcp.json"),
            ("mcp.json", "/home/me/.cursor/mcp.json"),
        ] {
            #expect(try place.home(of: path, of: bench.host) == home)
        }
        for path in [
            "/root/.ssh/authorized_keys", "", "/home/me/.cursor/other.json", "/etc/cron.d/mcp.json",
            "/home/you/proj/mcp.json", "/home/you/proj/.cursor/mcp.json", "/home/me/proj/../mcp.json",
            "/home/me/.bashrc", "/home/me/.cursor/../.cursor/mcp.json",
        ] {
            #expect(throws: OperationError.self) { try place.home(of: path, of: bench.host) }
        }
        // What the archive says of it counts more than what its path looks like.
        #expect(
            try place.home(of: "/x/y/z/mcp.json", of: bench.host, isOwn: true) == "/home/me/.cursor/mcp.json")
        #expect(throws: OperationError.self) {
            try place.home(of: "/home/you/.cursor/mcp.json", of: bench.host, isOwn: false)
        }
        for path in [
            "/Users/you/Library/Application Support/Zed/settings.json", "/home/you/.config/zed/settings.json",
        ] {
            let zed = try #require(AssistantHost.named("zed"))
            #expect(zed.isOwnElsewhere(path), "\(path)")
        }
        try bench.folder.write(
            Array(text.replacing("/mcp.json", with: "/authorized_keys").utf8), to: "evil.jsonl")
        let output = try await bench.call(
            "import", ["from": "series", "path": .string(bench.folder.path + "/evil.jsonl")])
        #expect(output["backups"] == [])
        #expect(output["skipped"]?[0]?.string?.contains("that was named with --file. Say where") == true)
        let profiles = try #require(AssistantHost.named("vscode-profiles"))
        let own = "/home/me/.config/Code/User/profiles"
        #expect(try place.home(of: own + "/a1/mcp.json", of: profiles) == own + "/a1/mcp.json")
        #expect(throws: OperationError.self) { try place.home(of: own + "/../mcp.json", of: profiles) }
        for there in ["/home/you/.config", "/Users/you/Library/Application Support"] {
            let path = there + "/Code/User/profiles/a1/mcp.json"
            #expect(try place.home(of: path, of: profiles, isOwn: true) == own + "/a1/mcp.json")
            #expect(try place.home(of: path, of: profiles) == own + "/a1/mcp.json")
        }
        for path in ["/x/Code/User/profiles/../mcp.json", "/x/other/a1/mcp.json", "/x/profiles/a1/mcp.json/"]
        {
            #expect(throws: OperationError.self) { try place.home(of: path, of: profiles, isOwn: true) }
        }
    }

    @Test(arguments: [
        ("", "empty"), ("{}", "no such archive"), ("x", "no JSON"),
        (#"{"format":"holdfast-host-config","version":2,"host":"cursor"}"#, "version"),
        (#"{"format":"holdfast-host-config","version":1,"host":"none"}"#, "program"),
        (
            #"{"format":"holdfast-host-config","version":1,"host":"cursor"}"# + "\n"
                + #"{"content":"00","base64":"YQ=="}"#, "hash"
        ),
        (
            #"{"format":"holdfast-host-config","version":1,"host":"cursor"}"# + "\n"
                + #"{"backup":"x","made":"2026-01-01T00:00:00Z","name":""}"#, "missing"
        ),
        (#"{"format":"holdfast-host-config","version":1,"host":"cursor"}"# + "\n{}", "neither"),
    ])
    func `a spoiled archive stores nothing`(_ text: String, _ reason: String) async throws {
        try bench.folder.write(Array(text.utf8), to: "series.jsonl")
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("import", ["from": "series", "path": .string(archive)])
        }
        #expect(
            error?.code == .fileInvalid && error?.message.contains(reason) == true,
            "\(String(describing: error))")
        #expect(try await bench.list.isEmpty)
    }

    @Test func `nothing is written over`() async throws {
        _ = try await bench.backups(1)
        try bench.folder.write([1], to: "series.jsonl")
        #expect(
            await bench.home.refusal("host-config export", ["host": "cursor", "to": .string(archive)])
                == .targetExists)
        #expect(TestFiles.bytes(at: archive) == [1])
        #expect(
            await bench.home.refusal("host-config export", ["host": "zed", "to": "/x"]) == .backupUnknown)
        #expect(
            await bench.home.refusal("host-config import", ["from": "series", "path": "/none/x"])
                == .fileUnknown)
    }

    // MARK: Hatch

    /// A store as Hatch lays it out.
    private func hatch() throws -> String {
        let root = bench.folder.path + "/hatch"
        try Shell.run(
            """
            mkdir -p '\(root)/cursor' '\(root)/lmstudio' '\(root)/other'
            cd '\(root)'
            echo '{"mcpServers": {"a": {"command": "a"}}}' >cursor/mcp.json.cursor.20251201_101112_000123
            echo '{"mcpServers": {"b": {"command": "b"}}}' >cursor/mcp.json.MCPHostType.CURSOR.20251101_101112_000456
            touch -d '2025-10-31 01:02:03.5' cursor/*
            chmod 640 cursor/*
            echo '{"mcpServers": {}}' >lmstudio/mcp.json.lmstudio.20251202_000000_000000
            echo x >cursor/notes.txt
            echo x >other/mcp.json.other.20251202_000000_000000
            echo x >cursor/mcp.json.cursor.20251302_000000_000000
            """)
        return root
    }

    @Test func `backups of Hatch come in with their times`() async throws {
        let root = try hatch()
        let (copies, skipped) = try HatchStore.read(root)
        #expect(copies.map(\.host.id) == ["cursor", "cursor", "lm-studio"])
        #expect(skipped.count == 3)
        #expect(skipped.contains { $0.contains("‘other’ is not known") })
        // What remains belongs where this machine has it.
        let output = try await bench.call(
            "import", ["from": "hatch", "path": .string(root + "/cursor"), "file": .string(bench.path)])
        #expect(output["backups"]?.array?.map { $0["outcome"] } == ["stored", "stored"])
        let list = try await bench.list
        let seconds = try Shell.output(
            "date -u -d '2025-12-01 10:11:12' +%FT%T; date -u -d @$(date -d '2025-12-01 10:11:12' +%s) +%FT%T"
        )
        let made = String(decoding: seconds, as: UTF8.self).split(separator: "\n").last.map(String.init)
        #expect(list.first?["made"]?.string?.hasPrefix(try #require(made)) == true)
        _ = try await bench.call("restore", ["host": "cursor", "backup": list.first?["backup"] ?? .null])
        #expect(
            TestFiles.bytes(at: bench.path) == Array("{\"mcpServers\": {\"a\": {\"command\": \"a\"}}}\n".utf8)
        )
        #expect(
            try Shell.output("stat -c '%a %y' '\(bench.path)'")
                == (try Shell.output(
                    "stat -c '%a %y' '\(root)/cursor/mcp.json.cursor.20251201_101112_000123'")))
    }

    @Test(arguments: [
        ("mcp.json.cursor.20251201_101112_000123", "mcp.json", "cursor"),
        (
            "claude_desktop_config.json.claude-desktop.20251201_101112_000123", "claude_desktop_config.json",
            "claude-desktop"
        ),
        ("mcp.json.MCPHostType.CLAUDE_CODE.20251201_101112_000123", "mcp.json", "claude-code"),
        (".claude.json.claude-code.20251201_101112_000123", ".claude.json", "claude-code"),
    ])
    func `names of Hatch`(_ name: String, _ original: String, _ host: String) throws {
        let parts = try #require(HatchStore.parts(of: name))
        #expect(parts.original == original && parts.host == host)
    }

    @Test(arguments: [
        "mcp.json", "mcp.json.cursor.20251201", "mcp.json.cursor.20251201_1011_000123",
        "mcp.json.cursor.20251301_101112_000123", "mcp.json.cursor.20250230_101112_000123",
        "cursor.20251201_101112_000123", "mcp.json.cursor.2025120é_10111_000123",
    ])
    func `names that are not Hatch’s`(_ name: String) { #expect(HatchStore.parts(of: name) == nil) }

    @Test func `a store that is not there`() async {
        #expect(
            await bench.home.refusal("host-config import", ["from": "hatch", "path": "/none/x"])
                == .fileUnknown)
    }

    /// An export of the bench's file, taken into another home.
    private func moved(_ path: String) async throws -> (HostBench, JSONValue) {
        let archive = bench.folder.path + "/series.jsonl"
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let other = try await HostBench()
        let output = try await other.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(path)])
        return (other, output)
    }

    @Test func `what lost its servers stays doubtful in another vault`() async throws {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        try bench.write([])
        try await bench.backup()
        let target = bench.folder.path + "/there/mcp.json"
        let (other, output) = try await moved(target)
        #expect(output["backups"]?.array?.count == 2 && output["skipped"] == [])
        #expect(try await other.list.map { $0["status"]?.string } == ["partial", "ok"])
        _ = try await other.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: target) == good)
    }

    @Test func `what lost its servers against the one before is told of other programs' backups, too`()
        async throws
    {
        let folder = bench.folder.path + "/hatch/cursor"
        try Folder.createAll(folder)
        for (time, text) in [
            ("20260301_000000_000000", #"{"mcpServers": {"a": {}}}"#),
            ("20260302_000000_000000", #"{"mcpServers": {}}"#),
        ] { try TestFiles.write(Array(text.utf8), to: "\(folder)/mcp.json.cursor.\(time)") }
        _ = try await bench.call(
            "import",
            ["from": "hatch", "path": .string(bench.folder.path + "/hatch"), "file": .string(bench.path)])
        #expect(try await bench.list.map { $0["status"]?.string } == ["partial", "ok"])
    }

    @Test func `a link in a store is not followed`() async throws {
        let folder = bench.folder.path + "/hatch/cursor"
        try Folder.createAll(folder)
        try Shell.run("ln -s /etc/passwd '\(folder)/mcp.json.cursor.20260301_000000_000000'")
        let output = try await bench.call(
            "import",
            ["from": "hatch", "path": .string(bench.folder.path + "/hatch"), "file": .string(bench.path)])
        #expect(output["backups"] == [])
        #expect(output["skipped"]?[0]?.string?.hasSuffix("it is no ordinary file") == true)
    }

    @Test func `a file that was reached through a link is taken for its place`() async throws {
        let home = bench.folder.path + "/home"
        try Shell.run("mkdir -p '\(home)/.cursor' '\(home)/dot'")
        try TestFiles.write(Array(#"{"mcpServers": {"a": {}}}"#.utf8), to: home + "/dot/m")
        try Shell.run("ln -s ../dot/m '\(home)/.cursor/mcp.json'")
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(home + "/.cursor/mcp.json")])
        let archive = bench.folder.path + "/series.jsonl"
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let read = try HostArchive.read(try #require(TestFiles.bytes(at: archive)))
        #expect(read.first?.files.first?.place == home + "/.cursor/mcp.json")
        let place = HostPlace(environment: ["HOME": "/home/me"], currentFolder: "/", system: .linux)
        let file = try #require(read.first?.files.first)
        #expect(
            try place.home(of: file.origin, of: bench.host, isOwn: true) == "/home/me/.cursor/mcp.json")
        // Back into the same vault it is there already.
        let output = try await bench.call(
            "import",
            ["from": "series", "path": .string(archive), "file": .string(home + "/.cursor/mcp.json")])
        #expect(output["backups"]?[0]?["outcome"] == "present")
    }

    @Test func `files of several places are not mixed`() async throws {
        let mine = bench.folder.path + "/one/mcp.json"
        let project = bench.folder.path + "/two/mcp.json"
        for (path, name) in [(mine, "a"), (project, "b")] {
            try Folder.createAll(AtomicFile.folder(of: path))
            try TestFiles.write(Array("{\"mcpServers\": {\"\(name)\": {}}}".utf8), to: path)
            _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        }
        _ = try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        func bring(_ file: String?) async throws -> (HostBench, JSONValue) {
            let other = try await HostBench()
            var arguments: [String: JSONValue] = ["from": "series", "path": .string(archive)]
            if let file { arguments["file"] = .string(file) }
            return (other, try await other.call("import", arguments))
        }
        let (_, none) = try await bring(nil)
        #expect(none["backups"] == [] && none["skipped"]?.array?.count == 2)
        #expect(none["skipped"]?[0]?.string?.contains(mine) == true)
        let (other, one) = try await bring("/somewhere/two/mcp.json")
        #expect(one["backups"]?.array?.map { $0["files"] } == [["/somewhere/two/mcp.json"]], "\(one)")
        #expect(one["skipped"]?.array?.count == 1)
        #expect(try await other.list.count == 1)
        let unclear = await bench.home.refusal(
            "host-config import",
            ["from": "series", "path": .string(archive), "file": "/somewhere/three/mcp.json"])
        #expect(unclear == .argumentInvalid)
    }
}
