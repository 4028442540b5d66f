import Basics

extension Vault {
    /// Checks that everything is where it should be: `config`, index, packs, manifests, marks, trash, and that every
    /// object any backup names is inside a pack and as long as it should be.
    ///
    /// Blocks that an earlier read found broken are named again; those found now are noted. Cancelling ends it between two files.
    /// - Parameter readsData: also opens every block of every pack, not only of those whose frame is damaged, and compares
    ///   every object with its name.
    /// - Throws: `unavailable`. Damage is a result, not an error.
    package func check(
        readsData: Bool = false, progress: @Sendable (VerifyProgress) async -> Void = { _ in }
    ) async throws -> CheckReport {
        var report = CheckReport()
        try checkConfig(&report)
        let loader = IndexLoader(store: store)
        let findings = try loader.complete().findings
        report.problems += findings.damagedSegments.map { VaultProblem($0, remedy: Self.repairing) }
        report.problems += findings.damagedNotes.map { VaultProblem($0) }
        let place = report.problems.count
        let suspects = try await checkTrailers(findings.listed, &report)
        let entries = findings.listed + findings.unlisted
        // What the index says of a pack that is not as it was is worth nothing until its blocks were read.
        let isRead = { (entry: IndexSegment.Entry) in readsData || suspects.contains(entry.pack) }
        let read = entries.filter(isRead)
        if readsData || !read.isEmpty {
            try await readBlocks(read, broken: findings.broken, &report, progress)
        }
        if !readsData {
            try reader.reload()
            try recall(entries.filter { !isRead($0) }, findings.broken, &report)
        }
        let index = try reader.index()
        let others = report.problems.count
        try await checkBackups(index, &report)
        let isNeeded = report.problems.count > others
        report.problems.insert(contentsOf: Self.lostPacks(findings, isNeeded: isNeeded), at: place)
        try checkMarks(&report)
        var seen: Set<String> = []
        report.problems = report.problems.filter { seen.insert("\($0.path)\n\($0.message)").inserted }
        report.leftovers = try leftovers()
        let left = Set(report.leftovers)
        if !left.isEmpty { report.leftoverBytes = try fileBytes(where: left.contains) }
        report.packs = index.packs.count
        report.objects = index.count
        return report
    }

    /// Packs that are gone or that nobody can read.
    /// - Parameter isNeeded: whether some backup lacks something, so that they may hold it.
    private static func lostPacks(_ findings: IndexLoader.Findings, isNeeded: Bool) -> [VaultProblem] {
        let unreadable = findings.damagedPacks.map { error in
            VaultProblem(
                error,
                remedy: isNeeded
                    ? "Put the file back from a copy of the vault; without one, back up anew, delete the backups that "
                        + "‘holdfast backup verify’ finds broken, then run: holdfast vault repair"
                    : "No backup needs it; remove it with: holdfast vault repair")
        }
        let gone = findings.missing.map { pack in
            let path = VaultPath.pack(pack)
            return VaultProblem(
                "\(path) is in the index and not in the vault", path: path,
                remedy: isNeeded
                    ? "Put the file back from a copy of the vault, if there is one."
                    : "No backup needs it; take it out of the index with: holdfast vault repair")
        }
        return unreadable + gone
    }

    private func checkConfig(_ report: inout CheckReport) throws(VaultError) {
        try note(&report) { () throws(VaultError) in
            try ConfigReading(files, store.keys).damage.map {
                [
                    VaultProblem(
                        $0, remedy: "No backup depends on config; write it anew with: holdfast vault repair")
                ]
            } ?? []
        }
    }

    /// Runs `body`, which finds problems; damage and missing files become problems as well.
    func note(
        _ report: inout CheckReport, _ body: () throws(VaultError) -> [VaultProblem]
    ) throws(VaultError) {
        do { report.problems += try body() } catch
            where [.damaged, .tooNew, .notFound, .wrongKey].contains(error.code)
        {
            report.problems.append(VaultProblem(error))
        }
    }

