import Basics

/// What is known of a vault's backups, kept from one look at their folder to the next.
///
/// A manifest never changes once it has its name, so a summary that was read stays right; only what is new is read. What
/// this knows serves lists and choices alone: whoever uses a backup reads its manifest, and `check` reads all of them.
struct BackupCatalogue: Sendable {
    private let files: BackupFiles
    /// By the names of the files.
    private var known: [String: BackupSummary] = [:]
    /// How the folder was when it was last read; nil when that says nothing.
    private var stamp: FolderStamp?
    private(set) var list = BackupList(backups: [], damaged: [])
    /// The same by the names of the devices, newest first.
    private(set) var series: [String: [BackupSummary]] = [:]

    init(files: BackupFiles) { self.files = files }

    /// Learns what came and went.
    /// - Throws: `unavailable`.
    mutating func refresh() throws(VaultError) {
        let now = try files.stamp()
        if let now, let stamp, stamp.holds(at: now) { return }
        var names: Set<String> = []
        var found: [(name: String, summary: BackupSummary)] = []
        var damaged: [(name: String, error: VaultError)] = []
        for name in try files.names() {
            if known[name] != nil {
                names.insert(name)
                continue
            }
            guard let id = BackupFiles.id(of: name) else { continue }
            do {
                found.append((name, try files.summary(id)))
                names.insert(name)
            } catch  where error.code == .damaged || error.code == .tooNew {
                damaged.append((name, error))
            } catch  where error.code == .notFound {
                // Deleted since the folder was read.
                continue
            }
        }
        take(found, keeping: names)
        list.damaged = damaged.sorted { $0.name > $1.name }.map(\.error)
        // What could not be read is tried again each time.
        stamp = damaged.isEmpty ? now : nil
    }

    /// Forgets a backup whose manifest turned out to be damaged: the next look reads it again.
    mutating func forget(_ id: BackupID) {
        guard known.removeValue(forKey: BackupFiles.name(of: id)) != nil else { return }
        remove { $0.id == id }
        stamp = nil
    }

    private mutating func take(
        _ found: [(name: String, summary: BackupSummary)], keeping names: Set<String>
    ) {
        if names.count < known.count + found.count {
            known = known.filter { names.contains($0.key) }
            remove { !names.contains(BackupFiles.name(of: $0.id)) }
        }
        // Few are put in their places; many are sorted once.
        let isBulk = found.count > 16
        for (name, summary) in found {
            known[name] = summary
            guard !isBulk else { continue }
            list.backups.insert(summary, at: Self.place(summary, list.backups))
            let place = Self.place(summary, series[summary.device.name] ?? [])
            series[summary.device.name, default: []].insert(summary, at: place)
        }
        guard isBulk else { return }
        list.backups = (list.backups + found.map(\.summary)).sorted(by: Self.isNewer)
        series = Dictionary(grouping: list.backups, by: \.device.name)
    }

    private mutating func remove(_ isGone: (BackupSummary) -> Bool) {
        list.backups.removeAll(where: isGone)
        for name in series.keys { series[name]?.removeAll(where: isGone) }
        series = series.filter { !$0.value.isEmpty }
    }

    /// Ids tell seconds only: of two backups within one, the times inside tell which is newer.
    private static func isNewer(_ one: BackupSummary, _ other: BackupSummary) -> Bool {
        (one.started, one.id) > (other.started, other.id)
    }

    /// Where a backup belongs among others, newest first.
    private static func place(_ summary: BackupSummary, _ others: [BackupSummary]) -> Int {
        var range = 0..<others.count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range =
                isNewer(others[middle], summary)
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
