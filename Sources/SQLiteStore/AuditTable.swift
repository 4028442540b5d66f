import Basics
import Storage

/// The audit chain in the database: one row a record.
enum AuditTable {
    private static let columns = """
        sequence, time, phase, action, operation, actor, surface, arguments, result, detail, previous, mark
        """

    /// A row that may have been tampered with.
    enum Row {
        case record(AuditRecord)
        /// No program wrote this; why.
        case unreadable(sequence: Int64, reason: String)
    }

    /// The end of the chain; nil while it is empty.
    static func end(in connection: borrowing SQLiteConnection) throws(StoreError) -> AuditCheckpoint? {
        let rows = try connection.prepare("SELECT sequence, mark FROM audit ORDER BY sequence DESC LIMIT 1")
        return try rows.step() ? AuditCheckpoint(sequence: rows.integer(0), mark: rows.text(1)) : nil
    }

    /// The mark of one record; nil when there is no such record.
    static func mark(of sequence: Int64, in connection: borrowing SQLiteConnection) throws(StoreError)
        -> String?
    {
        try connection.text("SELECT mark FROM audit WHERE sequence = ?", [.integer(sequence)])
    }

    /// Adds a record to the end.
    static func append(_ record: AuditRecord, to connection: borrowing SQLiteConnection) throws(StoreError) {
        let entry = record.entry
        try connection.run(
            "INSERT INTO audit (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .integer(record.sequence), .integer(record.time.nanoseconds), .text(entry.phase.rawValue),
                .text(entry.action), .text(entry.operation), .text(entry.actor), .text(entry.surface),
                .text(JSONWriter.text(entry.arguments)), .text(entry.result), .text(entry.detail),
                .text(record.previous), .text(record.mark),
            ])
    }

    /// The newest rows below `before`, newest first.
    static func newest(
        _ limit: Int, before: Int64?, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [Row] {
        let rows = try connection.prepare(
            "SELECT \(columns) FROM audit WHERE sequence < ? ORDER BY sequence DESC LIMIT ?",
            [.integer(before ?? .max), .integer(Int64(limit))])
        var found: [Row] = []
        while try rows.step() { found.append(row(rows)) }
        return found
    }

    /// Gives every row to `visit` by rising number until that returns something.
    static func walk<Result>(
        _ connection: borrowing SQLiteConnection, _ visit: (Row) throws(StoreError) -> Result?
    ) throws(StoreError) -> Result? {
        let rows = try connection.prepare("SELECT \(columns) FROM audit ORDER BY sequence")
        while try rows.step() {
            if let result = try visit(row(rows)) { return result }
        }
        return nil
    }

    private static func row(_ columns: borrowing SQLiteStatement) -> Row {
        let sequence = columns.integer(0)
        guard let phase = AuditEntry.Phase(rawValue: columns.text(2)) else {
            return .unreadable(sequence: sequence, reason: "the record was altered: no such phase")
        }
        let written = columns.text(7)
        // The tree must stand for exactly these bytes, as the mark is made over them.
        guard let arguments = try? JSONParser.parse(written), JSONWriter.text(arguments) == written else {
            return .unreadable(
                sequence: sequence, reason: "the record was altered: its arguments are not as written")
        }
        let entry = AuditEntry(
            phase: phase, action: columns.text(3), operation: columns.text(4), actor: columns.text(5),
            surface: columns.text(6), arguments: arguments, result: columns.text(8), detail: columns.text(9))
        return .record(
            AuditRecord(
                sequence: sequence, time: Timestamp(nanoseconds: columns.integer(1)), entry: entry,
                previous: columns.text(10), mark: columns.text(11)))
    }
}
