import Basics
import HostConfig
import RemoteExecution
import Vault

/// Puts the files of one host into the vault.
struct HostKeeper {
    static let section = "host-config"

    let host: AssistantHost
    let vault: Vault
    let lease: WriterLease
    let clock: any WallClock
    /// The device that it is on; nil for this machine.
    var device: Device?
    /// Whether what is gone, or lost its servers, is meant to be so.
    var accepts = false

    private var series: HostSeries { HostSeries(host, on: device?.name) }

    /// Makes a backup of `files` of this machine, unless the newest one holds the same.
    /// - Parameters:
    ///   - isWhole: whether these are all files of the host.
    ///   - known: what the backups say, where that was read already.
    func keep(
        _ files: [String], name: String, always: Bool, isWhole: Bool = false, besides known: HostLook? = nil
    ) async throws(OperationError) -> BackupHostConfig.Row {
        let (situations, found) = read(files)
        return try await keep(
            situations, found, name: name, always: always, isWhole: isWhole, besides: known)
    }

    /// Keeps what is about to be replaced; where the newest backup holds just that, it is that one.
    /// - Parameter known: what the backups say, where that was read already.
    /// - Returns: the backup, and what was noticed.
    func keepReplaced(
        _ files: [String], besides known: HostLook? = nil
    ) async throws(OperationError) -> BackupHostConfig.Row {
        let (situations, found) = read(files)
        let held: BackupID?
        do { held = try await newest(holding: found) } catch {
            throw OperationError(any: error)
        }
        // Nobody asks what is in it, and so it is not looked into.
        if let held, !found.isEmpty {
            return BackupHostConfig.Row(
                host: host.id, outcome: "unchanged", backup: held.text, files: found.map(\.path),
                bytes: Self.size(found), servers: 0, remarks: [])
        }
        return try await keep(
            situations, found, name: HostSeries.safetyCopyNote, always: true, isWhole: false,
            besides: known)
    }

    private static func size(_ files: [HostCopy.File]) -> ByteCount {
        ByteCount(Int64(files.reduce(0) { $0 + $1.bytes.count }))
    }

    /// What is at the paths, and what of it can be kept.
    private func read(_ files: [String]) -> ([HostSituation], [HostCopy.File]) {
        let situations = files.map { HostSituation(of: host, at: $0) }
        var found: [HostCopy.File] = []
        for situation in situations {
            FileSnapshot.removeLeftovers(of: situation.end)
            guard let snapshot = situation.snapshot else { continue }
            let links = situation.trace?.links ?? []
            // Two places may lead to one file.
            if let index = found.firstIndex(where: { $0.path == snapshot.path }) {
                found[index].links += links.filter { !found[index].links.contains($0) }
            } else {
                found.append(HostCopy.File(snapshot, links: links))
            }
        }
        return (situations, found)
    }

    /// Makes a backup of what was read of `situations`, unless that is the newest state of each place already.
    /// - Parameter known: what the backups say, where that was read already.
    func keep(
        _ situations: [HostSituation], _ found: [HostCopy.File], name: String, always: Bool, isWhole: Bool,
        besides known: HostLook? = nil
    ) async throws(OperationError) -> BackupHostConfig.Row {
        let look: HostLook
        if let known { look = known } else { look = try await series.look(in: vault) }
        let comparison = comparison(
            situations,
            isWhole
                ? look.holdings
                : look.holdings.filter { holding in situations.contains { $0.isOf(holding) } })
        let (emptied, gone) = accepts ? ([], []) : (comparison.emptied, comparison.gone)
        let released = accepts ? comparison.gonePlaces : []
        let settles = accepts && !(comparison.emptied + comparison.gone).isEmpty
        var remarks = remarks(of: situations, comparison)
        remarks += emptied + gone + comparison.links + situations.map(\.strangeness).filter { !$0.isEmpty }
        remarks += look.remarks
        func row(_ outcome: String, _ backup: BackupID?) -> BackupHostConfig.Row {
            BackupHostConfig.Row(
                host: host.id, outcome: outcome, backup: backup?.text, files: found.map(\.path),
                bytes: Self.size(found),
                servers: situations.reduce(0) { $0 + $1.servers.count }, remarks: remarks)
        }
        guard !found.isEmpty || !released.isEmpty else {
            // What was let go already needs no other word.
            if accepts, isWhole, remarks.isEmpty, look.holdings.allSatisfy(\.isGone),
                let newest = try await newestSound()
            {
                return row("unchanged", newest.id)
            }
            if remarks.isEmpty { remarks = ["no file of it is here"] }
            return row(situations.contains { $0.state == .unreadable } ? "failed" : "missing", nil)
        }
        do {
            if !always, !settles,
                let newest = try await vault.perform({ try look.backup(with: found, in: $0) })
            {
                return row("unchanged", newest)
            }
            // The newest state is the one that was kept last, whatever a clock said.
            let now = clock.now()
            let future = look.future(after: now)
            if let future, future > now + Self.tolerance {
                remarks.append(
                    "a backup says that it was made at \(future); this one counts as made behind it")
            }
            var copy = HostCopy(
                host: host, made: future.map { $0 + .nanoseconds(1) } ?? now,
                name: found.isEmpty && name.isEmpty ? HostSeries.acceptedNote : name, files: found,
                doubts: Self.doubts(situations) + emptied)
            tell(&copy, of: situations, comparison, look)
            return row("stored", try await store(copy, finished: nil).id)
        } catch { throw OperationError(any: error) }
    }

