import Basics
import Storage

/// The runs of restore plans in the database, each row with its mark.
struct RunTable {
    private static let columns = "id, plan, device, started, updated, state, finished, document"

    let seal: RowSeal

    /// - Returns: false when the id is taken.
    func insert(_ run: RunRecord, into connection: borrowing SQLiteConnection) throws(StoreError) -> Bool {
        let values = Self.values(run)
        return try connection.run(
            "INSERT INTO run (\(Self.columns), mark) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            values + [.text(seal.mark("run", values))]) == 1
    }

    /// Replaces what changes in the life of a run.
    /// - Returns: false when there is no run of this id, plan, device and start.
    func replace(_ run: RunRecord, in connection: borrowing SQLiteConnection) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE run SET updated = ?, state = ?, finished = ?, document = ?, mark = ?
            WHERE id = ? AND plan = ? AND device = ? AND started = ?
            """,
            [
                .integer(run.updated.nanoseconds), .text(run.state), .integer(run.isFinished ? 1 : 0),
                .bytes(run.document), .text(seal.mark("run", Self.values(run))), .text(run.id),
                .text(run.plan), .text(run.device), .integer(run.started.nanoseconds),
            ]) == 1
    }

    /// The run of exactly this id; nil when there is none.
    func find(_ id: String, in connection: borrowing SQLiteConnection) throws(StoreError) -> RunRecord? {
        try select("WHERE id = ?", [.text(id)], in: connection).first
    }

    /// The newest runs, newest first.
    func newest(_ limit: Int64, in connection: borrowing SQLiteConnection) throws(StoreError) -> [RunRecord] {
        try select("ORDER BY started DESC, number DESC LIMIT ?", [.integer(limit)], in: connection)
    }

    /// The runs that are not finished, oldest first.
    func unfinished(in connection: borrowing SQLiteConnection) throws(StoreError) -> [RunRecord] {
        try select("WHERE finished = 0 ORDER BY started, number", [], in: connection)
    }

    /// Gives every row the mark that belongs to it.
    func markAll(in connection: borrowing SQLiteConnection) throws(StoreError) {
        var marks: [(number: Int64, mark: String)] = []
        do {
            let rows = try connection.prepare("SELECT \(Self.columns), number FROM run", [])
            while try rows.step() {
                marks.append((rows.integer(8), seal.mark("run", Self.values(Self.stored(rows)))))
            }
        }
        for (number, mark) in marks {
            try connection.run("UPDATE run SET mark = ? WHERE number = ?", [.text(mark), .integer(number)])
        }
    }

    private func select(
        _ clause: String, _ values: [SQLiteValue], in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [RunRecord] {
        let rows = try connection.prepare("SELECT \(Self.columns), mark FROM run \(clause)", values)
        var found: [RunRecord] = []
        while try rows.step() {
            var run = Self.stored(rows)
            if seal.mark("run", Self.values(run)) != rows.text(8) {
                run.state = RunRecord.altered
                run.isFinished = true
                run.document = []
            }
            found.append(run)
        }
        return found
    }

    private static func values(_ run: RunRecord) -> [SQLiteValue] {
        [
            .text(run.id), .text(run.plan), .text(run.device), .integer(run.started.nanoseconds),
            .integer(run.updated.nanoseconds), .text(run.state), .integer(run.isFinished ? 1 : 0),
            .bytes(run.document),
        ]
    }

    private static func stored(_ row: borrowing SQLiteStatement) -> RunRecord {
        RunRecord(
            id: row.text(0), plan: row.text(1), device: row.text(2),
            started: Timestamp(nanoseconds: row.integer(3)), updated: Timestamp(nanoseconds: row.integer(4)),
            state: row.text(5), isFinished: row.integer(6) != 0, document: row.bytes(7))
    }
}
