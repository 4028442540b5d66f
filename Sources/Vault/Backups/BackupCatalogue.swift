import Basics

/// What is known of a vault's backups, kept from one look at their folder to the next.
///
/// A manifest never changes once it has its name, so a summary that was read stays right; only what is new is read. What
/// this knows serves lists and choices alone: whoever uses a backup reads its manifest, and `check` reads all of them.
struct BackupCatalogue: Sendable {
    /// A backup whose summary was read, or is known where to find.
    fileprivate struct Head: Sendable {
        enum Source: Sendable {
            /// Elsewhere in memory: most are never asked for.
            indirect case read(BackupSummary)
            /// By its number in the file of summaries.
            case packed(Int)
        }

        let id: BackupID
        let started: Timestamp
        var source: Source
    }

    /// From how many manifests on that had to be opened a file of summaries is worth it.
    static let many = 64

    private let files: BackupFiles
    private let summaries: SummaryFile
    private var packed: SummaryFile.Content?
    /// All that are known, where they are indexed.
    private var known: Set<BackupID> = []
    /// Whoever looks once, at a folder that is as it was, needs no index.
    private var isIndexed = true
    /// How the folder was when it was last read; nil when that says nothing.
    private var stamp: FolderStamp?
    /// What the writers of this process did.
    private let turns: WriterTurns
    /// The turn after which everything that it and all before it left is known; nil where that is not sure.
    private var turn: WriterTurns.Place?
    /// Which names it had then; nil likewise.
    private var fingerprint: FolderFingerprint?
    private var isFresh = true
    /// By the names of what they are of, newest first.
    private var heads: [String: [Head]] = [:]
    /// All of them, newest first; nil where nobody asked.
    private var whole: [BackupSummary]?
    /// Manifests that could not be read, newest first.
    private(set) var unread: [(id: BackupID, error: VaultError)] = []
    /// Why they could not.
    var damaged: [VaultError] { unread.map(\.error) }

    init(files: BackupFiles, summaries: SummaryFile, turns: WriterTurns) {
        self.files = files
        self.summaries = summaries
        self.turns = turns
    }

    // MARK: Reading

    /// Learns what came and went.
    /// - Throws: `unavailable`.
    mutating func refresh() throws(VaultError) {
        let now = try files.stamp()
        if let now, let stamp, stamp.holds(at: now) { return }
        if isFresh, let now, adopt(at: now) {
            stamp = now
            isFresh = false
            return
        }
        index()
        if let now, let stamp, let later = try turns.later(than: turn, from: stamp, to: now, files.files) {
            take(later.made)
            (self.stamp, turn) = (later.stamp, later.place)
            return
        }
        // Of a folder that changed a moment ago the stamp says nothing; its names are told apart all the same. Whoever
        // looks once needs no fingerprint.
        let print = isFresh ? nil : try files.fingerprint()
        if let print, print == fingerprint {
            stamp = now
            return
        }
        let place = try turns.place(files.files)
        let ids = try files.names().compactMap(BackupFiles.id)
        turn = try turns.place(files.files) == place ? place : nil
        let wasFresh = isFresh
        let strange = isFresh ? adopt(ids) : ids.filter { !known.contains($0) }
        isFresh = false
        if ids.count - strange.count < known.count { removeAll(but: Set(ids)) }
        var found: [BackupSummary] = []
        var damaged: [(id: BackupID, error: VaultError)] = []
        for id in strange {
            do {
                found.append(try files.summary(id))
            } catch  where error.code == .damaged || error.code == .tooNew {
                damaged.append((id, error))
            } catch  where error.code == .notFound {
                // Deleted since the folder was read.
                continue
            }
        }
        take(found)
        unread = damaged.sorted { $0.id > $1.id }
        // What could not be read is tried again each time.
        stamp = damaged.isEmpty ? now : nil
        fingerprint = damaged.isEmpty ? print : nil
        // Once in a while, so that reading alone never costs more than it saves.
        if found.count > max(Self.many, known.count / 32) {
            keep(nil, found, at: stamp, summaries.write(allSeries()))
        } else if wasFresh {
            keep(packed, found, at: stamp, packed?.identity)
        }
    }

