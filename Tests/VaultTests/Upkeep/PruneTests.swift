import Basics
import TestSupport
import Testing

@testable import Vault

@Suite struct PruneTests {
    /// A vault with `count` backups a day apart, and its scenario.
    private func makeVault(
        _ count: Int, files: any VaultFiles = MemoryVaultFiles()
    ) async throws -> (vault: Vault, scenario: VaultScenario, ids: [BackupID]) {
        let scenario = VaultScenario()
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        var ids: [BackupID] = []
        for seed in 0..<count {
            scenario.clock.advance(by: .seconds(86_400))
            ids.append(try await scenario.backUp(vault, seed: UInt8(seed)))
        }
        return (vault, scenario, ids)
    }

    @Test func `a dry run decides the same and changes nothing`() async throws {
        let (vault, _, ids) = try await makeVault(4)
        let plan = try await vault.prune(RetentionPolicy(last: 2), isDryRun: true)
        #expect(Set(plan.removed) == Set(ids.prefix(2)))
        #expect(try await vault.backups().backups.count == 4)
        let done = try await vault.prune(RetentionPolicy(last: 2))
        #expect(done.decisions == plan.decisions)
        #expect(try await vault.backups().backups.map(\.id) == ids.suffix(2).reversed())
    }

    /// Which rules, for how long what is deleted stays, and whether any space is freed by them.
    @Test(arguments: [
        (RetentionPolicy(last: 2), Duration.zero, true),
        (RetentionPolicy(last: 2), Vault.defaultGrace, false),
        (RetentionPolicy(last: 9), Duration.zero, false),
    ])
    func `what a dry run tells is what happens, to the byte`(
        _ policy: RetentionPolicy, _ grace: Duration, _ frees: Bool
    ) async throws {
        let files = MemoryVaultFiles()
        let (vault, _, ids) = try await makeVault(12, files: files)
        try await vault.delete(ids[4])
        let before = files.copy().paths.filter { $0 != VaultPath.lock }
        let start = try await vault.stats()
        let plan = try await vault.prune(policy, grace: grace, isDryRun: true)
        #expect(files.paths.filter { $0 != VaultPath.lock } == before)
        var done = try await vault.prune(policy, grace: grace)
        let end = try await vault.stats()
        #expect(done.freedBytes == start.storedBytes - end.storedBytes)
        done.isDryRun = true
        #expect(plan == done)
        #expect(grace != .zero || plan.repackedPacks > 0)
        #expect((plan.freedBytes > 0) == (frees || plan.repackedPacks > 0))
        #expect(grace != .zero || Set(plan.expired) == Set(plan.removed + [ids[4]]))
        #expect(try await vault.verify().isGood)
        #expect(try await vault.check(readsData: true).isClean)
    }

    @Test func `what was deleted can be brought back until its grace is over`() async throws {
        let (vault, scenario, ids) = try await makeVault(2)
        try await vault.delete(ids[0])
        #expect(try await vault.trash().map(\.id) == [ids[0]])
        _ = try await vault.prune(nil)
        #expect(try await vault.check(readsData: true).isClean)
        try await vault.undelete(ids[0])
        #expect(try await vault.verify().verdicts.count == 2)

        try await vault.delete(ids[0], includesLastVerified: true)
        scenario.clock.advance(by: Vault.defaultGrace)
        let report = try await vault.prune(nil)
        #expect(report.expired == [ids[0]])
        #expect(report.freedBytes > 0)
        await #expect { try await vault.undelete(ids[0]) } throws: { ($0 as? VaultError)?.code == .notFound }
        #expect(try await vault.verify().isGood)
        #expect(try await vault.check(readsData: true).isClean)
    }

    @Test func `pinned and last verified backups are not deleted`() async throws {
        let (vault, _, ids) = try await makeVault(3)
        try await vault.pin(ids[0], note: "before the move")
        #expect(try await vault.marks(of: ids[0]).pin?.note == "before the move")
        await #expect { try await vault.delete(ids[0]) } throws: { ($0 as? VaultError)?.code == .refused }
        _ = try await vault.verify([ids[1]])
        await #expect { try await vault.delete(ids[1]) } throws: { ($0 as? VaultError)?.code == .refused }
        try await vault.unpin(ids[0])
        try await vault.delete(ids[0])
        let plan = try await vault.prune(RetentionPolicy(last: 1))
        #expect(plan.removed == [])
        try await vault.delete(ids[1], includesLastVerified: true)
        #expect(try await vault.backups().backups.map(\.id) == [ids[2]])
    }

