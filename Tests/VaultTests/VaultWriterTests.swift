import Basics
import Codecs
import TestSupport
import Testing

@testable import Vault

@Suite struct VaultWriterTests {
    private let clock = SettableClock()

    private func makeVault(_ files: any VaultFiles = MemoryVaultFiles()) async throws -> Vault {
        try await Vault.create(files: files, key: .random(), clock: clock)
    }

    private func draft(_ entries: [FileEntry], sections: [SectionRecord] = []) -> BackupDraft {
        BackupDraft(
            device: BackupDevice(name: "web1"), started: clock.now(), finished: clock.now(), status: .ok,
            tool: "test", sections: sections, entries: entries)
    }

    private func expectCode<Result>(
        _ code: VaultError.Code, _ body: () async throws -> Result,
        location: SourceLocation = #_sourceLocation
    ) async {
        do {
            _ = try await body()
            Issue.record("nothing was thrown", sourceLocation: location)
        } catch {
            #expect((error as? VaultError)?.code == code, "\(error)", sourceLocation: location)
        }
    }

    @Test func `there is one writer, and the other is told who`() async throws {
        let folder = try ScratchFolder()
        let vault = try await makeVault(DiskVaultFiles(folder.path + "/vault"))
        let writer = try await vault.beginWriting(what: "backup create web1")
        do {
            _ = try await vault.beginWriting(what: "second")
            Issue.record("two writers")
        } catch {
            #expect(error.code == .locked)
            #expect(error.message.contains("backup create web1") && error.message.contains("2026-11-21"))
        }
        await writer.finish()
        await (try await vault.beginWriting(what: "third")).finish()
        await expectCode(.invalid) { try await writer.store([1]) }
        await expectCode(.invalid) { try await writer.commit(draft([])) }
    }

    @Test func `commits that arrive together share their flushes`() async throws {
        let files = FaultyVaultFiles(MemoryVaultFiles())
        let vault = try await makeVault(files)
        let writer = try await vault.beginWriting(what: "test")
        let before = files.calls
        try await withThrowingTaskGroup(of: Void.self) { group in
            for device in 0..<40 {
                group.addTask {
                    _ = try await SampleBackup(device: "d\(device)", seed: UInt8(device)).commit(
                        to: writer, at: clock.now())
                }
            }
            try await group.waitForAll()
        }
        await writer.finish()
        #expect(try await vault.backups().backups.count == 40)
        #expect(try await vault.verify().isGood)
        // A manifest takes four calls; forty flushes of their own would take fourteen more each.
        #expect(files.calls - before < 40 * 14, "\(files.calls - before)")
    }

    @Test func `an unchanged backup writes its manifest and nothing else`() async throws {
        let files = FaultyVaultFiles(MemoryVaultFiles())
        let vault = try await makeVault(files)
        let writer = try await vault.beginWriting(what: "test")
        _ = try await SampleBackup().commit(to: writer, at: clock.now())
        let before = files.calls
        _ = try await SampleBackup().commit(to: writer, at: clock.now())
        // Create, append, sync, rename, sync of the folder.
        #expect(files.calls - before == 5)
    }

    @Test func `entries of an older backup are taken over`() async throws {
        let vault = try await makeVault()
        let writer = try await vault.beginWriting(what: "test")
        let first = try await SampleBackup().commit(to: writer, at: clock.now())
        await writer.finish()
        let next = try await vault.beginWriting(what: "test")
        let entries = try await vault.entries(of: first)
        #expect(try await next.contains(entries.flatMap(\.content)))
        #expect(try await !next.contains([ContentRef(id: PackCatalogueTests.id(1), length: 1)]))
        let second = try await next.commit(draft(entries.reversed()))
        #expect(try await vault.entries(of: second) == entries)
    }