    /// Spares the next process the names, where they are many.
    private func keep(
        _ packed: SummaryFile.Content?, _ found: [BackupSummary], at stamp: FolderStamp?, _ identity: [UInt8]?
    ) {
        guard known.count >= SummaryChanges.many, let record = stamp?.record, let identity else { return }
        let gone = packed?.heads.map(\.id).filter { !known.contains($0) } ?? []
        SummaryChanges(
            identity: identity, stamp: record, gone: gone, added: packed == nil ? [] : found
        ).write(files.files, summaries.keys)
    }

    /// Takes over what was kept of a look at the folder, where nothing came or went since.
    /// - Returns: whether that is so.
    private mutating func adopt(at now: FolderStamp) -> Bool {
        guard let changes = SummaryChanges.read(files.files, summaries.keys), now.holds(since: changes.stamp),
            let content = summaries.read(), content.identity == changes.identity
        else { return false }
        let gone = Set(changes.gone)
        take(content) { !gone.contains($0) }
        merge(changes.added)
        isIndexed = false
        return true
    }

    private mutating func index() {
        guard !isIndexed else { return }
        known = Set(heads.values.joined().map(\.id))
        isIndexed = true
    }

    /// Takes over what the file of summaries says of those that are there.
    private mutating func take(_ content: SummaryFile.Content, where isThere: (BackupID) -> Bool) {
        var series = [[Head]](repeating: [], count: content.devices.count)
        for (number, head) in content.heads.enumerated() where isThere(head.id) {
            series[head.device].append(Head(id: head.id, started: head.started, source: .packed(number)))
        }
        for (name, list) in zip(content.devices, series) where !list.isEmpty { heads[name] = list }
        packed = content
    }

    /// Takes over what the file of summaries says of those that were found there.
    /// - Returns: those that it does not name.
    private mutating func adopt(_ ids: [BackupID]) -> [BackupID] {
        guard ids.count > Self.many, let content = summaries.read() else { return ids }
        let present = Set(ids)
        take(content, where: present.contains)
        if heads.values.reduce(0, { $0 + $1.count }) == present.count {
            known = present
            return []
        }
        isIndexed = false
        index()
        return ids.filter { !known.contains($0) }
    }

    /// Forgets a backup whose manifest turned out to be damaged: the next look reads it again.
    mutating func forget(_ id: BackupID) {
        index()
        if known.remove(id) != nil {
            remove { $0 == id }
            look()
        }
        // What a list needs of it may be whole; where it is not, no process is to believe in it from now on.
        do throws(VaultError) { _ = try files.summary(id) } catch { summaries.remove(where: id) }
    }

    /// Has the folder read at the next look, whatever it looks like.
    private mutating func look() {
        stamp = nil
        fingerprint = nil
    }

    private mutating func removeAll(but present: Set<BackupID>) {
        let gone = known.subtracting(present)
        known.subtract(gone)
        remove(gone.contains)
    }

    private mutating func remove(_ isGone: (BackupID) -> Bool) {
        for name in heads.keys { heads[name]?.removeAll { isGone($0.id) } }
        heads = heads.filter { !$0.value.isEmpty }
        whole?.removeAll { isGone($0.id) }
    }

    private mutating func take(_ found: [BackupSummary]) {
        merge(found.filter { known.insert($0.id).inserted })
    }

    private mutating func merge(_ new: [BackupSummary]) {
        for (name, more) in Dictionary(grouping: new, by: \.device.name) {
            Self.merge(more.map { Head($0) }, into: &heads[name, default: []])
        }
        // Few are put in their places; after many the list is made anew.
        if new.count > 16 { whole = nil }
        for summary in new where whole != nil { Self.insert(summary, into: &whole) }
    }

    private static func insert(_ summary: BackupSummary, into all: inout [BackupSummary]?) {
        guard let list = all else { return }
        let index = place(of: Head(summary), among: list.count) { Head(list[$0]) }
        all?.insert(summary, at: index)
    }

