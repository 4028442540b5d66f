package import Basics

extension Vault {
    /// How long a deleted backup can be brought back.
    package static let defaultGrace: Duration = .seconds(86_400)

    /// Moves a backup to the trash, from where `prune` removes it for good after the grace period.
    /// - Parameter includesLastVerified: also when no other backup of the device is verified or proven.
    /// - Throws: `refused` for a pinned backup and the last verified or proven one of a device; `notFound`, `locked`,
    ///   `unavailable`.
    package func delete(_ id: BackupID, includesLastVerified: Bool = false) throws(VaultError) {
        let lock = try WriterLock.take(files, what: "backup delete \(id)", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        try require(id)
        var all = try facts()
        try trash(id, among: &all, includesLastVerified: includesLastVerified)
    }

    /// Moves several backups to the trash, with one look at all there are.
    /// - Returns: those that stay: pinned ones, and the last verified or proven one of a device, with the reason.
    /// - Throws: `locked`, `unavailable`.
    package func delete(_ ids: [BackupID]) throws(VaultError) -> [(id: BackupID, reason: VaultError)] {
        let lock = try WriterLock.take(files, what: "deleting \(ids.count) backups", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        var all = try facts()
        var refused: [(id: BackupID, reason: VaultError)] = []
        for id in ids {
            do { try trash(id, among: &all) } catch  where error.code == .refused {
                refused.append((id, error))
            }
        }
        return refused
    }

    /// Moves one of `all` to the trash, and takes it out of them.
    private func trash(
        _ id: BackupID, among all: inout [RetentionFacts], includesLastVerified: Bool = false
    ) throws(VaultError) {
        guard let fact = all.first(where: { $0.id == id }) else {
            // Its manifest is damaged: nothing is left to protect, unless a person wants it kept.
            guard try !marks(of: id).isPinned else { throw pinned(id) }
            return try backupFiles.trash(id, at: clock.now())
        }
        guard !fact.marks.isPinned else {
            throw pinned(id)
        }
        let verified = all.filter { $0.device == fact.device && $0.marks.evidence?.isGood == true }
        guard includesLastVerified || verified.map(\.id) != [id] else {
            throw VaultError(
                .refused, "Backup \(id) is the last verified one of \(fact.device)",
                hint: "Verify a newer one first: holdfast backup verify \("latest:\(fact.device)".shellWord)")
        }
        let proven = all.filter { $0.device == fact.device && $0.marks.drill?.isProof == true }
        guard includesLastVerified || proven.map(\.id) != [id] else {
            throw VaultError(
                .refused, "Backup \(id) is the last proven one of \(fact.device)",
                hint: "Prove a newer one first: holdfast restore drill \("latest:\(fact.device)".shellWord)")
        }
        try backupFiles.trash(id, at: clock.now())
        all.removeAll { $0.id == id }
    }

    private func pinned(_ id: BackupID) -> VaultError {
        VaultError(.refused, "Backup \(id) is pinned", hint: "Run: holdfast backup unpin \(id)")
    }

    /// Deleted backups that can still be brought back, and when they were deleted; oldest first.
    /// - Throws: `unavailable`.
    package func trash() throws(VaultError) -> [(id: BackupID, deleted: Timestamp)] {
        try backupFiles.trashed().trashed.map { ($0.id, $0.deleted) }
    }

    /// Brings a deleted backup back.
    /// - Throws: `notFound` when it is not in the trash (any more); `locked`, `unavailable`.
    package func undelete(_ id: BackupID) throws(VaultError) {
        let lock = try WriterLock.take(files, what: "backup undelete \(id)", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        guard let trashed = try backupFiles.trashed().trashed.first(where: { $0.id == id }) else {
            throw VaultError(.notFound, "There is no backup \(id) in the trash")
        }
        try backupFiles.restore(trashed)
    }

    /// What retention has to know of all backups whose summary can be read, newest first.
    func facts() throws(VaultError) -> [RetentionFacts] {
        var facts: [RetentionFacts] = []
        let all = try backups().backups
        let marks = try marks(of: all.map(\.id))
        for backup in all {
            let scope = try scope(of: backup.id)
            facts.append(
                RetentionFacts(
                    id: backup.id, device: backup.device.name, started: backup.started,
                    status: backup.status, marks: marks[backup.id] ?? Marks(), scope: scope ?? backup.id.text,
                    isDamaged: scope == nil))
        }
        return facts
    }

    /// The names of a backup's sections; nil when its details cannot be read.
    private func scope(of id: BackupID) throws(VaultError) -> String? {
        do { return try manifest(id).sections.map(\.name).joined(separator: " ") } catch
            where error.code == .damaged
        {
            return nil
        }
    }
}
