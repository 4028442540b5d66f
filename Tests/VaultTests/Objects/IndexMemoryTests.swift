import Basics
import TestSupport
import Testing

@testable import Vault

/// A writer takes over what the last one left, and only where nobody else wrote since.
@Suite(.timeLimit(.minutes(5))) struct IndexMemoryTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()
    private let folder: ScratchFolder
    private let files: CountingVaultFiles
    private let vault: Vault

    init() async throws {
        folder = try ScratchFolder()
        files = CountingVaultFiles(DiskVaultFiles(folder.path + "/v"))
        vault = try await Vault.create(files: files, key: key, clock: clock)
    }

    /// How often packs and the index were read since the last call.
    private func reads() -> Int { files.reads(in: VaultPath.index, VaultPath.packs) }

    private func other() async throws -> Vault {
        try await Vault.open(at: folder.path + "/v", key: key, clock: clock)
    }

    @discardableResult
    private func backUp(_ vault: Vault, seed: UInt8) async throws -> Manifest {
        clock.advance(by: .seconds(60))
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        let manifest = try await SampleBackup(seed: seed).commit(to: writer, at: clock.now())
        await writer.finish()
        return manifest
    }

    private func expectWhole() async throws {
        let fresh = try await other()
        #expect(try await fresh.check(readsData: true).problems.isEmpty)
        for backup in try await fresh.backups().backups {
            let manifest = try await fresh.manifest(backup.id)
            for entry in try await fresh.entries(of: manifest) {
                _ = try await fresh.bytes(of: entry.content)
            }
        }
    }

    @Test func `the next writer, and a reader, read nothing that is known`() async throws {
        try await backUp(vault, seed: 1)
        _ = reads()
        let second = try await backUp(vault, seed: 2)
        #expect(reads() == 0)
        // What both have in common was known, and is not stored again.
        #expect(second.summary.stats.newObjects < 14)
        _ = try await vault.entries(of: second)
        #expect(reads() <= 3, "blocks of the new pack alone")
        try await expectWhole()
    }

    @Test func `after another writer all is read again`() async throws {
        try await backUp(vault, seed: 1)
        let between = try await backUp(try await other(), seed: 2)
        _ = reads()
        let third = try await backUp(vault, seed: 2)
        #expect(reads() > 0)
        // What the other one stored is known.
        #expect(third.summary.stats.newObjects == 0, "\(third.summary.stats) \(between.summary.stats)")
        try await expectWhole()
    }

    @Test func `after a prune nothing counts as stored that went`() async throws {
        let first = try await backUp(vault, seed: 1)
        try await backUp(vault, seed: 9)
        let other = try await other()
        try await onceFree { try await other.delete(first.id) }
        _ = try await onceFree { try await other.prune(nil, grace: .zero) }
        let again = try await backUp(vault, seed: 1)
        #expect(again.summary.stats.newObjects > 0)
        try await expectWhole()
    }

    /// Removes a pack as a person might; the file system's clock goes on until the folder looks another one.
    private func takeAwayFirstPack() throws {
        let parts = try files.items(in: VaultPath.packs).map { "\(VaultPath.packs)/\($0.name)" }
        let part = try #require(parts.first)
        let before = try #require(try files.stamp(of: part))
        for item in try files.items(in: part) { try files.remove("\(part)/\(item.name)") }
        while before.isEqual(to: try #require(try files.stamp(of: part))) {
            try TestFiles.write([], to: folder.path + "/v/\(part)/x")
            try files.remove("\(part)/x")
        }
    }

    @Test func `a pack that was taken away while somebody wrote is missed by the next writer`() async throws {
        try await backUp(vault, seed: 1)
        clock.advance(by: .seconds(60))
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        try takeAwayFirstPack()
        _ = try await SampleBackup(seed: 1).commit(to: writer, at: clock.now())
        await writer.finish()
        #expect(try await backUp(vault, seed: 1).summary.stats.newObjects > 10)
    }

    @Test func `after a pack was taken away by hand its objects are stored again`() async throws {
        try await backUp(vault, seed: 1)
        clock.advance(by: .seconds(5))
        try takeAwayFirstPack()
        let again = try await backUp(vault, seed: 1)
        #expect(again.summary.stats.newObjects > 10)
        let fresh = try await self.other()
        for entry in try await fresh.entries(of: try await fresh.manifest(again.id)) {
            _ = try await fresh.bytes(of: entry.content)
        }
    }

    @Test func `a writer that ended without its last objects leaves nothing to the next`() async throws {
        try await backUp(vault, seed: 1)
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        _ = try await writer.store(contents: [[1, 2, 3]])
        await writer.finish()
        _ = reads()
        let next = try await backUp(vault, seed: 1)
        #expect(reads() > 0)
        #expect(next.summary.stats.newObjects == 0)
        try await expectWhole()
    }

    @Test func `each writer leaves a note of its own, also of the same work at the same time`() throws {
        let holder = LockHolder.current(what: "test", since: clock.now())
        #expect(holder.note != holder.note)
        #expect(LockHolder(holder.note) == holder)
        #expect(holder.note.last == 0x0A)
    }
}
