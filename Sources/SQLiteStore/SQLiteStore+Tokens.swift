package import Basics
package import Storage

extension SQLiteStore: TokenStore {
    private var tokenTable: TokenTable { TokenTable(seal: seal) }

    package func add(_ token: TokenRecord) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try tokenTable.insert(token, into: connection) else {
                throw StoreError(.conflict, "there is already a token called ‘\(token.name)’")
            }
        }
    }

    package func tokens(limit: Int) throws(StoreError) -> [TokenRecord] {
        try using { (connection) throws(StoreError) in
            try tokenTable.newest(Int64(min(max(0, limit), Self.recordLimit)), in: connection)
        }
    }

    package func token(withDigest digest: String) throws(StoreError) -> TokenRecord? {
        try using { (connection) throws(StoreError) in try tokenTable.find(digest: digest, in: connection) }
    }

    package func tokenWasUsed(_ id: String, at instant: Timestamp) throws(StoreError) {
        try using { (connection) throws(StoreError) in try TokenTable.use(id, at: instant, in: connection) }
    }

    package func revokeToken(_ id: String, at instant: Timestamp) throws(StoreError) {
        try using { (connection) throws(StoreError) in
            guard try tokenTable.revoke(id, at: instant, in: connection) else {
                throw StoreError(.notFound, "there is no token ‘\(id)’")
            }
        }
    }
}