    /// - Returns: the packs whose frame is damaged, or shorter than it was.
    private func checkTrailers(
        _ listed: [IndexSegment.Entry], _ report: inout CheckReport
    ) async throws -> Set<PackID> {
        var suspects: Set<PackID> = []
        let sizes = Dictionary(try store.packs().packs.map { ($0.id, $0.size) }) { first, _ in first }
        report.bytes = sizes.values.reduce(0, +)
        for entry in listed {
            try Task.checkCancellation()
            guard let size = sizes[entry.pack] else { continue }
            let pack = PackStore.Found(id: entry.pack, size: size)
            guard let damage = try store.frameDamage(pack, listed: entry.catalogue) else { continue }
            let remedy = store.canFrame(pack, listed: entry.catalogue, damage) ? Self.repairing : ""
            report.problems.append(VaultProblem(damage, remedy: remedy))
            suspects.insert(entry.pack)
        }
        return suspects
    }

    private static let repairing = "Write it anew with ‘holdfast vault repair’."

    /// Reads all blocks of some packs, and notes those that are broken.
    private func readBlocks(
        _ entries: [IndexSegment.Entry], broken: BrokenBlocks, _ report: inout CheckReport,
        _ progress: @Sendable (VerifyProgress) async -> Void
    ) async throws {
        let inputs = entries.flatMap { BlockChecker.inputs($0, broken: broken) }
        var state = VerifyProgress(
            objects: 0, totalObjects: inputs.reduce(0) { $0 + $1.objects.count }, bytes: 0,
            totalBytes: inputs.reduce(0) { $0 + Int64($1.block.plainLength) })
        var checker = try BlockChecker(store: store)
        var survey = BlockSurvey()
        for input in inputs {
            try Task.checkCancellation()
            if let output = checker.submit(input) {
                survey.take(output, &state)
                await progress(state)
            }
            await Task.yield()
        }
        while let output = checker.next() { survey.take(output, &state) }
        // Where nothing can be written, the check still tells what it found.
        try note(&report) { () throws(VaultError) in
            try survey.note(in: store.damage).map {
                [VaultProblem("The damage could not be noted: \($0.message)")]
            }
                ?? []
        }
        try reader.reload()
        let index = try reader.index()
        // A pack that a prune removed meanwhile is no problem of this vault.
        for output in survey.failed where output.failure?.code != .notFound {
            let lost = output.wrong.filter { !index.contains($0) }
            if lost.isEmpty { report.superseded.insert(VaultPath.pack(output.input.pack)) }
            report.problems += output.problems(about: lost)
        }
        await progress(state)
    }

    /// Names the blocks that an earlier read found broken.
    private func recall(
        _ entries: [IndexSegment.Entry], _ broken: BrokenBlocks, _ report: inout CheckReport
    ) throws(VaultError) {
        guard !broken.isEmpty else { return }
        let index = try reader.index()
        for input in entries.flatMap({ BlockChecker.inputs($0, broken: broken) }) where input.block.isBroken {
            let path = VaultPath.pack(input.pack)
            if input.objects.allSatisfy({ index.contains($0.id) }) {
                report.superseded.insert(path)
            } else {
                report.problems.append(
                    VaultProblem(
                        "\(path) is damaged: the block at offset \(input.block.offset) was found broken before",
                        path: path, offset: input.block.offset))
            }
        }
    }

    // MARK: Marks

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
            do { _ = try markFiles.mark(id, sort) } catch  where error.code == .damaged {
                report.problems.append(VaultProblem(error, remedy: error.hint))
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
        stats.storedBytes = try fileBytes()
        return stats
    }

    /// The length of all files of the vault together, but for the lock and the reserve, which are not what it holds.
    /// - Parameter isMeant: asked for each file's path.
    func fileBytes(where isMeant: (String) -> Bool = { _ in true }) throws(VaultError) -> Int64 {
        var folders = [
            "", VaultPath.index, VaultPath.backups, VaultPath.trash, VaultPath.marks, VaultPath.damage,
            VaultPath.packs,
        ]
        folders += try files.items(in: VaultPath.packs).filter(\.isFolder).map {
            "\(VaultPath.packs)/\($0.name)"
        }
        var length: Int64 = 0
        for folder in folders {
            for item in try files.items(in: folder)
            where !item.isFolder
                && !(folder.isEmpty && [VaultPath.lock, VaultPath.reserve].contains(item.name))
                && isMeant(folder.isEmpty ? item.name : "\(folder)/\(item.name)")
            {
                length += item.size
            }
        }
        return length
    }
}
