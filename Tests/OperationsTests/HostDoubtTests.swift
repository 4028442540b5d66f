import Basics
import Codecs
import TestSupport
import Testing
import Vault

@testable import Operations

/// What is told and left to people, as nobody can be sure of it.
@Suite(.timeLimit(.minutes(5))) struct HostDoubtTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    private func watch(_ repair: String) async throws -> JSONValue {
        try await bench.call(
            "watch",
            ["host": ["cursor"], "file": .string(bench.path), "once": true, "repair": .string(repair)])
    }

    @Test(arguments: ["broken", "all"])
    func `a text that its program may understand is put back by nobody unasked`(_ repair: String) async throws
    {
        try bench.write(["a"])
        try await bench.backup()
        let text = #"{"mcpServers": {"a": {}}, "mcpServers": {"b": {}}}"#
        try bench.folder.write(Array(text.utf8), to: "mcp.json")
        let seen = try await watch(repair)
        #expect(seen["broken"] == ["cursor"])
        #expect(seen["offers"] == ["holdfast host-config restore cursor"])
        #expect(TestFiles.bytes(at: bench.path) == Array(text.utf8))
        // Asked for, it is.
        try await bench.call("restore", ["host": "cursor"])
        #expect(TestFiles.bytes(at: bench.path) != Array(text.utf8))
    }

    @Test(arguments: [0, 8, 200])
    func `a backup that cannot be read is told where it may say that a loss is meant`(_ offset: Int)
        async throws
    {
        try bench.write(["a"])
        try await bench.backup()
        bench.home.clock.advance(by: .seconds(1))
        try bench.folder.write(Array("{\"mcpServers\": {}}".utf8), to: "mcp.json")
        let accepted = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        let id = try #require(accepted["hosts"]?[0]?["backup"]?.string)
        let name = try #require(bench.home.files.paths.first { $0.hasSuffix("\(id).manifest") })
        bench.home.files.damage(name) { $0[min(offset, $0.count - 1)] ^= 1 }
        let events = try await watch("offer")["events"]?.array ?? []
        #expect(events.contains { $0["text"]?.string?.contains(id) == true }, "\(events)")
    }

    @Test func `what cannot be understood is not accepted, and that is said`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try bench.folder.write(Array("{".utf8), to: "mcp.json")
        let output = try await bench.call(
            "backup", ["host": ["cursor"], "file": .string(bench.path), "accept": true])
        let remarks = output["hosts"]?[0]?["remarks"]?.array?.compactMap(\.string) ?? []
        #expect(
            remarks.contains("\(bench.path) was not accepted: that is for what is gone or can be understood"),
            "\(remarks)")
        #expect(try await watch("offer")["broken"] == ["cursor"])
    }

    @Test func `what cannot be read and was never kept is told as well`() async throws {
        try Shell.run("mkdir '\(bench.path)'")
        let seen = try await watch("all")
        #expect(seen["broken"] == ["cursor"] && seen["offers"] == [])
    }

    @Test func `one path in other words is the same one`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try Shell.run("rm '\(bench.path)'")
        try await bench.call(
            "restore", ["host": "cursor", "file": [.string("\(bench.folder.path)/.//./mcp.json")]])
        #expect(TestFiles.bytes(at: bench.path) != nil)
    }

    @Test func `an export that was cut off is not taken for a whole one`() async throws {
        _ = try await bench.backups(3)
        let path = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(path)])
        let lines = try #require(TestFiles.bytes(at: path)).split(separator: 0x0A)
        for count in 1...lines.count {
            let part = Array(lines.prefix(count).joined(separator: [0x0A])) + [0x0A]
            if count == lines.count {
                #expect(try HostArchive.read(part).count == 3)
            } else {
                #expect { try HostArchive.read(part) } throws: {
                    ($0 as? HostArchive.Failure)?.reason.hasSuffix(
                        "of its 3 backups are there: it was cut off")
                        == true
                }
            }
        }
        // Those of earlier versions say nothing of it.
        let old = #"{"format": "holdfast-host-config", "version": 1, "host": "cursor"}"#
        #expect(try HostArchive.read(Array(old.utf8)).isEmpty)
    }

    @Test func `an import lets nobody write who could not`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let path = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(path)])
        let bytes = try #require(TestFiles.bytes(at: path))
        let text = String(decoding: bytes, as: UTF8.self)
        let wide = text.replacing(/"mode":\d+/, with: "\"mode\":4095")
        let copies = try HostArchive.read(Array(wide.utf8))
        #expect(copies.flatMap(\.files).map(\.mode) == [0o755])
    }

    @Test func `attributes that give rights do not come in from elsewhere`() {
        var entry = FileEntry(path: [], kind: .file, mode: 0o600, userID: 0, groupID: 0)
        entry.attributes = ["user.a", "system.posix_acl_access", "security.capability", "trusted.x"].map {
            FileEntry.Attribute(name: Array("SCHILY.xattr.\($0)".utf8), value: [1])
        }
        #expect(FileAttribute.all(of: entry, isImported: false).count == 4)
        let user = Array("user.a".utf8)
        #expect(FileAttribute.all(of: entry, isImported: true).map(\.nameBytes) == [user])
        #expect(HostFileState(entry, isImported: true).attributes == [user: [1]])
    }

    @Test func `nobody gets rights by an export that says it is this vault's own`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        let path = bench.folder.path + "/e.jsonl"
        try await bench.call("export", ["host": "cursor", "to": .string(path)])
        let text = String(decoding: try #require(TestFiles.bytes(at: path)), as: UTF8.self)
        let names = ["user.a", "system.posix_acl_access", "security.capability"].map {
            let name = Base64.string(Array("SCHILY.xattr.\($0)".utf8))
            return "{\"name\":\"\(name)\",\"value\":\"AQ==\"}"
        }
        let wide = text.replacing(
            "\"attributes\":[]", with: "\"attributes\":[\(names.joined(separator: ","))]"
        )
        .replacing(/"made":"\d\d\d\d/, with: "\"made\":\"2025")
        #expect(wide != text && wide.contains("\"vault\":"))
        try TestFiles.write(Array(wide.utf8), to: path)
        let output = try await bench.call(
            "import", ["from": "series", "path": .string(path), "file": .string(bench.path)])
        #expect(output["skipped"] == [])
        let vault = try await bench.home.context().services.vault()
        let series = HostSeries(bench.host)
        var found: [[UInt8]] = []
        for backup in try await series.backups(in: vault) {
            for file in try await series.files(of: try await vault.manifest(backup.id), in: vault) {
                found += file.entry.attributes.map(\.name)
            }
        }
        #expect(found == [Array("SCHILY.xattr.user.a".utf8)])
    }

    @Test func `root's own is root's again, and what root imported is the account's`() throws {
        func state(_ user: UInt32, isImported: Bool) -> HostFileState {
            HostFileState(
                FileEntry(path: [], kind: .file, mode: 0o600, userID: user, groupID: user),
                isImported: isImported)
        }
        let account = state(1234, isImported: false)
        #expect(!state(0, isImported: false).isRootsAlone(beside: account))
        #expect(state(0, isImported: false).differences(from: account) == ["owner 0:0 → 1234:1234"])
        #expect(state(0, isImported: true).isRootsAlone(beside: account))
        #expect(state(0, isImported: true).differences(from: account) == [])
        #expect(!state(7, isImported: true).isRootsAlone(beside: account))
    }
}
