import Basics
import HostConfig
import TestSupport
import Testing
import Vault

@testable import Operations

/// What is accepted is what a watch tells of, and it is said.
@Suite(.timeLimit(.minutes(5))) struct HostAcceptTests {
    private let bench: HostBench

    init() async throws { bench = try await HostBench() }

    /// Accepts without naming a file.
    private func accept(_ more: [String: JSONValue] = ["host": ["cursor"]]) async throws -> JSONValue? {
        try await bench.call("backup", ["accept": true].merging(more) { $1 })["hosts"]?.array?
            .first { $0["host"] == "cursor" }
    }

    private func damage() async throws -> String? {
        let held = try await HostSeries(bench.host).holdings(in: try await bench.home.vault())
        return HostDamage.find(bench.host, [], held)?.text
    }

    @Test(
        arguments: ["rm 'FILE'", "echo '{\"mcpServers\": {}}' >'FILE'"],
        [["host": ["cursor"]], ["all": true]] as [[String: JSONValue]])
    func `a file that was named once is accepted with its program`(
        _ change: String, _ arguments: [String: JSONValue]
    ) async throws {
        try bench.write(["a"])
        let id = try await bench.backup()
        try Shell.run(change.replacing("FILE", with: bench.path))
        let told = try #require(try await damage())
        let row = try await accept(arguments)
        #expect(row?["outcome"] == "stored")
        let says = row?["remarks"]?.array?.compactMap(\.string) ?? []
        #expect(says.contains { $0.hasPrefix("accepted: \(told)") }, "\(says)")
        #expect(try await damage() == nil)
        // Once is enough.
        let count = try await bench.list.count
        _ = try await accept(arguments)
        #expect(try await bench.list.count == count)
        if TestFiles.bytes(at: bench.path) == nil {
            #expect(try await accept()?["outcome"] == "unchanged")
            #expect(try await bench.list.first?["name"] == "accepted as gone")
        }
        guard TestFiles.bytes(at: bench.path) == nil else { return }
        let error = await #expect(throws: OperationError.self) {
            try await bench.call("restore", ["host": "cursor"])
        }
        #expect(error?.message.hasPrefix("\(bench.path) was accepted as gone on ") == true)
        #expect(error?.hint.hasSuffix("restore cursor --backup \(id)") == true)
    }

    @Test func `a broken backup is told as such where an entry of it is wanted`() async throws {
        try TestFiles.write(Array(#"{"mcpServers": {"b": "#.utf8), to: bench.path)
        let id = try await bench.backup()
        try bench.write(["a"])
        let arguments: [String: JSONValue] = ["host": "cursor", "backup": .string(id), "server": ["b"]]
        let error = await #expect(throws: OperationError.self) { try await bench.call("restore", arguments) }
        #expect(
            error?.message.hasPrefix("What backup \(id) has of \(bench.path) cannot be understood") == true)
        let unknown = await #expect(throws: OperationError.self) {
            try await bench.call(
                "rollback", ["host": "cursor", "backup": "zzz", "file": .string(bench.path)])
        }
        #expect(unknown?.hint == "Run: holdfast host-config list cursor")
    }

    @Test func `where the backups cannot be looked at, a second time says why`() async throws {
        try bench.write(["a"])
        let (key, clock, files) = (VaultKey.random(), bench.home.clock, MemoryVaultFiles())
        func keeper(_ vault: Vault, _ lease: WriterLease) -> HostKeeper {
            var keeper = HostKeeper(host: bench.host, vault: vault, lease: lease, clock: clock)
            keeper.accepts = true
            return keeper
        }
        let first = try await Vault.create(files: files, key: key, clock: clock)
        let lease = WriterLease(vault: first, what: "test") { _ in }
        _ = try await keeper(first, lease).keep([bench.path], name: "", always: false, isWhole: true)
        try Shell.run("rm '\(bench.path)'")
        clock.advance(by: .seconds(1))
        let gone = try await keeper(first, lease).keep([bench.path], name: "", always: false, isWhole: true)
        #expect(gone.outcome == "stored")
        await lease.close()
        let faulty = FaultyVaultFiles(files, fault: .dead, at: 1)
        let second = try await Vault.open(files: faulty, key: key, clock: clock)
        let look = try await HostSeries(bench.host).look(in: second)
        _ = try? faulty.createFolder("x")
        let other = WriterLease(vault: second, what: "test") { _ in }
        let error = await #expect(throws: OperationError.self) {
            _ = try await keeper(second, other).keep(
                [bench.path], name: "", always: false, isWhole: true, besides: look)
        }
        #expect(error?.message.contains("the process is gone") == true)
    }

    @Test func `what is broken is accepted by nothing`() async throws {
        try bench.write(["a"])
        try await bench.backup()
        try TestFiles.write([], to: bench.path)
        let row = try await accept()
        #expect(row?["remarks"]?.array?.contains { $0.string?.hasPrefix("accepted") == true } != true)
        #expect(try await damage() != nil)
    }
}
