import Basics

extension Vault {
    /// How many affected paths a problem names.
    static let namedFiles = 20

    /// Reads what backups are made of and compares it with what was stored; keeps the result as evidence.
    ///
    /// Trees and manifests are always read whole; where one cannot be read, a full verification reads all objects there are. Cancelling ends it between two blocks, without evidence.
    /// - Parameters:
    ///   - ids: the backups; all when nil.
    ///   - percent: 1…100: how large a random part of the objects is read.
    ///   - progress: told after each block.
    /// - Throws: `notFound` for an unknown backup; `invalid`; `unavailable`. Damage is a result, not an error.
    package func verify(
        _ ids: [BackupID]? = nil, percent: Int = 100,
        progress: @Sendable (VerifyProgress) async -> Void = { _ in }
    ) async throws -> VerifyReport {
        guard (1...100).contains(percent) else { throw VaultError(.invalid, "A sample is 1 to 100 percent") }
        let backups = try ids ?? backupFiles.ids().ids
        try reader.reload()
        let index = try reader.index()
        var wanted = WantedObjects(index: index, percent: percent)
        var shares: [WantedObjects.Share] = []
        for id in backups {
            try Task.checkCancellation()
            shares.append(try collect(id, into: &wanted))
            await Task.yield()
        }
        if percent == 100, shares.contains(where: \.isHidden) { wanted.wantAll() }
        var report = VerifyReport()
        var bad = wanted.missing
        try await readBlocks(wanted, bad: &bad, report: &report, progress: progress)
        for id in wanted.missing {
            report.problems.append(VaultProblem("Object \(id) is in no pack"))
        }
        try blame(bad, on: &shares, report: &report)
        try conclude(shares, percent: percent, report: &report)
        return report
    }

    /// Notes everything that backup `id` names.
    private func collect(
        _ id: BackupID, into wanted: inout WantedObjects
    ) throws(VaultError) -> WantedObjects.Share {
        var share = WantedObjects.Share(backup: id)
        do {
            let manifest = try manifest(id)
            for piece in manifest.sections.flatMap(\.references) {
                wanted.want(piece.id, length: piece.length, in: &share)
            }
            wanted.want(manifest.tree, length: nil, in: &share)
            var entries: [FileEntry] = []
            var meter = TreeMeter()
            for segment in try root(of: manifest).segments {
                wanted.want(segment.id, length: nil, in: &share)
                entries.removeAll(keepingCapacity: true)
                try decode(segment, into: &entries, meter: &meter)
                for entry in entries {
                    if !entry.isComplete {
                        let path = DeviceText.path(entry.path)
                        share.problems.append(
                            VaultProblem(
                                "\(path) has \(entry.storedLength) bytes, not \(entry.size)", backups: [id]))
                    }
                    for piece in entry.content { wanted.want(piece.id, length: piece.length, in: &share) }
                }
            }
        } catch  where error.code == .damaged || error.code == .tooNew {
            share.problems.append(VaultProblem(error, backups: [id]))
            share.isHidden = true
        }
        wanted.wantSome(of: &share)
        return share
    }

    /// Reads the blocks of all wanted objects; `bad` grows by those of which no copy can be read.
    private func readBlocks(
        _ wanted: WantedObjects, bad: inout Set<ObjectID>, report: inout VerifyReport,
        progress: @Sendable (VerifyProgress) async -> Void
    ) async throws {
        var checker = try BlockChecker(store: store)
        var state = VerifyProgress(
            objects: 0, totalObjects: wanted.objects, bytes: 0, totalBytes: wanted.bytes)
        var survey = BlockSurvey()
        for input in wanted.inputs() {
            try Task.checkCancellation()
            if let output = checker.submit(input) {
                survey.take(output, &state)
                await progress(state)
            }
            await Task.yield()
        }
        while let output = checker.next() { survey.take(output, &state) }
        report.unkept = try keep(survey)
        try judge(survey.failed, bad: &bad, report: &report)
        report.objects = state.objects
        report.bytes = state.bytes
        await progress(state)
    }

