import Basics
import Glibc
import TestSupport
import Testing

@testable import Vault

/// Every byte of a small vault, changed.
@Suite struct FlippedBitTests {
    /// The bits of each byte that are tried: all with `HOLDFAST_EXTENDED=1`, otherwise one that moves with the offset.
    private static let isExtended =
        unsafe getenv("HOLDFAST_EXTENDED").map { unsafe String(cString: $0) } == "1"

    /// A vault with two backups, a pin, evidence, and a deleted backup in the trash.
    private func makeVault() async throws -> (files: MemoryVaultFiles, scenario: VaultScenario) {
        let files = MemoryVaultFiles()
        let scenario = VaultScenario(fileCount: 4)
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        let first = try await scenario.backUp(vault, seed: 1)
        let second = try await scenario.backUp(vault, seed: 2)
        _ = try await vault.verify([second])
        try await vault.pin(second, note: "keep")
        try await vault.delete(first)
        return (files, scenario)
    }

    /// What tells of a changed vault: the first message of opening it or of checking all its data.
    private func finding(_ files: MemoryVaultFiles, _ scenario: VaultScenario) async throws -> [VaultProblem]
    {
        do {
            let vault = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
            return try await vault.check(readsData: true).problems
        } catch let error as VaultError {
            return [VaultProblem(error.message, path: error.path)]
        }
    }

    @Test func `each flipped bit is found and its file is named`() async throws {
        let (files, scenario) = try await makeVault()
        #expect(try await finding(files, scenario) == [])
        for path in files.paths where path != VaultPath.lock {
            let length = try files.read(path).count
            for offset in 0..<length {
                for bit in Self.isExtended ? Array(0..<8) : [offset % 8] {
                    let damaged = files.copy()
                    damaged.damage(path) { $0[offset] ^= 1 << UInt8(bit) }
                    let found = try await finding(damaged, scenario)
                    #expect(
                        found.contains { $0.path == path && $0.message.contains(path) },
                        "\(path), byte \(offset), bit \(bit): \(found)")
                }
            }
        }
    }

    @Test func `a file that is cut or missing is found`() async throws {
        let (files, scenario) = try await makeVault()
        for path in files.paths where path != VaultPath.lock {
            let cut = files.copy()
            cut.damage(path) { $0.removeLast() }
            #expect(try await finding(cut, scenario).contains { $0.path == path }, "cut \(path)")
            let longer = files.copy()
            longer.damage(path) { $0.append(0) }
            #expect(try await finding(longer, scenario).contains { $0.path == path }, "longer \(path)")
        }
    }

    @Test func `a damaged index is rebuilt from the packs`() async throws {
        let (files, scenario) = try await makeVault()
        for path in files.paths where path.hasPrefix(VaultPath.index) {
            let damaged = files.copy()
            damaged.damage(path) { $0[$0.count / 2] ^= 1 }
            let vault = try await Vault.open(files: damaged, key: scenario.key, clock: scenario.clock)
            let verified = try await vault.verify()
            #expect(verified.isGood && verified.objects > 0)
            _ = try await scenario.backUp(vault, seed: 4)
            #expect(try await vault.check(readsData: true).problems == [])
        }
        for path in files.paths where path.hasPrefix(VaultPath.index) { files.lose(path) }
        let vault = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
        #expect(try await vault.verify().isGood)
        #expect(try await vault.rebuildIndex() == [])
        #expect(files.paths.contains { $0.hasPrefix(VaultPath.index) })
        #expect(try await vault.check(readsData: true).problems == [])
    }
}
