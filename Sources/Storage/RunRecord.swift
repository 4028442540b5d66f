package import Basics

/// A stored run of a plan: how far it came, for whoever must resume it or roll it back.
package struct RunRecord: Sendable, Equatable {
    /// The state of a record that the program did not write as it is.
    package static let altered = "altered"

    /// Names this run among all others.
    package var id: String
    /// Id of the plan that is carried out.
    package var plan: String
    /// Name of the device it changes.
    package var device: String
    /// When it began.
    package var started: Timestamp
    /// When its state last changed.
    package var updated: Timestamp
    /// Where it stands, in a word of the executor; a store keeps it and never reads it.
    package var state: String
    /// Whether nothing remains to be done for it.
    package var isFinished: Bool
    /// What happened so far as JSON; a store keeps these bytes as they are and never reads them.
    package var document: [UInt8]

    package init(
        id: String, plan: String, device: String, started: Timestamp, updated: Timestamp, state: String,
        isFinished: Bool, document: [UInt8]
    ) {
        self.id = id
        self.plan = plan
        self.device = device
        self.started = started
        self.updated = updated
        self.state = state
        self.isFinished = isFinished
        self.document = document
    }
}
