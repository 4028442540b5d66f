import Basics
import TestSupport
import Testing

@testable import Vault

/// The file that spares lists the names of a folder that is as it was: right whatever became of both.
@Suite(.timeLimit(.minutes(5))) struct SummaryChangesTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private var path: String { folder.path + "/vault" }

    private func files() -> CountingVaultFiles { CountingVaultFiles(DiskVaultFiles(path)) }

    private func opened(_ files: any VaultFiles) async throws -> Vault {
        try await Vault.open(files: files, key: key, clock: clock)
    }

    @discardableResult
    private func backUp(_ count: Int, _ vault: Vault) async throws -> [BackupID] {
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        var ids: [BackupID] = []
        for number in 0..<count {
            clock.advance(by: .seconds(1))
            let sample = SampleBackup(device: number.isMultiple(of: 2) ? "host:cursor" : "web1", count: 1)
            ids.append(try await sample.commit(to: writer, at: clock.now()).id)
        }
        await writer.finish()
        return ids
    }

    /// What a process of its own lists, once the folder has been left alone for long enough; how often it read names and
    /// manifests.
    private func list() async throws -> (all: [BackupSummary], names: Int, manifests: Int) {
        let files = self.files()
        while try files.stamp(of: VaultPath.backups)?.isSettled != true {
            try await Task.sleep(for: .milliseconds(50))
        }
        let vault = try await opened(files)
        let page = try await vault.newest(20) { $0 == "host:cursor" }
        let (names, manifests) = (files.reads(in: "names"), files.reads(in: VaultPath.backups))
        let all = try await vault.backups().backups
        #expect(page.backups == Array(all.filter { $0.device.name == "host:cursor" }.prefix(20)))
        return (all, names, manifests)
    }

    private func prepared() async throws -> [BackupID] {
        let ids = try await backUp(
            SummaryChanges.many, try await Vault.create(files: files(), key: key, clock: clock))
        #expect(try await list().manifests == ids.count)
        return ids
    }

    @Test func `names are read again only where the folder changed`() async throws {
        let ids = try await prepared()
        var seen = try await list()
        #expect(seen.names == 0 && seen.manifests == 0)
        #expect(seen.all.map(\.id) == ids.reversed())

        try await onceFree { try await opened(files()).delete(ids[5]) }
        let more = try await backUp(3, opened(files()))
        let expected = Array((ids.filter { $0 != ids[5] } + more).reversed())
        seen = try await list()
        #expect(seen.names > 0 && seen.manifests == 3)
        #expect(seen.all.map(\.id) == expected)
        seen = try await list()
        #expect(seen.names == 0 && seen.manifests == 0)
        #expect(seen.all.map(\.id) == expected)
    }

    @Test func `what a process adds and deletes after it is known as well`() async throws {
        var ids = try await prepared()
        let vault = try await opened(files())
        #expect(try await vault.newest(1) { _ in true }.total == ids.count)
        ids += try await backUp(2, vault)
        try await onceFree { try await vault.delete(ids[1]) }
        ids.remove(at: 1)
        #expect(try await vault.backups().backups.map(\.id) == ids.reversed())
        #expect(try await vault.newest(5) { _ in true }.total == ids.count)
    }

    @Test(arguments: ["flipped", "empty", "of other summaries", "without summaries", "of another vault"])
    func `one that cannot be used changes nothing`(_ kind: String) async throws {
        let ids = try await prepared()
        let (summaries, changes) = ("vault/" + VaultPath.summaries, "vault/" + VaultPath.changes)
        var bytes = try #require(TestFiles.bytes(at: "\(folder.path)/\(changes)"))
        switch kind {
        case "flipped": bytes[bytes.count / 2] ^= 1
        case "empty": bytes = []
        case "of other summaries":
            try folder.write([], to: summaries)
            #expect(try await list().manifests == ids.count)
        case "without summaries": try folder.write([], to: summaries)
        default:
            let sealed = SealedFile(magic: "HFCHNGS1", sealer: VaultKeys(VaultKey.random()).records)
            bytes = sealed.encode([1, 0, 0, 0, 0], name: VaultPath.changes)
        }
        try folder.write(bytes, to: changes)
        let seen = try await list()
        #expect(seen.names > 0)
        #expect(seen.all.map(\.id) == ids.reversed())
        let check = try await opened(files()).check(readsData: true)
        #expect(check.problems == [] && check.leftovers == [])
    }

    @Test(arguments: ["read", "checked", "verified"])
    func `a manifest that was found damaged is listed no more`(_ how: String) async throws {
        let ids = try await prepared()
        let newest = try #require(ids.last)
        let name = "vault/" + VaultPath.manifest(newest)
        var bytes = try #require(TestFiles.bytes(at: "\(folder.path)/\(name)"))
        bytes[40] ^= 4
        try folder.write(bytes, to: name)
        // Nobody looked at it.
        #expect(try await list().all.count == ids.count)
        let vault = try await opened(files())
        switch how {
        case "read": await #expect(throws: VaultError.self) { try await vault.manifest(newest) }
        case "checked": #expect(try await !vault.check(readsData: false).problems.isEmpty)
        default: #expect(try await !vault.verify([newest]).problems.isEmpty)
        }
        #expect(try await vault.backups().backups.map(\.id) == ids.dropLast().reversed())
        let other = try await opened(files())
        #expect(try await other.newest(1) { _ in true }.backups.map(\.id) == [ids[ids.count - 2]])
        #expect(try await other.damagedBackups().map(\.id) == [newest])
    }

    @Test func `few backups make none`() async throws {
        let vault = try await Vault.create(files: files(), key: key, clock: clock)
        try await backUp(BackupCatalogue.many + 10, vault)
        _ = try await list()
        #expect(try files().items(in: "").contains { $0.name == VaultPath.summaries })
        #expect(try !files().items(in: "").contains { $0.name == VaultPath.changes })
    }

    @Test func `hostile bytes are refused`() throws {
        for bytes: [UInt8] in [
            [], [2, 0, 0, 0, 0], [1], [1, 0xFF], [1, 0, 9], [1, 0, 0, 0], [1, 0, 0, 1, 65], [1, 0, 0, 0, 1],
            [1, 0, 0, 0, 1, 2, 0x7B, 0x7D], [1, 0, 0, 0, 0, 0],
            [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F],
        ] {
            #expect(throws: (any Error).self) { try SummaryChanges(decoding: bytes) }
        }
        let none = SummaryChanges(identity: [], stamp: [], gone: [], added: [])
        #expect(try SummaryChanges(decoding: [1, 0, 0, 0, 0]) == none)
    }
}
