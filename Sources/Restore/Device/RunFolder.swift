/// Where a run keeps its state on the device, readable by root only.
package enum RunFolder {
    /// The folder of all runs.
    package static let root = "/var/lib/holdfast"

    /// The folder of one run.
    package static func path(_ run: RunID) -> String { "\(root)/run-\(run)" }

    /// Where a run's folder goes, whole, before it is removed.
    static func ended(_ run: RunID) -> String { "\(root)/.ended-\(run)" }

    /// A file that says, until the next start of the machine or the next run, that a run was confirmed, and what of it
    /// could not be cleared away.
    ///
    /// It is there for a Holdfast that never heard the answer.
    package static func tombstone(_ run: RunID) -> String { "\(tombstones)\(run)" }

    /// What the names of all tombstones begin with.
    static let tombstones = "/run/holdfast-kept-"

    /// What the device says of a run.
    package enum Phase: String, Sendable, CaseIterable {
        /// Files are staged; nothing is changed.
        case staged
        /// The renames are under way.
        case swapping
        /// All is in place and works; waits for a confirmation.
        case swapped
        /// The way back is under way.
        case undoing
        /// All is as it was.
        case undone
        /// Confirmed.
        case kept
    }
}
