import Basics
package import Vault

/// A short life of a vault: made, two backups, one deleted, pruned.
///
/// Run again and again with a failure at each step.
package struct VaultScenario: Sendable {
    /// Something that was promised to be durable.
    package enum Milestone: Sendable, Equatable {
        case created
        case committed(BackupID)
        /// About to be deleted: it may be there or not.
        case deleting(BackupID)
        case deleted(BackupID)
        case pruned

        /// One line: a word, and the backup's id where there is one.
        package var text: String {
            switch self {
            case .created: "created"
            case .committed(let id): "committed \(id)"
            case .deleting(let id): "deleting \(id)"
            case .deleted(let id): "deleted \(id)"
            case .pruned: "pruned"
            }
        }

        /// Reads what `text` gives; nil for any other line.
        package init?(text: Substring) {
            let words = text.split(separator: " ").map(String.init)
            let id = words.count > 1 ? BackupID(words[1]) : nil
            switch (words.first, id) {
            case ("created", nil): self = .created
            case ("pruned", nil): self = .pruned
            case ("committed", .some(let id)): self = .committed(id)
            case ("deleting", .some(let id)): self = .deleting(id)
            case ("deleted", .some(let id)): self = .deleted(id)
            default: return nil
            }
        }
    }

    package let key: VaultKey
    package let clock: SettableClock
    /// How many files each backup has.
    package let fileCount: Int

    package init(
        key: VaultKey = .random(), clock: SettableClock = SettableClock(), fileCount: Int = 12
    ) {
        self.fileCount = fileCount
        self.key = key
        self.clock = clock
    }

    /// Runs to the end, or to the first failure; `reach` is told of each milestone once it is reached.
    package func run(on files: any VaultFiles, reach: @Sendable (Milestone) -> Void) async throws {
        let vault = try await Vault.create(files: files, key: key, clock: clock)
        reach(.created)
        let first = try await backUp(vault, seed: 1)
        reach(.committed(first))
        let second = try await backUp(vault, seed: 2)
        reach(.committed(second))
        reach(.deleting(first))
        try await vault.delete(first)
        reach(.deleted(first))
        _ = try await vault.prune(nil, grace: .zero)
        reach(.pruned)
    }

    /// Commits one more backup.
    package func backUp(_ vault: Vault, seed: UInt8) async throws -> BackupID {
        let writer = try await vault.beginWriting(what: "test \(seed)")
        do {
            clock.advance(by: .seconds(60))
            let manifest = try await SampleBackup(seed: seed, count: fileCount).commit(
                to: writer, at: clock.now())
            await writer.finish()
            return manifest.id
        } catch {
            await writer.finish()
            throw error
        }
    }

    /// What a vault must still have after `milestones` were reached, and may have.
    package static func expectation(_ milestones: [Milestone]) -> (must: Set<BackupID>, may: Set<BackupID>) {
        var must: Set<BackupID> = []
        var may: Set<BackupID> = []
        for milestone in milestones {
            switch milestone {
            case .created, .pruned: break
            case .committed(let id): must.insert(id)
            case .deleting(let id):
                must.remove(id)
                may.insert(id)
            case .deleted(let id): may.remove(id)
            }
        }
        return (must, may)
    }
}
