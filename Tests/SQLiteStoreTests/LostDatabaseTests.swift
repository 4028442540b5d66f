import Basics
import Glibc
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

/// A database that was there is not made anew by itself.
@Suite("A lost database")
struct LostDatabaseTests {
    private func lose(_ scratch: ScratchStore, emptying: Bool) throws {
        for suffix in ["", "-wal", "-shm"] { try Folder.removeFile(scratch.path + suffix) }
        if emptying { try AtomicFile.write([], to: scratch.path) }
    }

    @Test(arguments: [false, true])
    func `is told and not replaced, whichever call needs it`(_ isEmpty: Bool) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try lose(scratch, emptying: isEmpty)
            for attempt in 0..<3 {
                let error = await #expect(throws: StoreError.self) {
                    switch attempt {
                    case 0: _ = try await scratch.store().devices()
                    case 1:
                        _ = try await scratch.store().append(StoreSuite.entry(1), at: Timestamp(seconds: 1))
                    default: try await scratch.store().create()
                    }
                }
                #expect(error?.code == .missing)
                #expect(error?.message.contains(scratch.path) == true)
                #expect(error?.message.contains(scratch.checkpoint) == true)
            }
            #expect(try Folder.item(scratch.path)?.size == (isEmpty ? 0 : nil))
            #expect(try Folder.item(scratch.checkpoint) != nil)
        }
    }

    @Test(arguments: [false, true])
    func `is made anew on request, and what proves the old one stays`(_ isEmpty: Bool) async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            let proof = try AtomicFile.read(scratch.checkpoint)
            try lose(scratch, emptying: isEmpty)
            let store = scratch.store()
            try await store.create(startingAnew: true)
            #expect(try await store.devices().count == 1)
            #expect(try await store.verify() == .intact(count: 0, remarks: []))
            #expect(try AtomicFile.read(scratch.checkpoint + ".lost-20231114T221320Z") == proof)
        }
    }

    @Test func `a damaged one is set aside on request`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(3)
            try lose(scratch, emptying: false)
            try AtomicFile.write(Array(String(repeating: "y", count: 9_000).utf8), to: scratch.path)
            let refused = await #expect(throws: StoreError.self) { try await scratch.store().create() }
            #expect(refused?.code == .corrupt)
            try await scratch.store().create(startingAnew: true)
            #expect(try await scratch.store().devices().count == 1)
            #expect(try Folder.item(scratch.path + ".lost-20231114T221320Z")?.size == 9_000)
        }
    }

    @Test func `a store that makes nothing by itself waits to be asked`() async throws {
        try await ScratchStore.with { scratch in
            let store = SQLiteStore(
                path: scratch.path, checkpoint: scratch.checkpoint, mark: StoreSuite.mark(),
                creation: .onRequest)
            let error = await #expect(throws: StoreError.self) { try await store.devices() }
            #expect(error?.code == .missing)
            #expect(try Folder.item(scratch.path) == nil)
            try await store.create()
            #expect(try await store.devices().count == 1)
            try await store.create()
            #expect(try await store.devices().count == 1)
        }
    }

    @Test func `with another key nothing is appended, and the chain stays whole`() async throws {
        try await ScratchStore.with { scratch in
            try await scratch.fill(2)
            let other = scratch.store(key: 9)
            let error = await #expect(throws: StoreError.self) {
                try await other.append(StoreSuite.entry(3), at: Timestamp(seconds: 3_000))
            }
            #expect(error?.code == .wrongKey)
            #expect(try await other.verify() == .otherKey(count: 2))
            #expect(try await scratch.store().verify() == .intact(count: 2, remarks: []))
        }
    }

    @Test func `the time of a record is that of its turn`() async throws {
        try await ScratchStore.with { scratch in
            let clock = TickingClock()
            let stores = [scratch.store(), scratch.store(), scratch.store()]
            try await withThrowingTaskGroup { group in
                for number in 0..<24 {
                    group.addTask { try await stores[number % 3].append(StoreSuite.entry(number), by: clock) }
                }
                try await group.waitForAll()
            }
            #expect(try await stores[0].verify() == .intact(count: 24, remarks: []))
        }
    }

    @Test(.enabled(if: getuid() == 0, "only root can mount a file system"))
    func `on a read-only disk it is read, and a change is refused in plain words`() async throws {
        try await ScratchStore.with { scratch in
            guard unsafe mount("tmpfs", scratch.folder, "tmpfs", 0, "size=4m") == 0 else {
                print("skipped: this machine lets nobody mount a file system")
                return
            }
            defer { unsafe umount2(scratch.folder, Int32(MNT_DETACH)) }
            try await scratch.fill(3)
            try #require(unsafe mount(nil, scratch.folder, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
            let store = scratch.store()
            #expect(try await store.devices().count == 1)
            #expect(try await store.verify() == .intact(count: 3, remarks: []))
            let error = await #expect(throws: StoreError.self) {
                try await store.append(StoreSuite.entry(1), at: Timestamp(seconds: 9_000))
            }
            #expect(error?.code == .readOnly)
            #expect(error?.message.contains("read-only") == true)
        }
    }
}

/// Each look at it finds it a little later.
private final class TickingClock: WallClock {
    private let clock = SettableClock()

    func now() -> Timestamp {
        clock.advance(by: .milliseconds(1))
        return clock.now()
    }
}
