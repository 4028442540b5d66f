import Basics

extension Vault {
    /// Checks that everything is where it should be: `config`, index, packs, manifests, marks, trash, and that every
    /// object any backup names is inside a pack and as long as it should be.
    ///
    /// Cancelling ends it between two files.
    /// - Parameter readsData: also opens every block of every pack and compares every object with its name.
    /// - Throws: `unavailable`. Damage is a result, not an error.
    package func check(
        readsData: Bool = false, progress: @Sendable (VerifyProgress) async -> Void = { _ in }
    ) async throws -> CheckReport {
        var report = CheckReport()
        try checkConfig(&report)
        let loader = IndexLoader(store: store)
        let (index, findings) = try loader.complete()
        report.problems += findings.damagedSegments.map { VaultProblem($0) }
        report.problems += findings.damagedPacks.map { VaultProblem($0) }
        report.problems += findings.missing.map { pack in
            let path = VaultPath.pack(pack)
            return VaultProblem("\(path) is in the index and not in the vault", path: path)
        }
        try await checkPacks(findings.listed, readsData: readsData, &report, progress)
        if readsData { try await readBlocks(findings.unlisted, &report, progress) }
        try reader.reload()
        try await checkBackups(index, &report)
        try checkMarks(&report)
        report.leftovers = try leftovers()
        report.packs = index.packs.count
        report.objects = index.count
        return report
    }

    private func checkConfig(_ report: inout CheckReport) throws(VaultError) {
        try note(&report) { () throws(VaultError) in
            _ = try VaultConfig(try files.read(VaultPath.config), keys: store.keys)
            return []
        }
    }

    /// Runs `body`, which finds problems; damage and missing files become problems as well.
    private func note(
        _ report: inout CheckReport, _ body: () throws(VaultError) -> [VaultProblem]
    ) throws(VaultError) {
        do { report.problems += try body() } catch
            where [.damaged, .tooNew, .notFound, .wrongKey].contains(error.code)
        {
            report.problems.append(VaultProblem(error))
        }
    }

    private func checkPacks(
        _ listed: [IndexSegment.Entry], readsData: Bool, _ report: inout CheckReport,
        _ progress: @Sendable (VerifyProgress) async -> Void
    ) async throws {
        let sizes = Dictionary(try store.packs().packs.map { ($0.id, $0.size) }) { first, _ in first }
        report.bytes = sizes.values.reduce(0, +)
        for entry in listed {
            try Task.checkCancellation()
            guard let size = sizes[entry.pack] else { continue }
            try note(&report) { () throws(VaultError) in
                let own = try store.catalogue(PackStore.Found(id: entry.pack, size: size))
                guard own == entry.catalogue else {
                    throw .damaged(VaultPath.pack(entry.pack), "its trailer and the index disagree")
                }
                return []
            }
        }
        if readsData { try await readBlocks(listed, &report, progress) }
    }

    /// Reads all blocks of some packs.
    private func readBlocks(
        _ entries: [IndexSegment.Entry], _ report: inout CheckReport,
        _ progress: @Sendable (VerifyProgress) async -> Void
    ) async throws {
        let inputs = entries.flatMap(BlockChecker.inputs)
        var state = VerifyProgress(
            objects: 0, totalObjects: inputs.reduce(0) { $0 + $1.objects.count }, bytes: 0,
            totalBytes: inputs.reduce(0) { $0 + Int64($1.block.plainLength) })
        var checker = try BlockChecker(store: store)
        for input in inputs {
            try Task.checkCancellation()
            if let output = checker.submit(input) {
                take(output, &state, &report)
                await progress(state)
            }
        }
        while let output = checker.next() { take(output, &state, &report) }
        await progress(state)
    }

