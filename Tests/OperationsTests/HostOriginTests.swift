import Basics
import TestSupport
import Testing

@testable import Operations

/// What an import brings along, and what it leaves alone.
@Suite(.timeLimit(.minutes(5))) struct HostOriginTests {
    private let bench: HostBench
    private let other: HostBench

    init() async throws {
        bench = try await HostBench()
        other = try await HostBench()
    }

    private func accept(_ bench: HostBench) async throws {
        try await bench.call("backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
    }

    /// Takes an export of the one into the vault of the other.
    @discardableResult
    private func move(_ one: HostBench, to other: HostBench, _ name: String = "e") async throws -> JSONValue {
        let archive = "\(one.folder.path)/\(name).jsonl"
        try await one.call("export", ["host": "cursor", "to": .string(archive)])
        return try await other.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(other.path)])
    }

    private func broken(_ bench: HostBench) async throws -> JSONValue? {
        try await bench.call(
            "watch", ["host": ["cursor"], "file": .string(bench.path), "once": true])["broken"]
    }

    @Test(arguments: [true, false])
    func `what was accepted elsewhere lets go of nothing that was kept here`(_ isGone: Bool) async throws {
        try other.write(["b", "c"])
        let own = TestFiles.bytes(at: other.path)
        let id = try await other.backup()
        bench.home.clock.advance(by: .seconds(60))
        other.home.clock.advance(by: .seconds(120))
        try bench.write(["a"])
        try await bench.backup()
        try Shell.run(isGone ? "rm '\(bench.path)'" : "echo '{\"mcpServers\": {}}' >'\(bench.path)'")
        try await accept(bench)
        try await move(bench, to: other)
        #expect(try await other.list.count == 3)
        let cleaned = try await other.call("clean", ["host": ["cursor"], "keep_count": 1, "dry_run": true])
        let kept = cleaned["decisions"]?.array?.filter { $0["keeps"] == true } ?? []
        #expect(kept.contains { $0["backup"]?.string == id }, "\(cleaned)")
        #expect(try await broken(other) == [])
        try TestFiles.write([], to: other.path)
        try await other.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: other.path) == own)
        // What is accepted here is about all that came in before.
        try Shell.run("rm '\(other.path)'")
        #expect(try await broken(other) == ["cursor"])
        try await accept(other)
        #expect(try await broken(other) == [])
        // And that goes on elsewhere, and back where it comes from.
        for third in [try await HostBench(), bench] {
            try await move(other, to: third, third.folder.path == bench.folder.path ? "back" : "on")
            #expect(try await broken(third) == [])
        }
    }

    @Test func `what was accepted elsewhere holds behind what was kept here since`() async throws {
        let (one, two) = (bench.path, bench.folder.path + "/two/mcp.json")
        try Folder.createAll(AtomicFile.folder(of: two))
        try TestFiles.write(Array("{\"mcpServers\": {\"q\": {}}}".utf8), to: two)
        try bench.write(["a"])
        let vault = try await bench.home.vault()
        let lease = WriterLease(vault: vault, what: "test") { _ in }
        let keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: bench.home.clock)
        // Both in one backup, as a program with several places has them; then one of them is gone, as it is meant to be.
        for (paths, released) in [([one, two], []), ([two], [one])] {
            bench.home.clock.advance(by: .seconds(1))
            let files = paths.compactMap { HostSituation(of: bench.host, at: $0).snapshot }
            var copy = HostCopy(
                host: bench.host, made: bench.home.clock.now(), name: "",
                files: files.prefix(released.isEmpty ? 2 : 0).map { HostCopy.File($0, links: []) })
            copy.released = released
            copy.origin = HostOrigin(["elsewhere"])
            _ = try await keeper.store(copy, finished: nil)
        }
        await lease.close()
        let series = HostSeries(bench.host)
        #expect(try await series.holdings(in: vault).map(\.place) == [two])
        let third = bench.folder.path + "/third.json"
        try TestFiles.write(Array("{\"mcpServers\": {\"t\": {}}}".utf8), to: third)
        for _ in 0..<2 {
            try await bench.call(
                "backup", ["host": ["cursor"], "file": .string(third), "always": true])
            #expect(try await series.holdings(in: vault).map(\.place) == [third, two])
        }
    }

    @Test(arguments: [true, false])
    func `what is let go elsewhere uncovers what was kept here, whatever marks say`(_ isGone: Bool)
        async throws
    {
        try other.write(["a"])
        let own = TestFiles.bytes(at: other.path)
        try await other.backup()
        // A newer state of the other machine comes in, and a backup of another file says that it is the newest.
        bench.home.clock.advance(by: .seconds(60))
        try bench.write(["b"])
        try await bench.backup()
        other.home.clock.advance(by: .seconds(120))
        try await move(bench, to: other)
        let second = other.folder.path + "/second.json"
        try TestFiles.write(Array("{\"mcpServers\": {\"q\": {}}}".utf8), to: second)
        try await other.call("backup", ["host": ["cursor"], "file": .string(second)])
        bench.home.clock.advance(by: .seconds(90))
        try Shell.run(isGone ? "rm '\(bench.path)'" : "echo '{\"mcpServers\": {}}' >'\(bench.path)'")
        try await accept(bench)
        other.home.clock.advance(by: .seconds(60))
        try await move(bench, to: other, "f")
        try TestFiles.write([], to: other.path)
        #expect(try await broken(other) == ["cursor"])
        try await other.call("restore", ["host": "cursor", "file": [.string(other.path)]])
        #expect(TestFiles.bytes(at: other.path) == own)
    }

    @Test func `what is in use here is kept as its own, also where it came in from elsewhere`() async throws {
        try bench.write(["b"])
        let text = TestFiles.bytes(at: bench.path)
        try await bench.backup()
        other.home.clock.advance(by: .seconds(60))
        try await move(bench, to: other)
        try await other.call("restore", ["host": "cursor", "file": [.string(other.path)]])
        let row = try await other.call("backup", ["host": ["cursor"], "file": .string(other.path)])["hosts"]?[
            0]
        #expect(row?["outcome"] == "stored")
        // The other machine is given up.
        bench.home.clock.advance(by: .seconds(120))
        try Shell.run("rm '\(bench.path)'")
        try await accept(bench)
        other.home.clock.advance(by: .seconds(120))
        try await move(bench, to: other, "f")
        try TestFiles.write([], to: other.path)
        try await other.call("restore", ["host": "cursor", "file": [.string(other.path)]])
        #expect(TestFiles.bytes(at: other.path) == text)
    }

    @Test(arguments: [true, false])
    func `what says what was accepted elsewhere stays as long as what it is about`(_ isGone: Bool)
        async throws
    {
        try bench.write(["p"])
        try await bench.backup()
        other.home.clock.advance(by: .seconds(60))
        try await move(bench, to: other)
        let imported = try #require(try await other.list.first?["backup"]?.string)
        _ = try await other.home.call("backup pin", ["backup": .string(imported)])
        bench.home.clock.advance(by: .seconds(120))
        try Shell.run(isGone ? "rm '\(bench.path)'" : "echo '{\"mcpServers\": {}}' >'\(bench.path)'")
        try await accept(bench)
        other.home.clock.advance(by: .seconds(120))
        try await move(bench, to: other, "f")
        if !isGone { try await other.call("restore", ["host": "cursor", "file": [.string(other.path)]]) }
        let second = other.folder.path + "/second.json"
        for server in ["q", "r"] {
            other.home.clock.advance(by: .seconds(1))
            try TestFiles.write(Array("{\"mcpServers\": {\"\(server)\": {}}}".utf8), to: second)
            try await other.call("backup", ["host": ["cursor"], "file": .string(second)])
        }
        #expect(try await broken(other) == [])
        try await other.call("clean", ["host": ["cursor"], "keep_count": 1])
        #expect(try await broken(other) == [])
    }

    @Test func `exports to and fro store nothing again where no file changes`() async throws {
        for bench in [bench, other] { try bench.write([bench.folder.path == other.folder.path ? "b" : "a"]) }
        for bench in [bench, other] { try await bench.backup() }
        var counts: [[Int]] = []
        for round in 0..<4 {
            for (one, two) in [(bench, other), (other, bench)] {
                for bench in [bench, other] { bench.home.clock.advance(by: .seconds(60)) }
                try await move(one, to: two, "e\(round)")
                _ = try await broken(two)
                try await two.call("backup", ["host": ["cursor"], "file": .string(two.path)])
            }
            counts.append([try await bench.list.count, try await other.list.count])
        }
        #expect(counts[1] == counts[3], "\(counts)")
    }

    @Test func `what was accepted as gone stays so behind newer imports`() async throws {
        try other.write(["p"])
        let id = try await other.backup()
        _ = try await other.home.call("backup pin", ["backup": .string(id)])
        try Shell.run("rm '\(other.path)'")
        other.home.clock.advance(by: .seconds(60))
        try await accept(other)
        // Of another file, and newer.
        bench.home.clock.advance(by: .seconds(120))
        other.home.clock.advance(by: .seconds(120))
        try bench.write(["a"])
        try await bench.backup()
        let archive = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let second = other.folder.path + "/second/mcp.json"
        _ = try await other.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(second)])
        #expect(try await broken(other) == [])
        try await other.call("clean", ["host": ["cursor"], "keep_count": 1])
        #expect(try await broken(other) == [])
    }

    @Test func `who accepted what is known over several vaults`() {
        let (here, first, both) = (HostOrigin.here, HostOrigin(["a"]), HostOrigin(["a", "b"]))
        #expect(here.decides(about: both) && first.decides(about: both) && both.decides(about: both))
        #expect(!first.decides(about: here) && !both.decides(about: first))
        #expect(!HostOrigin(["b"]).decides(about: both))
        #expect(both.seen(from: "a") == HostOrigin(["b"]) && both.seen(from: "b") == here)
        #expect(both.seen(from: "c") == both && both.seen(from: nil) == both)
    }

    @Test func `a file that was gone is none of another place`() async throws {
        let (one, two) = (bench.folder.path + "/one/mcp.json", bench.folder.path + "/two/mcp.json")
        var ids: [String] = []
        for path in [two, one] {
            try Folder.createAll(AtomicFile.folder(of: path))
            try TestFiles.write(Array("{\"mcpServers\": {\"a\": {}}}".utf8), to: path)
            let output = try await bench.call("backup", ["host": ["cursor"], "file": .string(path)])
            ids.append(try #require(output["hosts"]?[0]?["backup"]?.string))
        }
        try Shell.run("rm '\(one)'")
        try await bench.call("backup", ["host": ["cursor"], "file": .string(one), "accept": true])
        try await bench.home.call("backup delete", ["backup": .string(ids[1])])
        let archive = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        let target = other.folder.path + "/two/mcp.json"
        let output = try await other.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(target)])
        #expect(output["backups"]?.array?.map { $0["gone"] } == [[]], "\(output)")
        try await other.call("restore", ["host": "cursor", "file": [.string(target)]])
        #expect(TestFiles.bytes(at: target)?.isEmpty == false)
    }

    @Test func `a line without files keeps no other from coming in`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let archive = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(archive)])
        try Shell.run(
            "echo '{\"backup\":\"x\",\"made\":\"2026-01-01T00:00:00Z\",\"name\":\"\",\"files\":[]}' >>'\(archive)'"
        )
        let output = try await other.call(
            "import", ["from": "series", "path": .string(archive), "file": .string(other.path)])
        #expect(output["backups"]?.array?.map { $0["outcome"] } == ["stored"])
        #expect(output["skipped"]?.array?.count == 1)
        #expect(output["skipped"]?[0]?.string?.contains("There is no file in it") == true)
    }

    @Test(arguments: [(3, false), (36_000, true)])
    func `what says that it was made in the future counts as made now`(
        _ seconds: Int64, _ isCut: Bool
    ) async throws {
        bench.home.clock.advance(by: .seconds(seconds))
        for servers in [["a"], ["a", "z"]] {
            try bench.write(servers)
            try await bench.backup()
        }
        let output = try await move(bench, to: other)
        #expect(output["warnings"]?.array?.count == (isCut ? 1 : nil), "\(output)")
        #expect(
            try await move(bench, to: other, "again")["backups"]?.array?.map { $0["outcome"] }
                == ["present", "present"])
        other.home.clock.advance(by: .seconds(isCut ? 1 : 10))
        try other.write(["b"])
        let own = TestFiles.bytes(at: other.path)
        let id = try await other.backup()
        #expect(try await other.list.first?["backup"]?.string == id)
        #expect(try await other.backup() == id)
        try TestFiles.write([], to: other.path)
        try await other.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: other.path) == own)
        // Among themselves they keep their order.
        try await other.home.call("backup delete", ["backup": .string(id)])
        let copies = try await other.list.filter { $0["name"]?.string?.contains("restore") == true }
        #expect(copies.count == 1)
        try await other.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: other.path) == TestFiles.bytes(at: bench.path))
    }
}
