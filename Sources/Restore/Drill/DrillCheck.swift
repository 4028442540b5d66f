/// One thing a drill looked at, and what came of it.
package struct DrillCheck: Sendable, Equatable {
    /// What came of a check.
    package enum Outcome: String, Sendable, CaseIterable {
        case ok
        case failed
        /// This machine, or this backup, does not allow the check; the reason says why.
        case notChecked = "not checked"
    }

    /// What was checked, in a few words: `contents`, `sshd`, `volume shop_db`.
    package let name: String
    package let outcome: Outcome
    /// What was found, as a sentence without a full stop.
    package let reason: String

    package init(_ name: String, _ outcome: Outcome, _ reason: String) {
        self.name = name
        self.outcome = outcome
        self.reason = reason
    }

    /// A check of many things that is well when none of them is named.
    ///
    /// - Parameter problems: what is wrong, one clause for each thing; the first ones are shown.
    package init(_ name: String, problems: [String], well: String) {
        guard !problems.isEmpty else {
            self.init(name, .ok, well)
            return
        }
        let more = problems.count - Self.shown
        self.init(
            name, .failed,
            problems.prefix(Self.shown).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : ""))
    }

    /// Most problems that one reason names.
    private static let shown = 10
}