    /// Puts some in their places among others that are in order, newest first.
    private static func merge(_ some: [Head], into all: inout [Head]) {
        let some = some.sorted(by: isNewer)
        guard some.count > 16 else {
            for head in some {
                let index = place(of: head, among: all.count) { all[$0] }
                all.insert(head, at: index)
            }
            return
        }
        var merged: [Head] = []
        merged.reserveCapacity(all.count + some.count)
        var next = some[...]
        for head in all {
            while let first = next.first, isNewer(first, head) { merged.append(next.removeFirst()) }
            merged.append(head)
        }
        all = merged + next
    }

    // MARK: Lists

    /// All backups, newest first.
    mutating func all() -> [BackupSummary] {
        if let whole { return whole }
        let all = allSeries().values.flatMap(\.self).sorted { Self.isNewer(Head($0), Head($1)) }
        whole = all
        return all
    }

    /// The backups of what has this name, newest first.
    mutating func series(named name: String) -> [BackupSummary] {
        read(name, first: .max)
        return (heads[name] ?? []).compactMap(\.summary)
    }

    /// Which backups there are of what has this name, and when they were made, newest first.
    func heads(named name: String) -> [BackupHead] {
        (heads[name] ?? []).map { BackupHead(id: $0.id, started: $0.started) }
    }

    /// How many backups there are of all whose names `isWanted` accepts, and the newest of them, newest first.
    mutating func newest(
        _ limit: Int, where isWanted: (String) -> Bool
    ) -> (backups: [BackupSummary], total: Int) {
        let names = heads.keys.filter(isWanted)
        for name in names { read(name, first: limit) }
        let total = names.reduce(0) { $0 + (heads[$1]?.count ?? 0) }
        let candidates = names.flatMap { heads[$0]?.prefix(limit) ?? [] }
        let sorted = names.count > 1 ? candidates.sorted(by: Self.isNewer) : candidates
        return (sorted.prefix(limit).compactMap(\.summary), total)
    }

    /// The newest backup of what has this name that `isWanted` accepts; reads no more than it needs to.
    mutating func newest(named name: String, where isWanted: (BackupSummary) -> Bool) -> BackupSummary? {
        for place in 0..<(heads[name]?.count ?? 0) {
            read(name, first: place + 1, from: place)
            if let summary = heads[name]?[place].summary, isWanted(summary) { return summary }
        }
        return nil
    }

    /// The names of all of which there are backups.
    var names: Set<String> { Set(heads.keys) }

    /// The backups of all whose names begin like this, by name, each newest first.
    mutating func series(beginning prefix: String) -> [String: [BackupSummary]] {
        var all: [String: [BackupSummary]] = [:]
        for name in heads.keys where name.hasPrefix(prefix) { all[name] = series(named: name) }
        return all
    }

    private mutating func allSeries() -> [String: [BackupSummary]] { series(beginning: "") }

    /// Has the summaries of the newest of a series in memory.
    private mutating func read(_ name: String, first limit: Int, from start: Int = 0) {
        guard packed != nil, let count = heads[name]?.count else { return }
        for index in start..<min(count, limit) {
            guard let head = heads[name]?[index], case .packed(let number) = head.source else { continue }
            // What the file does not give the manifest does; one that is gone or damaged is found at the next look.
            if let summary = (try? packed?.summary(number)) ?? (try? files.summary(head.id)) {
                heads[name]?[index].source = .read(summary)
            } else {
                look()
            }
        }
    }

    // MARK: Order

    /// Ids tell seconds only: of two backups within one, the times inside tell which is newer.
    private static func isNewer(_ one: Head, _ other: Head) -> Bool {
        (one.started, one.id) > (other.started, other.id)
    }

    /// Where a backup belongs among others, newest first.
    private static func place(of one: Head, among count: Int, _ other: (Int) -> Head) -> Int {
        var range = 0..<count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            range = isNewer(other(middle), one) ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}

extension BackupCatalogue.Head {
    fileprivate init(_ summary: BackupSummary) {
        self.init(id: summary.id, started: summary.started, source: .read(summary))
    }

    /// Nil where it was not read.
    fileprivate var summary: BackupSummary? { if case .read(let summary) = source { summary } else { nil } }
}
