import Basics
import Synchronization
import TestSupport
import Testing

@testable import Vault

/// The scenario interrupted at every call that changes something.
@Suite struct CrashMatrixTests {
    private final class Milestones: Sendable {
        private let list = Mutex<[VaultScenario.Milestone]>([])

        var all: [VaultScenario.Milestone] { list.withLock { $0 } }

        func add(_ milestone: VaultScenario.Milestone) { list.withLock { $0.append(milestone) } }
    }

    /// How many changing calls an undisturbed run makes.
    private static func callCount() async throws -> Int {
        let files = FaultyVaultFiles(MemoryVaultFiles())
        try await VaultScenario().run(on: files) { _ in }
        return files.calls
    }

    /// What must hold after an interruption, whatever was interrupted.
    private func expectSound(
        _ files: MemoryVaultFiles, _ scenario: VaultScenario, _ milestones: [VaultScenario.Milestone],
        _ what: Comment
    ) async throws {
        if milestones.isEmpty {
            // Not made, or just made: making it (again) works.
            do {
                _ = try await Vault.create(files: files, key: scenario.key, clock: scenario.clock)
            } catch {
                #expect(error.code == .exists, what)
            }
        }
        let vault = try await Vault.open(files: files, key: scenario.key, clock: scenario.clock)
        let check = try await vault.check(readsData: true)
        #expect(check.problems == [], what)
        let list = try await vault.backups()
        #expect(list.damaged == [], what)
        let ids = Set(list.backups.map(\.id))
        let expected = VaultScenario.expectation(milestones)
        #expect(expected.must.isSubset(of: ids), what)
        let verified = try await vault.verify()
        #expect(verified.problems == [], what)

        // Life goes on, and what was left behind can be cleared away.
        let next = try await scenario.backUp(vault, seed: 3)
        scenario.clock.advance(by: .seconds(7200))
        _ = try await vault.prune(nil, grace: .zero)
        let after = try await vault.check(readsData: true)
        #expect(after.problems == [], what)
        #expect(after.leftovers == [], what)
        let report = try await vault.verify()
        #expect(report.isGood && Set(report.verdicts.map(\.backup)) == ids.union([next]), what)
    }

    @Test func `a crash at any call leaves the old state or the new one`() async throws {
        let calls = try await Self.callCount()
        #expect(calls > 50)
        for target in 1...calls {
            let files = MemoryVaultFiles()
            let scenario = VaultScenario()
            let milestones = Milestones()
            let faulty = FaultyVaultFiles(files, fault: .dead, at: target)
            do {
                try await scenario.run(on: faulty) { milestones.add($0) }
                // Packs lie in folders by the first letters of a random name: sharing one spares a call.
                #expect(faulty.calls < target, "call \(target) did not fail")
            } catch is VaultError {}
            for loss in MemoryVaultFiles.Loss.allCases {
                try await expectSound(
                    files.afterCrash(loss), scenario, milestones.all, "call \(target), losing \(loss)")
            }
        }
    }

    @Test(arguments: [FaultyVaultFiles.Fault.full, .staysFull])
    func `a full disk at any call loses nothing and says so`(_ fault: FaultyVaultFiles.Fault) async throws {
        let calls = try await Self.callCount()
        for target in 1...calls {
            let files = MemoryVaultFiles()
            let scenario = VaultScenario()
            let milestones = Milestones()
            do {
                try await scenario.run(on: FaultyVaultFiles(files, fault: fault, at: target)) {
                    milestones.add($0)
                }
            } catch let error as VaultError {
                #expect(error.code == .full, "call \(target)")
                #expect(!error.hint.isEmpty)
            }
            try await expectSound(files.copy(), scenario, milestones.all, "call \(target), \(fault)")
        }
    }
}
