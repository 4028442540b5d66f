import Basics
import Codecs

extension Vault {
    /// What a sweep will do, and what it knows.
    struct Sweep {
        let plan: SweepPlan
        let entries: [IndexSegment.Entry]
        let index: ObjectIndex
        /// For each slot of the index whether any backup needs its object.
        let live: [Bool]
        let broken: BrokenBlocks
        /// Whether the index must be written anew whatever the plan is.
        let mustList: Bool
    }

    /// Decides which packs go and which are written anew; changes nothing.
    /// - Parameters:
    ///   - expired: deleted backups that are needed no longer.
    ///   - leaving: backups that are still there and needed no longer.
    func planSweep(
        without expired: [BackupFiles.Trashed], and leaving: Set<BackupID>, _ report: inout PruneReport
    ) throws(VaultError) -> Sweep {
        while true {
            var attempt = report
            let (index, findings) = try IndexLoader(store: store).complete()
            let version = store.damage.version
            let sweep = try planSweep(index, findings, without: expired, and: leaving, &attempt)
            // Reading the trees may have shown that a copy which was to stay is broken: then all is decided anew.
            guard store.damage.version == version else { continue }
            report = attempt
            return sweep
        }
    }

    private func planSweep(
        _ index: ObjectIndex, _ findings: IndexLoader.Findings, without expired: [BackupFiles.Trashed],
        and leaving: Set<BackupID>, _ report: inout PruneReport
    ) throws(VaultError) -> Sweep {
        // A pack that nobody can read is left where it is: what it held may be wanted by whoever repairs it.
        report.problems += findings.damagedPacks.map { VaultProblem($0) }
        let entries = findings.listed + findings.unlisted
        let live = try liveSlots(index, without: expired, and: leaving, &report)
        let packs = try facts(of: entries, index, live, findings.broken)
        for pack in packs where pack.lostObjects > 0 {
            let path = VaultPath.pack(pack.id)
            report.problems.append(
                VaultProblem(
                    "\(path) stays: \(pack.lostObjects) objects in it that backups need are damaged and lie"
                        + " nowhere else", path: path))
        }
        let plan = SweepPlan(packs)
        report.deadPacks = plan.dead.count
        report.repackedPacks = plan.repacked.count
        return Sweep(
            plan: plan, entries: entries, index: index, live: live, broken: findings.broken,
            mustList: !findings.unlisted.isEmpty || !findings.missing.isEmpty
                || !findings.damagedSegments.isEmpty)
    }

    // MARK: Mark

    /// For each slot of the index whether any backup needs its object; true for all where a backup cannot be read.
    private func liveSlots(
        _ index: ObjectIndex, without expired: [BackupFiles.Trashed], and leaving: Set<BackupID>,
        _ report: inout PruneReport
    ) throws(VaultError) -> [Bool] {
        var live = [Bool](repeating: false, count: index.slotCount)
        try reader.reload()
        let before = report.problems.count
        // Backups before trash: one that is deleted meanwhile is seen in at least one of them.
        for id in try backupFiles.ids().ids where !leaving.contains(id) {
            try note("Backup \(id)", "To let it go, run: holdfast backup delete \(id)", &report) {
                () throws(VaultError) in try mark(try manifest(id), index, &live)
            }
        }
        let gone = Set(expired.map(\.path))
        for trashed in try backupFiles.trashed().trashed where !gone.contains(trashed.path) {
            try note("The deleted backup \(trashed.id)", "It goes for good with: --now", &report) {
                () throws(VaultError) in try mark(try backupFiles.manifest(trashed), index, &live)
            }
        }
        let isUnknown = report.problems.count > before
        return isUnknown ? live.map { _ in true } : live
    }

    /// Runs `body`; a backup that turns out to be damaged becomes a problem that is told.
    private func note(
        _ backup: String, _ remedy: String, _ report: inout PruneReport,
        _ body: () throws(VaultError) -> Void
    ) throws(VaultError) {
        do { try body() } catch  where error.code == .damaged || error.code == .tooNew {
            report.problems.append(
                VaultProblem(
                    "\(backup) cannot be read, so it and whatever it may need is kept: \(error.message). \(remedy)",
                    path: error.path))
        }
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

    // MARK: Decide

    /// What every pack holds that is needed.
    private func facts(
        of entries: [IndexSegment.Entry], _ index: ObjectIndex, _ live: [Bool], _ broken: BrokenBlocks
    ) throws(VaultError) -> [SweepPlan.Pack] {
        let sizes = Dictionary(try store.packs().packs.map { ($0.id, $0.size) }) { first, _ in first }
        return entries.map { entry in
            var pack = SweepPlan.Pack(id: entry.pack, size: sizes[entry.pack] ?? 0)
            for (number, block) in entry.catalogue.blocks.enumerated() {
                let needed = block.objects.filter { isLive($0.id, in: entry.pack, number, index, live) }
                pack.total += Int64(block.plainLength)
                pack.live += needed.reduce(0) { $0 + Int64($1.length) }
                pack.liveObjects += needed.count
                guard broken.contains(entry.pack, UInt32(number)) else { continue }
                pack.lostObjects += needed.count
                pack.hasSpareBroken = pack.hasSpareBroken || needed.isEmpty
            }
            return pack
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

    // MARK: Carry out

    /// Does what was planned.
    func carryOut(_ sweep: Sweep, _ report: inout PruneReport) throws(VaultError) {
        guard !sweep.plan.isEmpty || sweep.mustList else { return }
        do throws(VaultError) {
            try rewrite(sweep, &report)
        } catch  where error.code == .full && !sweep.plan.dead.isEmpty {
            try makeRoom(sweep.plan, &report)
        }
        try reader.reload()
    }

    private func rewrite(_ sweep: Sweep, _ report: inout PruneReport) throws(VaultError) {
        let plan = sweep.plan
        let old = try store.segmentNames().names
        let leaving = Set(plan.dead + plan.repacked)
        var kept = sweep.entries.filter { !leaving.contains($0.pack) }
        // What lies in a broken block of a pack that stays is written anew all the same.
        var base = ObjectIndex(broken: sweep.broken)
        for entry in kept { base.add(entry.pack, entry.catalogue) }
        var sink = try ObjectSink(store: store, index: base)
        var removable = Set(plan.dead)
        for entry in sweep.entries where plan.repacked.contains(entry.pack) {
            do throws(VaultError) {
                try repack(entry, into: &sink, sweep.index, sweep.live)
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
        try remove(packs: removable)
    }

    /// Removes dead packs without writing anything: the index, which can be made anew, goes first.
    private func makeRoom(_ plan: SweepPlan, _ report: inout PruneReport) throws(VaultError) {
        for name in try store.segmentNames().names { try files.remove(VaultPath.segment(name)) }
        try files.sync(folder: VaultPath.index)
        try remove(packs: Set(plan.dead))
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

    private func remove(packs: Set<PackID>) throws(VaultError) {
        for pack in try store.packs().packs where packs.contains(pack.id) {
            try files.remove(VaultPath.pack(pack.id))
        }
        for folder in Set(packs.map(VaultPath.packFolder)) { try files.sync(folder: folder) }
    }
}