    /// What is to be said of files that cannot be understood or that others may read, and of what is accepted, as phrases.
    private func remarks(of situations: [HostSituation], _ comparison: Comparison) -> [String] {
        let troubled = situations.filter { [.empty, .invalid, .unreadable].contains($0.state) }
        let open = situations.filter(\.isOpenToOthers).map {
            "\($0.path) can be read by other accounts; it may hold tokens"
        }
        guard accepts else { return troubled.map(\.trouble) + open }
        let refused = troubled.map {
            "\($0.path) was not accepted: that is for what is gone or can be understood"
        }
        return troubled.map(\.trouble) + open + refused
            + (comparison.emptied + comparison.gone).map { "accepted: \($0)" }
    }

    private func newestSound() async throws(OperationError) -> BackupSummary? {
        do { return try await series.newestSound(in: vault) } catch { throw OperationError(error) }
    }

    /// What cannot be understood or read, as phrases.
    private static func doubts(_ situations: [HostSituation]) -> [String] {
        situations.filter { situation in
            // One that cannot be judged may be in order.
            [.unreadable, .invalid, .empty].contains(situation.state) && situation.text?.isUnjudged != true
        }.map {
            "\($0.path): \($0.reason.isEmpty ? "\($0.state)" : $0.reason)"
        }
    }

    /// How far backups may be ahead without a word.
    private static let tolerance: Duration = .seconds(300)

    /// What a backup says beside its files: what is meant to be as it is, now and since earlier ones, and what these have.
    private func tell(
        _ copy: inout HostCopy, of situations: [HostSituation], _ comparison: Comparison, _ look: HostLook
    ) {
        // A copy of what a restore replaces is no state of its own.
        guard copy.name != HostSeries.safetyCopyNote else { return }
        /// What is understood in a place.
        func now(_ place: String) -> HostText? {
            situations.first { $0.isAt(place) }?.text.flatMap { $0.isUnderstood ? $0 : nil }
        }
        let lost = accepts ? [] : comparison.emptiedPlaces
        let released = (accepts ? comparison.gonePlaces : []) + look.released.filter { now($0) == nil }
        copy.released = Set(released).sorted()
        // Each later state without servers says so by itself.
        let settled = situations.filter { $0.state == .noServers }.flatMap { situation in
            let isHeld = look.holdings.contains { situation.isOf($0) && $0.accepts(situation) }
            return situation.places.filter { isHeld || look.isSettled($0) }
        }
        copy.settled = Set((accepts ? comparison.emptiedPlaces : []) + settled).sorted()
        // Of a text that cannot be judged it is not known whether older ones are needed.
        guard !situations.contains(where: { $0.text?.isUnjudged == true }) else { return }
        copy.mark = look.mark(at: copy.made) { [released = Set(released)] place in
            released.contains(place) || !lost.contains(place) && now(place) != nil
        }
    }

    /// What differs from the newest sound backup of each place, as phrases.
    private struct Comparison {
        /// Files that lost all their servers, which nobody wants put back unasked.
        var emptied: [String] = []
        var emptiedPlaces: [String] = []
        var gone: [String] = []
        var gonePlaces: [String] = []
        var links: [String] = []
    }

    private func comparison(_ situations: [HostSituation], _ holdings: [HostHolding]) -> Comparison {
        let damage = HostDamage.find(host, situations, holdings, at: device == nil ? .here : nil)
        return Comparison(
            emptied: damage?.emptied ?? [], emptiedPlaces: damage?.emptiedPlaces ?? [],
            gone: damage?.gone ?? [], gonePlaces: damage?.gonePlaces ?? [],
            links: HostDamage.lostLinks(situations, holdings))
    }

