import Basics
import HostConfig
import Vault

/// What a place of a host held when it was in order: its file in the newest backup that has it sound.
struct HostHolding: Sendable {
    /// The path where the program reads.
    let place: String
    let file: HostSeries.File
    let backup: BackupSummary

    /// Whether `path` is the place, or where the file lay.
    func isOf(_ path: String) -> Bool { place == path || file.path == path }

    /// Whether the other place lies on the way from this one to its file, and is no newer: it is no place for itself then.
    func covers(_ other: HostHolding) -> Bool {
        let end = PlaceTrace.of(place, by: file.links)?.end ?? file.path
        guard ([end, file.path] + links.map(\.path)).contains(other.place) else { return false }
        return file.path == other.file.path
            || (other.backup.started, other.backup.id) <= (backup.started, backup.id)
    }

    /// The links that led there.
    var links: [PlaceTrace.Link] { PlaceTrace.of(place, by: file.links)?.links ?? [] }
}

extension HostSeries {
    /// Whether a backup has every place that is known, in order: nothing older counts.
    private static func isComplete(_ backup: BackupSummary) -> Bool {
        backup.status == .ok && backup.scope?.hasPaths == false
    }

    /// How many backups are looked through at most.
    private static let depth = 512

    /// What each place held in the newest backup that has it sound, sorted by place.
    /// - Parameter time: only backups made before it count.
    func holdings(
        before time: Timestamp? = nil, in vault: Vault
    ) async throws(OperationError) -> [HostHolding] {
        var found: [HostHolding] = []
        var released: Set<String> = []
        do {
            let all = try await backups(in: vault).filter { backup in
                backup.name != Self.safetyCopyNote && time.map { backup.started < $0 } ?? true
            }
            for backup in all.prefix(Self.depth) {
                let manifest: Manifest
                let files: [Entry]
                do {
                    manifest = try await vault.manifest(backup.id)
                    files = try await Self.entries(of: manifest, in: vault)
                } catch {
                    // Behind the newest one, one that is damaged leaves what the others have.
                    guard !found.isEmpty else { throw error }
                    continue
                }
                for file in files {
                    found += try await holdings(of: file, manifest, besides: found, released, in: vault)
                }
                released.formUnion(
                    manifest.notCovered.filter { $0.hasSuffix(Self.release) }.map {
                        String($0.dropLast(Self.release.count))
                    })
                if Self.isComplete(backup) { break }
            }
        } catch { throw OperationError(any: error) }
        return found.sorted { $0.place < $1.place }
    }

    /// The places of one file that no newer backup holds or let go.
    private func holdings(
        of file: Entry, _ manifest: Manifest, besides found: [HostHolding], _ released: Set<String>,
        in vault: Vault
    ) async throws -> [HostHolding] {
        let places = PlaceTrace.places(of: file.path, by: file.links).filter { place in
            !released.contains(place) && !found.contains { $0.place == place }
        }
        // What another place led to in a newer backup is that one's file.
        let newer = found.first { $0.file.path == file.path }
        guard !places.isEmpty, newer == nil || places != [file.path] else { return [] }
        let text = HostText(try await vault.bytes(of: file.entry.content), of: host)
        guard isSound(file.path, places, text, in: manifest) else { return [] }
        let held = File(
            entry: newer?.file.entry ?? file.entry, path: file.path, text: newer?.file.text ?? text,
            links: file.links)
        return places.map {
            HostHolding(place: $0, file: held, backup: newer?.backup ?? manifest.summary)
        }
    }

    /// The files of the backup that `text` means, by place; where it is nil, or `newest`, those of `holdings`.
    /// - Throws: `backupUnknown`, `backupAmbiguous`.
    func chosen(_ text: String?, in vault: Vault) async throws(OperationError) -> [HostHolding] {
        guard let text, text != "newest" else {
            let found = try await holdings(in: vault)
            guard found.isEmpty else { return found }
            return try await chosen(try await manifest(nil, in: vault), in: vault)
        }
        return try await chosen(try await manifest(text, in: vault), in: vault)
    }

    /// The files of a backup, by place.
    func chosen(_ manifest: Manifest, in vault: Vault) async throws(OperationError) -> [HostHolding] {
        try await files(of: manifest, in: vault).flatMap { file in
            file.places.map { HostHolding(place: $0, file: file, backup: manifest.summary) }
        }
    }

    /// What a file had lost when it was kept, as a phrase without its path; nil for one that was in order.
    static func loss(of file: File, in manifest: Manifest) -> String? {
        for section in manifest.sections {
            for doubt in section.reason.split(separator: "; ") {
                for place in file.places + [file.path] where doubt.hasPrefix(place + " lost ") {
                    return String(doubt.dropFirst(place.count + 1))
                }
            }
        }
        return nil
    }

    /// Whether one file of a backup may be put back unasked, whatever else is in it.
    private func isSound(_ path: String, _ places: [String], _ text: HostText, in manifest: Manifest) -> Bool
    {
        let doubts = "; " + manifest.sections.map(\.reason).joined(separator: "; ")
        let isDoubtful = (places + [path]).contains { place in
            doubts.contains("; \(place) lost ") || doubts.contains("; \(place): ")
        }
        return !isDoubtful && text.isUnderstood
    }
}

extension [HostHolding] {
    /// Without places that were named once and lie on the way of one of the host's own: what is put back into both would
    /// undo itself.
    func merged(of host: AssistantHost, at place: HostPlace) -> [HostHolding] {
        let own = filter { place.isOwn($0.place, of: host) }
        return filter { holding in
            place.isOwn(holding.place, of: host) || !own.contains { $0.covers(holding) }
        }
    }

    /// The newest of the backups.
    var newest: BackupSummary? { map(\.backup).max { ($0.started, $0.id) < ($1.started, $1.id) } }
}
