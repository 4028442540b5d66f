package import Basics

/// Who sits at a terminal, as far as the system tells and not the person: an account, a terminal, an address.
package struct Witness: Sendable, Equatable {
    /// Tells people apart: the number of the account they logged in with.
    package let account: String
    /// `person:NAME`.
    package let actor: String
    /// The terminal, the real account where it is another one, and where the login came from.
    package let origin: String

    package init(_ account: ProcessAccount, terminal: String) {
        self.account = String(account.identity)
        actor = Caller.personPrefix + account.name
        var origin = terminal
        if account.realID != account.identity { origin += " as \(account.realID)" }
        if !account.remote.isEmpty { origin += " from \(account.remote)" }
        self.origin = origin
    }
}