    /// The newest backup, where it has these files, with the same bytes and modes, and no other.
    private func newest(holding found: [HostCopy.File]) async throws -> BackupID? {
        try await vault.perform { [name = series.name] vault -> BackupID? in
            guard let newest = try vault.newest(of: name), try Self.holds(newest.id, found, in: vault),
                // What came in from elsewhere may be let go there.
                HostOrigin(of: try vault.manifest(newest.id)) == .here,
                try vault.reads(try vault.pieces(of: found.map(\.bytes)))
            else { return nil }
            return newest.id
        }
    }

    /// Whether a backup has these files, with the same bytes, modes, owners, attributes and links, and no other.
    /// - Parameter wherever: whether it is all the same where the files lie, and whose they are.
    static func holds(
        _ id: BackupID, _ found: [HostCopy.File], wherever: Bool = false, in vault: isolated Vault
    ) throws -> Bool {
        let all: [FileEntry]
        // What cannot be read holds nothing.
        do { all = try vault.entries(of: try vault.manifest(id)) } catch {
            guard error.isLoss else { throw error }
            return false
        }
        let entries = all.filter { $0.kind == .file }
        let links = Set(all.filter { $0.kind == .symbolicLink }.map { $0.path + [0] + $0.linkTarget })
        let wanted = Set(found.flatMap(\.links).map { Array($0.path.utf8) + [0] + Array($0.target.utf8) })
        guard entries.count == found.count, wherever || links == wanted else { return false }
        let contents = try vault.pieces(of: found.map(\.bytes))
        for (file, content) in zip(found, contents) {
            let isHeld = entries.contains { entry in
                (wherever || entry.path == Array(file.path.utf8) && file.isOwned(as: entry))
                    && entry.mode == file.mode && entry.content == content
            }
            guard isHeld else { return false }
        }
        // What was found damaged is stored again.
        return try vault.holds(contents.flatMap(\.self))
    }

    /// Makes a backup.
    /// - Parameter finished: when it was; the present time unless given.
    func store(_ copy: HostCopy, finished: Timestamp?) async throws -> Manifest {
        let session = WriterSession(lease)
        do {
            // What is there already is read back: a few kilobytes, and the only copy of what is about to be replaced.
            _ = try await vault.perform { vault in
                try vault.reads(try vault.pieces(of: copy.files.map(\.bytes)))
            }
            let contents = try await session.store(contents: copy.files.map(\.bytes), as: .content)
            // Files below one linked folder share its link.
            var paths: Set<[UInt8]> = []
            let entries = zip(copy.files, contents).flatMap { $0.entries($1) }.filter { entry in
                entry.kind == .file || paths.insert(entry.path).inserted
            }
            let status: BackupSummary.Status = copy.doubts.isEmpty ? .ok : .partial
            // On a device they are paths that a person asked for, so that a plan can bring them back there.
            let section = device == nil ? Self.section : DeviceBackup.ownPathsSection
            let record = SectionRecord(
                name: section, status: copy.doubts.isEmpty ? .ok : .partial,
                reason: copy.doubts.joined(separator: "; "), hint: "", files: entries.count,
                bytes: entries.reduce(0) { $0 + $1.size })
            let manifest = try await session.commit(
                BackupDraft(
                    name: copy.name,
                    device: BackupDevice(
                        name: series.name, hostKeyFingerprint: device?.hostKey?.fingerprint ?? ""),
                    started: copy.made,
                    finished: finished ?? max(copy.made, clock.now()), status: status,
                    tool: DeviceBackup.tool,
                    sections: [record],
                    notCovered: ["Everything but the files of \(host.title) that name its servers."]
                        + (copy.mark.map { [$0.text] } ?? [])
                        + copy.released.map { $0 + HostSeries.release }
                        + copy.settled.map { $0 + HostSeries.settlement } + copy.origin.notes,
                    entries: entries, scope: BackupScope(only: [section])))
            await session.end()
            return manifest
        } catch {
            await session.end()
            throw error
        }
    }
}

extension Vault {
    /// Whether contents that it is said to have can be read; each piece that cannot is stored anew from then on.
    func reads(_ contents: [[ContentRef]]) throws -> Bool {
        var isWhole = true
        for piece in contents.flatMap(\.self) {
            // One that is not there, or is known to be damaged, is stored anew anyway.
            guard try holds([piece]) else {
                isWhole = false
                continue
            }
            do throws(VaultError) { _ = try bytes(of: [piece]) } catch {
                guard error.isLoss else { throw error }
                isWhole = false
            }
        }
        return isWhole
    }
}
