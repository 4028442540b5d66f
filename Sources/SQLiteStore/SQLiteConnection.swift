import Basics
import CSQLite
import Storage

/// One open SQLite database; closes itself when it goes out of scope.
///
/// All calls block: the actor that owns a connection runs on a queue of its own.
@safe struct SQLiteConnection: ~Copyable {
    /// The path it was opened by, for messages.
    let path: String
    private let handle: OpaquePointer
    private let compiled = StatementCache()

    /// Opens the existing file `path` for reading and writing.
    /// - Parameters:
    ///   - patience: how long a call waits for the locks of other processes before it gives up.
    ///   - isFrozen: only for reading, of a file that nobody can change: no locks are taken.
    init(_ path: String, patience: Duration, isFrozen: Bool = false) throws(StoreError) {
        self.path = path
        unsafe handle = try Self.open(path, patience: patience, isFrozen: isFrozen)
    }

    private static func open(
        _ path: String, patience: Duration, isFrozen: Bool
    ) throws(StoreError) -> OpaquePointer {
        if let lack = StoreLibraries.lack {
            throw StoreError(.unavailable, "SQLite, which keeps \(path), cannot be loaded: \(lack)")
        }
        var handle: OpaquePointer?
        // One thread at a time uses a connection (its actor), so SQLite need not lock it itself.
        let flags =
            (isFrozen ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE)
            | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let name = isFrozen ? "file:\(address(path))?immutable=1" : path
        let code = unsafe sqlite3_open_v2(name, &handle, flags, nil)
        guard code == SQLITE_OK, let opened = unsafe handle else {
            let error = unsafe StoreError(code, handle, path)
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        let milliseconds = patience / .milliseconds(1)
        unsafe sqlite3_busy_timeout(opened, Int32(clamping: Int64(milliseconds)))
        // A database file is data of others until proven: its schema may not change the engine or call functions.
        unsafe _ = holdfast_sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1)
        unsafe _ = holdfast_sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        return unsafe opened
    }

    /// The path as a part of an address: every byte that is no letter, digit or `/` as `%` and its number.
    private static func address(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case 0x2F...0x39, 0x41...0x5A, 0x61...0x7A: String(decoding: [byte], as: UTF8.self)
            default: "%" + Hex.string([byte])
            }
        }.joined()
    }

    deinit {
        compiled.removeAll()
        unsafe _ = sqlite3_close_v2(handle)
    }

    /// How many compiled statements are kept for the next time.
    var keptStatements: Int { compiled.count }

    /// Runs one or several statements that take no parameters and whose rows do not matter.
    func execute(_ sql: String) throws(StoreError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe StoreError(code, handle, path) }
    }

    /// Compiles the one statement `sql` with `values` in the places of its question marks.
    func prepare(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> SQLiteStatement {
        let statement = unsafe SQLiteStatement(try compile(sql), sql, compiled, path: path)
        try statement.bind(values)
        return statement
    }

    private func compile(_ sql: String) throws(StoreError) -> OpaquePointer {
        if let known = unsafe compiled.take(sql) { return unsafe known }
        var made: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made = unsafe made else {
            throw unsafe StoreError(code, handle, path)
        }
        return unsafe made
    }

    /// Runs one statement that gives no rows.
    /// - Returns: how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> Int {
        let statement = try prepare(sql, values)
        guard try !statement.step() else {
            throw StoreError(.corrupt, "\(path): a change of the database gave rows")
        }
        return unsafe Int(sqlite3_changes64(handle))
    }

    /// The whole number in the first column of the first row; nil when there is no row.
    func integer(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> Int64? {
        let statement = try prepare(sql, values)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The text in the first column of the first row; nil when there is no row.
    func text(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) -> String? {
        let statement = try prepare(sql, values)
        return try statement.step() ? statement.text(0) : nil
    }

    /// Runs `body` while no other process can write; what it did is durable on return, undone when it throws.
    func writing<Result>(
        _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try transaction("BEGIN IMMEDIATE", body)
    }

    /// Runs `body` on one unchanging state of the database.
    func reading<Result>(
        _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try transaction("BEGIN", body)
    }

    private func transaction<Result>(
        _ begin: String, _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try execute(begin)
        do throws(StoreError) {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            // SQLite undoes by itself what failed badly (a full disk); there is nothing left to roll back then.
            if unsafe sqlite3_get_autocommit(handle) == 0 { try execute("ROLLBACK") }
            throw error
        }
    }
}
