import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// What comes back with a file, and what is told when not all of it can.
@Suite(.timeLimit(.minutes(5))) struct HostReturnTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func restore(_ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await bench.call("restore", ["host": "cursor"].merging(more) { $1 })
    }

    @Test func `before the first file is written all are looked at`() async throws {
        try bench.write(["a"])
        try Shell.run("mkdir '\(bench.folder.path)/z'; cp '\(bench.path)' '\(bench.folder.path)/z/mcp.json'")
        let other = bench.folder.path + "/z/mcp.json"
        try await bench.backup()
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(other)])
        for path in [bench.path, other] { try TestFiles.write([], to: path) }
        try Shell.run("ln '\(other)' '\(other).hard'")
        #expect(await bench.home.refusal("host-config restore", ["host": "cursor"]) == .ioFailed)
        #expect(TestFiles.bytes(at: bench.path) == [])
        // The one that can come back does, when it is named.
        _ = try await restore(["file": [.string(bench.path)]])
        #expect(TestFiles.bytes(at: bench.path)?.isEmpty == false && TestFiles.bytes(at: other) == [])
    }

    @Test(.enabled(if: ProcessEnvironment.isRoot))
    func `a file that was gone gets its owner and attributes back`()
        async throws
    {
        let path = bench.folder.path + "/deep/er/mcp.json"
        try Folder.createAll(AtomicFile.folder(of: path))
        try TestFiles.write(Array(#"{"mcpServers": {"a": {}}}"#.utf8), to: path)
        try Shell.run(
            "chown 1234:4321 '\(path)'; chmod 640 '\(path)'; setfattr -n user.note -v kept '\(path)' || :")
        let look = "stat -c '%u %g %a' '\(path)'; getfattr -d '\(path)' 2>&1 | grep note || :"
        let before = try Shell.output(look)
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        try Shell.run("rm -r '\(bench.folder.path)/deep'")
        _ = try await restore()
        #expect(try Shell.output(look) == before)
        #expect(
            try Shell.output("stat -c '%u %a' '\(bench.folder.path)/deep/er'") == Array("1234 700\n".utf8))
    }

    @Test func `what a killed restore left is taken away by the next one`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let name = Base32.randomName()
        let left = bench.folder.path + "/.mcp.json.\(name).tmp"
        try TestFiles.write([1], to: left)
        // One that somebody may be working with stays, and so does what is called otherwise.
        FileSnapshot.removeLeftovers(of: bench.path)
        #expect(TestFiles.bytes(at: left) == [1])
        let other = bench.folder.path + "/.mcp.json.tmp"
        try TestFiles.write([1], to: other)
        FileSnapshot.removeLeftovers(of: bench.path, now: Int(SystemClock().now().seconds) + 120)
        #expect(TestFiles.bytes(at: left) == nil && TestFiles.bytes(at: other) == [1])
    }

    @Test(arguments: [
        (#"{"mcpServers": {"a": {},}}"#, "a comment, a comma too many or a byte order mark; line 1"),
        ("/* c */ {}", "a comment, a comma too many or a byte order mark; line 1"),
        ("\u{FEFF}{}", "a comment, a comma too many or a byte order mark; line 1"),
        ("{\n\"o\": 1,\n\"o\": 2}", "a name is given twice, of which the last one counts here; line 3"),
    ])
    func `what a strict program may refuse is told, and is no damage`(_ text: String, _ reason: String)
        async throws
    {
        try bench.folder.write(Array(text.utf8), to: "mcp.json")
        let row = try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path)])["hosts"]?[
            0]
        #expect(
            row?["remarks"]?.array?.contains { $0.string?.contains("is no strict JSON (\(reason))") == true }
                == true,
            "\(row ?? .null)")
        #expect(try await bench.list.first?["status"] == "ok")
        let watched = try await bench.call(
            "watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])
        #expect(watched["broken"] == [])
    }
}
