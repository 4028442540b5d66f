import Basics
import Storage

/// The tokens in the database, each row with its mark; when a token was last shown stands outside of it.
struct TokenTable {
    private static let columns =
        "id, name, digest, level, toolsets, devices, created, who, expires, revoked, used, mark"

    let seal: RowSeal

    /// - Returns: false when the id, the digest, or the name of a token that counts is taken.
    func insert(_ token: TokenRecord, into connection: borrowing SQLiteConnection) throws(StoreError) -> Bool
    {
        let values = Self.values(token)
        return try connection.run(
            "INSERT INTO token (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?) ON CONFLICT DO NOTHING",
            values.dropLast() + [.text(seal.mark("token", values))]) == 1
    }

    /// The newest tokens, newest first.
    func newest(_ limit: Int64, in connection: borrowing SQLiteConnection) throws(StoreError) -> [TokenRecord]
    {
        try select("ORDER BY created DESC, number DESC LIMIT ?", [.integer(limit)], in: connection)
    }

    /// The token of that digest; nil when there is none.
    func find(
        digest: String, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> TokenRecord? {
        try select("WHERE digest = ?", [.text(digest)], in: connection).first
    }

    static func use(
        _ id: String, at instant: Timestamp, in connection: borrowing SQLiteConnection
    ) throws(StoreError) {
        try connection.run(
            "UPDATE token SET used = ? WHERE id = ?", [.integer(instant.nanoseconds), .text(id)])
    }

    /// - Returns: false when there is no token of this id.
    func revoke(
        _ id: String, at instant: Timestamp, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> Bool {
        guard var token = try select("WHERE id = ?", [.text(id)], in: connection).first else { return false }
        guard token.revoked == nil else { return true }
        token.revoked = instant
        return try connection.run(
            "UPDATE token SET revoked = ?, mark = ? WHERE id = ?",
            [
                .integer(instant.nanoseconds), .text(seal.mark("token", Self.values(token))), .text(id),
            ]) == 1
    }

    private func select(
        _ clause: String, _ values: [SQLiteValue], in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> [TokenRecord] {
        let rows = try connection.prepare("SELECT \(Self.columns) FROM token \(clause)", values)
        var found: [TokenRecord] = []
        while try rows.step() {
            let token = Self.stored(rows)
            // A row that somebody else wrote or altered gives no rights.
            guard seal.mark("token", Self.values(token)) == rows.text(11) else { continue }
            found.append(token)
        }
        return found
    }

    /// What the mark binds.
    private static func values(_ token: TokenRecord) -> [SQLiteValue] {
        [
            .text(token.id), .text(token.name), .text(token.digest), .text(token.level),
            .text(token.toolsets.joined(separator: " ")), .text(token.devices.joined(separator: " ")),
            .integer(token.created.nanoseconds), .text(token.who), .integer(token.expires.nanoseconds),
            .integer(token.revoked?.nanoseconds ?? 0),
        ]
    }

    private static func stored(_ row: borrowing SQLiteStatement) -> TokenRecord {
        func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
        func instant(_ column: Int32) -> Timestamp? {
            row.isNull(column) ? nil : Timestamp(nanoseconds: row.integer(column))
        }
        return TokenRecord(
            id: row.text(0), name: row.text(1), digest: row.text(2), level: row.text(3),
            toolsets: words(row.text(4)), devices: words(row.text(5)),
            created: Timestamp(nanoseconds: row.integer(6)), who: row.text(7),
            expires: Timestamp(nanoseconds: row.integer(8)), lastUsed: instant(10), revoked: instant(9))
    }
}
