import Basics
import CSQLite
import Storage

extension StoreError {
    /// What SQLite's result `code` means to a caller, in words that name the file.
    init(_ code: Int32, _ database: OpaquePointer?, _ path: String) {
        let reason = unsafe String(
            cString: database.map { unsafe sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
            self.init(.busy, "another process holds the database \(path): \(reason)")
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT:
            self.init(.corrupt, "the database \(path) is damaged: \(reason)")
        case SQLITE_CONSTRAINT:
            self.init(.conflict, "the change breaks a rule of the database \(path): \(reason)")
        case SQLITE_INTERRUPT:
            self.init(.cancelled, "the work on the database \(path) was cancelled")
        case SQLITE_FULL: self = .full(path)
        case SQLITE_READONLY: self = .readOnly(path, reason)
        case SQLITE_IOERR, SQLITE_CANTOPEN:
            let number = unsafe database.map { unsafe sqlite3_system_errno($0) } ?? 0
            self =
                StoreError(errno: number, path)
                ?? StoreError(.unavailable, "cannot use the database \(path): \(reason)")
        case SQLITE_ERROR, SQLITE_MISMATCH, SQLITE_SCHEMA, SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_MISUSE:
            self.init(.corrupt, "the database \(path) is not as this program left it: \(reason)")
        default:
            self.init(.unavailable, "cannot use the database \(path): \(reason)")
        }
    }
}
