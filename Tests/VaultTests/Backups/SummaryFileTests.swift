import Basics
import TestSupport
import Testing

@testable import Vault

/// The file that spares lists the opening of each manifest: right whatever became of it.
@Suite(.timeLimit(.minutes(5))) struct SummaryFileTests {
    private let clock = SettableClock()
    private let key = VaultKey.random()
    private let memory = MemoryVaultFiles()

    /// A vault with so many backups, of which the even ones are of `host:cursor`.
    @discardableResult
    private func backUp(_ count: Int, _ vault: Vault) async throws -> [BackupID] {
        let writer = try await onceFree { try await vault.beginWriting(what: "test") }
        var ids: [BackupID] = []
        for number in 0..<count {
            clock.advance(by: .milliseconds(number.isMultiple(of: 7) ? -300 : 700))
            let sample = SampleBackup(device: number.isMultiple(of: 2) ? "host:cursor" : "web1", count: 1)
            ids.append(try await sample.commit(to: writer, at: clock.now()).id)
        }
        await writer.finish()
        return ids
    }

    private func opened(_ files: any VaultFiles) async throws -> Vault {
        try await Vault.open(files: files, key: key, clock: clock)
    }

    /// A vault of 200 backups whose file of summaries was just written; what a list has to say.
    private func prepared() async throws -> [BackupSummary] {
        try await backUp(200, try await Vault.create(files: memory, key: key, clock: clock))
        #expect(!memory.paths.contains("summaries"))
        let list = try await opened(memory).backups()
        #expect(memory.paths.contains("summaries") && list.backups.count == 200)
        return list.backups
    }

    @Test func `the next process opens no manifest for a list`() async throws {
        let expected = try await prepared()
        let files = CountingVaultFiles(memory)
        let vault = try await opened(files)
        let page = try await vault.newest(10) { $0 == "host:cursor" }
        #expect(page.backups == Array(expected.filter { $0.device.name == "host:cursor" }.prefix(10)))
        #expect(page.total == 100)
        #expect(try await vault.newest(15) { _ in true }.backups == Array(expected.prefix(15)))
        #expect(try await vault.backups(of: "web1") == expected.filter { $0.device.name == "web1" })
        #expect(try await vault.series(beginning: "host:")["host:cursor"]?.count == 100)
        #expect(try await vault.backups().backups == expected)
        #expect(files.reads(in: VaultPath.backups) == 0)
    }

    @Test func `what came and went since is right`() async throws {
        let expected = try await prepared()
        try await onceFree { try await opened(memory).delete(expected[3].id) }
        let new = try await backUp(3, opened(memory))
        let files = CountingVaultFiles(memory)
        let vault = try await opened(files)
        let list = try await vault.backups().backups
        #expect(files.reads(in: VaultPath.backups) == 3)
        #expect(
            Set(list.map(\.id)) == Set(expected.map(\.id)).subtracting([expected[3].id]).union(new))
        #expect(list == list.sorted { ($0.started, $0.id) > ($1.started, $1.id) })
        // The order within one series, after an insertion among those that were not read yet.
        let page = try await opened(memory).newest(60) { $0 == "web1" }
        #expect(page.backups == Array(list.filter { $0.device.name == "web1" }.prefix(60)))
    }

    @Test(arguments: ["flipped", "cut", "empty", "of another vault", "older"])
    func `one that cannot be used changes nothing`(_ kind: String) async throws {
        let old = try await prepared()
        let first = try memory.read("summaries")
        try await backUp(70, opened(memory))
        let expected = try await opened(memory).backups().backups
        #expect(expected.count == 270 && Set(expected.map(\.id)).isSuperset(of: old.map(\.id)))
        switch kind {
        case "flipped": memory.damage("summaries") { $0[$0.count / 2] ^= 1 }
        case "cut": memory.damage("summaries") { $0.removeLast(100) }
        case "empty": memory.damage("summaries") { $0 = [] }
        case "older": memory.damage("summaries") { $0 = first }
        default:
            let sealed = SealedFile(magic: "HFSUMMS1", sealer: VaultKeys(VaultKey.random()).records)
            memory.damage("summaries") { $0 = sealed.encode([1, 0, 0], name: "summaries") }
        }
        let vault = try await opened(memory)
        #expect(try await vault.backups().backups == expected)
        #expect(try await vault.newest(5) { $0 == "web1" }.total == 135)
        let check = try await vault.check(readsData: true)
        #expect(check.problems == [] && check.leftovers == [])
        // It is written anew where it helps.
        let files = CountingVaultFiles(memory)
        #expect(try await opened(files).backups().backups == expected)
        #expect(files.reads(in: VaultPath.backups) == 0)
    }

    @Test func `where it cannot be written lists do without`() async throws {
        let expected = try await prepared()
        memory.lose("summaries")
        let full = FaultyVaultFiles(memory, fault: .staysFull, at: 1)
        #expect(try await opened(full).backups().backups == expected)
        #expect(!memory.paths.contains { $0.hasPrefix("summaries") })
    }

    @Test func `a few backups make none`() async throws {
        let vault = try await Vault.create(files: memory, key: key, clock: clock)
        try await backUp(BackupCatalogue.many, vault)
        _ = try await opened(memory).backups()
        #expect(!memory.paths.contains("summaries"))
    }

    @Test func `hostile bytes are refused`() throws {
        for bytes: [UInt8] in [
            [], [2], [1], [1, 0xFF], [1, 1, 5, 65], [1, 0, 1] + [UInt8](repeating: 48, count: 40),
            [1, 0, 0, 0], [1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F],
        ] {
            #expect(throws: RecordError.self) { try SummaryFile.decode(bytes) }
        }
        #expect(try SummaryFile.decode([1, 0, 0]).heads.isEmpty)
    }
}
