package import Basics

/// A stored policy: plans of a narrow kind that need no person any more.
package struct PolicyRecord: Sendable, Equatable {
    /// Names it among all that ever were.
    package var id: String
    /// The name its author gave it; no two policies that count share one.
    package var name: String
    /// The policy as canonical JSON; a store keeps these bytes as they are and never reads them.
    package var document: [UInt8]
    /// When it was adopted.
    package var adopted: Timestamp
    /// Who adopted it: `person:root`.
    package var who: String
    /// When it was taken back; nil while it was not.
    package var revoked: Timestamp?

    package init(
        id: String, name: String, document: [UInt8], adopted: Timestamp, who: String,
        revoked: Timestamp? = nil
    ) {
        self.id = id
        self.name = name
        self.document = document
        self.adopted = adopted
        self.who = who
        self.revoked = revoked
    }
}

/// The policies that were adopted.
///
/// Every change is durable when the call returns. Whether a policy counts is for the audit chain to prove.
package protocol PolicyStore: Sendable {
    /// Keeps a policy.
    /// - Throws: `conflict` when its id, or the name of one that was not taken back, is taken.
    func add(_ policy: PolicyRecord) async throws(StoreError)
    /// The newest `limit` policies at most, newest first.
    func policies(limit: Int) async throws(StoreError) -> [PolicyRecord]
    /// Takes a policy back; one that was taken back before keeps its first instant.
    /// - Throws: `notFound` when there is none of this id.
    func revokePolicy(_ id: String, at instant: Timestamp) async throws(StoreError)
}
