import Basics
import TestSupport
import Testing

@testable import Vault

@Suite struct EvidenceTests {
    private static func found(_ extent: Evidence.Extent, good: Bool = true) -> Evidence {
        Evidence(
            when: Timestamp(seconds: 1_795_000_000), extent: extent, isGood: good, objects: 1, bytes: 1,
            problems: good ? 0 : 1)
    }

    /// What is kept, what comes next, and whether that replaces it.
    @Test(
        arguments: [
            (nil, found(.sample(percent: 1)), true), (found(.full), found(.full), true),
            (found(.full), found(.sample(percent: 99)), false),
            (found(.sample(percent: 5)), found(.sample(percent: 5)), true),
            (found(.sample(percent: 5)), found(.sample(percent: 4)), false),
            (found(.sample(percent: 5)), found(.full), true),
            (found(.full), found(.sample(percent: 1), good: false), true),
            (found(.sample(percent: 5), good: false), found(.sample(percent: 50)), false),
            (found(.full, good: false), found(.sample(percent: 50)), false),
            (found(.sample(percent: 5), good: false), found(.full), true),
        ] as [(Evidence?, Evidence, Bool)])
    func `less never hides more, and damage only goes by a full look`(
        _ older: Evidence?, _ newer: Evidence, _ replaces: Bool
    ) {
        #expect(newer.replaces(older) == replaces)
    }

    @Test func `a sample after a full verification leaves its evidence and its date`() async throws {
        let scenario = VaultScenario()
        let vault = try await Vault.create(
            files: MemoryVaultFiles(), key: scenario.key, clock: scenario.clock)
        let id = try await scenario.backUp(vault, seed: 1)
        #expect(try await vault.verify([id]).outdone == [])
        let full = try #require(try await vault.marks(of: id).evidence)
        scenario.clock.advance(by: .seconds(86_400))
        #expect(try await vault.verify([id], percent: 50).outdone == [id])
        #expect(try await vault.marks(of: id).evidence == full)
        #expect(try await vault.verify([id]).outdone == [])
        #expect(try await vault.marks(of: id).evidence?.when == scenario.clock.now())
    }
}
