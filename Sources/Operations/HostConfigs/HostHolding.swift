import Basics
import HostConfig
import Vault

/// What a place of a host held when it was in order: its file in the newest backup that has it sound.
struct HostHolding: Sendable {
    /// The path where the program reads.
    let place: String
    let file: HostSeries.File
    let backup: BackupSummary
    /// Whether it was kept here, and did not come in from elsewhere.
    let isOwn: Bool
    /// What was accepted here, where a newer state came in from elsewhere since then; nil for nothing.
    var accepted: Accepted?

    /// How a place is meant to be, as it was said here.
    enum Accepted: Sendable {
        /// Without a file.
        case gone
        /// With these bytes.
        case text([UInt8])
    }

    /// Whether it was accepted here that there is no file.
    var isGone: Bool { if case .gone = accepted { true } else { false } }

    /// Whether the place is still as it was accepted here: what came in from elsewhere changed no file.
    func accepts(_ now: HostSituation) -> Bool {
        switch accepted {
        case .gone: now.state == .missing
        case .text(let bytes): now.text?.bytes == bytes
        case nil: false
        }
    }

    /// Whether `path` is the place, or where the file lay.
    func isOf(_ path: String) -> Bool { place == path || file.path == path }

    /// Whether the other place lies on the way from this one to its file, and is no newer: it is no place for itself then.
    func covers(_ other: HostHolding) -> Bool {
        let end = PlaceTrace.of(place, by: file.links)?.end ?? file.path
        let isOnWay =
            [end, file.path].contains(other.place)
            || links.contains { $0.path == other.place || other.place.hasPrefix($0.path + "/") }
        guard isOnWay else { return false }
        return file.path == other.file.path
            || (other.backup.started, other.backup.id) <= (backup.started, backup.id)
    }

    /// The links that led there.
    var links: [PlaceTrace.Link] { PlaceTrace.of(place, by: file.links)?.links ?? [] }
}

extension HostSeries {
    /// What each place held in the newest backup that has it sound, sorted by place.
    /// - Parameters:
    ///   - time: only backups made before it count.
    ///   - places: where these alone are asked for, the look ends with the last of them.
    func holdings(
        before time: Timestamp? = nil, of places: [String] = [], in vault: Vault
    ) async throws(OperationError) -> [HostHolding] {
        try await look(before: time, of: places, in: vault).holdings
    }

    /// The files of the backup that `text` means, by place; where it is nil, or `newest`, those of `holdings`.
    /// - Parameter warnings: where what cannot be read is told.
    /// - Throws: `backupUnknown`, `backupAmbiguous`.
    func chosen(
        _ text: String?, in vault: Vault, telling warnings: Warnings
    ) async throws(OperationError) -> [HostHolding] {
        guard let text, text != "newest" else {
            let look = try await look(in: vault)
            for remark in look.remarks { warnings.add(remark) }
            guard look.holdings.isEmpty else { return look.holdings }
            return try await chosen(try await manifest(nil, in: vault), in: vault)
        }
        return try await chosen(try await manifest(text, in: vault), in: vault)
    }

    /// The files of a backup, by place.
    func chosen(_ manifest: Manifest, in vault: Vault) async throws(OperationError) -> [HostHolding] {
        try await files(of: manifest, in: vault).flatMap { file in
            file.places.map { place in
                HostHolding(
                    place: place, file: file, backup: manifest.summary,
                    isOwn: HostOrigin(of: manifest) == .here)
            }
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
