import HostConfig
import Vault

/// Looks through the backups of a host, newest first, for what each place held when it was in order.
struct HoldingSearch {
    let series: HostSeries
    let vault: Vault
    private var found: [HostHolding] = []
    /// Files without servers of which nobody said that it is meant to be so: an older one that has some counts instead.
    ///
    /// Earlier versions kept such a loss as if it were in order.
    private var doubtful: [HostHolding] = []
    /// From which backups each place was told.
    private var sources: [String: Set<BackupID>] = [:]
    private var latest: [String: HostLook.State] = [:]
    /// The same of those alone that were kept here.
    private var latestOwn: [String: HostLook.State] = [:]
    private var released = HostReleases()
    private var settled: Set<String> = []
    private var unread: [HostLook.Unread] = []
    private var taken: Set<BackupID> = []
    /// Those from elsewhere that say of some place first what was accepted there: no backup made here repeats that.
    private var deciders: Set<BackupID> = []
    /// Those made here that say of some place first that it was let go; each later one repeats that.
    private var tellers: Set<BackupID> = []
    /// Whether something was passed over that was let go for what came in from elsewhere alone.
    private var uncovers = false

    init(series: HostSeries, vault: Vault) {
        self.series = series
        self.vault = vault
    }

    /// Whether it is known what a path held when it was in order.
    func hasFound(_ path: String) -> Bool { found.contains { $0.isOf(path) } }

    /// What was found.
    func look(_ heads: SeriesHeads) -> HostLook {
        let holdings = (found + doubtful).sorted { $0.place < $1.place }
        return HostLook(
            holdings: holdings, sources: sources, latest: latest, latestOwn: latestOwn,
            released: released.places(for: .here).subtracting(holdings.map(\.place)), settled: settled,
            unread: unread,
            deciders: deciders, tellers: tellers, heads: heads)
    }

    /// Takes from the next older backup what no newer one has or let go.
    /// - Returns: the backup; nil where not all of it could be read.
    mutating func take(_ id: BackupID) async throws -> Manifest? {
        taken.insert(id)
        let manifest: Manifest
        do { manifest = try await vault.manifest(id) } catch {
            guard error.isObstacle else { throw error }
            // One that is gone was deleted meanwhile.
            if error.code != .notFound { unread.append(.init(id, error.message)) }
            return nil
        }
        guard manifest.summary.name != HostSeries.safetyCopyNote else { return manifest }
        defer {
            release(HostSeries.places(in: manifest, before: HostSeries.release), by: manifest)
        }
        let files: [HostSeries.Entry]
        do throws(OperationError) { files = try await entries(of: manifest) } catch {
            guard error.isOfOneBackup else { throw error }
            unread.append(.init(id, error.message))
            return nil
        }
        let accepted = HostSeries.places(in: manifest, before: HostSeries.settlement)
        let count = unread.count
        for file in files {
            do throws(VaultError) { try await take(file, of: manifest, accepted) } catch {
                guard error.isObstacle else { throw error }
                unread.append(.init(id, "\(file.path): \(error.message)"))
            }
        }
        return unread.count == count ? manifest : nil
    }

    private func entries(of manifest: Manifest) async throws(OperationError) -> [HostSeries.Entry] {
        let all: [FileEntry]
        do { all = try await vault.entries(of: manifest) } catch { throw OperationError(error) }
        do throws(OperationError) { return try HostSeries.entries(all, of: manifest) } catch {
            // A path that is no text is one that no version of this wrote.
            throw OperationError(.vaultCorrupt, error.message)
        }
    }

    /// Takes those backups that a mark names, instead of all older ones.
    /// - Returns: whether they have what they had: otherwise nothing was taken.
    mutating func take(_ mark: HostMark, _ heads: SeriesHeads) async throws -> Bool {
        var trial = self
        trial.uncovers = false
        let wanted = Set(mark.backups + mark.unread)
        // One of them may be gone, also where it was made after the one that names it.
        guard heads.all.count(where: { wanted.contains($0.id) }) == wanted.count else { return false }
        for head in heads.all where wanted.contains(head.id) && !taken.contains(head.id) {
            let manifest = try await trial.take(head.id)
            guard manifest != nil || !mark.backups.contains(head.id) else { return false }
        }
        // What was let go elsewhere since then may uncover what was kept here, which the mark does not name.
        guard !trial.uncovers else { return false }
        self = trial
        return true
    }

