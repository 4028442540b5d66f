import Basics
import Storage

/// The adopted policies in the database; the audit chain proves which of them count.
enum PolicyTable {
    private static let columns = "id, name, document, adopted, who, revoked"

    /// - Returns: false when the id, or the name of a policy that was not taken back, is taken.
    static func insert(
        _ policy: PolicyRecord, into connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "INSERT INTO policy (\(columns)) VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING",
            [
                .text(policy.id), .text(policy.name), .bytes(policy.document),
                .integer(policy.adopted.nanoseconds), .text(policy.who),
            ]) == 1
    }

    /// The newest policies, newest first.
    static func newest(
        _ limit: Int64, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [PolicyRecord] {
        let rows = try connection.prepare(
            "SELECT \(columns) FROM policy ORDER BY adopted DESC, number DESC LIMIT ?", [.integer(limit)])
        var found: [PolicyRecord] = []
        while try rows.step() {
            found.append(
                PolicyRecord(
                    id: rows.text(0), name: rows.text(1), document: rows.bytes(2),
                    adopted: Timestamp(nanoseconds: rows.integer(3)), who: rows.text(4),
                    revoked: rows.isNull(5) ? nil : Timestamp(nanoseconds: rows.integer(5))))
        }
        return found
    }

    /// - Returns: false when there is no policy of this id.
    static func revoke(
        _ id: String, at instant: Timestamp, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        try connection.run(
            "UPDATE policy SET revoked = coalesce(revoked, ?) WHERE id = ?",
            [.integer(instant.nanoseconds), .text(id)]) == 1
    }
}
