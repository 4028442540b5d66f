import Basics
import CSQLite
import RemoteExecution
import Storage

/// The tables, and the steps that lead from each older version of them to the present one.
enum Schema {
    /// What each version adds to the one before; the number of a version is its place, counted from 1.
    ///
    /// A step that was ever released is never changed.
    private static let steps = [
        """
        CREATE TABLE device (
            name TEXT PRIMARY KEY,
            document TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            phase TEXT NOT NULL,
            action TEXT NOT NULL,
            operation TEXT NOT NULL,
            actor TEXT NOT NULL,
            surface TEXT NOT NULL,
            arguments TEXT NOT NULL,
            result TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            mark TEXT NOT NULL
        ) STRICT;

        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit records are only ever appended'); END;

        CREATE TRIGGER audit_is_never_cut BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit records are only ever appended'); END;
        """,
        restoreTables,
        rightsTables,
        tokenTables,
    ]

    /// The first version whose rows carry marks.
    private static let markedVersion: Int64 = 3

    /// What a step that brings a database up needs to know.
    struct Upgrade {
        let seal: RowSeal
        let now: Timestamp
        /// What the checkpoint's file said before.
        let anchor: AuditWalk.Anchor
    }

    /// The version this program reads and writes.
    static var version: Int64 { Int64(steps.count) }

    /// Opens the database at `path` and brings it to the present version.
    ///
    /// - Parameter mayCreate: makes it where it is missing or empty.
    /// - Throws: `missing` where it is, and may not be made.
    static func open(
        _ path: String, patience: Duration, mayCreate: Bool, _ upgrade: Upgrade
    ) throws(StoreError) -> SQLiteConnection {
        if !mayCreate { try checkPresence(path) }
        if FileStatus.isOnReadOnlyDisk(path) { return try openFrozen(path, patience: patience) }
        let isNew = try prepareFile(path)
        let connection = try SQLiteConnection(path, patience: patience)
        // The audit record of an intent must survive a power cut, hence FULL; NORMAL would not sync each commit.
        try connection.execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        let found = try connection.integer("PRAGMA user_version") ?? 0
        guard found <= version else { throw tooNew(path, found) }
        guard found > 0 || mayCreate else { throw missing(path, "empty") }
        if isNew || found < version {
            try turnOnJournal(connection)
            try migrate(connection, upgrade)
        }
        return connection
    }

    /// Opens the database on a disk where nothing can change, and where SQLite can make no files for its locks.
    private static func openFrozen(_ path: String, patience: Duration) throws(StoreError) -> SQLiteConnection
    {
        let journal: FolderItem?
        do throws(SystemError) { journal = try Folder.item(path + "-wal") } catch { throw StoreError(error) }
        guard (journal?.size ?? 0) == 0 else {
            throw StoreError.readOnly(
                path, "its disk is, and its journal was not written back, so that it cannot be read either")
        }
        let connection = try SQLiteConnection(path, patience: patience, isFrozen: true)
        let found = try connection.integer("PRAGMA user_version") ?? 0
        guard found <= version else { throw tooNew(path, found) }
        guard found == version else {
            throw found == 0
                ? missing(path, "empty")
                : StoreError.readOnly(path, "its disk is, and it is of an older version of the program")
        }
        return connection
    }

    /// Finds out without touching the file: SQLite removes the journal of an empty one.
    private static func checkPresence(_ path: String) throws(StoreError) {
        let item: FolderItem?
        do throws(SystemError) { item = try Folder.item(path) } catch { throw StoreError(error) }
        guard let item else { throw missing(path, "missing") }
        guard item.size > 0 else { throw missing(path, "empty") }
    }

    private static func missing(_ path: String, _ how: String) -> StoreError {
        StoreError(.missing, "the database \(path) is \(how)")
    }

    /// Makes the folder and an empty file, readable by their owner only; SQLite gives its side files the same mode.
    /// - Returns: whether the file was made.
    private static func prepareFile(_ path: String) throws(StoreError) -> Bool {
        do throws(SystemError) {
            if let item = try Folder.item(path) { return item.size == 0 }
            try Folder.createAll(AtomicFile.folder(of: path))
            // Opened for update rather than made new: another process may make it at the same moment.
            let file = try OpenFile(path, .update)
            try file.sync()
            try Folder.sync(AtomicFile.folder(of: path))
            return true
        } catch {
            throw StoreError(error)
        }
    }

    /// Write-ahead journal: readers never wait for the writer; the mode is kept in the file.
    private static func turnOnJournal(_ connection: borrowing SQLiteConnection) throws(StoreError) {
        let mode = try connection.text("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw StoreError(
                .unavailable, "the file system of \(connection.path) cannot share memory between processes")
        }
    }

    private static func migrate(
        _ connection: borrowing SQLiteConnection, _ upgrade: Upgrade
    ) throws(StoreError) {
        try connection.writing { (connection) throws(StoreError) in
            // Asked again under the lock: another process may have been here first.
            let found = try connection.integer("PRAGMA user_version") ?? 0
            guard found <= version else { throw tooNew(connection.path, found) }
            guard found < version else { return }
            for step in steps[Int(found)...] { try connection.execute(step) }
            try connection.execute("PRAGMA user_version = \(version)")
            let devices = DeviceTable(seal: upgrade.seal)
            if found > 0, found < markedVersion {
                try checkAge(connection, found, upgrade.anchor)
                try devices.markAll(in: connection)
                try RunTable(seal: upgrade.seal).markAll(in: connection)
            }
            try devices.insert(.local(added: upgrade.now), or: "IGNORE", into: connection)
        }
    }

    /// Refuses to vouch for rows without marks where the checkpoint shows that they had marks before.
    private static func checkAge(
        _ connection: borrowing SQLiteConnection, _ found: Int64, _ anchor: AuditWalk.Anchor
    ) throws(StoreError) {
        let end = try AuditTable.end(in: connection)
        switch anchor {
        case .known(let checkpoint) where !checkpoint.marksRows:
            let found = try AuditTable.mark(of: checkpoint.sequence, in: connection)
            if checkpoint.sequence == 0 || found == checkpoint.mark { return }
        case .missing where end == nil: return
        case .known, .forged, .missing: break
        }
        throw StoreError(
            .corrupt,
            "the database \(connection.path) says that it is of version \(found), which its checkpoint does not confirm: it was altered, or an older copy was put back"
        )
    }

    private static func tooNew(_ path: String, _ found: Int64) -> StoreError {
        StoreError(
            .tooNew,
            "the database \(path) has version \(found), this program knows \(version) at most: use a newer program"
        )
    }
}
