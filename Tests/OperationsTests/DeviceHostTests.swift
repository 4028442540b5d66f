import Basics
import HostConfig
import LocalExecution
import RemoteExecution
import TestSupport
import Testing

@testable import Operations

/// Runs what a device is asked here, with a home of its own.
private struct HomedTransport: DeviceTransport {
    let home: String

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        var job = job
        job.input = Array("unset XDG_CONFIG_HOME CODEX_HOME; HOME='\(home)'; export HOME\n".utf8) + job.input
        return try await LocalTransport().run(job, on: device, into: consumer)
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.unreachable, "no key here")
    }
}

/// Configuration of assistants' programs on other machines.
@Suite(.timeLimit(.minutes(5))) struct DeviceHostTests {
    private let folder: ScratchFolder
    private let services: TestServices
    private var home: String { folder.path + "/it's a $HOME" }
    private var file: String { home + "/.cursor/mcp.json" }

    private var word: String { ShellQuoting.word(file) }

    init() async throws {
        folder = try ScratchFolder()
        services = try await TestServices(transport: HomedTransport(home: folder.path + "/it'\\''s a $HOME"))
        let name = try #require(DeviceName("web"))
        try await services.store.add(
            Device(
                name: name, connection: .ssh(SSHTarget(host: "192.0.2.1")), hostKey: RightsHome.hostKey,
                tags: [],
                added: Timestamp(seconds: 0)))
        try Folder.createAll(home + "/.cursor")
    }

    private func write(_ text: String, to path: String? = nil) throws {
        let path = path ?? file
        try Folder.createAll(AtomicFile.folder(of: path))
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    private func call(_ verb: String, _ arguments: [String: JSONValue] = [:]) async throws -> JSONValue {
        let result = try await services.call(
            "host-config \(verb)", arguments.merging(["device": "web"]) { $1 })
        let words = "\(result.display)"
        #expect(!words.contains("ghp_0123456789") && !words.isEmpty)
        return result.json
    }

    private static let one =
        #"{"mcpServers": {"a": {"command": "a", "env": {"TOKEN": "ghp_0123456789abcdefghijABCDEFGHIJ012345"}}}}"#

    @Test func `what a device has is found, with what is wrong`() async throws {
        try write(Self.one)
        try write("{", to: home + "/.kiro/settings/mcp.json")
        try write("", to: home + "/.config/zed/settings.json")
        try write(
            #"{"servers": {"p": {"url": "https://x"}}}"#,
            to: home + "/.config/Code/User/profiles/a b/mcp.json")
        try Shell.run("ln -s /nonexistent/x \(ShellQuoting.word(home + "/.claude.json"))")
        let rows = try #require(try await call("hosts")["hosts"]?.array)
        let states = Dictionary(
            rows.map { ($0["host"]?.string ?? "", $0["state"]?.string ?? "") }
        ) { first, _ in first }
        #expect(
            states == [
                "cursor": "ok", "kiro": "invalid", "zed": "empty", "vscode-profiles": "ok",
                "claude-code": "unreadable",
            ])
        #expect(rows.first { $0["host"] == "cursor" }?["file"]?.string == file)
        #expect(rows.first { $0["host"] == "vscode-profiles" }?["servers"] == ["p"])
    }

    @Test func `what is no file on a device is told as what it is`() async throws {
        try write(Self.one)
        _ = try await call("backup", ["host": ["cursor"]])
        try Shell.run("rm \(word); ln -s /nonexistent/x \(word)")
        func look() async throws -> (reason: String?, isOpen: Bool?, offers: JSONValue?) {
            let output = try await call("hosts")
            let row = output["hosts"]?[0]
            return (row?["reason"]?.string, row?["isOpenToOthers"]?.bool, output["offers"])
        }
        let offer: JSONValue = ["holdfast host-config restore cursor --device web"]
        #expect(try await look() == ("it is a link to what is not there (→ /nonexistent/x)", false, offer))
        try Shell.run("rm \(word); ln -s mcp.json \(word)")
        #expect(try await look() == ("it is a link to what is not there (→ mcp.json)", false, offer))
        try Shell.run("rm \(word); mkdir -m 755 \(word)")
        #expect(try await look() == ("it is a folder", false, offer))
        try Shell.run("rmdir \(word); mkfifo -m 644 \(word)")
        #expect(try await look() == ("it is no ordinary file", false, offer))
        try Shell.run("rm \(word); truncate -s 17M \(word)")
        #expect(try await look() == ("it is larger than 16.0 MiB", false, offer))
    }

    @Test func `what a file lost since its newest sound backup is told beside its state`() async throws {
        try write(Self.one)
        _ = try await call("backup", ["host": ["cursor"]])
        #expect(try await call("hosts")["hosts"]?[0]?["damage"] == "")
        try write(#"{"mcpServers": {}}"#)
        let wiped = try await call("hosts")["hosts"]?[0]
        #expect(wiped?["state"] == "no-servers" && wiped?["damage"]?.string == "\(file) lost 1 server")
        try Shell.run("rm \(word)")
        let gone = try await call("hosts")["hosts"]?.array ?? []
        #expect(gone.count == 1 && gone[0]["file"]?.string == file && gone[0]["state"] == "missing")
        #expect(gone[0]["damage"]?.string == "\(file) is gone" && gone[0]["backup"]?.string != nil)
        await #expect(throws: OperationError.self) { try await call("show", ["host": "kiro"]) }
    }

    @Test func `a backup of it is kept beside that of this machine, and once`() async throws {
        try write(Self.one)
        try Shell.run("chmod 640 \(word); touch -d '2020-02-02 02:02:02' \(word)")
        let first = try await call("backup", ["host": ["cursor"]])["hosts"]?[0]
        #expect(first?["outcome"] == "stored" && first?["servers"] == 1)
        #expect(first?["remarks"]?[0]?.string?.contains("other accounts") == true)
        #expect(try await call("backup", ["all": true])["hosts"]?[0]?["outcome"] == "unchanged")
        #expect(try await call("list")["backups"]?.array?.count == 1)
        let here = try await services.call("host-config list", [:]).json
        #expect(here["backups"] == [])
        #expect(
            await #expect(throws: OperationError.self) {
                try await services.call("host-config show", ["host": "cursor", "backup": "newest"])
            }?.code == .backupUnknown)
        let shown = try await call("show", ["host": "cursor", "backup": "newest"])
        #expect(shown["servers"]?[0]?["name"] == "a")
        #expect(!JSONWriter.text(shown).contains("ghp_0123456789"))
        #expect(try await call("verify")["backups"]?[0]?["isGood"] == true)
        let files = try await services.call(
            "backup files", ["backup": "latest:host:cursor@web"]
        ).json["files"]?.array
        let entry = try #require(files?.first { $0["path"]?.string == file })
        #expect(entry["mode"]?.string?.hasSuffix("640") == true && entry["section"] == "paths", "\(entry)")
        #expect(entry["modified"]?.string == "2020-02-02T02:02:02Z", "\(entry)")
    }

    @Test func `a change is told server by server, a wiped file is kept apart`() async throws {
        try write(Self.one)
        _ = try await call("backup", ["host": ["cursor"]])
        try write(#"{"mcpServers": {"b": {"command": "b"}}}"#)
        let diff = try await call("diff", ["host": "cursor"])
        #expect(diff["files"]?[0]?["added"] == ["b"] && diff["files"]?[0]?["removed"] == ["a"])
        #expect(try await call("show", ["host": "cursor"])["servers"]?[0]?["name"] == "b")
        try write("{}")
        let wiped = try await call("backup", ["host": ["cursor"]])["hosts"]?[0]
        #expect(wiped?["remarks"]?[0]?.string?.contains("lost 1 server") == true)
        #expect(try await call("list")["backups"]?[0]?["status"] == "partial")
        // It is not what a restore would begin with.
        let error = await #expect(throws: OperationError.self) {
            try await call("restore", ["host": "cursor"])
        }
        let sound = try #require(try await call("list")["backups"]?[1]?["backup"]?.string)
        #expect(error?.code == .approvalMissing)
        #expect(error?.hint == "Run: holdfast restore plan \(sound) --device web --in-place")
        let plan = try await services.call(
            "restore plan", ["backup": .string(sound), "device": "web", "in_place": true]
        ).json
        let text = JSONWriter.text(plan)
        #expect(text.contains("mcp.json") && !text.contains("ghp_0123456789"), "\(text)")
        #expect(TestFiles.bytes(at: file) == Array("{}".utf8))
    }

    @Test func `a link is kept as one, and a file that is gone is told`() async throws {
        try write(Self.one, to: home + "/dotfiles/mcp.json")
        try Shell.run("ln -s ../dotfiles/mcp.json \(word)")
        #expect(try await call("backup", ["host": ["cursor"]])["hosts"]?[0]?["outcome"] == "stored")
        let files = try await services.call(
            "backup files", ["backup": "latest:host:cursor@web"]
        ).json["files"]?.array
        #expect(
            Set(files?.compactMap { $0["path"]?.string } ?? []) == [file, home + "/dotfiles/mcp.json"])
        try Shell.run("rm \(word)")
        #expect(try await call("backup", ["host": ["cursor"]])["hosts"]?[0]?["outcome"] == "missing")
        #expect(try await call("diff", ["host": "cursor"])["files"]?[0]?["outcome"] == "removed")
    }

    @Test func `bytes of any sort come over`() async throws {
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 7)) }
        try Folder.createAll(home + "/.cursor")
        try AtomicFile.write(bytes, to: file)
        let name = try #require(DeviceName("web"))
        let there = try await DeviceHosts.read(name, allHosts, services.context())
        #expect(there?.files.map(\.path) == [file] && there?.files.first?.bytes == bytes)
    }

    @Test(arguments: [
        "x", "cursor a.\n", "cursor L2E. L2E. . 600 0 0 a b 1\nunread more",
        "none L2E. L2E. . 600 0 0 a b 1\nunread",
        "cursor YQ. L2E. . 600 0 0 a b 1\nunread", "cursor L2E. L2E. . 999 0 0 a b 1\nunread",
        "cursor L2E. L2E. . 600 0 0 a b 1\nnowhere else", "cursor L2E. L2E. . 600 0 0 a b 1\n!!!.",
        "cursor L2E. L2E. . 600 0 0 a b 9999999999999\nunread",
    ])
    func `what a device makes up is refused`(_ output: String) throws {
        let name = try #require(DeviceName("web"))
        #expect(throws: OperationError.self) { try HostFilesProbe.files(Array(output.utf8), name) }
    }

    @Test func `a device that nobody knows is an error`() async {
        for verb in ["hosts", "show", "diff", "backup", "restore"] {
            let arguments: [String: JSONValue] =
                switch verb {
                case "hosts": [:]
                case "backup": ["host": ["cursor"]]
                default: ["host": "cursor"]
                }
            let error = await #expect(throws: OperationError.self) {
                try await services.call("host-config \(verb)", arguments.merging(["device": "other"]) { $1 })
            }
            #expect([.deviceUnknown, .backupUnknown].contains(error?.code), "\(verb)")
        }
    }
}
