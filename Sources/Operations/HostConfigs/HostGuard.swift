import Basics
import HostConfig
import Vault

/// One edit of a host's file by some program: what was there is kept before, and comes back when it fails.
struct HostGuard {
    /// How a way back ended.
    enum Outcome: String, Sendable, CaseIterable {
        case restored
        /// It was gone, and is there again.
        case created
        case removed
        case unchanged
        /// It was not broken, and so was left as it is.
        case kept
    }

    let host: AssistantHost
    let path: String
    let context: OperationContext

    /// Keeps what is there.
    /// - Returns: its backup; nil where nothing is there.
    /// - Throws: where it cannot be kept: then nothing should be edited.
    func prepare() async throws(OperationError) -> String? {
        try await keep(as: HostSeries.preparedNote) { (keeper) throws(OperationError) in
            try await keeper.keep([path], name: HostSeries.preparedNote, always: false)
        }
    }

    /// Puts back what was there: the file of `backup`, or no file where it is nil.
    /// - Returns: also what of the file's own could not be put back, as phrases.
    func rollBack(
        to backup: String?, onlyIfBroken: Bool
    ) async throws(OperationError) -> (Outcome, safetyCopy: String?, remarks: [String]) {
        guard let backup else {
            let (outcome, copy, remarks) = try await remove(onlyIfBroken: onlyIfBroken)
            return (
                outcome, copy,
                remarks + (onlyIfBroken ? [] : await settle(path, as: HostSeries.rolledBackNote))
            )
        }
        let vault = try await context.services.vault()
        let manifest = try await HostSeries(host).manifest(backup, in: vault)
        let holdings = try await HostSeries(host).chosen(manifest, in: vault)
        guard let holding = try held(holdings) else {
            let gone = HostSeries.places(in: manifest, before: HostSeries.release)
            guard gone.isDisjoint(with: [path, HostPlace.here.place(path)]) else {
                throw OperationError(
                    .backupUnknown, "\(path) was accepted as gone in backup \(manifest.id)",
                    hint:
                        "To have it so: holdfast host-config rollback \(host.id) --file \(path.shellWord) --absent"
                )
            }
            throw OperationError(
                .backupUnknown, "Backup \(manifest.id) has no \(path)",
                hint: "Run: holdfast host-config show \(host.id) --backup \(manifest.id)")
        }
        if onlyIfBroken {
            let damage = HostDamage.find(host, [HostSituation(of: host, at: path)], [holding])
            // What nobody can judge is left alone.
            guard damage?.findings.contains(where: { $0.holding != nil }) == true else {
                return (.kept, nil, [])
            }
        }
        let change = try HostFileChange(host, holding, undoesLink: true)
        guard !change.isDone else {
            return (
                .unchanged, nil, onlyIfBroken ? [] : await settle(change.place, as: HostSeries.rolledBackNote)
            )
        }
        try change.check()
        let copy =
            change.endangered.isEmpty ? nil : try await keepReplaced(change.endangered)
        var remarks = try change.carryOut() + change.links(wasDone: true)
        // Told to be so, and not only mended: this is what the file is to be.
        if !onlyIfBroken { remarks += await settle(change.place, as: HostSeries.rolledBackNote) }
        return (change.isNew ? .created : .restored, copy, remarks)
    }

    /// What was at the path: read there, or where the link at it leads.
    private func held(_ holdings: [HostHolding]) throws(OperationError) -> HostHolding? {
        let place = HostPlace.here.place(path)
        if let own = holdings.first(where: { $0.place == place || $0.place == path }) { return own }
        guard let end = try HostPlace.end(of: path) else { return holdings.first { $0.file.path == path } }
        return holdings.first { $0.file.path == end }
    }

    private func remove(
        onlyIfBroken: Bool
    ) async throws(OperationError) -> (Outcome, safetyCopy: String?, remarks: [String]) {
        let situation = HostSituation(of: host, at: path)
        // Of a link that the edit made, what it leads to is none of the edit's.
        let target = try? Folder.linkTarget(path)
        if let target, situation.snapshot == nil, !onlyIfBroken,
            situation.trace.map(Self.leadsNowhere) ?? (PlaceTrace.circle(path, home: home) != nil)
        {
            try unlink(target)
            return (.removed, nil, ["\(path) was a link to \(target), which leads nowhere"])
        }
        if let target, situation.snapshot == nil, !onlyIfBroken,
            situation.trace.map(Self.leadsToNoFile) == true
        {
            try unlink(target)
            return (.removed, nil, ["\(path) was a link to \(target), which is no file"])
        }
        guard situation.state != .missing else { return (.unchanged, nil, []) }
        guard !onlyIfBroken || [.empty, .invalid].contains(situation.state) else { return (.kept, nil, []) }
        if target == nil { try situation.trace?.checkMakers(of: path, host) }
        let copy = try await keepReplaced([path])
        guard let snapshot = situation.snapshot else {
            throw OperationError(.ioFailed, "\(path) cannot be read: \(situation.reason)")
        }
        if let target {
            try unlink(target)
        } else {
            do throws(ReplacementError) { try snapshot.remove() } catch {
                throw OperationError(replacing: path, of: host, error)
            }
        }
        return (.removed, copy, [])
    }

    private var home: String? { HostPlace.home }

    /// Keeps how it is now as it is meant to be, where there is a vault.
    /// - Returns: why that failed, as phrases.
    func settle(_ place: String?, as note: String) async -> [String] {
        guard let place, let vault = try? await context.services.vault() else { return [] }
        return await HostKeeper.settle([place], of: host, as: note, vault, context)
    }

    private static func leadsNowhere(_ trace: PlaceTrace) -> Bool {
        do throws(SystemError) { return try Folder.item(trace.end) == nil } catch {
            return error.meansAbsence
        }
    }

    /// Whether a folder, a device or the like is there.
    private static func leadsToNoFile(_ trace: PlaceTrace) -> Bool {
        (try? FileStatus.isOrdinary(trace.end)) == false
    }

    /// Takes away the link at the path, if it is still the one that was seen.
    private func unlink(_ target: String) throws(OperationError) {
        let name = AtomicFile.name(of: path)
        do throws(ReplacementError) {
            do throws(SystemError) {
                let folder = try HeldFolder(PlaceTrace.of(AtomicFile.folder(of: path), home: home).end)
                if try folder.linkTarget(name) == target { return try folder.remove(name) }
            } catch { throw ReplacementError(error, at: path) }
            throw .changed(path)
        } catch { throw OperationError(replacing: path, of: host, error) }
    }

    private func keepReplaced(_ paths: [String]) async throws(OperationError) -> String? {
        try await keep(as: HostSeries.safetyCopyNote) { (keeper) throws(OperationError) in
            try await keeper.keepReplaced(paths)
        }
    }

    private func keep(
        as note: String,
        by body: (HostKeeper) async throws(OperationError) -> BackupHostConfig.Row
    ) async throws(OperationError) -> String? {
        let vault = try await context.services.vault()
        let lease = WriterLease(vault: vault, what: "host-config \(note)") { _ in }
        let keeper = HostKeeper(host: host, vault: vault, lease: lease, clock: context.clock)
        let row: BackupHostConfig.Row
        do throws(OperationError) {
            row = try await body(keeper)
        } catch {
            await lease.close()
            throw error
        }
        await lease.close()
        guard row.backup != nil || row.outcome == "missing" else {
            throw OperationError(
                .ioFailed, "\(path) could not be kept: \(row.remarks.joined(separator: "; "))",
                hint: "Nothing was changed.")
        }
        return row.backup
    }
}