    private mutating func take(
        _ file: HostSeries.Entry, of manifest: Manifest, _ accepted: Set<String>
    ) async throws(VaultError) {
        let origin = HostOrigin(of: manifest)
        let every = PlaceTrace.places(of: file.path, by: file.links)
        let all = every.filter { !released.hold($0, for: origin) }
        uncovers =
            uncovers || every.contains { released.hold($0, for: origin) && !released.hold($0, for: .here) }
        for place in all where latest[place] == nil {
            latest[place] = .init(file, of: manifest.id, at: place)
        }
        for place in all where origin == .here && latestOwn[place] == nil {
            latestOwn[place] = .init(file, of: manifest.id, at: place)
            if accepted.contains(place), isForeign(place) {
                accept(place, .text(try await vault.bytes(of: file.entry.content)), by: manifest.id)
            }
        }
        let places = all.filter { place in !found.contains { $0.place == place } }
        // What another place led to in a newer backup is that one's file.
        let same = found.first { $0.file.path == file.path }
        guard !places.isEmpty, same == nil || places != [file.path] else { return }
        let text = HostText(try await vault.bytes(of: file.entry.content), of: series.host)
        guard isSound(file.path, places, text, in: manifest) else { return }
        let held = HostSeries.File(
            entry: same?.file.entry ?? file.entry, path: file.path, text: same?.file.text ?? text,
            links: file.links)
        let isSettled = !accepted.isDisjoint(with: places)
        let isDoubtful = text.servers.isEmpty && !(isSettled && origin == .here)
        // What was accepted elsewhere takes the place of what came in from there alone.
        if isDoubtful, isSettled { release(Set(places), by: manifest) }
        for place in places {
            let holding = HostHolding(
                place: place, file: held, backup: same?.backup ?? manifest.summary,
                isOwn: same?.isOwn ?? (origin == .here))
            let needed = [manifest.id, holding.backup.id]
            if !isDoubtful {
                // Once it was said that none are wanted, newer ones without any are wanted as well.
                let newer = text.servers.isEmpty ? doubtful.first { $0.place == place } : nil
                doubtful.removeAll { $0.place == place }
                found.append(newer ?? holding)
                sources[place] = Set(needed + (newer.map { [$0.backup.id] } ?? []))
                if text.servers.isEmpty { settled.insert(place) }
            } else if !doubtful.contains(where: { $0.place == place }) {
                doubtful.append(holding)
                sources[place] = Set(needed)
            }
        }
    }

    /// Whether what was found of a place came in from elsewhere.
    private func isForeign(_ place: String) -> Bool {
        (found + doubtful).contains { $0.place == place && !$0.isOwn }
    }

    /// Notes what was accepted here before a newer state came in from elsewhere.
    private mutating func accept(_ place: String, _ accepted: HostHolding.Accepted, by backup: BackupID) {
        func noted(_ holding: HostHolding) -> HostHolding {
            var noted = holding
            if holding.place == place, holding.accepted == nil { noted.accepted = accepted }
            return noted
        }
        (found, doubtful) = (found.map(noted), doubtful.map(noted))
        sources[place, default: []].insert(backup)
    }

    private mutating func release(_ places: Set<String>, by manifest: Manifest) {
        let origin = HostOrigin(of: manifest)
        for place in places where origin == .here && latestOwn[place] == nil && isForeign(place) {
            accept(place, .gone, by: manifest.id)
        }
        if places.contains(where: { !released.hold($0, for: origin) }) {
            if origin == .here { tellers.insert(manifest.id) } else { deciders.insert(manifest.id) }
        }
        released.add(places, by: origin)
    }

    /// Whether one file of a backup may be put back unasked, whatever else is in it.
    private func isSound(
        _ path: String, _ places: [String], _ text: HostText, in manifest: Manifest
    ) -> Bool {
        let doubts = "; " + manifest.sections.map(\.reason).joined(separator: "; ")
        let isDoubtful = (places + [path]).contains { place in
            doubts.contains("; \(place) lost ") || doubts.contains("; \(place): ")
        }
        // What cannot be judged on this machine was in order, as far as anybody said.
        return !isDoubtful && (text.isUnderstood || text.isUnjudged)
    }
}

extension VaultError {
    /// Whether it concerns one backup alone, so that the others tell what they have.
    fileprivate var isObstacle: Bool { isLoss || code == .tooNew || code == .invalid }
}

extension OperationError {
    /// Whether it is about what one backup has, so that the others can be read.
    var isOfOneBackup: Bool {
        [.vaultCorrupt, .storeTooNew, .backupUnknown, .argumentInvalid].contains(code)
    }
}
