import Basics
import Storage

/// The approvals of restore plans in the database.
enum ApprovalTable {
    private static let columns =
        "id, plan, kind, who, origin, given, expires, mark, used_by, revoked, account"

    /// Adds an approval that is neither used nor revoked.
    /// - Returns: false when the id is taken.
    static func insert(
        _ approval: ApprovalRecord, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "INSERT INTO approval (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?) "
                + "ON CONFLICT (id) DO NOTHING",
            [
                .text(approval.id), .text(approval.plan), .text(approval.kind.rawValue), .text(approval.who),
                .text(approval.origin), .integer(approval.given.nanoseconds),
                .integer(approval.expires.nanoseconds), .text(approval.mark), .text(approval.account),
            ]) == 1
    }

    /// The approval of exactly this id; nil when there is none.
    static func find(
        _ id: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> ApprovalRecord? {
        let rows = try connection.prepare("SELECT \(columns) FROM approval WHERE id = ?", [.text(id)])
        return try rows.step() ? try approval(rows, connection.path) : nil
    }

    /// The approvals of one plan, oldest first.
    static func all(
        ofPlan plan: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [ApprovalRecord] {
        try select("WHERE plan = ? ORDER BY given, number", [.text(plan)], in: connection)
    }

    /// The newest approvals, newest first.
    static func newest(
        _ limit: Int64, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [ApprovalRecord] {
        try select("ORDER BY given DESC, number DESC LIMIT ?", [.integer(limit)], in: connection)
    }

    /// - Returns: false when the approval is unknown, used, revoked or of another plan.
    static func use(
        _ id: String, for run: RunRecord, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            """
            UPDATE approval SET used_by = ? WHERE id = ? AND plan = ? AND used_by IS NULL AND revoked IS NULL
            """, [.text(run.id), .text(id), .text(run.plan)]) == 1
    }

    /// Takes an approval back; one that was taken back before keeps its first instant.
    /// - Returns: false when the approval is unknown or used.
    static func revoke(
        _ id: String, at instant: Timestamp, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "UPDATE approval SET revoked = coalesce(revoked, ?) WHERE id = ? AND used_by IS NULL",
            [.integer(instant.nanoseconds), .text(id)]) == 1
    }

    private static func select(
        _ clause: String, _ values: [SQLiteValue], in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [ApprovalRecord] {
        let rows = try connection.prepare("SELECT \(columns) FROM approval \(clause)", values)
        var found: [ApprovalRecord] = []
        while try rows.step() { found.append(try approval(rows, connection.path)) }
        return found
    }

    private static func approval(
        _ row: borrowing SQLiteStatement, _ path: String
    ) throws(StoreError) -> ApprovalRecord {
        let id = row.text(0)
        guard let kind = ApprovalRecord.Kind(rawValue: row.text(2)) else {
            throw StoreError(.corrupt, "the approval ‘\(id)’ in the database \(path) is of no known kind")
        }
        return ApprovalRecord(
            id: id, plan: row.text(1), kind: kind, who: row.text(3), origin: row.text(4),
            given: Timestamp(nanoseconds: row.integer(5)), expires: Timestamp(nanoseconds: row.integer(6)),
            mark: row.text(7), usedBy: row.isNull(8) ? nil : row.text(8),
            revoked: row.isNull(9) ? nil : Timestamp(nanoseconds: row.integer(9)), account: row.text(10))
    }
}
