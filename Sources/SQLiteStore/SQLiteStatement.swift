import CSQLite
import Storage

/// A value on its way into a statement.
enum SQLiteValue: Sendable, Equatable {
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// A compiled statement with its values bound; goes back to its connection when it goes out of scope.
@safe struct SQLiteStatement: ~Copyable {
    private let handle: OpaquePointer
    private let sql: String
    private let home: StatementCache
    private let path: String

    /// Takes over `handle`, which `sql` was compiled to.
    init(_ handle: OpaquePointer, _ sql: String, _ home: StatementCache, path: String) {
        unsafe self.handle = handle
        self.sql = sql
        self.home = home
        self.path = path
    }

    /// Binds `values` to the parameters, which must be as many.
    func bind(_ values: [SQLiteValue]) throws(StoreError) {
        precondition(
            unsafe sqlite3_bind_parameter_count(handle) == values.count, "a value for each parameter")
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
                case .text(let text):
                    unsafe holdfast_sqlite3_bind_text(handle, place, text, UInt64(text.utf8.count))
                case .bytes(let bytes):
                    unsafe holdfast_sqlite3_bind_blob(handle, place, bytes, UInt64(bytes.count))
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    deinit { unsafe home.give(handle, sql) }

    /// Goes to the next row.
    /// - Returns: false after the last one.
    func step() throws(StoreError) -> Bool {
        let code = unsafe sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw failure(code)
        }
    }

    /// The whole number in a column of the current row, counted from 0.
    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// The text in a column of the current row, counted from 0; invalid UTF-8 becomes U+FFFD.
    func text(_ column: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// The bytes in a column of the current row, counted from 0.
    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Whether a column of the current row, counted from 0, holds no value.
    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    private func failure(_ code: Int32) -> StoreError {
        unsafe StoreError(code, sqlite3_db_handle(handle), path)
    }
}
