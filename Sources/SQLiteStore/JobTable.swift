import Basics
import Storage

/// The jobs in the database, each row with its mark; whether a job was asked to end stands outside of it.
struct JobTable {
    private static let columns = "id, operation, actor, started, updated, state, finished, document"

    let seal: RowSeal

    /// - Returns: false when the id is taken.
    func insert(_ job: JobRecord, into connection: borrowing SQLiteConnection) throws(StoreError) -> Bool {
        let values = Self.values(job)
        return try connection.run(
            "INSERT INTO job (\(Self.columns), mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            values + [.text(seal.mark("job", values))]) == 1
    }

    /// Replaces what changes in the life of a job.
    /// - Returns: false when there is no unfinished job of this id, operation, actor and start.
    func replace(_ job: JobRecord, in connection: borrowing SQLiteConnection) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE job SET updated = ?, state = ?, finished = ?, document = ?, mark = ?
            WHERE id = ? AND operation = ? AND actor = ? AND started = ? AND finished = 0
            """,
            [
                .integer(job.updated.nanoseconds), .text(job.state), .integer(job.isFinished ? 1 : 0),
                .bytes(job.document), .text(seal.mark("job", Self.values(job))), .text(job.id),
                .text(job.operation), .text(job.actor), .integer(job.started.nanoseconds),
            ]) == 1
    }

    /// The job of exactly this id; nil when there is none.
    func find(_ id: String, in connection: borrowing SQLiteConnection) throws(StoreError) -> JobRecord? {
        try select("WHERE id = ?", [.text(id)], in: connection).first
    }

    /// The newest jobs, newest first.
    func newest(_ limit: Int64, in connection: borrowing SQLiteConnection) throws(StoreError) -> [JobRecord] {
        try select("ORDER BY started DESC, number DESC LIMIT ?", [.integer(limit)], in: connection)
    }

    /// The jobs that are not finished, oldest first.
    func unfinished(in connection: borrowing SQLiteConnection) throws(StoreError) -> [JobRecord] {
        try select("WHERE finished = 0 ORDER BY started, number", [], in: connection)
    }

    /// - Returns: false when there is no unfinished job of this id.
    static func requestCancel(
        _ id: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run("UPDATE job SET cancel = 1 WHERE id = ? AND finished = 0", [.text(id)]) == 1
    }

    static func isCancelRequested(
        _ id: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        let rows = try connection.prepare("SELECT cancel FROM job WHERE id = ?", [.text(id)])
        return try rows.step() && rows.integer(0) != 0
    }

    /// Removes the oldest finished jobs beyond the newest `count`.
    /// - Returns: their ids.
    static func removeFinished(
        keeping count: Int64, from connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [String] {
        let rows = try connection.prepare(
            """
            DELETE FROM job WHERE finished = 1 AND number NOT IN
            (SELECT number FROM job WHERE finished = 1 ORDER BY started DESC, number DESC LIMIT ?) RETURNING id
            """, [.integer(count)])
        var removed: [String] = []
        while try rows.step() { removed.append(rows.text(0)) }
        return removed
    }

    private func select(
        _ clause: String, _ values: [SQLiteValue], in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [JobRecord] {
        let rows = try connection.prepare("SELECT \(Self.columns), mark FROM job \(clause)", values)
        var found: [JobRecord] = []
        while try rows.step() {
            var job = Self.stored(rows)
            if seal.mark("job", Self.values(job)) != rows.text(8) {
                job.state = JobRecord.altered
                job.isFinished = true
                job.document = []
            }
            found.append(job)
        }
        return found
    }

    private static func values(_ job: JobRecord) -> [SQLiteValue] {
        [
            .text(job.id), .text(job.operation), .text(job.actor), .integer(job.started.nanoseconds),
            .integer(job.updated.nanoseconds), .text(job.state), .integer(job.isFinished ? 1 : 0),
            .bytes(job.document),
        ]
    }

    private static func stored(_ row: borrowing SQLiteStatement) -> JobRecord {
        JobRecord(
            id: row.text(0), operation: row.text(1), actor: row.text(2),
            started: Timestamp(nanoseconds: row.integer(3)), updated: Timestamp(nanoseconds: row.integer(4)),
            state: row.text(5), isFinished: row.integer(6) != 0, document: row.bytes(7))
    }
}
