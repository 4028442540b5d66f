import Basics
import TestSupport
import Testing

@testable import Operations

/// What lies where a host's file belongs, and is none.
@Suite(.timeLimit(.minutes(5))) struct HostObstacleTests {
    private let bench: HostBench

    init() async throws {
        bench = try await HostBench()
        try bench.write(["a"])
        _ = try await bench.backup()
    }

    private func offers() async throws -> JSONValue? {
        try await bench.call("watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])[
            "offers"]
    }

    @Test(arguments: ["/dev/zero", "folder"])
    func `a link to what is no file gives way, and what it leads to stays`(_ target: String) async throws {
        let bytes = TestFiles.bytes(at: bench.path)
        try Shell.run(
            "cd '\(bench.folder.path)'; mkdir folder; echo x >folder/y; ln -sf '\(target)' link; mv -T link '\(bench.path)'"
        )
        #expect(try await offers() == ["holdfast host-config restore cursor"])
        let output = try await bench.call("restore", ["host": "cursor"])
        #expect(
            output["files"]?[0]?["links"]
                == [.string("\(bench.path): was made a file again, in the place of a link to \(target)")])
        #expect(TestFiles.bytes(at: bench.path) == bytes)
        #expect(TestFiles.bytes(at: bench.folder.path + "/folder/y") == Array("x\n".utf8))
    }

    @Test(arguments: ["mkdir", "mkfifo"])
    func `what has to go first is said, and nothing is offered that would be refused`(_ maker: String)
        async throws
    {
        try Shell.run("rm '\(bench.path)'; \(maker) '\(bench.path)'")
        #expect(try await offers() == [])
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("restore", ["host": "cursor"])
        }
        #expect(error?.message == "\(bench.path) cannot be read: it is no ordinary file")
    }

    @Test func `what stands on the way is told, and nothing is offered that would be refused`() async throws {
        let folder = bench.folder.path + "/conf"
        let path = folder + "/mcp.json"
        func look() async throws -> (offers: JSONValue?, text: String) {
            let output = try await bench.call(
                "watch", ["host": ["cursor"], "file": .string(path), "once": true])
            return (output["offers"], output["events"]?.array?.last?["text"]?.string ?? "")
        }
        try Shell.run("mkdir '\(folder)'; mv '\(bench.path)' '\(path)'")
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        try Shell.run("ln '\(path)' '\(folder)/other'; : >'\(path)'")
        #expect(try await look().offers == [], "a second name would keep the old text")
        try Shell.run("rm -r '\(folder)'; echo i >'\(folder)'")
        var seen = try await look()
        #expect(seen.offers == [] && seen.text == "\(path) is gone (\(folder) is no folder)")
        try Shell.run("rm '\(folder)'; ln -s /dev/null '\(folder)'")
        seen = try await look()
        #expect(
            seen.offers == []
                && seen.text == "\(path) is gone (\(folder) is a link to /dev/null, which is no folder)")
        try Shell.run("rm '\(folder)'")
        #expect(try await look().offers?.array?.count == 1)
    }

    @Test(arguments: [true, false])
    func `a file in the place of the folder is named`(_ isTried: Bool) async throws {
        let folder = bench.folder.path + "/conf"
        let path = folder + "/mcp.json"
        try Shell.run("mkdir '\(folder)'; mv '\(bench.path)' '\(path)'")
        _ = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
        try Shell.run("rm -r '\(folder)'; echo i >'\(folder)'")
        let error = await #expect(throws: OperationError.self) {
            try await bench.call(
                "restore", ["host": "cursor", "file": [.string(path)], "dry_run": .bool(isTried)])
        }
        #expect(error?.message == "\(path) cannot be put back: \(folder) is no folder")
        #expect(TestFiles.bytes(at: folder) == Array("i\n".utf8))
    }
}
