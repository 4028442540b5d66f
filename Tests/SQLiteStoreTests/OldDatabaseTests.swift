import Basics
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

/// Databases of every version that was ever written are brought to the present one with what they hold.
@Suite struct OldDatabaseTests {
    private static let fixture = TestFiles.folder(of: #filePath) + "/Fixtures/version-1"

    /// Puts the database that a program of version 1 wrote in the place of the scratch store's.
    private func place(in scratch: ScratchStore) throws {
        for (name, target) in [("holdfast.db", scratch.path), ("audit.checkpoint", scratch.checkpoint)] {
            try Folder.createAll(AtomicFile.folder(of: target))
            try AtomicFile.write(
                try #require(try AtomicFile.read(Self.fixture + "/" + name)), to: target)
        }
    }

    @Test func `a database of version 1 keeps its devices and its chain`() async throws {
        try await ScratchStore.with { scratch in
            try place(in: scratch)
            let store = scratch.store()
            #expect(try await store.devices().map(\.name.text) == ["local", "nas", "web"])
            let nas = try StoreSuite.device("nas")
            #expect(try await store.device(named: nas.name) == nas)
            #expect(try await store.verify() == .intact(count: 3, remarks: []))
            let entries = try await store.records(limit: 9, before: nil).map(\.entry)
            #expect(entries == (0..<3).reversed().map { StoreSuite.entry($0) })
            let connection = try SQLiteConnection(scratch.path, patience: .zero)
            #expect(try connection.integer("PRAGMA user_version") == Schema.version)
        }
    }

    @Test func `a database of version 1 is written to`() async throws {
        try await ScratchStore.with { scratch in
            try place(in: scratch)
            let store = scratch.store()
            try await store.add(StoreSuite.plan("p"))
            try await store.add(StoreSuite.approval("x", of: "p"))
            try await store.use(["x"], for: StoreSuite.run("r", of: "p"))
            try await store.append(StoreSuite.entry(3), at: Timestamp(seconds: 2_000))
            let other = scratch.store()
            #expect(try await other.unfinishedRuns() == [StoreSuite.run("r", of: "p")])
            #expect(try await other.verify() == .intact(count: 4, remarks: []))
        }
    }

    @Test func `many stores may bring one database up at the same moment`() async throws {
        try await ScratchStore.with { scratch in
            try place(in: scratch)
            try await withThrowingTaskGroup { group in
                for number in 0..<8 {
                    group.addTask { try await scratch.store().add(StoreSuite.plan("p\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await scratch.store().plans(limit: 99).count == 8)
        }
    }
}
