import Basics
import TestSupport
import Testing

@testable import Vault

/// A damaged `config` locks nobody out: everything else is read, and it can be written anew.
@Suite struct DamagedConfigTests {
    private func makeVault() async throws -> (files: MemoryVaultFiles, scenario: VaultScenario, id: BackupID)
    {
        let files = MemoryVaultFiles()
        let scenario = VaultScenario(fileCount: 2)
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        return (files, scenario, try await scenario.backUp(vault, seed: 1))
    }

    private func open(_ files: MemoryVaultFiles, _ scenario: VaultScenario) async throws -> Vault {
        try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
    }

    @Test func `with any bit flipped the backups are read and the file is restored to the byte`() async throws
    {
        let (files, scenario, id) = try await makeVault()
        let whole = try files.read(VaultPath.config)
        let before = try await open(files, scenario)
        #expect(before.configDamage == nil)
        for offset in whole.indices {
            let damaged = files.copy()
            damaged.damage(VaultPath.config) { $0[offset] ^= 1 << UInt8(offset % 8) }
            let vault = try await open(damaged, scenario)
            #expect(vault.configDamage?.path == VaultPath.config, "byte \(offset)")
            #expect(vault.configDamage?.hint.contains("holdfast vault repair") == true)
            #expect(vault.id == before.id && vault.created == before.created)
            #expect(try await vault.backups().backups.map(\.id) == [id])
            let problems = try await vault.check().problems
            #expect(problems.map(\.path) == [VaultPath.config], "byte \(offset): \(problems)")
            let repair = try await vault.repairConfig()
            #expect(repair.outcome == .restored && repair.id == before.id)
            #expect(try damaged.read(VaultPath.config) == whole, "byte \(offset)")
        }
    }

    @Test func `what nothing proves is replaced, and that is said`() async throws {
        let (files, scenario, id) = try await makeVault()
        let before = try await open(files, scenario)
        for content in [[], [UInt8](repeating: 0, count: 400), Array("{\"id\": \"x\"}\n".utf8)] {
            files.damage(VaultPath.config) { $0 = content }
            let vault = try await open(files, scenario)
            #expect(vault.id == nil && vault.created == nil && vault.configDamage != nil)
            #expect(try await vault.verify().isGood)
            let repair = try await vault.repairConfig()
            #expect(repair.outcome == .replaced && repair.id != before.id)
            let again = try await open(files, scenario)
            #expect(again.configDamage == nil && again.id == repair.id)
            #expect(try await again.backups().backups.map(\.id) == [id])
            #expect(try await again.check(readsData: true).problems == [])
            #expect(try await again.repairConfig().outcome == .whole)
        }
    }

    @Test
    func `members that several flipped bits left readable are taken over when the signature proves them`()
        async throws
    {
        let (files, scenario, _) = try await makeVault()
        let before = try await open(files, scenario)
        files.damage(VaultPath.config) { bytes in
            bytes = Array(String(decoding: bytes, as: UTF8.self).replacing("\n  ", with: " ").utf8)
        }
        let vault = try await open(files, scenario)
        #expect(vault.configDamage != nil && vault.id == before.id)
    }

    @Test func `another key opens a damaged vault as little as a whole one`() async throws {
        let (files, scenario, _) = try await makeVault()
        let other = VaultKey.random()
        func code() async -> VaultError.Code? {
            do {
                _ = try await Vault.open(files: files, key: other, clock: scenario.clock)
                return nil
            } catch { return error.code }
        }
        #expect(await code() == .wrongKey)
        files.damage(VaultPath.config) { $0[0] ^= 1 }
        #expect(await code() == .damaged)
        files.damage(VaultPath.config) { $0 = [] }
        #expect(await code() == .damaged)
    }

    @Test func `a file of a newer version is refused and stays as it is`() async throws {
        let (files, scenario, _) = try await makeVault()
        files.damage(VaultPath.config) { bytes in
            // Nobody but the newer version can tell what it signed.
            let text = String(decoding: bytes, as: UTF8.self)
                .replacing("\"version\": 1", with: "\"version\": 12")
                .replacing("\"signature\": \"", with: "\"signature\": \"00")
            bytes = Array(text.utf8)
        }
        let error = await #expect(throws: VaultError.self) { _ = try await open(files, scenario) }
        #expect(error?.code == .tooNew)
    }

    @Test func `a lost file is a damaged one, and no new vault is made over what is there`() async throws {
        let (files, scenario, id) = try await makeVault()
        try files.remove(VaultPath.config)
        let vault = try await open(files, scenario)
        #expect(vault.configDamage?.message.contains("config is missing") == true)
        #expect(try await vault.backups().backups.map(\.id) == [id])
        #expect(try await vault.check().problems.map(\.path) == [VaultPath.config])
        let creating = await #expect(throws: VaultError.self) {
            _ = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        }
        #expect(creating?.code == .exists)
        let stranger = await #expect(throws: VaultError.self) {
            _ = try await Vault.open(files: files, key: .random(), clock: scenario.clock)
        }
        #expect(stranger?.code == .damaged)
        #expect(try await vault.repair().config.outcome == .replaced)
        #expect(try await open(files, scenario).check(readsData: true).isClean)
    }

    @Test func `packs alone prove the key where the rest is lost as well`() async throws {
        let (files, scenario, _) = try await makeVault()
        for path in files.paths where !path.hasPrefix(VaultPath.packs + "/") { try files.remove(path) }
        #expect(try await open(files, scenario).configDamage != nil)
        let stranger = await #expect(throws: VaultError.self) {
            _ = try await Vault.open(files: files, key: .random(), clock: scenario.clock)
        }
        #expect(stranger?.code == .damaged)
    }

    @Test func `of an empty vault nothing is left without the file`() async throws {
        let files = MemoryVaultFiles()
        let scenario = VaultScenario(fileCount: 2)
        _ = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        try files.remove(VaultPath.config)
        let error = await #expect(throws: VaultError.self) { _ = try await open(files, scenario) }
        #expect(error?.code == .notFound)
        _ = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
    }
}
