import Basics
import Storage

/// Tokens in memory.
actor MemoryTokens: TokenStore {
    private var all: [TokenRecord] = []

    func add(_ token: TokenRecord) throws(StoreError) {
        guard !all.contains(where: { $0.name == token.name && $0.revoked == nil }) else {
            throw StoreError(.conflict, "taken")
        }
        all.insert(token, at: 0)
    }

    func tokens(limit: Int) -> [TokenRecord] { Array(all.prefix(limit)) }
    func token(withDigest digest: String) -> TokenRecord? { all.first { $0.digest == digest } }

    func tokenWasUsed(_ id: String, at instant: Timestamp) {
        for index in all.indices where all[index].id == id { all[index].lastUsed = instant }
    }

    func revokeToken(_ id: String, at instant: Timestamp) throws(StoreError) {
        guard let index = all.firstIndex(where: { $0.id == id }) else { throw StoreError(.notFound, "none") }
        all[index].revoked = all[index].revoked ?? instant
    }
}
