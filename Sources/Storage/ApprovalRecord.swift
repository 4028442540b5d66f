package import Basics

/// A stored yes to exactly one plan, good for one run.
package struct ApprovalRecord: Sendable, Equatable {
    /// What said yes.
    package enum Kind: String, Sendable, CaseIterable {
        /// A person, outside of the caller's channel.
        case person
        /// A policy that a person wrote beforehand.
        case policy
    }

    /// Names this approval among all others.
    package var id: String
    /// Id of the plan that is approved.
    package var plan: String
    /// What said yes.
    package var kind: Kind
    /// Who: `person:root`, or the policy's name.
    package var who: String
    /// Surface and terminal it was given on.
    package var origin: String
    /// When it was given.
    package var given: Timestamp
    /// From when on it may no longer be used; who uses it checks that, not the store.
    package var expires: Timestamp
    /// Hexadecimal keyed hash that proves who wrote it; a store keeps it and never checks it.
    package var mark: String
    /// Id of the run that used it up; nil while it is unused.
    package var usedBy: String?
    /// When it was taken back; nil while it was not.
    package var revoked: Timestamp?
    /// Tells the people who said yes apart: the number of an account; the id of a policy.
    package var account: String

    package init(
        id: String, plan: String, kind: Kind, who: String, origin: String, given: Timestamp,
        expires: Timestamp, mark: String, usedBy: String? = nil, revoked: Timestamp? = nil,
        account: String = ""
    ) {
        self.id = id
        self.plan = plan
        self.kind = kind
        self.who = who
        self.origin = origin
        self.given = given
        self.expires = expires
        self.mark = mark
        self.usedBy = usedBy
        self.revoked = revoked
        self.account = account
    }
}
