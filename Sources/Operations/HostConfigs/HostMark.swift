import Basics
import Vault

/// What a backup says of the older ones of its host: which ones were looked at, and which of them are needed beside it.
///
/// Whoever finds the same ones there reads those alone. Where others came in or went, it says nothing.
struct HostMark: Equatable {
    /// How many backups are named at most; where more are needed there is no mark.
    private static let limit = 128
    private static let words = (
        begin: "Of ", digest: " older backups (", none: ") none has another file of it",
        some: ") these have its other files: ", unread: "; these cannot be read: "
    )

    /// How many older ones there were.
    let count: Int
    /// Tells their ids from others.
    let digest: String
    /// Those that have files which the backup does not have in order, newest first.
    let backups: [BackupID]
    /// Those that could not be read, newest first.
    let unread: [BackupID]

    /// As a sentence.
    var text: String {
        func list(_ ids: [BackupID]) -> String { ids.map(\.text).joined(separator: ", ") }
        return Self.words.begin + "\(count)" + Self.words.digest + digest
            + (backups.isEmpty ? Self.words.none : Self.words.some + list(backups))
            + (unread.isEmpty ? "" : Self.words.unread + list(unread)) + "."
    }

    /// Nil where too many backups are needed.
    init?(_ extent: SeriesExtent, backups: [BackupID], unread: [BackupID]) {
        guard backups.count + unread.count <= Self.limit else { return nil }
        (count, digest) = (extent.count, extent.digest)
        (self.backups, self.unread) = (backups, unread)
    }

    /// The mark of a backup; nil for one that has none, as those of earlier versions.
    init?(of manifest: Manifest) {
        // A copy of what a restore replaced is no state of its own.
        guard manifest.summary.name != HostSeries.safetyCopyNote else { return nil }
        for text in manifest.notCovered {
            guard let mark = HostMark(text) else { continue }
            self = mark
            return
        }
        return nil
    }

    init?(_ text: String) {
        guard text.hasPrefix(Self.words.begin), text.hasSuffix("."),
            let (number, rest) = Self.parts(
                text.dropFirst(Self.words.begin.count).dropLast(), Self.words.digest),
            let count = Int(number)
        else { return nil }
        let (body, unread) = Self.parts(rest, Self.words.unread) ?? (rest, "")
        let digest: Substring
        let backups: Substring
        if let (first, last) = Self.parts(body, Self.words.some) {
            (digest, backups) = (first, last)
        } else {
            guard body.hasSuffix(Self.words.none) else { return nil }
            (digest, backups) = (body.dropLast(Self.words.none.count), "")
        }
        guard let needed = Self.ids(backups), let lost = Self.ids(unread) else { return nil }
        self.count = count
        self.digest = String(digest)
        (self.backups, self.unread) = (needed, lost)
    }

    /// What stands before and behind some words.
    private static func parts(_ text: Substring, _ words: String) -> (Substring, Substring)? {
        guard let range = text.firstRange(of: words) else { return nil }
        return (text[..<range.lowerBound], text[range.upperBound...])
    }

    private static func ids(_ text: Substring) -> [BackupID]? {
        let words = text.split(separator: ", ")
        let ids = words.compactMap { BackupID(String($0)) }
        return ids.count == words.count ? ids : nil
    }
}

/// Which backups of a series are older than some time.
struct SeriesExtent: Equatable {
    let count: Int
    let digest: String
}

/// The backups of a series, newest first, and what tells those that are older than a time from others.
struct SeriesHeads: Sendable {
    let all: [BackupHead]
    /// What the oldest ones give, from none up to all; made when it is first asked for.
    private var digests: [UInt64] = []

    init(_ all: [BackupHead]) { self.all = all }

    /// How many were made before `time`.
    func count(before time: Timestamp) -> Int {
        all.count - (all.firstIndex { $0.started < time } ?? all.count)
    }

    /// Those that were made before `time`.
    mutating func extent(before time: Timestamp) -> SeriesExtent {
        let count = count(before: time)
        if digests.isEmpty {
            var last: UInt64 = 0
            digests = [last]
            digests.reserveCapacity(all.count + 1)
            for head in all.reversed() {
                last = head.id.digest(after: last)
                digests.append(last)
            }
        }
        let digits = String(digests[count], radix: 16)
        return SeriesExtent(
            count: count, digest: String(repeating: "0", count: 16 - digits.count) + digits)
    }
}
