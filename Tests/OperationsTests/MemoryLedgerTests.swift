import TestSupport
import Testing

@Suite("MemoryLedger")
struct MemoryLedgerTests {
    @Test(arguments: StoreSuite.ledgerChecks)
    func `the ledger does what every ledger must`(_ check: StoreSuite.LedgerCheck) async throws {
        await #expect(throws: Never.self) { try await check.run(MemoryLedger()) }
    }
}
