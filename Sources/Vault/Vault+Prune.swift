import Basics
import Codecs

extension Vault {
    /// Temporary files of marks are written without the lock; only older ones are leftovers.
    private static let temporaryAge: Duration = .seconds(3600)

    /// Lets go of backups by `policy`, and of everything that no backup needs any more.
    ///
    /// Backups go to the trash first and for good once `grace` is over. Whatever is written anew is durable, and
    /// listed, before the old packs go. Readers are not disturbed. A manifest or tree that cannot be read stops it
    /// before anything is removed: what it needs is unknown.
    /// - Parameters:
    ///   - policy: nil to remove garbage only.
    ///   - isDryRun: only says what would happen.
    /// - Throws: `invalid` for an empty policy; `damaged`, `locked`, `full`, `unavailable`.
    package func prune(
        _ policy: RetentionPolicy?, grace: Duration = Vault.defaultGrace, isDryRun: Bool = false
    ) throws(VaultError) -> PruneReport {
        guard policy?.isEmpty != true else {
            throw VaultError(
                .invalid, "This policy would keep nothing", hint: "Give at least one rule, such as daily 7.")
        }
        let lock = isDryRun ? nil : try WriterLock.take(files, what: "backup prune", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        var report = PruneReport(isDryRun: isDryRun)
        try decide(policy, &report)
        let trashed = try backupFiles.trashed().trashed
        let expired = trashed.filter { clock.now() - $0.deleted >= grace }
        report.expired = expired.map(\.id)
        if !isDryRun {
            for id in report.removed { try backupFiles.trash(id, at: clock.now()) }
        }
        try sweep(without: expired, &report)
        if !isDryRun { try removeLeftovers(&report) }
        return report
    }

    private func decide(_ policy: RetentionPolicy?, _ report: inout PruneReport) throws(VaultError) {
        if let damaged = try backups().damaged.first { throw damaged }
        guard let policy else { return }
        report.decisions = policy.decide(try facts(), now: clock.now())
    }

    private func sweep(
        without expired: [BackupFiles.Trashed], _ report: inout PruneReport
    ) throws(VaultError) {
        let loader = IndexLoader(store: store)
        let (index, findings) = try loader.complete()
        // A pack that nobody can read is left where it is: what it held may be wanted by whoever repairs it.
        report.problems += findings.damagedPacks.map { VaultProblem($0) }
        let entries = findings.listed + findings.unlisted
        let live = try liveSlots(index, without: expired)
        let plan = SweepPlan(try facts(of: entries, index, live))
        report.deadPacks = plan.dead.count
        report.repackedPacks = plan.repacked.count
        guard !report.isDryRun else { return }
        try remove(expired)
        let mustList =
            !findings.unlisted.isEmpty || !findings.missing.isEmpty || !findings.damagedSegments.isEmpty
        guard !plan.isEmpty || mustList else { return }
        do throws(VaultError) {
            try carryOut(plan, entries: entries, index: index, live: live, &report)
        } catch  where error.code == .full && !plan.dead.isEmpty {
            try makeRoom(plan, &report)
        }
        try reader.reload()
    }

    private func remove(_ expired: [BackupFiles.Trashed]) throws(VaultError) {
        guard !expired.isEmpty else { return }
        for trashed in expired { try files.remove(trashed.path) }
        try files.sync(folder: VaultPath.trash)
        for trashed in expired {
            for sort in MarkFiles.Sort.allCases { try files.remove(MarkFiles.path(trashed.id, sort)) }
        }
    }

    // MARK: Mark

    /// For each slot of the index whether any backup needs its object.
    private func liveSlots(
        _ index: ObjectIndex, without expired: [BackupFiles.Trashed]
    ) throws(VaultError) -> [Bool] {
        var live = [Bool](repeating: false, count: index.slotCount)
        try reader.reload()
        // Backups before trash: one that is deleted meanwhile is seen in at least one of them.
        var manifests: [Manifest] = []
        for id in try backupFiles.ids().ids { manifests.append(try manifest(id)) }
        let gone = Set(expired.map(\.path))
        for trashed in try backupFiles.trashed().trashed where !gone.contains(trashed.path) {
            manifests.append(try backupFiles.manifest(trashed))
        }
        for manifest in manifests { try mark(manifest, index, &live) }
        return live
    }

    private func mark(
        _ manifest: Manifest, _ index: ObjectIndex, _ live: inout [Bool]
    ) throws(VaultError) {
        for piece in manifest.sections.flatMap(\.references) {
            if let slot = index.slot(of: piece.id) { live[slot] = true }
        }
        if let slot = index.slot(of: manifest.tree) {
            guard !live[slot] else { return }
            live[slot] = true
        }
        var entries: [FileEntry] = []
        for segment in try root(of: manifest).segments {
            if let slot = index.slot(of: segment.id) {
                // What an unchanged segment names is marked already.
                guard !live[slot] else { continue }
                live[slot] = true
            }
            entries.removeAll(keepingCapacity: true)
            try decode(segment, into: &entries)
            for piece in entries.lazy.flatMap(\.content) {
                if let slot = index.slot(of: piece.id) { live[slot] = true }
            }
        }
    }

    // MARK: Sweep

    private func facts(
        of entries: [IndexSegment.Entry], _ index: ObjectIndex, _ live: [Bool]
    ) throws(VaultError) -> [SweepPlan.Pack] {
        let sizes = Dictionary(try store.packs().packs.map { ($0.id, $0.size) }) { first, _ in first }
        return entries.map { entry in
            var total: Int64 = 0
            var needed: Int64 = 0
            var count = 0
            for (number, block) in entry.catalogue.blocks.enumerated() {
                for object in block.objects {
                    total += Int64(object.length)
                    if isLive(object.id, in: entry.pack, number, index, live) {
                        needed += Int64(object.length)
                        count += 1
                    }
                }
            }
            return SweepPlan.Pack(
                id: entry.pack, size: sizes[entry.pack] ?? 0, total: total, live: needed, liveObjects: count)
        }
    }

    /// Whether an object is needed and this very copy is the one that is read.
    private func isLive(
        _ id: ObjectID, in pack: PackID, _ number: Int, _ index: ObjectIndex, _ live: [Bool]
    ) -> Bool {
        guard let slot = index.slot(of: id), live[slot], let place = index.place(inSlot: slot) else {
            return false
        }
        let block = index.blocks[place.block]
        return Int(block.number) == number && index.packs[Int(block.pack)].id == pack
    }

    private func carryOut(
        _ plan: SweepPlan, entries: [IndexSegment.Entry], index: ObjectIndex, live: [Bool],
        _ report: inout PruneReport
    ) throws(VaultError) {
        let old = try store.segmentNames().names
        let leaving = Set(plan.dead + plan.repacked)
        var kept = entries.filter { !leaving.contains($0.pack) }
        var base = ObjectIndex()
        for entry in kept { base.add(entry.pack, entry.catalogue) }
        var sink = try ObjectSink(store: store, index: base)
        var removable = Set(plan.dead)
        for entry in entries where plan.repacked.contains(entry.pack) {
            do throws(VaultError) {
                try repack(entry, into: &sink, index, live)
                removable.insert(entry.pack)
            } catch  where error.code == .damaged {
                // What can be read of it is in the sink; the file stays for whoever repairs it.
                report.problems.append(VaultProblem(error))
                report.repackedPacks -= 1
                kept.append(entry)
            }
        }
        try sink.flush()
        _ = try IndexLoader(store: store).rewrite(kept, replacing: old)
        report.freedBytes = try remove(packs: removable) - sink.storedBytes
    }

    /// Removes dead packs without writing anything: the index, which can be made anew, goes first.
    private func makeRoom(_ plan: SweepPlan, _ report: inout PruneReport) throws(VaultError) {
        for name in try store.segmentNames().names { try files.remove(VaultPath.segment(name)) }
        try files.sync(folder: VaultPath.index)
        report.freedBytes = try remove(packs: Set(plan.dead))
        report.repackedPacks = 0
    }

    private func repack(
        _ entry: IndexSegment.Entry, into sink: inout ObjectSink, _ index: ObjectIndex, _ live: [Bool]
    ) throws(VaultError) {
        for (number, block) in entry.catalogue.blocks.enumerated() {
            for object in block.objects where isLive(object.id, in: entry.pack, number, index, live) {
                let bytes = try reader.read(object.id)
                let (id, _) = try sink.add(bytes, kind: block.kind)
                guard id == object.id else {
                    throw .damaged(VaultPath.pack(entry.pack), "object \(object.id) is not what was stored")
                }
            }
        }
    }

    /// Removes pack files.
    /// - Returns: their length together.
    private func remove(packs: Set<PackID>) throws(VaultError) -> Int64 {
        var length: Int64 = 0
        for pack in try store.packs().packs where packs.contains(pack.id) {
            try files.remove(VaultPath.pack(pack.id))
            length += pack.size
        }
        for folder in Set(packs.map(VaultPath.packFolder)) { try files.sync(folder: folder) }
        return length
    }

    // MARK: Leftovers

    private func removeLeftovers(_ report: inout PruneReport) throws(VaultError) {
        for path in try leftovers() where path.hasSuffix(VaultPath.temporarySuffix) {
            try files.remove(path)
            report.leftovers.append(path)
        }
    }

    /// Temporary files that no running process can still be writing, for the holder of the lock.
    func leftovers() throws(VaultError) -> [String] {
        var paths = try store.packs().others + store.segmentNames().others
        paths += try backupFiles.ids().others + backupFiles.trashed().others
        for item in try files.items(in: VaultPath.marks)
        where item.name.hasSuffix(VaultPath.temporarySuffix)
            && clock.now() - item.modified > Self.temporaryAge
        {
            paths.append("\(VaultPath.marks)/\(item.name)")
        }
        let ours = Set(VaultPath.folders + [VaultPath.config, VaultPath.lock])
        paths += try files.items(in: "").map(\.name).filter { !ours.contains($0) }
        return paths
    }
}
