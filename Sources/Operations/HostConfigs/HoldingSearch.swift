import HostConfig
import Vault

/// Looks through the backups of a host, newest first, for what each place held when it was in order.
struct HoldingSearch {
    /// How many older states of a file without servers are looked into.
    private static let patience = 64

    let series: HostSeries
    let vault: Vault
    private var found: [HostHolding] = []
    /// Files without servers of which nobody said that it is meant to be so: an older one that has some counts instead.
    ///
    /// Earlier versions kept such a loss as if it were in order.
    private var doubtful: [HostHolding] = []
    private var looks = 0
    private var released = HostReleases()

    init(series: HostSeries, vault: Vault) {
        self.series = series
        self.vault = vault
    }

    /// Whether nothing was found yet.
    var isEmpty: Bool { result.isEmpty }
    /// Whether no older backup can say more of the places that were found.
    var isSettled: Bool { doubtful.isEmpty || looks > Self.patience }
    /// What was found.
    var result: [HostHolding] { found + doubtful }

    /// Takes from the next older backup what no newer one has or let go.
    mutating func take(_ files: [HostSeries.Entry], of manifest: Manifest) async throws {
        let settled = HostSeries.places(in: manifest, before: HostSeries.settlement)
        for file in files { try await take(file, of: manifest, settled) }
        released.add(
            HostSeries.places(in: manifest, before: HostSeries.release), by: HostOrigin(of: manifest))
    }

    private mutating func take(
        _ file: HostSeries.Entry, of manifest: Manifest, _ settled: Set<String>
    ) async throws {
        let origin = HostOrigin(of: manifest)
        let places = PlaceTrace.places(of: file.path, by: file.links).filter { place in
            !released.hold(place, for: origin) && !found.contains { $0.place == place }
        }
        // What another place led to in a newer backup is that one's file.
        let same = found.first { $0.file.path == file.path }
        guard !places.isEmpty, same == nil || places != [file.path] else { return }
        if places.allSatisfy({ place in doubtful.contains { $0.place == place } }) {
            looks += 1
            guard looks <= Self.patience else { return }
        }
        let text = HostText(try await vault.bytes(of: file.entry.content), of: series.host)
        guard isSound(file.path, places, text, in: manifest) else { return }
        let held = HostSeries.File(
            entry: same?.file.entry ?? file.entry, path: file.path, text: same?.file.text ?? text,
            links: file.links)
        let isSettled = !settled.isDisjoint(with: places)
        let isDoubtful = text.servers.isEmpty && !(isSettled && origin == .here)
        // What was accepted elsewhere takes the place of what came in from there alone.
        if isDoubtful, isSettled { released.add(Set(places), by: origin) }
        for place in places {
            let holding = HostHolding(place: place, file: held, backup: same?.backup ?? manifest.summary)
            if !isDoubtful {
                // Once it was said that none are wanted, newer ones without any are wanted as well.
                let newer = text.servers.isEmpty ? doubtful.first { $0.place == place } : nil
                doubtful.removeAll { $0.place == place }
                found.append(newer ?? holding)
            } else if !doubtful.contains(where: { $0.place == place }) {
                doubtful.append(holding)
            }
        }
    }

    /// Whether one file of a backup may be put back unasked, whatever else is in it.
    private func isSound(
        _ path: String, _ places: [String], _ text: HostText, in manifest: Manifest
    ) -> Bool {
        let doubts = "; " + manifest.sections.map(\.reason).joined(separator: "; ")
        let isDoubtful = (places + [path]).contains { place in
            doubts.contains("; \(place) lost ") || doubts.contains("; \(place): ")
        }
        return !isDoubtful && text.isUnderstood
    }
}
