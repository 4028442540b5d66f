import Basics
import Storage

/// The restore plans in the database.
enum PlanTable {
    private static let columns = "id, device, backup, created, expires, document"

    /// - Returns: false when the id is taken.
    static func insert(
        _ plan: PlanRecord, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "INSERT INTO plan (\(columns)) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
            [
                .text(plan.id), .text(plan.device), .text(plan.backup), .integer(plan.created.nanoseconds),
                .integer(plan.expires.nanoseconds), .bytes(plan.document),
            ]) == 1
    }

    /// The plan of exactly this id; nil when there is none.
    static func find(
        _ id: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> PlanRecord? {
        let rows = try connection.prepare("SELECT \(columns) FROM plan WHERE id = ?", [.text(id)])
        return try rows.step() ? plan(rows) : nil
    }

    /// The newest plans whose id begins with `prefix`, newest first.
    static func newest(
        _ limit: Int64, beginningWith prefix: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [PlanRecord] {
        // A range rather than LIKE, which would read wildcards into the prefix and take letters of both cases.
        let order = "ORDER BY created DESC, number DESC LIMIT ?"
        let rows =
            prefix.isEmpty
            ? try connection.prepare("SELECT \(columns) FROM plan \(order)", [.integer(limit)])
            : try connection.prepare(
                "SELECT \(columns) FROM plan WHERE id >= ? AND id < ? \(order)",
                [.text(prefix), .text(prefix + "\u{10FFFF}"), .integer(limit)])
        var found: [PlanRecord] = []
        while try rows.step() { found.append(plan(rows)) }
        return found
    }

    /// Removes what expired before `instant` and has no run.
    /// - Returns: how many plans that were.
    static func remove(
        expiredBefore instant: Timestamp, from connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Int {
        try connection.run(
            """
            DELETE FROM plan WHERE expires < ? AND NOT EXISTS (SELECT 1 FROM run WHERE run.plan = plan.id)
            """, [.integer(instant.nanoseconds)])
    }

    private static func plan(_ row: borrowing SQLiteStatement) -> PlanRecord {
        PlanRecord(
            id: row.text(0), device: row.text(1), backup: row.text(2),
            created: Timestamp(nanoseconds: row.integer(3)), expires: Timestamp(nanoseconds: row.integer(4)),
            document: row.bytes(5))
    }
}
