import Basics
import TestSupport
import Testing

@testable import Vault

/// What was found broken is stored again, and then older backups are whole again.
@Suite struct HealingTests {
    /// What in a pack is broken: the contents of files, or the tree and the inventory.
    enum Target: CaseIterable {
        case contents
        case records
    }

    /// Who comes across it.
    enum Finder: CaseIterable {
        case verify
        case check
        case reader
    }

    private let files = MemoryVaultFiles()
    private let scenario = VaultScenario()

    private var packs: [String] { files.paths.filter { $0.hasSuffix(VaultPath.packSuffix) } }
    private var notes: [String] { files.paths.filter { $0.hasPrefix(VaultPath.damage + "/") } }

    /// A vault with one backup, whose pack is then damaged.
    private func makeVault(_ target: Target) async throws -> (vault: Vault, id: BackupID, pack: String) {
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        let id = try await scenario.backUp(vault, seed: 1)
        let pack = try #require(packs.first)
        try await flip(target, in: pack, of: vault)
        return (try await Vault.open(files: files, key: scenario.key, clock: scenario.clock), id, pack)
    }

    /// Changes a bit in the first block of that kind; doing it twice mends it.
    private func flip(_ target: Target, in pack: String, of vault: Vault) async throws {
        let index = try await vault.writableIndex().index
        let kind: ObjectKind = target == .contents ? .content : .record
        let block = try #require(
            index.blocks.first {
                $0.kind == kind && VaultPath.pack(index.packs[Int($0.pack)].id) == pack
            })
        files.damage(pack) { $0[Int(block.offset) + 30] ^= 1 }
    }

    private func find(_ finder: Finder, _ vault: Vault, _ id: BackupID) async throws {
        switch finder {
        case .verify: #expect(try await !vault.verify().isGood)
        case .check: #expect(try await !vault.check(readsData: true).isClean)
        case .reader:
            await #expect(throws: VaultError.self) {
                let manifest = try await vault.manifest(id)
                for section in manifest.sections { _ = try await vault.bytes(of: section.inventory) }
                _ = try await vault.contents(of: try await vault.entries(of: manifest))
            }
        }
    }

    @Test(arguments: Target.allCases, Finder.allCases)
    func `a new backup stores again what was found broken`(_ target: Target, _ finder: Finder) async throws {
        let (vault, old, pack) = try await makeVault(target)
        try await find(finder, vault, old)
        #expect(notes.count == 1)
        #expect(try await !vault.check().isClean, "what was found is told until it is mended")

        // Another process, which has only the files.
        let other = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
        let new = try await scenario.backUp(other, seed: 1)
        for vault in [vault, other] {
            let report = try await vault.verify()
            #expect(report.problems == [] && report.verdicts.map(\.backup) == [old, new])
            #expect(try await vault.check().isClean)
        }
        let check = try await other.check(readsData: true)
        #expect(check.problems == [] && check.superseded == [pack])

        let pruned = try await other.prune(nil)
        #expect(pruned.problems == [] && !packs.contains(pack) && notes == [])
        for vault in [vault, other] {
            #expect(try await vault.verify().isGood)
            let after = try await vault.check(readsData: true)
            #expect(after.isClean && after.superseded.isEmpty && after.leftovers == [])
        }
        let manifest = try await vault.manifest(old)
        let contents = try await vault.contents(of: try await vault.entries(of: manifest))
        #expect(contents.contains(Array("shared 0\n".utf8)))
    }

    @Test func `a copy elsewhere is read although nobody noted the broken one`() async throws {
        let (vault, old, pack) = try await makeVault(.contents)
        try await find(.verify, vault, old)
        _ = try await scenario.backUp(vault, seed: 1)
        for note in notes { files.lose(note) }
        let other = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
        let manifest = try await other.manifest(old)
        #expect(try await other.contents(of: try await other.entries(of: manifest)).count > 10)
        // One of the two copies is met first: either it is broken and noted, or it is sound.
        #expect(try await other.verify().isGood)
        #expect(try await other.prune(nil).problems == [])
        #expect(try await other.verify().isGood)
        _ = try await other.check(readsData: true)
        _ = try await other.prune(nil)
        #expect(!packs.contains(pack) && notes == [])
        #expect(try await other.verify().isGood)
    }

    @Test(arguments: Target.allCases)
    func `what lies nowhere else is kept and named`(_ target: Target) async throws {
        let (vault, old, pack) = try await makeVault(target)
        try await find(.verify, vault, old)
        let report = try await vault.prune(nil)
        #expect(report.problems.contains { $0.message.contains(target == .contents ? pack : old.text) })
        #expect(packs == [pack] && notes.count == 1)
        // Whoever mends the pack, or reads it better another time, has everything back.
        try await flip(target, in: pack, of: vault)
        #expect(try await vault.verify().isGood)
        #expect(try await vault.check(readsData: true).isClean && notes == [])
        #expect(try await vault.prune(nil).problems == [])
    }

    @Test func `a part of a pack is healed and the rest of it stays`() async throws {
        let (vault, old, pack) = try await makeVault(.contents)
        try await find(.verify, vault, old)
        // Half of the contents are those of the first backup.
        let new = try await scenario.backUp(vault, seed: 2)
        let report = try await vault.verify()
        #expect(report.verdicts.map(\.isGood) == [false, true])
        #expect(try await vault.prune(nil).problems.map(\.path) == [pack])
        #expect(try await vault.verify([new]).isGood)
        let third = try await scenario.backUp(vault, seed: 1)
        #expect(try await vault.prune(nil).problems == [])
        #expect(try await vault.verify().verdicts.map(\.isGood) == [true, true, true])
        #expect(try await vault.verify([third]).isGood && !packs.contains(pack))
    }

    @Test func `damage that a damaged list of files hides is found as well`() async throws {
        let (vault, old, pack) = try await makeVault(.contents)
        try await flip(.records, in: pack, of: vault)
        try await find(.verify, vault, old)
        _ = try await scenario.backUp(vault, seed: 1)
        #expect(try await vault.verify().isGood)
    }

    @Test func `a damaged note makes its pack suspect and stops nothing`() async throws {
        let (vault, old, _) = try await makeVault(.contents)
        try await find(.verify, vault, old)
        let note = try #require(notes.first)
        files.damage(note) { $0[$0.count / 2] ^= 1 }
        #expect(try await vault.check().problems.contains { $0.path == note })
        let new = try await scenario.backUp(vault, seed: 1)
        let manifest = try await vault.manifest(new)
        #expect(manifest.summary.stats.newObjects > 12, "records are stored again as well")
        #expect(try await vault.prune(nil).problems == [])
        #expect(try await vault.verify().isGood && notes == [])
    }

    @Test func `a lost pack is stored again`() async throws {
        let (vault, old, pack) = try await makeVault(.contents)
        files.lose(pack)
        _ = try await scenario.backUp(vault, seed: 1)
        #expect(try await vault.verify([old]).isGood)
        _ = try await vault.prune(nil)
        #expect(try await vault.check(readsData: true).isClean)
    }

    @Test func `a writer learns of damage that is found while it writes`() async throws {
        let (vault, old, _) = try await makeVault(.contents)
        let manifest = try await vault.manifest(old)
        let entries = try await vault.entries(of: manifest)
        let writer = try await vault.beginWriting(what: "test")
        let pieces = entries.flatMap(\.content)
        #expect(try await writer.contains(pieces))
        await #expect(throws: VaultError.self) { try await vault.contents(of: entries) }
        #expect(try await !writer.contains(pieces))
        _ = try await SampleBackup(seed: 1).commit(to: writer, at: scenario.clock.now())
        await writer.finish()
        #expect(try await vault.verify([old]).isGood)
    }
}
