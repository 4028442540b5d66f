import Basics
import Glibc
import Storage
import TestSupport

@testable import SQLiteStore

/// A folder for one test, with the paths of a store in it.
struct ScratchStore: Sendable, Codable {
    let folder: String

    var path: String { folder + "/data/holdfast.db" }
    var checkpoint: String { folder + "/state/audit.checkpoint" }

    /// Calls `body` with a scratch folder that is removed afterwards.
    @discardableResult
    static func with<Result>(_ body: (ScratchStore) async throws -> Result) async throws -> Result {
        try await TestFiles.withScratchFolder { try await body(ScratchStore(folder: $0)) }
    }

    /// A store of its own connection on the folder's database.
    func store(key: UInt8 = 7, patience: Duration = .seconds(20)) -> SQLiteStore {
        SQLiteStore(
            path: path, checkpoint: checkpoint, mark: StoreSuite.mark(key: key), clock: FixedClock(),
            patience: patience)
    }

    /// Appends `count` entries through a store that is closed again.
    func fill(_ count: Int) async throws {
        let store = store()
        for number in 0..<count {
            try await store.append(StoreSuite.entry(number), at: Timestamp(seconds: Int64(1_000 + number)))
        }
        await store.close()
    }

    /// Changes the database behind the back of the program, as somebody with access to the file could.
    func tamper(_ sql: String) throws {
        let connection = try SQLiteConnection(path, patience: .seconds(20))
        try connection.execute(
            "DROP TRIGGER IF EXISTS audit_is_never_changed; DROP TRIGGER IF EXISTS audit_is_never_cut; " + sql
        )
    }

    /// Copies the database as it is, journal included, to the folder `name`.
    func copyDatabase(to name: String) throws {
        try Folder.createAll(folder + "/" + name)
        for suffix in ["", "-wal"] {
            try Folder.removeFile(folder + "/" + name + "/holdfast.db" + suffix)
            guard let bytes = try AtomicFile.read(path + suffix) else { continue }
            try AtomicFile.write(bytes, to: folder + "/" + name + "/holdfast.db" + suffix)
        }
    }

    /// Puts a copy made by `copyDatabase` in the place of the database.
    func restoreDatabase(from name: String) throws {
        try Folder.removeFile(path + "-shm")
        for suffix in ["", "-wal"] {
            try Folder.removeFile(path + suffix)
            guard let bytes = try AtomicFile.read(folder + "/" + name + "/holdfast.db" + suffix) else {
                continue
            }
            try AtomicFile.write(bytes, to: path + suffix)
        }
    }

    /// The permissions of a file below the folder, nil when there is none.
    func permissions(_ name: String) -> UInt32? {
        var status = stat()
        guard unsafe stat(folder + "/" + name, &status) == 0 else { return nil }
        return status.st_mode & 0o7777
    }
}

private struct FixedClock: WallClock {
    func now() -> Timestamp { Timestamp(seconds: 1_700_000_000) }
}
