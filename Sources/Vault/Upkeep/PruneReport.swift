/// What a prune did, or would do.
package struct PruneReport: Sendable, Equatable {
    /// One decision for each backup, newest first; empty when no policy was given.
    package var decisions: [RetentionDecision] = []
    /// Deleted backups whose grace period is over, and without one those that leave now; gone for good.
    package var expired: [BackupID] = []
    /// Pack files that hold nothing any backup needs.
    package var deadPacks = 0
    /// Pack files that hold too little, and were written anew.
    package var repackedPacks = 0
    /// By how much the files of the vault became shorter together, in bytes; negative when what was written anew takes
    /// more.
    package var freedBytes: Int64 = 0
    /// Leftovers of interrupted runs that were removed.
    package var leftovers: [String] = []
    /// Packs that could not be written anew because they are damaged.
    package var problems: [VaultProblem] = []
    /// Whether nothing was changed.
    package var isDryRun = false

    /// Backups that retention lets go.
    package var removed: [BackupID] { decisions.filter { !$0.keeps }.map(\.backup) }
}