    /// Notes the damage that was found.
    /// - Returns: why it could not be noted; it is told of all the same.
    private func keep(_ survey: BlockSurvey) throws(VaultError) -> VaultError? {
        do { return try survey.note(in: store.damage) } catch {
            guard error.code == .full || error.code == .unavailable else { throw error }
            return error
        }
    }

    /// Finds which objects of blocks that failed are lost: a prune may have moved them, or another pack has them too.
    private func judge(
        _ failed: [BlockChecker.Output], bad: inout Set<ObjectID>, report: inout VerifyReport
    ) throws(VaultError) {
        guard !failed.isEmpty else { return }
        try reader.reload()
        for output in failed {
            var lost: [ObjectID] = []
            for id in output.wrong where try !hasSoundCopy(of: id) { lost.append(id) }
            bad.formUnion(lost)
            report.problems += output.problems(about: lost)
        }
    }

    /// Whether an object can be read; a copy in a block that was found broken is not tried.
    private func hasSoundCopy(of id: ObjectID) throws(VaultError) -> Bool {
        guard try reader.index().contains(id) else { return false }
        do {
            _ = try reader.read(id)
            return true
        } catch {
            // Whatever the reason: what cannot be read cannot be restored.
            return false
        }
    }

    /// Finds which backups and files the bad objects belong to.
    private func blame(
        _ bad: Set<ObjectID>, on shares: inout [WantedObjects.Share], report: inout VerifyReport
    ) throws(VaultError) {
        guard !bad.isEmpty else { return }
        for index in shares.indices {
            let affected = try affected(shares[index].backup, by: bad)
            guard affected.count > 0 else { continue }
            let more = affected.count - affected.paths.count
            let names = affected.paths.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            shares[index].problems.append(
                VaultProblem(
                    "Backup \(shares[index].backup) cannot be restored completely: \(names)",
                    backups: [shares[index].backup], files: affected.paths))
        }
    }

    /// The paths (and sections) of a backup that need one of `bad`.
    private func affected(
        _ id: BackupID, by bad: Set<ObjectID>
    ) throws(VaultError) -> (count: Int, paths: [String]) {
        var count = 0
        var paths: [String] = []
        func note(_ path: String) {
            count += 1
            if paths.count < Self.namedFiles { paths.append(path) }
        }
        do {
            let manifest = try manifest(id)
            for section in manifest.sections where section.references.contains(where: { bad.contains($0.id) })
            {
                note("section \(section.name)")
            }
            if bad.contains(manifest.tree) { note("the list of its files") }
            for segment in try root(of: manifest).segments {
                if bad.contains(segment.id) { note("a part of the list of its files") }
                var entries: [FileEntry] = []
                try decode(segment, into: &entries)
                for entry in entries where entry.content.contains(where: { bad.contains($0.id) }) {
                    note(DeviceText.path(entry.path))
                }
            }
        } catch  where error.code == .damaged || error.code == .tooNew {
            // The manifest or the tree itself is damaged, which is a problem of its own already.
            return (count, paths)
        }
        return (count, paths)
    }

    /// Sums up, and keeps the evidence.
    private func conclude(
        _ shares: [WantedObjects.Share], percent: Int, report: inout VerifyReport
    ) throws(VaultError) {
        for share in shares {
            report.problems += share.problems
            let verdict = VerifyReport.Verdict(
                backup: share.backup, isGood: share.problems.isEmpty, objects: share.objects,
                bytes: share.bytes, problems: share.problems.count)
            report.verdicts.append(verdict)
            let evidence = Evidence(
                when: clock.now(), extent: percent == 100 ? .full : .sample(percent: percent),
                isGood: verdict.isGood, objects: verdict.objects, bytes: verdict.bytes,
                problems: verdict.problems)
            guard evidence.replaces(try markFiles.marks(share.backup).evidence) else {
                report.outdone.append(share.backup)
                continue
            }
            do { try markFiles.write(evidence.json, share.backup, .verified) } catch
                where error.code == .full || error.code == .unavailable
            {
                // What was found is found, whether or not the disk takes a note of it.
                report.unkept = report.unkept ?? error
            }
        }
    }
}
