import Basics
import Codecs

extension Vault {
    /// Temporary files of marks and notes are written without the lock; only older ones are leftovers.
    private static let temporaryAge: Duration = .seconds(3600)

    /// Lets go of backups by `policy`, and of everything that no backup needs any more.
    ///
    /// Backups go to the trash first and for good once `grace` is over. Whatever is written anew is durable, and
    /// listed, before the old packs go. Readers are not disturbed. All is decided before anything is changed. A backup
    /// that cannot be read stays and is named; as nobody knows what it needs, nothing but superfluous copies is removed
    /// from the packs then.
    /// - Parameters:
    ///   - policy: nil to remove garbage only.
    ///   - released: safety copies whose pins no longer count; see `RetentionPolicy.decide`.
    ///   - spared: why the backups of a device stay whatever the policy says; nil for those that it is about.
    ///   - grace: how long a deleted backup can be brought back; none lets those go for good that leave now.
    ///   - isDryRun: does all of it on files in memory, so that what is told is what would happen.
    /// - Throws: `invalid` for an empty policy; `locked`, `full`, `unavailable`.
    package func prune(
        _ policy: RetentionPolicy?, released: Set<BackupID> = [],
        sparing spared: @Sendable (String) -> String? = { _ in nil },
        grace: Duration = Vault.defaultGrace, isDryRun: Bool = false
    ) async throws(VaultError) -> PruneReport {
        guard policy?.isEmpty != true else {
            throw VaultError(
                .invalid, "This policy would keep nothing", hint: "Give at least one rule, such as daily 7.")
        }
        guard isDryRun else { return try prune(policy, released, spared, grace) }
        let trial = try Vault(
            files: TrialVaultFiles(files), keys: store.keys, config: config,
            clock: clock)
        var report = try await trial.prune(policy, released: released, sparing: spared, grace: grace)
        report.isDryRun = true
        return report
    }

    private func prune(
        _ policy: RetentionPolicy?, _ released: Set<BackupID>, _ spared: (String) -> String?,
        _ grace: Duration
    ) throws(VaultError) -> PruneReport {
        let lock = try WriterLock.take(files, what: "backup prune", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        let before = try fileBytes()
        var report = PruneReport()
        if let policy { report.decisions = try decide(policy, released, spared, &report) }
        let leaving = grace <= .zero ? Set(report.removed) : []
        var expired = try backupFiles.trashed().trashed.filter { clock.now() - $0.deleted >= grace }
        let sweep = try planSweep(without: expired, and: leaving, &report)
        for id in report.removed { try backupFiles.trash(id, at: clock.now()) }
        if !leaving.isEmpty {
            expired += try backupFiles.trashed().trashed.filter { trashed in
                leaving.contains(trashed.id) && !expired.contains(trashed)
            }
        }
        report.expired = expired.map(\.id)
        try remove(expired)
        try carryOut(sweep, &report)
        try removeLeftovers(&report)
        report.freedBytes = before - (try fileBytes())
        return report
    }

    private func decide(
        _ policy: RetentionPolicy, _ released: Set<BackupID>, _ spared: (String) -> String?,
        _ report: inout PruneReport
    ) throws(VaultError) -> [RetentionDecision] {
        let facts = try facts()
        report.problems += facts.flatMap(\.marks.damaged).map { VaultProblem("\($0)", path: $0.path) }
        return policy.decide(facts, released: released, now: clock.now(), sparing: spared)
    }

    private func remove(_ expired: [BackupFiles.Trashed]) throws(VaultError) {
        guard !expired.isEmpty else { return }
        for trashed in expired { try files.remove(trashed.path) }
        try files.sync(folder: VaultPath.trash)
        for trashed in expired {
            for sort in MarkFiles.Sort.allCases { try files.remove(MarkFiles.path(trashed.id, sort)) }
        }
    }

    // MARK: Leftovers

    private func removeLeftovers(_ report: inout PruneReport) throws(VaultError) {
        for path in try leftovers() where path.hasSuffix(VaultPath.temporarySuffix) {
            try files.remove(path)
            report.leftovers.append(path)
        }
        try store.damage.keep(only: Set(try store.packs().packs.map(\.id)))
    }

    /// Temporary files that no running process can still be writing, for the holder of the lock.
    func leftovers() throws(VaultError) -> [String] {
        var paths = try store.packs().others + store.segmentNames().others
        paths += try backupFiles.ids().others + backupFiles.trashed().others
        for folder in [VaultPath.marks, VaultPath.damage] {
            for item in try files.items(in: folder)
            where item.name.hasSuffix(VaultPath.temporarySuffix)
                && clock.now() - item.modified > Self.temporaryAge
            {
                paths.append("\(folder)/\(item.name)")
            }
        }
        let ours = Set(
            VaultPath.folders + [
                VaultPath.damage, VaultPath.config, VaultPath.lock, VaultPath.reserve, VaultPath.summaries,
                VaultPath.changes,
            ])
        paths += try files.items(in: "").map(\.name).filter { !ours.contains($0) }
        return paths
    }
}
