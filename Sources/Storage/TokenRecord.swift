package import Basics

/// A stored token: who shows its secret may call as far as it says.
///
/// The secret itself is nowhere: only its keyed hash.
package struct TokenRecord: Sendable, Equatable {
    /// Names it among all that ever were.
    package var id: String
    /// The name a person gave it; no two tokens that were not taken back share one.
    package var name: String
    /// Hexadecimal keyed hash of the secret.
    package var digest: String
    /// The highest level of what it may call, by name.
    package var level: String
    /// The toolsets it is shown; empty for the usual ones.
    package var toolsets: [String]
    /// The only devices it may see and touch, by name; empty for all.
    package var devices: [String]
    /// When it was made.
    package var created: Timestamp
    /// Who made it: `person:root`.
    package var who: String
    /// From when on it no longer counts; who uses it checks that, not the store.
    package var expires: Timestamp
    /// When it was last shown, about; nil while it was not.
    package var lastUsed: Timestamp?
    /// When it was taken back; nil while it was not.
    package var revoked: Timestamp?

    package init(
        id: String, name: String, digest: String, level: String, toolsets: [String], devices: [String],
        created: Timestamp, who: String, expires: Timestamp, lastUsed: Timestamp? = nil,
        revoked: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.digest = digest
        self.level = level
        self.toolsets = toolsets
        self.devices = devices
        self.created = created
        self.who = who
        self.expires = expires
        self.lastUsed = lastUsed
        self.revoked = revoked
    }
}

/// The tokens of callers from outside.
///
/// Every change is durable when the call returns. A row that was altered by somebody else is none.
package protocol TokenStore: Sendable {
    /// Keeps a token.
    /// - Throws: `conflict` when its id, or the name of one that was not taken back, is taken.
    func add(_ token: TokenRecord) async throws(StoreError)
    /// The newest `limit` tokens at most, newest first.
    func tokens(limit: Int) async throws(StoreError) -> [TokenRecord]
    /// The token whose secret has this keyed hash; nil when there is none.
    func token(withDigest digest: String) async throws(StoreError) -> TokenRecord?
    /// Notes that the token was shown.
    func tokenWasUsed(_ id: String, at instant: Timestamp) async throws(StoreError)
    /// Takes a token back; one that was taken back before keeps its first instant.
    /// - Throws: `notFound` when there is none of this id.
    func revokeToken(_ id: String, at instant: Timestamp) async throws(StoreError)
}