    @Test func `a large content arrives in pieces`() async throws {
        let vault = try await makeVault()
        let writer = try await vault.beginWriting(what: "test")
        let data = SecureRandom.bytes(6_000_000)
        let stream = try await writer.beginContent()
        for start in stride(from: 0, to: data.count, by: 70_000) {
            try await writer.append(Array(data[start..<min(start + 70_000, data.count)]), to: stream)
        }
        let pieces = try await writer.finish(stream)
        #expect(pieces.count > 1)
        #expect(try await writer.store(contents: [data]) == [pieces])
        await expectCode(.invalid) { try await writer.append([1], to: stream) }
        await expectCode(.invalid) { try await writer.finish(stream) }
        let given = try await writer.beginContent()
        try await writer.append([1], to: given)
        await writer.abandon(given)
        await expectCode(.invalid) { try await writer.finish(given) }
        let entry = FileEntry(
            path: Array("/large".utf8), kind: .file, size: Int64(data.count), content: pieces)
        let manifest = try await writer.commit(draft([entry]))
        let read = try #require(try await vault.entry(at: entry.path, of: manifest))
        #expect(try await vault.bytes(of: read.content) == data)
        let collected = Collected()
        try await vault.content(of: read.content) { await collected.add($0) }
        #expect(await collected.bytes == data)
        await expectCode(.invalid) { try await vault.bytes(of: read.content, limit: 1000) }
        await expectCode(.invalid) { try await vault.contents(of: [read], limit: 1000) }
    }

    private actor Collected {
        private(set) var bytes: [UInt8] = []
        func add(_ more: [UInt8]) { bytes += more }
    }

    @Test func `a draft that makes no sense is refused`() async throws {
        let vault = try await makeVault()
        let writer = try await vault.beginWriting(what: "test")
        let piece = try await writer.store(contents: [[1, 2, 3]])[0]
        let unknown = [ContentRef(id: PackCatalogueTests.id(1), length: 3)]
        func file(_ path: String, _ size: Int64, _ content: [ContentRef], section: Int = 0) -> FileEntry {
            FileEntry(path: Array(path.utf8), kind: .file, size: size, content: content, section: section)
        }
        let wrong: [[FileEntry]] = [
            [file("/a", 3, piece), file("/a", 3, piece)], [file("/a", 3, unknown)], [file("/a", 4, piece)],
            [file("", 3, piece)], [file("/a\0b", 3, piece)], [file("/a", 3, piece, section: 1)],
            [file("/a", 3, piece, section: -1)], [file("/a", -1, [])],
            [FileEntry(path: Array("/a".utf8), kind: .folder, content: piece)],
        ]
        for entries in wrong { await expectCode(.invalid) { try await writer.commit(draft(entries)) } }
        let section = SectionRecord(name: "s", status: .ok, inventory: unknown)
        await expectCode(.invalid) { try await writer.commit(draft([], sections: [section])) }
        await expectCode(.invalid) {
            try await writer.store([UInt8](repeating: 0, count: PackFormat.blockLimit + 1))
        }
        #expect(try await vault.backups().backups.isEmpty)
        _ = try await writer.commit(draft([file("/a", 3, piece)]))
        #expect(try await vault.verify().isGood)
    }

    @Test func `a failed write ends the session, and the next one works`() async throws {
        let memory = MemoryVaultFiles()
        let key = VaultKey.random()
        _ = try await Vault.create(files: memory, key: key, clock: clock)
        let faulty = FaultyVaultFiles(memory, fault: .full, at: 5)
        let vault = try await Vault.open(files: faulty, key: key, clock: clock)
        let writer = try await vault.beginWriting(what: "test")
        await expectCode(.full) { try await SampleBackup().commit(to: writer, at: clock.now()) }
        await expectCode(.full) { try await SampleBackup().commit(to: writer, at: clock.now()) }
        await writer.finish()
        let next = try await vault.beginWriting(what: "test")
        _ = try await SampleBackup().commit(to: next, at: clock.now())
        await next.finish()
        #expect(try await vault.verify().isGood)
        #expect(try await vault.check(readsData: true).leftovers == [])
    }

    @Test func `many segments of the index are merged`() async throws {
        let files = MemoryVaultFiles()
        let vault = try await makeVault(files)
        for seed in 0..<60 {
            let writer = try await vault.beginWriting(what: "test")
            _ = try await SampleBackup(seed: UInt8(seed), count: 2).commit(to: writer, at: clock.now())
            await writer.finish()
        }
        #expect(files.paths.count { $0.hasPrefix(VaultPath.index) } < 50)
        #expect(try await vault.check(readsData: true).isClean)
        #expect(try await vault.verify().verdicts.count == 60)
    }
}
