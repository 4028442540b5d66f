import Basics
import Glibc
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite("SQLiteStore")
struct SQLiteStoreTests {
    @Test(arguments: StoreSuite.checks)
    func `the store does what every store must`(_ check: StoreSuite.Check) async throws {
        try await ScratchStore.with { try await check.run($0.store()) }
    }

    @Test func `what was stored is there after closing, for another store too`() async throws {
        try await ScratchStore.with { scratch in
            let device = try StoreSuite.device("nas")
            let store = scratch.store()
            try await store.add(device)
            try await store.append(StoreSuite.entry(1), at: Timestamp(seconds: 1))
            await store.close()
            #expect(try await store.device(named: device.name) == device)
            #expect(try await scratch.store().devices().map(\.name.text) == ["local", "nas"])
            #expect(try await scratch.store().verify() == .intact(count: 1, remarks: []))
        }
    }

    @Test func `files are for their owner only, whatever the umask`() async throws {
        try await ScratchStore.with { scratch in
            await #expect(processExitsWith: .success) { [scratch = scratch as ScratchStore] in
                for mask: mode_t in [0, 0o777] {
                    umask(mask)
                    let inner = ScratchStore(folder: scratch.folder + "/\(mask)")
                    let store = inner.store()
                    try await store.append(StoreSuite.entry(1), at: Timestamp(seconds: 1))
                    for name in ["", "data", "state"] { #expect(inner.permissions(name) == 0o700) }
                    for name in [
                        "data/holdfast.db", "data/holdfast.db-wal", "data/holdfast.db-shm",
                        "state/audit.checkpoint",
                    ] {
                        #expect(inner.permissions(name) == 0o600, "\(name)")
                    }
                }
            }
        }
    }

    @Test func `a database of a newer program is refused and left alone`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(1)
            try scratch.tamper("PRAGMA user_version = 99")
            let error = await #expect(throws: StoreError.self) { try await scratch.store().devices() }
            #expect(error?.code == .tooNew)
            #expect(error?.message.contains("version 99") == true)
        }
    }

    @Test func `many stores may make the database at the same moment`() async throws {
        try await ScratchStore.with { scratch in
            try await withThrowingTaskGroup { group in
                for number in 0..<8 {
                    group.addTask { try await scratch.store().add(StoreSuite.device("d\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await scratch.store().devices().count == 9)
        }
    }

    @Test func `a lock that is held too long is told`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store(patience: .milliseconds(20))
            try await store.open()
            let other = try SQLiteConnection(scratch.path, patience: .zero)
            try other.execute("BEGIN IMMEDIATE")
            let error = await #expect(throws: StoreError.self) {
                try await store.add(StoreSuite.device("nas"))
            }
            #expect(error?.code == .busy)
            #expect(try await store.devices().count == 1)
            try other.execute("ROLLBACK")
            try await store.add(StoreSuite.device("nas"))
        }
    }

    @Test(arguments: ["text that is no database, and long enough", String(repeating: "y", count: 9_000)])
    func `a file that is no database is damaged`(_ content: String) async throws {
        try await ScratchStore.with { scratch in
            try Folder.createAll(scratch.folder + "/data")
            try AtomicFile.write(Array(content.utf8), to: scratch.path)
            let error = await #expect(throws: StoreError.self) { try await scratch.store().devices() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains(scratch.path) == true)
        }
    }

    @Test func `damaged pages are told, not read`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            for number in 0..<200 { try await store.add(StoreSuite.device("device-\(number)")) }
            await store.close()
            var bytes = try #require(try AtomicFile.read(scratch.path))
            for offset in bytes.indices.dropFirst(8192) { bytes[offset] = 0x5A }
            try AtomicFile.write(bytes, to: scratch.path)
            let error = await #expect(throws: StoreError.self) { try await scratch.store().devices() }
            #expect(error?.code == .corrupt)
        }
    }

    @Test(arguments: [
        "{", #"{"name":"other"}"#, #"{"name":"local","connection":{"local":{}},"tags":[],"paths":[]}"#,
    ])
    func `a device that cannot be read is told by name`(_ document: String) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.store().open()
            try scratch.tamper("UPDATE device SET document = '\(document)'")
            let error = await #expect(throws: StoreError.self) { try await scratch.store().devices() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("‘local’") == true)
        }
    }

    @Test func `a folder that cannot be made is told`() async throws {
        try await ScratchStore.with { scratch in
            try AtomicFile.write([], to: scratch.folder + "/data")
            let error = await #expect(throws: StoreError.self) { try await scratch.store().open() }
            #expect(error?.code == .unavailable)
        }
    }

    /// A real file system without space, which only root may make.
    @Test(.enabled(if: getuid() == 0, "only root can mount a small file system"))
    func `a full disk loses nothing and is told`() async throws {
        try await ScratchStore.with { scratch in
            guard unsafe mount("tmpfs", scratch.folder, "tmpfs", 0, "size=512k") == 0 else {
                print("skipped: this machine lets nobody mount a file system")
                return
            }
            defer { unsafe umount2(scratch.folder, Int32(MNT_DETACH)) }
            let store = scratch.store()
            var kept: Int64 = 0
            let error = await #expect(throws: StoreError.self) {
                while true {
                    kept = try await store.append(StoreSuite.entry(1), at: Timestamp(seconds: 1)).sequence
                }
            }
            #expect(error?.code == .full)
            #expect(error?.message.contains("the disk that holds") == true)
            #expect(kept > 10)
            guard case .intact(let count, _) = try await scratch.store().verify() else {
                Issue.record("the chain is not intact")
                return
            }
            #expect(count == kept || count == kept + 1)
            #expect(try await scratch.store().devices().count == 1)
        }
    }

    /// SQLite's own files of locks need room, which whoever only reads can do without.
    @Test(.enabled(if: getuid() == 0, "only root can mount a small file system"))
    func `on a disk without any room everything can still be read`() async throws {
        try await ScratchStore.with { scratch in
            guard unsafe mount("tmpfs", scratch.folder, "tmpfs", 0, "size=1m") == 0 else {
                print("skipped: this machine lets nobody mount a file system")
                return
            }
            defer { unsafe umount2(scratch.folder, Int32(MNT_DETACH)) }
            let store = scratch.store()
            for index in 1...3 {
                try await store.append(StoreSuite.entry(index), at: Timestamp(seconds: Int64(index)))
            }
            #expect(store.trouble == nil)
            await store.close()
            try Shell.run("cat /dev/zero >'\(scratch.folder)/fill' 2>/dev/null || true")
            let reader = scratch.store()
            #expect(try await reader.devices().map(\.name) == [.local])
            #expect(reader.trouble?.contains("is full") == true)
            #expect(try await reader.records(limit: 9, before: nil).count == 3)
            #expect(try await reader.problems() == [])
            guard case .intact(3, _) = try await scratch.store().verify() else {
                Issue.record("the chain is not intact")
                return
            }
            let error = await #expect(throws: StoreError.self) {
                for _ in 0..<99 { try await reader.append(StoreSuite.entry(4), at: Timestamp(seconds: 4)) }
            }
            #expect(error?.code == .full)
            try Shell.run("rm '\(scratch.folder)/fill'")
            try await reader.append(StoreSuite.entry(5), at: Timestamp(seconds: 5))
            #expect(reader.trouble == nil)
        }
    }
}
