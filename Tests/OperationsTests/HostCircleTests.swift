import Basics
import HostConfig
import TestSupport
import Testing

@testable import Operations

/// Links that lead in a circle, which is to say nowhere.
@Suite(.timeLimit(.minutes(5))) struct HostCircleTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// Keeps the file, and puts a link to itself in its place; the backup and what it has.
    private func spoil() async throws -> (backup: String, bytes: [UInt8]?) {
        try bench.write(["a"])
        let bytes = TestFiles.bytes(at: bench.path)
        let id = try await bench.backup()
        try Shell.run("ln -sf mcp.json '\(bench.path)'")
        return (id, bytes)
    }

    private func rollBack(_ more: [String: JSONValue]) async throws -> JSONValue {
        try await bench.call(
            "rollback", ["host": "cursor", "file": .string(bench.path)].merging(more) { $1 })
    }

    @Test func `a restore puts the file in the place of a link to itself`() async throws {
        let (_, bytes) = try await spoil()
        let watched = try await bench.call(
            "watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])
        let told = watched["events"]?.array?.last?["text"]?.string
        #expect(
            told == "\(bench.path) cannot be read: links lead in a circle (\(bench.path) → mcp.json)")
        #expect(watched["offers"] == ["holdfast host-config restore cursor"])
        let output = try await bench.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: bench.path) == bytes)
        #expect(output["files"]?[0]?["outcome"] == "restored")
        #expect(
            output["files"]?[0]?["links"]
                == [.string("\(bench.path): was made a file again, in the place of a link to mcp.json")])
    }

    @Test func `a way back does so as well, and says it`() async throws {
        let (id, bytes) = try await spoil()
        let back = try await rollBack(["backup": .string(id)])
        #expect(back["outcome"] == "restored" && back["safetyCopy"]?.string == nil)
        #expect(back["remarks"]?[0]?.string?.contains("in the place of a link to mcp.json") == true)
        #expect(TestFiles.bytes(at: bench.path) == bytes)
    }

    @Test func `a way back to no file takes the link away, and says it`() async throws {
        _ = try await spoil()
        #expect(try await rollBack(["absent": true, "if_broken": true])["outcome"] == "kept")
        let back = try await rollBack(["absent": true])
        #expect(back["outcome"] == "removed")
        #expect(
            back["remarks"] == [.string("\(bench.path) was a link to mcp.json, which leads nowhere")])
        #expect(try Folder.item(bench.path) == nil)
    }

    @Test func `a link on the way is made anew, and what it led to comes back`() async throws {
        let link = bench.folder.path + "/conf/mcp.json"
        try bench.write(["a"])
        let bytes = TestFiles.bytes(at: bench.path)
        try Shell.run("mkdir '\(bench.folder.path)/conf'; ln -s ../mcp.json '\(link)'")
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(link)])
        try Shell.run("ln -sf mcp.json '\(link)'")
        let first = try await bench.call("restore", ["host": "cursor"])
        #expect(first["files"]?[0]?["outcome"] == "relinked")
        #expect(try Folder.linkTarget(link) == "../mcp.json" && TestFiles.bytes(at: link) == bytes)
        try Shell.run("ln -sf mcp.json '\(bench.path)'")
        _ = try await bench.call("restore", ["host": "cursor"])
        #expect(try Folder.linkTarget(link) == "../mcp.json" && TestFiles.bytes(at: link) == bytes)
    }

    @Test func `of another link it is said which one, and nothing is changed`() async throws {
        let folder = bench.folder.path + "/conf"
        let path = folder + "/mcp.json"
        try bench.write(["a"])
        try Shell.run("mkdir '\(folder)'; mv '\(bench.path)' '\(path)'")
        let kept = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        try Shell.run("rm -r '\(folder)'; ln -s conf '\(folder)'")
        let id = try #require(kept["hosts"]?[0]?["backup"])
        let says = "\(path) cannot be read: links lead in a circle (\(folder) → conf)"
        for (verb, more) in [("restore", [:]), ("rollback", ["backup": id, "file": .string(path)])]
            as [(String, [String: JSONValue])]
        {
            let error = await #expect(throws: OperationError.self) {
                try await bench.call(verb, ["host": "cursor"].merging(more) { $1 })
            }
            #expect(error?.message == says)
            #expect(error?.hint == "Nothing was changed. Take that link away, and run it again.")
        }
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("rollback", ["host": "cursor", "absent": true, "file": .string(path)])
        }
        #expect(error?.message.contains(says) == true)
        #expect(try Folder.linkTarget(folder) == "conf")
    }

    @Test func `an entry alone goes into no circle, and no edit begins there`() async throws {
        _ = try await spoil()
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("restore", ["host": "cursor", "server": ["a"]])
        }
        #expect(error?.message.contains("links lead in a circle") == true)
        let other = await #expect(throws: OperationError.self) {
            try await bench.call("prepare", ["host": "cursor", "file": .string(bench.path)])
        }
        #expect(other?.message.contains("links lead in a circle") == true)
    }
}
