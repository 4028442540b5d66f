/// What a check of the vault's structure found.
package struct CheckReport: Sendable, Equatable {
    package var problems: [VaultProblem] = []
    /// Files that no backup needs, left by interrupted runs: harmless, removed by `prune`.
    package var leftovers: [String] = []
    /// How long these are together, in bytes.
    package var leftoverBytes: Int64 = 0
    /// Packs with broken blocks whose contents all lie in other packs as well: harmless, removed by `prune`.
    package var superseded: Set<String> = []
    package var backups = 0
    /// Backups that cannot be restored whole; all others have everything they name.
    package var incomplete: [BackupID] = []
    /// Those in the trash of which the same is true.
    package var incompleteTrash: [BackupID] = []
    package var packs = 0
    package var objects = 0
    /// Bytes of all pack files.
    package var bytes: Int64 = 0

    /// Whether nothing is wrong; leftovers are nothing wrong.
    package var isClean: Bool { problems.isEmpty }
}

/// How large a vault is.
package struct VaultStats: Sendable, Equatable {
    package var backups = 0
    package var devices = 0
    package var trashed = 0
    package var packs = 0
    package var objects = 0
    /// Bytes of all files of the vault.
    package var storedBytes: Int64 = 0
    /// Bytes of all objects before compression, each counted once.
    package var plainBytes: Int64 = 0
    /// Sizes of the files of all backups together.
    package var backedUpBytes: Int64 = 0
}
