import Basics
import Storage

/// The runs of restore plans in the database.
enum RunTable {
    private static let columns = "id, plan, device, started, updated, state, finished, document"

    /// - Returns: false when the id is taken.
    static func insert(
        _ run: RunRecord, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "INSERT INTO run (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            [
                .text(run.id), .text(run.plan), .text(run.device), .integer(run.started.nanoseconds),
                .integer(run.updated.nanoseconds), .text(run.state), .integer(run.isFinished ? 1 : 0),
                .bytes(run.document),
            ]) == 1
    }

    /// Replaces what changes in the life of a run.
    /// - Returns: false when there is no run of this id, plan, device and start.
    static func replace(
        _ run: RunRecord, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE run SET updated = ?, state = ?, finished = ?, document = ?
            WHERE id = ? AND plan = ? AND device = ? AND started = ?
            """,
            [
                .integer(run.updated.nanoseconds), .text(run.state), .integer(run.isFinished ? 1 : 0),
                .bytes(run.document), .text(run.id), .text(run.plan), .text(run.device),
                .integer(run.started.nanoseconds),
            ]) == 1
    }

    /// The run of exactly this id; nil when there is none.
    static func find(
        _ id: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> RunRecord? {
        try select("WHERE id = ?", [.text(id)], in: connection).first
    }

    /// The newest runs, newest first.
    static func newest(
        _ limit: Int64, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [RunRecord] {
        try select("ORDER BY started DESC, number DESC LIMIT ?", [.integer(limit)], in: connection)
    }

    /// The runs that are not finished, oldest first.
    static func unfinished(in connection: borrowing SQLiteConnection) throws(StoreError) -> [RunRecord] {
        try select("WHERE finished = 0 ORDER BY started, number", [], in: connection)
    }

    private static func select(
        _ clause: String, _ values: [SQLiteValue], in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [RunRecord] {
        let rows = try connection.prepare("SELECT \(columns) FROM run \(clause)", values)
        var found: [RunRecord] = []
        while try rows.step() { found.append(run(rows)) }
        return found
    }

    private static func run(_ row: borrowing SQLiteStatement) -> RunRecord {
        RunRecord(
            id: row.text(0), plan: row.text(1), device: row.text(2),
            started: Timestamp(nanoseconds: row.integer(3)), updated: Timestamp(nanoseconds: row.integer(4)),
            state: row.text(5), isFinished: row.integer(6) != 0, document: row.bytes(7))
    }
}