    private func take(
        _ output: BlockChecker.Output, _ state: inout VerifyProgress, _ report: inout CheckReport
    ) {
        state.objects += output.input.objects.count
        state.bytes += Int64(output.input.block.plainLength)
        // A pack that a prune removed meanwhile is no problem of this vault.
        if let failure = output.failure, failure.code != .notFound {
            report.problems.append(
                VaultProblem(failure.message, path: failure.path, offset: output.input.block.offset))
        } else if output.failure == nil {
            let path = VaultPath.pack(output.input.pack)
            for id in output.wrong {
                report.problems.append(
                    VaultProblem(
                        "Object \(id) in \(path) is not what was stored", path: path,
                        offset: output.input.block.offset))
            }
        }
    }

    // MARK: Backups

    private func checkBackups(_ index: ObjectIndex, _ report: inout CheckReport) async throws {
        let ids = try backupFiles.ids().ids
        report.backups = ids.count
        var seen: Set<ObjectID> = []
        for id in ids {
            try Task.checkCancellation()
            try note(&report) { () throws(VaultError) in
                try missing(in: try backupFiles.manifest(id), index, &seen)
            }
            await Task.yield()
        }
        for trashed in try backupFiles.trashed().trashed {
            try note(&report) { () throws(VaultError) in
                try missing(in: try backupFiles.manifest(trashed), index, &seen)
            }
        }
    }

    /// What a backup names and the vault does not have.
    ///
    /// - Parameter seen: trees and segments that were looked at for another backup.
    private func missing(
        in manifest: Manifest, _ index: ObjectIndex, _ seen: inout Set<ObjectID>
    ) throws(VaultError) -> [VaultProblem] {
        var problems: [VaultProblem] = []
        func check(_ piece: ContentRef, _ owner: String) {
            guard index.place(of: piece.id)?.length != piece.length else { return }
            problems.append(
                VaultProblem(
                    "Object \(piece.id) of \(owner) in backup \(manifest.id) is missing",
                    backups: [manifest.id], files: [owner]))
        }
        for section in manifest.sections {
            for piece in section.references { check(piece, "section \(section.name)") }
        }
        guard seen.insert(manifest.tree).inserted else { return problems }
        var entries: [FileEntry] = []
        for segment in try root(of: manifest).segments where seen.insert(segment.id).inserted {
            entries.removeAll(keepingCapacity: true)
            try decode(segment, into: &entries)
            for entry in entries {
                for piece in entry.content { check(piece, DeviceText.string(entry.path)) }
            }
        }
        return problems
    }

    private func checkMarks(_ report: inout CheckReport) throws(VaultError) {
        let known = Set(try backupFiles.ids().ids + backupFiles.trashed().trashed.map(\.id))
        for item in try files.items(in: VaultPath.marks) {
            let path = "\(VaultPath.marks)/\(item.name)"
            let parts = item.name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, let id = BackupID(String(parts[0])),
                let sort = MarkFiles.Sort(rawValue: String(parts[1])), known.contains(id)
            else {
                if !item.name.hasSuffix(VaultPath.temporarySuffix) { report.leftovers.append(path) }
                continue
            }
            try note(&report) { () throws(VaultError) in
                _ = try markFiles.read(id, sort)
                _ = try markFiles.marks(id)
                return []
            }
        }
    }

    // MARK: Size

    /// How large the vault is.
    /// - Throws: `unavailable`, `damaged`.
    package func stats() throws(VaultError) -> VaultStats {
        let index = try IndexLoader(store: store).complete().index
        let list = try backups().backups
        let packs = try store.packs().packs
        var stats = VaultStats()
        stats.backups = list.count
        stats.devices = Set(list.map(\.device.name)).count
        stats.trashed = try backupFiles.trashed().trashed.count
        stats.packs = packs.count
        stats.objects = index.count
        stats.plainBytes = index.blocks.reduce(0) { $0 + Int64($1.plainLength) }
        stats.backedUpBytes = list.reduce(0) { $0 + $1.bytes }
        stats.storedBytes = packs.reduce(0) { $0 + $1.size }
        for folder in ["", VaultPath.index, VaultPath.backups, VaultPath.trash, VaultPath.marks] {
            for item in try files.items(in: folder) where !item.isFolder { stats.storedBytes += item.size }
        }
        return stats
    }
}
