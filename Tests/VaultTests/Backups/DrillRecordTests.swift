import Basics
import TestSupport
import Testing

@testable import Vault

@Suite struct DrillRecordTests {
    private static func drill(
        good: Bool = true, sections: [String] = [], failures: [String] = [], notChecked: Int = 1
    ) -> DrillRecord {
        DrillRecord(
            when: Timestamp(seconds: 1_795_000_000), elapsed: .milliseconds(1250), isGood: good,
            sections: sections,
            files: 3, bytes: 77, checks: 5, failed: failures.count, notChecked: notChecked, failures: failures
        )
    }

    private func makeVault(_ count: Int) async throws -> (vault: Vault, ids: [BackupID]) {
        let scenario = VaultScenario()
        let vault = try await Vault.create(
            files: MemoryVaultFiles(), key: scenario.key, clock: scenario.clock)
        var ids: [BackupID] = []
        for seed in 0..<count {
            scenario.clock.advance(by: .seconds(86_400))
            ids.append(try await scenario.backUp(vault, seed: UInt8(seed)))
        }
        return (vault, ids)
    }

    @Test func `what is kept comes back as it was`() async throws {
        let (vault, ids) = try await makeVault(1)
        #expect(try await vault.marks(of: ids[0]).drill == nil)
        let record = Self.drill(good: false, sections: ["nginx"], failures: ["sshd: refuses it"])
        try await vault.keep(record, of: ids[0])
        #expect(try await vault.marks(of: ids[0]).drill == record)
        #expect(try await vault.check(readsData: true).isClean)
    }

    @Test func `long lists and texts of failures are cut`() {
        let record = Self.drill(
            good: false, failures: (0..<100).map { _ in String(repeating: "x", count: 900) })
        #expect(record.failures.count == 20 && record.failures[0].count == 500 && record.failed == 100)
    }

    /// What was kept, what comes next, and which of both stays.
    @Test(arguments: [
        (drill(), drill(sections: ["nginx"]), false),
        (drill(), drill(good: false, sections: ["nginx"]), true),
        (drill(good: false), drill(sections: ["nginx"]), false),
        (drill(good: false, sections: ["nginx"]), drill(sections: ["cron", "nginx"]), true),
        (drill(good: false, sections: ["nginx"]), drill(sections: ["cron"]), false),
        (drill(notChecked: 0), drill(), false), (drill(), drill(notChecked: 0), true),
        (drill(good: false), drill(), true), (drill(sections: ["nginx"]), drill(), true),
        (drill(), drill(good: false), true),
    ])
    func `a good drill of a part does not replace the proof of the whole`(
        _ old: DrillRecord, _ new: DrillRecord, _ replaces: Bool
    ) async throws {
        let (vault, ids) = try await makeVault(1)
        try await vault.keep(old, of: ids[0])
        try await vault.keep(new, of: ids[0])
        #expect(try await vault.marks(of: ids[0]).drill == (replaces ? new : old))
    }

    @Test func `the last proven backup of a device is neither pruned nor deleted`() async throws {
        let (vault, ids) = try await makeVault(4)
        try await vault.keep(Self.drill(), of: ids[0])
        try await vault.keep(Self.drill(), of: ids[1])
        try await vault.keep(Self.drill(good: false), of: ids[2])
        let report = try await vault.prune(RetentionPolicy(last: 1))
        #expect(Set(report.removed) == [ids[0], ids[2]])
        #expect(
            report.decisions.first { $0.backup == ids[1] }?.reasons == ["newest proven one of the device"])
        await #expect { try await vault.delete(ids[1]) } throws: { ($0 as? VaultError)?.code == .refused }
        try await vault.keep(Self.drill(), of: ids[3])
        try await vault.delete(ids[1])
    }

    @Test func `the mark goes with its backup`() async throws {
        let scenario = VaultScenario()
        let files = MemoryVaultFiles()
        let vault = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
        let id = try await scenario.backUp(vault, seed: 1)
        try await vault.keep(Self.drill(), of: id)
        try await vault.delete(id, includesLastVerified: true)
        _ = try await vault.prune(nil, grace: .zero)
        #expect(try files.items(in: VaultPath.marks).isEmpty)
    }
}
