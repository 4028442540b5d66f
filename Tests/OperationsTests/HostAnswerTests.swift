import Basics
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// What those are told who may not do something, and those for whom something went wrong.
@Suite(.timeLimit(.minutes(5))) struct HostAnswerTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func put(_ text: String, at path: String) throws {
        try Folder.createAll(AtomicFile.folder(of: path))
        try TestFiles.write(Array(text.utf8), to: path)
    }

    private func restore(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call("restore", ["host": "cursor"].merging(more) { $1 })
    }

    /// What a program that calls in over MCP is told.
    private func refusal<Operation: ServiceOperation>(
        _ type: Operation.Type, _ arguments: [String: JSONValue]
    ) async -> OperationError? {
        let assistant = bench.home.context().with(
            Caller(actor: "assistant:test", surface: "mcp", level: .destroy), progress: SilentProgress())
        do throws(OperationError) {
            _ = try await AnyOperation(type).call(arguments, in: assistant)
            return nil
        } catch { return error }
    }

    @Test func `a program is told what a restore would change, and what a person runs`() async throws {
        try bench.write(["a"])
        let id = try await bench.backup()
        try bench.write(["b"])
        let before = TestFiles.bytes(at: bench.path)
        #expect(await refusal(RestoreHostConfig.self, ["host": "cursor", "dry_run": true]) == nil)
        let error = await refusal(RestoreHostConfig.self, ["host": "cursor", "server": ["a"]])
        #expect(error?.code == .approvalMissing)
        #expect(error?.message == "1 file would change, which is for a person to do; nothing was changed")
        #expect(
            error?.hint
                == "A person runs: holdfast host-config restore cursor --server a --backup \(id)")
        #expect(TestFiles.bytes(at: bench.path) == before)
    }

    @Test func `a program watches for a time, or once`() async throws {
        for wrong: [String: JSONValue] in [["host": ["cursor"]], ["host": ["cursor"], "minutes": 2000]] {
            let error = await refusal(WatchHostConfigs.self, wrong)
            #expect(error?.code == .argumentInvalid && error?.message.contains("1 to 1440") == true)
        }
        var input = WatchHostConfigs.Input()
        input.once = true
        try await WatchHostConfigs().prepare(input, in: bench.home.context())
    }

    @Test func `where another file fails, it is told how to undo the first`() async throws {
        let first = bench.folder.path + "/0.json"
        try put("{\"mcpServers\": {\"f\": {}}}", at: first)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(first)])
        try bench.write(["a"])
        try await bench.backup()
        // Where one program's file was, another one's folder was later: they cannot both come back.
        let other = bench.path + "/mcp.json"
        try Shell.run("rm '\(bench.path)' && mkdir '\(bench.path)'")
        try put("{\"mcpServers\": {\"o\": {}}}", at: other)
        try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        try Shell.run("rm -r '\(bench.path)'")
        try put("{}", at: first)
        let error = await #expect(throws: OperationError.self) {
            _ = try await restore(["file": [.string(first), .string(bench.path), .string(other)]])
        }
        #expect(error?.code == .ioFailed)
        #expect(
            error?.message.hasPrefix("\(other) cannot be written") == true, "\(String(describing: error))")
        for path in [first, bench.path] {
            #expect(TestFiles.bytes(at: path)?.contains(UInt8(ascii: ":")) == true, "\(path)")
        }
        #expect(
            error?.hint.contains("What was there before: holdfast host-config restore cursor") == true,
            "\(String(describing: error?.hint))")
    }

    @Test func `an entry is not put into a text that cannot be understood`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try put("{", at: bench.path)
        let error = await #expect(throws: OperationError.self) { _ = try await restore(["server": ["a"]]) }
        #expect(error?.code == .fileInvalid && error?.message.contains("cannot be understood") == true)
        #expect(TestFiles.bytes(at: bench.path) == [UInt8(ascii: "{")])
    }

    @Test func `a link that leads nowhere gives way to the file that was there`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let good = TestFiles.bytes(at: bench.path)
        try Shell.run("ln -sf nowhere '\(bench.path)'")
        let trial = try await restore(["dry_run": true])
        let link = trial["files"]?[0]?["links"]?[0]?.string
        #expect(link == "\(bench.path): would be made a file again, in the place of a link to nowhere")
        _ = try await restore()
        #expect(TestFiles.bytes(at: bench.path) == good)
        #expect(throws: SystemError.self) { try Folder.linkTarget(bench.path) }
    }

    @Test func `another name of the file leads to the same backup`() async throws {
        try bench.write(["a"])
        let good = TestFiles.bytes(at: bench.path)
        let ticket = try await bench.call("prepare", ["host": "cursor", "file": .string(bench.path)])
        let alias = bench.folder.path + "/alias"
        try Shell.run("ln -s mcp.json '\(alias)'")
        try bench.write(["b"])
        let back = try await bench.call(
            "rollback", ["host": "cursor", "file": .string(alias), "backup": ticket["backup"] ?? .null])
        #expect(back["outcome"] == "restored" && TestFiles.bytes(at: bench.path) == good)
        #expect(try Folder.linkTarget(alias) == "mcp.json")
    }

    @Test func `two places of one file are kept as one, and one of the program's own counts`() async throws {
        let home = bench.folder.path
        let (own, real) = (home + "/.cursor/mcp.json", home + "/dot/mcp.json")
        try put("{\"mcpServers\": {\"a\": {}}}", at: real)
        try Shell.run("ln -s dot '\(home)/.cursor'")
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        let row = try await keeper.keep([own, real], name: "", always: false)
        #expect(row.files.count == 1 && row.outcome == "stored")
        bench.home.clock.advance(by: .seconds(1))
        _ = try await keeper.keep([real], name: "", always: true)
        bench.home.clock.advance(by: .seconds(1))
        try put("{\"mcpServers\": {\"a\": {}, \"b\": {}}}", at: real)
        _ = try await keeper.keep([own], name: "", always: false)
        await lease.close()
        let place = HostPlace(environment: ["HOME": home], currentFolder: "/", system: .linux)
        let all = try await HostSeries(bench.host).holdings(in: vault)
        #expect(all.merged(of: bench.host, at: place).map(\.place) == [own])
        #expect(all.merged(of: bench.host, at: place).first?.file.text.servers.count == 2)
    }

    @Test func `a list of programs says what is broken and who may read it`() {
        func row(
            _ host: String, _ state: String, isOpen: Bool = false, damage: String = ""
        ) -> ListHostPrograms.Row {
            ListHostPrograms.Row(
                host: host, title: host.uppercased(), format: "json", file: "/h/\(host)", state: state,
                reason: state == "invalid" ? "half" : "", damage: damage, remark: "", servers: [],
                isOpenToOthers: isOpen,
                backup: host == "zed" ? nil : "b", backedUp: host == "zed" ? nil : Timestamp(seconds: 0),
                isKept: true, wasLetGo: false)
        }
        let output = ListHostPrograms.Output(
            hosts: [
                row("cursor", "invalid"), row("kiro", "ok", isOpen: true), row("zed", "empty"),
                row("void", "ok", damage: "lost 1 server"),
            ],
            device: nil, unread: ["backup x cannot be read"],
            offers: ["holdfast host-config restore cursor --file /h/cursor"], now: Timestamp(seconds: 120))
        let text = "\(output.display)"
        for word in [
            "CURSOR, /h/cursor: half", "/h/kiro can be read by other accounts",
            "Put it back: holdfast host-config restore cursor --file /h/cursor", "VOID: lost 1 server",
            "damaged", "backup x cannot", "no sound one",
        ] { #expect(text.contains(word), "\(word)") }
        #expect(!text.contains("restore kiro"))
    }

    @Test func `a watch keeps the newest of very many events`() {
        var watch = HostWatch(
            hosts: [bench.host], file: nil, place: .here, repair: .offer, context: bench.home.context())
        watch.hinder((0..<510).map { "reason \($0)" })
        #expect(watch.events.count == 500 && watch.earlier == 10)
        #expect(watch.events.first?.text == "reason 10")
        // What lasts is told once.
        watch.hinder(["reason 5"])
        #expect(watch.earlier == 10)
    }

    @Test func `long texts and comments are passed over as what they are`() throws {
        let redactor = Redactor { [UInt8(truncatingIfNeeded: $0.count), 2, 3, 4] }
        let codex = try #require(AssistantHost.named("codex"))
        let toml = """
            [mcp_servers.a]
            command = "x" # "pl4nt
            [mcp_servers.a.env]
            A = '''pl4nt1Qz9='''
            B = \"\"\"pl4nt2Qz9=\"\"\"
            C = "debug"

            """
        let text = String(
            decoding: ShownHostText(host: codex, redactor: redactor).shown(
                HostText(Array(toml.utf8), of: codex)), as: UTF8.self)
        #expect(!text.contains("pl4nt1") && !text.contains("pl4nt2"), "\(text)")
        #expect(text.contains("# \"pl4nt\n") && text.contains("C = \"debug\""))
        let json = "{/* \" */ \"mcpServers\": {\"a\": {\"env\": {\"A\": \"pl4nt3Qz9=\"}}}} /* \" */"
        let seen = String(
            decoding: ShownHostText(host: bench.host, redactor: redactor).shown(
                HostText(Array(json.utf8), of: bench.host)), as: UTF8.self)
        #expect(!seen.contains("pl4nt3") && seen.hasPrefix("{/* \" */ ") && seen.hasSuffix(" /* \" */"))
    }

    @Test func `a file that an import names goes with one program, and one file of each backup`() async throws
    {
        let line = { (host: String) in
            "{\"format\": \"holdfast-host-config\", \"version\": 1, \"host\": \"\(host)\"}\n"
        }
        let file: [String: JSONValue] = ["from": "series", "file": .string(bench.path)]
        // A folder is no archive.
        #expect(
            await bench.home.refusal(
                "host-config import", file.merging(["path": .string(bench.folder.path)]) { $1 }) == .ioFailed)
        let bytes = Array("{\"mcpServers\": {\"a\": {}}}".utf8)
        let hash = HostArchive.hash(bytes)
        let entry = { (path: String) in
            "{\"path\": \"\(path)\", \"content\": \"\(hash)\", \"mode\": 384, \"user\": 0, \"group\": 0, \"modified_ns\": 0}"
        }
        let archive =
            line("cursor") + "{\"content\": \"\(hash)\", \"base64\": \"\(Base64.string(bytes))\"}\n"
            + "{\"backup\": \"x\", \"made\": \"2026-01-02T03:04:05Z\", \"name\": \"\", \"files\": [\(entry("mcp.json")), \(entry("mcp.json"))]}\n"
        let path = bench.folder.path + "/e.jsonl"
        try put(archive, at: path)
        let output = try await bench.call("import", file.merging(["path": .string(path)]) { $1 })
        #expect(output["skipped"]?[0]?.string?.contains("Two of its files would be \(bench.path)") == true)
        let copies = try ["cursor", "zed"].map { name in
            HostCopy(
                host: try #require(AssistantHost.named(name)), made: Timestamp(seconds: 0), name: "",
                files: [])
        }
        let error = #expect(throws: OperationError.self) {
            try ImportTarget(bench.path, of: copies, .here)
        }
        #expect(error?.hint == "Import them one by one.")
    }
}