    @Test func `a policy that keeps nothing is refused`() async throws {
        let (vault, _, _) = try await makeVault(1)
        await #expect { try await vault.prune(RetentionPolicy()) } throws: {
            ($0 as? VaultError)?.code == .invalid
        }
    }

    /// Where a manifest is damaged: in its summary or at its end, in its details.
    @Test(arguments: [40, -20])
    func `a damaged manifest stays, is named, and the rest goes on`(_ place: Int) async throws {
        let files = MemoryVaultFiles()
        let (vault, scenario, ids) = try await makeVault(4, files: files)
        files.damage(VaultPath.manifest(ids[1])) { $0[place < 0 ? $0.count + place : place] ^= 1 }
        let isPack = { (path: String) in path.hasSuffix(VaultPath.packSuffix) }
        let packs = files.paths.filter(isPack)
        let plan = try await vault.prune(RetentionPolicy(last: 1), isDryRun: true)
        #expect(plan.removed == [ids[2], ids[0]] && files.paths.contains(VaultPath.manifest(ids[0])))
        for round in 0..<2 {
            let report = try await vault.prune(RetentionPolicy(last: 1), grace: .zero)
            #expect(report.removed == (round == 0 ? [ids[2], ids[0]] : []))
            #expect(report.problems.count == 1)
            let problem = try #require(report.problems.first)
            #expect(problem.path == VaultPath.manifest(ids[1]))
            #expect(problem.message.contains("holdfast backup delete \(ids[1])"))
        }
        #expect(try await Set(vault.backupFiles.ids().ids) == [ids[1], ids[3]])
        #expect(files.paths.filter(isPack) == packs, "what the damaged one needs is unknown")

        try await vault.markFiles.write(Pin(note: "", since: scenario.clock.now()).json, ids[1], .pin)
        await #expect { try await vault.delete(ids[1]) } throws: { ($0 as? VaultError)?.code == .refused }
        try await vault.unpin(ids[1])
        try await vault.delete(ids[1])
        scenario.clock.advance(by: Vault.defaultGrace)
        let last = try await vault.prune(nil)
        #expect(last.problems == [] && last.expired == [ids[1]])
        #expect(files.paths.count(where: isPack) < packs.count)
        #expect(try await vault.check(readsData: true).isClean)
    }

    @Test func `a damaged mark is named and stops nothing`() async throws {
        let files = MemoryVaultFiles()
        let (vault, _, ids) = try await makeVault(4, files: files)
        try await vault.pin(ids[0], note: "for ever")
        _ = try await vault.verify([ids[0], ids[1]])
        let marks = [MarkFiles.path(ids[0], .pin), MarkFiles.path(ids[1], .verified)]
        for mark in marks { files.damage(mark) { $0[20] ^= 1 } }

        let pinned = try await vault.marks(of: ids[0])
        #expect(pinned.isPinned && pinned.pin == nil && pinned.evidence?.isGood == true)
        #expect(pinned.damaged.map(\.path) == [marks[0]])
        #expect(pinned.damaged.first?.hint.contains("holdfast backup pin \(ids[0])") == true)
        let verified = try await vault.marks(of: ids[1])
        #expect(!verified.isPinned && verified.evidence == nil)
        #expect(verified.damaged.first?.hint.contains("holdfast backup verify \(ids[1])") == true)
        await #expect { try await vault.delete(ids[0]) } throws: { ($0 as? VaultError)?.code == .refused }
        #expect(try await Set(vault.check().problems.map(\.path)) == Set(marks))

        let report = try await vault.prune(RetentionPolicy(last: 1))
        #expect(Set(report.problems.map(\.path)) == Set(marks))
        #expect(Set(report.removed) == [ids[1], ids[2]])
        try await vault.pin(ids[0])
        #expect(try await vault.marks(of: ids[0]).damaged == [])
    }

    @Test func `many small packs become one`() async throws {
        let files = MemoryVaultFiles()
        let (vault, _, ids) = try await makeVault(10, files: files)
        let isPack = { (path: String) in path.hasSuffix(VaultPath.packSuffix) }
        #expect(files.paths.count(where: isPack) == 10)
        let report = try await vault.prune(nil)
        #expect(report.repackedPacks == 10)
        #expect(files.paths.count(where: isPack) == 1)
        #expect(files.paths.count { $0.hasPrefix(VaultPath.index) } == 1)
        let verified = try await vault.verify()
        #expect(verified.isGood && verified.verdicts.count == ids.count)
        #expect(try await vault.prune(nil).repackedPacks == 0)
    }

    @Test func `a reader that was open before finds moved objects`() async throws {
        let files = MemoryVaultFiles()
        let (vault, scenario, ids) = try await makeVault(10, files: files)
        let reader = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
        let manifest = try await reader.manifest(ids[3])
        let entries = try await reader.entries(of: manifest)
        _ = try await vault.prune(nil)
        let contents = try await reader.contents(of: entries)
        #expect(contents.map(\.count) == entries.map { Int($0.size) })
    }

    @Test func `leftovers of a killed writer go`() async throws {
        let files = MemoryVaultFiles()
        let (vault, _, _) = try await makeVault(1, files: files)
        let left = "backups/20261121T000000Z-000000000000.manifest.00.tmp"
        try files.create(left).append([1, 2, 3])
        let check = try await vault.check()
        #expect(check.leftovers == [left] && check.leftoverBytes == 3)
        #expect(try await vault.prune(nil).leftovers == [left])
        #expect(try await vault.check().leftovers == [])
    }
}
