import Basics
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

/// Rows that somebody wrote or altered with another program than this one.
@Suite struct RowMarkTests {
    private func filled(_ scratch: ScratchStore) async throws {
        let store = scratch.store()
        try await store.add(StoreSuite.device("nas"))
        try await store.add(StoreSuite.device("web"))
        try await store.add(StoreSuite.plan("p"))
        for run in ["r", "s"] { try await store.use([], for: StoreSuite.run(run, of: "p")) }
        try await store.append(StoreSuite.entry(0), at: Timestamp(seconds: 1_000))
        await store.close()
    }

    @Test func `an altered device is refused as well by who read it before`() async throws {
        try await ScratchStore.with { scratch in
            try await filled(scratch)
            let store = scratch.store()
            let before = try await store.devices()
            #expect(try await store.devices() == before)
            // A letter that counts as the same, and has other bytes.
            for (old, new) in [
                ("2001:db8::1", "2001:db8::2"), ("2001:db8::2", "2001:db8::1"), ("K", "\u{212A}"),
            ] {
                try scratch.tamper("UPDATE device SET document = replace(document, '\(old)', '\(new)')")
            }
            await #expect(throws: StoreError.self) { try await store.devices() }
            try scratch.tamper("UPDATE device SET document = replace(document, '\u{212A}', 'K')")
            #expect(try await store.devices() == before)
        }
    }

    @Test(arguments: [
        "UPDATE device SET document = replace(document, '2001:db8::1', '2001:db8::2') WHERE name = 'nas'",
        "UPDATE device SET mark = (SELECT mark FROM device WHERE name = 'web') WHERE name = 'nas'",
        "UPDATE device SET mark = '' WHERE name = 'nas'",
        """
        INSERT OR REPLACE INTO device (name, document, mark)
        SELECT 'nas', replace(document, '"web"', '"nas"'), mark FROM device WHERE name = 'web'
        """,
    ])
    func `an altered device is refused, and can be removed`(_ sql: String) async throws {
        try await ScratchStore.with { scratch in
            try await filled(scratch)
            try scratch.tamper(sql)
            let store = scratch.store()
            let name = try #require(DeviceName("nas"))
            let error = await #expect(throws: StoreError.self) { try await store.device(named: name) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("altered outside of the program") == true)
            await #expect(throws: StoreError.self) { try await store.devices() }
            try await store.remove(name)
            #expect(try await store.devices().map(\.name.text) == ["local", "web"])
        }
    }

    @Test(arguments: [
        "UPDATE run SET state = 'kept' WHERE id = 'r'",
        "UPDATE run SET device = '$(reboot)' WHERE id = 'r'",
        "UPDATE run SET document = x'7b7d' WHERE id = 'r'",
        "UPDATE run SET finished = 1 WHERE id = 'r'",
        "UPDATE run SET mark = (SELECT mark FROM run WHERE id = 's') WHERE id = 'r'",
    ])
    func `an altered run comes back as altered and finished`(_ sql: String) async throws {
        try await ScratchStore.with { scratch in
            try await filled(scratch)
            try scratch.tamper(sql)
            let run = try #require(try await scratch.store().run("r"))
            #expect(run.state == RunRecord.altered)
            #expect(run.isFinished && run.document.isEmpty)
            #expect(try await scratch.store().run("s") == StoreSuite.run("s", of: "p"))
        }
    }

    @Test func `a run made up in the database comes back as altered`() async throws {
        try await ScratchStore.with { scratch in
            try await filled(scratch)
            try scratch.tamper(
                """
                INSERT INTO run (id, plan, device, started, updated, state, finished, document, mark)
                SELECT 'x; touch /pwned', plan, device, started, updated, state, finished, document, mark FROM run
                WHERE id = 'r'
                """)
            let run = try #require(try await scratch.store().run("x; touch /pwned"))
            #expect(run.state == RunRecord.altered)
        }
    }

    @Test(arguments: [1, 2])
    func `a database said to be of an older version is not vouched for again`(_ version: Int) async throws {
        try await ScratchStore.with { scratch in
            try await filled(scratch)
            try scratch.tamper(
                """
                ALTER TABLE device DROP COLUMN mark; ALTER TABLE run DROP COLUMN mark;
                ALTER TABLE approval DROP COLUMN account; DROP TABLE policy; DROP TABLE job; DROP TABLE token;
                UPDATE device SET document = replace(document, '2001:db8::1', '2001:db8::2');
                \(version == 1 ? "DROP TABLE approval; DROP TABLE run; DROP TABLE plan;" : "")
                PRAGMA user_version = \(version)
                """)
            let error = await #expect(throws: StoreError.self) { try await scratch.store().devices() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("which its checkpoint does not confirm") == true)
        }
    }
}
