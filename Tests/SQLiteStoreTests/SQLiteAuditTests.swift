import Basics
import Glibc
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite("SQLiteStore, audit")
struct SQLiteAuditTests {
    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sql: String
        let verdict: AuditVerdict

        init(_ sql: String, _ verdict: AuditVerdict) {
            (testDescription, self.sql, self.verdict) = (sql, sql, verdict)
        }

        /// One column of record 3 changed.
        static func set(_ change: String, reason: String = "the record was altered") -> Tampering {
            Tampering("UPDATE audit SET \(change) WHERE sequence = 3", .broken(sequence: 3, reason: reason))
        }
    }

    @Test(
        arguments: [
            .set("time = time + 1"), .set("action = 'other'"), .set("operation = ''"),
            .set("actor = 'person:eve'"),
            .set("surface = 'mcp'"), .set("result = 'ok'"), .set("detail = detail || ' '"),
            .set("phase = 'outcome'"),
            .set("phase = 'none'", reason: "the record was altered: no such phase"),
            .set("arguments = '{}'"),
            .set(
                "arguments = replace(arguments, ':', ': ')",
                reason: "the record was altered: its arguments are not as written"),
            .set("arguments = '{'", reason: "the record was altered: its arguments are not as written"),
            .set("detail = CAST(x'FF' AS TEXT)"),
            .set("previous = mark"), .set("mark = previous"), .set("mark = upper(mark)"),
            Tampering(
                "DELETE FROM audit WHERE sequence = 3", .broken(sequence: 3, reason: "the record is missing")),
            Tampering(
                "DELETE FROM audit WHERE sequence < 3", .broken(sequence: 1, reason: "the record is missing")),
            Tampering("DELETE FROM audit WHERE sequence > 4", .cut(lastSequence: 4, expected: 6)),
            Tampering("DELETE FROM audit", .cut(lastSequence: 0, expected: 6)),
            Tampering(
                "UPDATE audit SET sequence = 9 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 4; "
                    + "UPDATE audit SET sequence = 4 WHERE sequence = 9",
                .broken(sequence: 3, reason: "record 4 stands in its place")),
            Tampering(
                "DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3",
                .broken(sequence: 3, reason: "record 4 stands in its place")),
            Tampering(
                "UPDATE audit SET sequence = 0 WHERE sequence = 1",
                .broken(sequence: 0, reason: "the record has the number of another one")),
        ] as [Tampering])
    func `tampering is found and the first bad record named`(_ tampering: Tampering) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(6)
            try scratch.tamper(tampering.sql)
            #expect(try await scratch.store().verify() == tampering.verdict)
        }
    }

    @Test func `the program itself can neither change nor delete records`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(2)
            let connection = try SQLiteConnection(scratch.path, patience: .zero)
            for sql in ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"] {
                let error = #expect(throws: StoreError.self) { try connection.execute(sql) }
                #expect(error?.code == .conflict)
            }
        }
    }

    @Test func `an older copy in the place of the database is a cut`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try scratch.copyDatabase(to: "old")
            try await scratch.fill(2)
            try scratch.restoreDatabase(from: "old")
            #expect(try await scratch.store().verify() == .cut(lastSequence: 3, expected: 5))
        }
    }

    @Test func `what is appended after a cut does not cover it up`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(5)
            try scratch.tamper("DELETE FROM audit WHERE sequence > 3")
            try await scratch.fill(1)
            #expect(try await scratch.store().verify() == .cut(lastSequence: 4, expected: 5))
            try await scratch.fill(4)
            guard case .broken(5, let reason) = try await scratch.store().verify() else {
                Issue.record("the cut was covered up")
                return
            }
            #expect(reason.contains("written anew"))
        }
    }

    @Test func `a database without its records is a cut`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try scratch.tamper("DELETE FROM audit")
            #expect(try await scratch.store().verify() == .cut(lastSequence: 0, expected: 3))
        }
    }

    @Test func `a removed checkpoint is told, and stays removed`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try Folder.removeFile(scratch.checkpoint)
            try await scratch.fill(1)
            #expect(
                try await scratch.store().verify()
                    == .unanchored(count: 4, reason: "the checkpoint was removed"))
        }
    }

    @Test(arguments: ["", "{}", #"{"mark":"00","seal":"00","sequence":1}"#])
    func `a forged checkpoint is told`(_ content: String) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try AtomicFile.write(Array(content.utf8), to: scratch.checkpoint)
            guard case .unanchored(3, _) = try await scratch.store().verify() else {
                Issue.record("a forged checkpoint was taken")
                return
            }
        }
    }

    @Test func `a crash between record and checkpoint is no tampering, and heals`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            let checkpoint = try #require(try AtomicFile.read(scratch.checkpoint))
            try await scratch.fill(1)
            try AtomicFile.write(checkpoint, to: scratch.checkpoint)
            #expect(try await scratch.store().verify() == .intact(count: 4, remarks: [Self.clockRemark(4)]))
            try await scratch.fill(1)
            try scratch.tamper("DELETE FROM audit WHERE sequence > 4")
            #expect(try await scratch.store().verify() == .cut(lastSequence: 4, expected: 5))
        }
    }

    private static func clockRemark(_ sequence: Int64) -> AuditRemark {
        AuditRemark(
            sequence: sequence,
            text:
                "its time 1970-01-01T00:16:40Z lies before 1970-01-01T00:16:42Z, the time of an earlier record"
        )
    }

    @Test func `another key sees no sound record`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(2)
            #expect(
                try await scratch.store(key: 8).verify() == .otherKey(count: 2))
        }
    }

    @Test func `a checkpoint that cannot be read is told`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(1)
            // A folder in the place of the checkpoint: it can be neither read nor replaced.
            try Folder.removeFile(scratch.checkpoint)
            try Folder.create(scratch.checkpoint)
            let store = scratch.store()
            let error = await #expect(throws: StoreError.self) {
                try await store.append(StoreSuite.entry(2), at: Timestamp(seconds: 2))
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func `a cancelled check ends`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(2)
            let store = scratch.store()
            let error = await withTaskGroup(of: StoreError?.self) { group in
                group.cancelAll()
                group.addTask {
                    do throws(StoreError) { _ = try await store.verify() } catch { return error }
                    return nil
                }
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
        }
    }

    /// Several processes append at once: each is a process of its own, as several runs of the program would be.
    @Test(.timeLimit(.minutes(5)))
    func `several processes append to one chain`() async throws {
        try await ScratchStore.with { scratch in
            await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        await #expect(processExitsWith: .success) { [scratch = scratch as ScratchStore] in
                            try await scratch.fill(15)
                        }
                    }
                }
            }
            guard case .intact(60, _) = try await scratch.store().verify() else {
                Issue.record("the chain is not intact")
                return
            }
        }
    }

    /// A timer of the kernel ends the process somewhere in its appends.
    @Test(.timeLimit(.minutes(5)), arguments: [1_000, 5_000, 20_000, 35_000, 50_000, 80_000])
    func `a process killed at any moment leaves an intact chain`(microseconds: UInt32) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(1)
            await #expect(processExitsWith: .signal(SIGALRM)) {
                [scratch = scratch as ScratchStore, microseconds = microseconds as UInt32] in
                signal(SIGALRM, SIG_DFL)
                ualarm(microseconds, 0)
                while true { try await scratch.fill(1) }
            }
            guard case .intact(let before, _) = try await scratch.store().verify() else {
                Issue.record("the chain is not intact")
                return
            }
            try await scratch.fill(1)
            guard case .intact(before + 1, _) = try await scratch.store().verify() else {
                Issue.record("the chain cannot be continued")
                return
            }
        }
    }
}
