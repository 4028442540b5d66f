import Basics

extension Vault {
    /// Finds for each backup, and each one in the trash, what it names and the vault does not have.
    func checkBackups(_ index: ObjectIndex, _ report: inout CheckReport) async throws {
        let ids = try backupFiles.ids().ids
        report.backups = ids.count
        var gaps = BackupGaps(index: index)
        for id in ids {
            try Task.checkCancellation()
            if try check(
                id, "Backup \(id)", &gaps, &report,
                { () throws(VaultError) in
                    try manifest(id)
                })
            {
                report.incomplete.append(id)
            }
            await Task.yield()
        }
        for trashed in try backupFiles.trashed().trashed {
            if try check(
                trashed.id, "The deleted backup \(trashed.id)", &gaps, &report,
                { () throws(VaultError) in
                    try backupFiles.manifest(trashed)
                })
            {
                report.incompleteTrash.append(trashed.id)
            }
        }
    }

    /// - Parameter name: what to call the backup.
    /// - Returns: whether something of the backup is missing.
    private func check(
        _ id: BackupID, _ name: String, _ gaps: inout BackupGaps, _ report: inout CheckReport,
        _ read: () throws(VaultError) -> Manifest
    ) throws(VaultError) -> Bool {
        let before = report.problems.count
        try note(&report) { () throws(VaultError) in
            do throws(VaultError) {
                let found = try missing(in: try read(), &gaps)
                guard found.count > 0 else { return [] }
                let more =
                    found.count > found.owners.count ? " and \(found.count - found.owners.count) more" : ""
                return [
                    VaultProblem(
                        "\(name) names objects that are missing or broken: "
                            + found.owners.joined(separator: ", ") + more, path: found.path, backups: [id],
                        files: found.owners)
                ]
            } catch  where error.code == .damaged || error.code == .tooNew {
                return [
                    VaultProblem("\(name) cannot be read: \(error.message)", path: error.path, backups: [id])
                ]
            }
        }
        return report.problems.count > before
    }

    /// What a backup names and the vault does not have, or has in broken blocks only.
    private func missing(
        in manifest: Manifest, _ gaps: inout BackupGaps
    ) throws(VaultError) -> BackupGaps.Found {
        var found = BackupGaps.Found()
        for section in manifest.sections where !gaps.isWhole(section.references) {
            found.add("section \(section.name)")
        }
        found.add(
            try gaps.of(manifest.tree) { gaps throws(VaultError) in
                var found = BackupGaps.Found()
                do throws(VaultError) {
                    for segment in try root(of: manifest).segments {
                        found.add(
                            try gaps.of(segment.id) { gaps throws(VaultError) in
                                try missing(in: segment, gaps)
                            })
                    }
                } catch  where error.isLoss {
                    found.add("the list of all its files (\(error.message))", path: error.path)
                }
                return found
            })
        return found
    }

    /// What the files of one part of a list lack, or that the part itself cannot be read.
    private func missing(
        in segment: TreeRoot.Segment, _ gaps: BackupGaps
    ) throws(VaultError) -> BackupGaps.Found {
        var found = BackupGaps.Found()
        var entries: [FileEntry] = []
        do { try decode(segment, into: &entries) } catch  where error.isLoss {
            found.add(
                "the list of \(segment.entries.counted("file")) from \(DeviceText.path(segment.first)) on (\(error.message))",
                path: error.path
            )
            return found
        }
        for entry in entries where !gaps.isWhole(entry.content) { found.add(DeviceText.path(entry.path)) }
        return found
    }
}

/// What backups lack, with what was found of the parts of lists that several of them share.
struct BackupGaps {
    /// What something lacks.
    struct Found {
        /// How many files and other things are affected.
        private(set) var count = 0
        /// The names of the first few.
        private(set) var owners: [String] = []
        /// The first file of the vault that kept a list from being read; empty when none did.
        private(set) var path = ""

        mutating func add(_ owner: @autoclosure () -> String, path: String = "") {
            count += 1
            if self.path.isEmpty { self.path = path }
            if owners.count < Vault.namedFiles { owners.append(owner()) }
        }

        mutating func add(_ other: Found) {
            count += other.count
            if path.isEmpty { path = other.path }
            owners += other.owners.prefix(Vault.namedFiles - owners.count)
        }
    }

    private let index: ObjectIndex
    private var whole: Set<ObjectID> = []
    private var flawed: [ObjectID: Found] = [:]

    init(index: ObjectIndex) { self.index = index }

    /// Whether the vault has all of it, as long as it should be.
    func isWhole(_ pieces: [ContentRef]) -> Bool {
        pieces.allSatisfy { index.contains($0.id) && index.place(of: $0.id)?.length == $0.length }
    }

    /// What a tree or segment lacks, looked at once however many backups have it.
    mutating func of(
        _ id: ObjectID, _ look: (inout BackupGaps) throws(VaultError) -> Found
    ) throws(VaultError) -> Found {
        if whole.contains(id) { return Found() }
        if let known = flawed[id] { return known }
        let found = try look(&self)
        if found.count == 0 { whole.insert(id) } else { flawed[id] = found }
        return found
    }
}
