import Basics
import Glibc
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite("SQLiteStore, ledger of restores")
struct SQLiteLedgerTests {
    @Test(arguments: StoreSuite.ledgerChecks)
    func `the store does what every ledger must`(_ check: StoreSuite.LedgerCheck) async throws {
        try await ScratchStore.with { try await check.run($0.store()) }
    }

    @Test func `what was stored is there for another store`() async throws {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            try await scratch.store().use(["x"], for: StoreSuite.run("r", of: "p"))
            let other = scratch.store()
            #expect(try await other.plans(limit: 9) == [StoreSuite.plan("p")])
            #expect(try await other.unfinishedRuns() == [StoreSuite.run("r", of: "p")])
            #expect(try await other.approvals(limit: 9).map(\.usedBy) == ["r"])
        }
    }

    /// Each is a process of its own, as several runs of the program would be.
    @Test(.timeLimit(.minutes(5)))
    func `of several processes that use one approval, one wins`() async throws {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            await withTaskGroup { group in
                for number in 0..<4 {
                    group.addTask {
                        await #expect(processExitsWith: .success) {
                            [scratch = scratch as ScratchStore, number = number as Int] in
                            try await Self.race(scratch, as: number)
                        }
                    }
                }
            }
            let runs = try await scratch.store().runs(limit: 99)
            #expect(runs.count == 1)
            #expect(try await scratch.store().approvals(limit: 9).map(\.usedBy) == runs.map(\.id))
        }
    }

    /// A timer of the kernel ends the process somewhere in its work.
    @Test(.timeLimit(.minutes(5)), arguments: [1_000, 5_000, 20_000, 50_000])
    func `a process killed at any moment leaves runs with their approvals`(microseconds: UInt32) async throws
    {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            await #expect(processExitsWith: .signal(SIGALRM)) {
                [scratch = scratch as ScratchStore, microseconds = microseconds as UInt32] in
                signal(SIGALRM, SIG_DFL)
                ualarm(microseconds, 0)
                let store = scratch.store()
                for number in 0... {
                    try await store.add(StoreSuite.approval("a\(number)", of: "p"))
                    try await store.use(["a\(number)"], for: StoreSuite.run("r\(number)", of: "p"))
                }
            }
            let store = scratch.store()
            let used = try await store.approvals(ofPlan: "p").compactMap(\.usedBy)
            #expect(try await store.unfinishedRuns().map(\.id) == used)
        }
    }

    @Test(arguments: [
        "UPDATE approval SET used_by = NULL WHERE id = 'y'", "UPDATE approval SET plan = 'q'",
        "UPDATE approval SET expires = expires + 1", "UPDATE approval SET kind = 'none'",
        "UPDATE approval SET revoked = 1 WHERE id = 'y'", "UPDATE plan SET document = x''",
        "UPDATE run SET plan = 'none'", "UPDATE run SET finished = 2", "DELETE FROM plan WHERE id = 'p'",
        "DELETE FROM run",
    ])
    func `the program itself cannot break the rules of the ledger`(_ sql: String) async throws {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            let store = scratch.store()
            try await store.add(StoreSuite.plan("q"))
            try await store.add(StoreSuite.approval("y", of: "p"))
            try await store.use(["y"], for: StoreSuite.run("r", of: "p"))
            let connection = try SQLiteConnection(scratch.path, patience: .zero)
            try connection.execute("PRAGMA foreign_keys = ON")
            let error = #expect(throws: StoreError.self) { try connection.execute(sql) }
            #expect(error?.code == .conflict)
        }
    }

    @Test func `an approval of no known kind is told by its id`() async throws {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            try scratch.tamper(
                "DROP TRIGGER approval_stays_what_was_given; PRAGMA ignore_check_constraints = ON; "
                    + "UPDATE approval SET kind = 'none'")
            let error = await #expect(throws: StoreError.self) {
                try await scratch.store().approvals(ofPlan: "p")
            }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("‘x’") == true)
        }
    }

    @Test(arguments: [
        (["none"], "r", "p", "there is no approval ‘none’"), (["x"], "r", "q", "is for the plan p"),
        (["back"], "r", "p", "was revoked at 1970-01-01T00:00:01Z"),
        (["gone"], "r", "p", "was already used by run first"),
        (["x", "x"], "r", "p", "was already used by this run itself"),
        (["x"], "first", "p", "there is already a run ‘first’"),
        (["x"], "r", "none", "there is no plan ‘none’"),
    ])
    func `a refusal says why`(approvals: [String], run: String, plan: String, reason: String) async throws {
        try await ScratchStore.with { scratch in
            try await Self.fill(scratch)
            let store = scratch.store()
            try await store.add(StoreSuite.plan("q"))
            for id in ["back", "gone"] { try await store.add(StoreSuite.approval(id, of: "p")) }
            try await store.revoke("back", at: Timestamp(seconds: 1))
            try await store.use(["gone"], for: StoreSuite.run("first", of: "p"))
            let error = await #expect(throws: StoreError.self) {
                try await store.use(approvals, for: StoreSuite.run(run, of: plan))
            }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
    }

    /// One plan with one approval.
    private static func fill(_ scratch: ScratchStore) async throws {
        let store = scratch.store()
        try await store.add(StoreSuite.plan("p"))
        try await store.add(StoreSuite.approval("x", of: "p"))
        await store.close()
    }

    private static func race(_ scratch: ScratchStore, as number: Int) async throws {
        do throws(StoreError) {
            try await scratch.store().use(["x"], for: StoreSuite.run("r\(number)", of: "p"))
        } catch {
            guard error.code == .conflict else { throw error }
        }
    }
}
