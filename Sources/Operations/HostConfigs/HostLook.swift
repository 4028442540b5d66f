import Basics
import HostConfig
import Vault

/// What the backups of a host say of its places.
struct HostLook: Sendable {
    /// A place as the newest backup has it that has it at all, in order or not.
    struct State: Sendable {
        let backup: BackupID
        private let entry: FileEntry
        private let path: String
        /// The links that led there.
        private let links: [PlaceTrace.Link]

        init(_ file: HostSeries.Entry, of backup: BackupID, at place: String) {
            self.backup = backup
            (entry, path) = (file.entry, file.path)
            links = PlaceTrace.of(place, by: file.links)?.links ?? []
        }

        /// Whether it is the same file, reached in the same way, with the same bytes, mode, owner and attributes.
        func isSame(
            as file: HostCopy.File, _ content: [ContentRef], at place: String, by known: [PlaceTrace.Link]
        ) -> Bool {
            path == file.path && entry.mode == file.mode && entry.content == content
                && file.isOwned(as: entry) && links == PlaceTrace.of(place, by: known)?.links ?? []
        }
    }

    /// A backup that cannot be read, or not all of it: what it has is not known.
    struct Unread: Sendable {
        let backup: BackupID
        private let reason: String

        init(_ backup: BackupID, _ reason: String) { (self.backup, self.reason) = (backup, reason) }

        /// As a phrase that names the way on.
        var text: String {
            "Backup \(backup) cannot be read and was passed over: \(reason); run ‘holdfast backup verify \(backup)’"
        }
    }

    /// What each place held in the newest backup that has it sound, sorted by place.
    let holdings: [HostHolding]
    /// From which backups that was told, by place.
    private let sources: [String: Set<BackupID>]
    private let latest: [String: State]
    /// The newest ones that were kept here: what came in from elsewhere may be let go there, and changes nothing here.
    private let latestOwn: [String: State]
    /// Places whose file is gone, as it is meant to be.
    let released: Set<String>
    /// Places whose file has no server, as it is meant to be.
    private let settled: Set<String>
    /// Newest first.
    let unread: [Unread]
    /// Those from elsewhere that say what was accepted there.
    private let deciders: Set<BackupID>
    /// Those from here that say what was let go.
    private let tellers: Set<BackupID>
    private let heads: SeriesHeads

    init(
        holdings: [HostHolding], sources: [String: Set<BackupID>], latest: [String: State],
        latestOwn: [String: State],
        released: Set<String>, settled: Set<String>, unread: [Unread],
        deciders: Set<BackupID>, tellers: Set<BackupID>, heads: SeriesHeads
    ) {
        (self.holdings, self.sources, self.latest, self.latestOwn) = (holdings, sources, latest, latestOwn)
        (self.released, self.settled, self.unread) = (released, settled, unread)
        (self.deciders, self.tellers, self.heads) = (deciders, tellers, heads)
    }

    /// The time of the newest backup, where that is not before `now`: the clock was ahead then, or goes behind.
    func future(after now: Timestamp) -> Timestamp? {
        heads.all.first.flatMap { $0.started < now ? nil : $0.started }
    }

    /// What could not be read, as phrases.
    var remarks: [String] { unread.map(\.text) }

    /// Whether a backup has a place at all, in order or not.
    func has(_ place: String) -> Bool { latest[place] != nil }

    /// Whether it was said that no server is wanted in a place.
    func isSettled(_ place: String) -> Bool { settled.contains(place) || released.contains(place) }

    /// Why backups are needed for the files that are known.
    var needed: [BackupID: String] {
        let all = sources.values.flatMap(\.self).map { ($0, "the newest sound one of a file") }
        // What the others had is not known.
        let others = unread.isEmpty ? [] : latest.filter { sources[$0.key] == nil }.map(\.value.backup)
        // Whether what was accepted here holds behind what came in from elsewhere, these tell.
        let own = holdings.filter { !$0.isOwn }.compactMap { latestOwn[$0.place] }
            .map { ($0.backup, "the newest of a file that was kept here") }
        let decided =
            own + deciders.map { ($0, "tells what was accepted elsewhere") }
            + tellers.map { ($0, "tells what was accepted as gone") }
        return Dictionary(all + others.map { ($0, "the newest of a file that can be read") } + decided) {
            first, _ in
            first
        }
    }

    /// The newest of the backups that have all of these files as they are, each in the newest state of its places; nil
    /// where one is not.
    func backup(with found: [HostCopy.File], in vault: isolated Vault) throws -> BackupID? {
        let links = found.flatMap(\.links)
        let contents = try vault.pieces(of: found.map(\.bytes))
        var backups: Set<BackupID> = []
        for (file, content) in zip(found, contents) {
            for place in PlaceTrace.places(of: file.path, by: links) {
                guard let state = latestOwn[place], state.isSame(as: file, content, at: place, by: links)
                else {
                    return nil
                }
                backups.insert(state.backup)
            }
        }
        // What is damaged is stored again.
        guard try vault.reads(contents) else { return nil }
        return heads.all.first { backups.contains($0.id) }?.id
    }

    /// What a new backup says of the older ones; nil where that is too much.
    /// - Parameters:
    ///   - time: when it was made.
    ///   - has: whether it has a place in order, or says that it was let go.
    func mark(at time: Timestamp, where has: (String) -> Bool) -> HostMark? {
        let lost = Set(unread.map(\.backup))
        var wanted = deciders
        for (place, backups) in sources where !has(place) { wanted.formUnion(backups) }
        for (place, state) in Array(latest) + Array(latestOwn)
        where !has(place) && !lost.contains(state.backup) {
            wanted.insert(state.backup)
        }
        var heads = heads
        return HostMark(
            heads.extent(before: time), backups: heads.all.map(\.id).filter(wanted.contains),
            unread: heads.all.map(\.id).filter(lost.contains))
    }
}

extension HostSeries {
    /// Looks through the backups, newest first, for what each place held.
    ///
    /// A backup that cannot be read is passed over: what it has is not known.
    /// - Parameters:
    ///   - time: only backups made before it count.
    ///   - places: where these alone are asked for, the look ends with the last of them.
    ///   - trustingMarks: whether what backups say of older ones spares the look at all of these.
    func look(
        before time: Timestamp? = nil, of places: [String] = [], trustingMarks: Bool = true, in vault: Vault
    ) async throws(OperationError) -> HostLook {
        do {
            var heads = SeriesHeads(try await vault.heads(of: name))
            var search = HoldingSearch(series: self, vault: vault)
            /// A mark whose older backups are the next ones.
            var mark: (HostMark, time: Timestamp)?
            for head in heads.all where time.map({ head.started < $0 }) ?? true {
                if !places.isEmpty, places.allSatisfy(search.hasFound) { break }
                if let (known, made) = mark, head.started < made {
                    if try await search.take(known, heads) { return search.look(heads) }
                    mark = nil
                }
                guard let manifest = try await search.take(head.id), trustingMarks, mark == nil,
                    let own = HostMark(of: manifest), own.count == heads.count(before: head.started)
                else { continue }
                let extent = heads.extent(before: head.started)
                if own.digest == extent.digest { mark = (own, head.started) }
            }
            return search.look(heads)
        } catch { throw OperationError(any: error) }
    }
}
