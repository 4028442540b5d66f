package import Basics

/// What a vault holds: backups that can be read, and manifests that cannot.
package struct BackupList: Sendable {
    /// Newest first.
    package var backups: [BackupSummary]
    /// Manifests that could not be read.
    package var damaged: [VaultError]

    package init(backups: [BackupSummary], damaged: [VaultError]) {
        self.backups = backups
        self.damaged = damaged
    }
}

/// Which backup it is, and when it was made.
package struct BackupHead: Sendable, Equatable {
    package let id: BackupID
    package let started: Timestamp
}

extension Vault {
    /// Asks several things in one step: nothing else has its turn in between, and the caller changes threads once.
    package func perform<Answer: Sendable>(
        _ questions: @Sendable (isolated Vault) throws -> Answer
    ) rethrows -> Answer {
        try questions(self)
    }

    /// All backups, newest first; opens each manifest that is new since the last call, or since the file of summaries.
    /// - Throws: `unavailable`.
    package func backups() throws(VaultError) -> BackupList {
        try catalogue.refresh()
        return BackupList(backups: catalogue.all(), damaged: catalogue.damaged)
    }

    /// The backups of what has this name, newest first; manifests that cannot be read are left out.
    /// - Throws: `unavailable`.
    package func backups(of device: String) throws(VaultError) -> [BackupSummary] {
        try catalogue.refresh()
        return catalogue.series(named: device)
    }

    /// Which backups there are of what has this name, newest first; opens none of them.
    /// - Throws: `unavailable`.
    package func heads(of device: String) throws(VaultError) -> [BackupHead] {
        try catalogue.refresh()
        return catalogue.heads(named: device)
    }

    /// Backups whose manifests cannot be read, and why, newest first: whose they are is not known.
    /// - Throws: `unavailable`.
    package func damagedBackups() throws(VaultError) -> [(id: BackupID, error: VaultError)] {
        try catalogue.refresh()
        return catalogue.unread
    }

    /// The newest backup of what has this name that `isWanted` accepts; nil where there is none.
    /// - Throws: `unavailable`.
    package func newest(
        of device: String, where isWanted: @Sendable (BackupSummary) -> Bool = { _ in true }
    ) throws(VaultError) -> BackupSummary? {
        try catalogue.refresh()
        return catalogue.newest(named: device, where: isWanted)
    }

    /// The names of all of which there are backups.
    /// - Throws: `unavailable`.
    package func backedUpNames() throws(VaultError) -> Set<String> {
        try catalogue.refresh()
        return catalogue.names
    }

    /// The backups of all whose names begin like this, by name, each newest first; the same are left out.
    /// - Throws: `unavailable`.
    package func series(beginning prefix: String) throws(VaultError) -> [String: [BackupSummary]] {
        try catalogue.refresh()
        return catalogue.series(beginning: prefix)
    }

    /// The newest backups of all whose names `isWanted` accepts, newest first, and how many there are in all.
    /// - Throws: `unavailable`.
    package func newest(
        _ limit: Int, where isWanted: @Sendable (String) -> Bool
    ) throws(VaultError) -> (backups: [BackupSummary], total: Int) {
        try catalogue.refresh()
        return catalogue.newest(limit, where: isWanted)
    }

    /// The newest backup of each of these devices that holds files.
    ///
    /// Reads from the newest backup of all backwards until every device was met, `limit` backups at most.
    /// - Throws: `unavailable`.
    package func newest(
        of devices: Set<String>, within limit: Int = 4096
    ) throws(VaultError) -> [String: BackupSummary] {
        var found: [String: BackupSummary] = [:]
        var second: Substring = ""
        for id in try backupFiles.ids().ids.reversed().prefix(limit) {
            // Ids tell seconds only: of two backups within one, the times inside tell which is newer.
            guard found.count < devices.count || id.second == second else { break }
            second = id.second
            do {
                let backup = try backupFiles.summary(id)
                let device = backup.device.name
                guard backup.entries > 0, devices.contains(device) else { continue }
                if let other = found[device], (other.started, other.id) > (backup.started, id) { continue }
                found[device] = backup
            } catch  where error.code == .damaged || error.code == .tooNew || error.code == .notFound {
                // What cannot be read cannot help; `list` and `check` tell of it.
                continue
            }
        }
        return found
    }

    /// One backup's manifest.
    /// - Throws: `notFound`, `damaged`, `tooNew`, `unavailable`.
    package func manifest(_ id: BackupID) throws(VaultError) -> Manifest {
        do { return try backupFiles.manifest(id) } catch  where error.code == .damaged {
            catalogue.forget(id)
            throw error
        }
    }

    // MARK: Objects

    /// One object's bytes.
    /// - Throws: `damaged` when it is missing or not what was stored; `unavailable`.
    package func object(_ id: ObjectID) throws(VaultError) -> [UInt8] {
        reader.refresh()
        return try reader.read(id)
    }

    /// The whole content that `pieces` make, in memory.
    /// - Throws: `damaged`, `unavailable`; `invalid` above `limit` bytes.
    package func bytes(of pieces: [ContentRef], limit: Int = 1 << 28) throws(VaultError) -> [UInt8] {
        reader.refresh()
        guard pieces.reduce(0, { $0 + $1.length }) <= limit else {
            throw VaultError(.invalid, "The content is larger than \(ByteCount(limit))")
        }
        var bytes: [UInt8] = []
        for piece in pieces { bytes.append(contentsOf: try read(piece)) }
        return bytes
    }

    /// Gives the content of `pieces` to `body`, piece by piece, with constant memory.
    ///
    /// Cancelling ends it between two pieces.
    /// - Throws: `damaged`, `unavailable`, and what `body` throws.
    package func content(
        of pieces: [ContentRef], each body: @Sendable ([UInt8]) async throws -> Void
    ) async throws {
        reader.refresh()
        for piece in pieces {
            try Task.checkCancellation()
            try await body(read(piece))
        }
    }

    /// Whether all of `pieces` are in the vault, as far as known unharmed.
    ///
    /// - Throws: `unavailable`.
    package func holds(_ pieces: [ContentRef]) throws(VaultError) -> Bool {
        try holds(each: [pieces]) == [true]
    }

    /// The same for each of several contents, in one step.
    package func holds(each contents: [[ContentRef]]) throws(VaultError) -> [Bool] {
        reader.refresh()
        let index = try reader.index()
        return contents.map { pieces in pieces.allSatisfy { index.contains($0.id) } }
    }

    /// The contents of several entries at once, in the same order; for many small files in one step.
    /// - Throws: `damaged`, `unavailable`; `invalid` when they are larger than `limit` together.
    package func contents(
        of entries: [FileEntry], limit: Int = 1 << 26
    ) throws(VaultError) -> [[UInt8]] {
        guard entries.reduce(0, { $0 + $1.storedLength }) <= limit else {
            throw VaultError(.invalid, "The contents are larger than \(ByteCount(limit)) together")
        }
        var contents: [[UInt8]] = []
        contents.reserveCapacity(entries.count)
        for entry in entries { contents.append(try bytes(of: entry.content)) }
        return contents
    }

    /// One piece, checked for its length.
    func read(_ piece: ContentRef) throws(VaultError) -> [UInt8] {
        let bytes = try reader.read(piece.id)
        guard bytes.count == piece.length else {
            throw VaultError(.damaged, "Object \(piece.id) has \(bytes.count) bytes, not \(piece.length)")
        }
        return bytes
    }

    // MARK: Trees

    /// All entries of a backup, sorted by path.
    /// - Throws: `damaged`, `unavailable`.
    package func entries(of manifest: Manifest) throws(VaultError) -> [FileEntry] {
        reader.refresh()
        var entries: [FileEntry] = []
        var meter = TreeMeter()
        let root = try root(of: manifest)
        // What a list says of itself is a claim.
        entries.reserveCapacity(min(root.entries, 1 << 20))
        for segment in root.segments { try decode(segment, into: &entries, meter: &meter) }
        return entries
    }

    /// Those entries of a backup that can be read, sorted by path, and which stretches of the list are lost.
    ///
    /// A stretch is told by the path it begins with (empty for the whole list) and the number of its entries.
    /// - Throws: `unavailable`.
    package func readableEntries(
        of manifest: Manifest
    ) throws(VaultError) -> (entries: [FileEntry], lost: [(first: [UInt8], entries: Int)]) {
        reader.refresh()
        var entries: [FileEntry] = []
        var lost: [(first: [UInt8], entries: Int)] = []
        let root: TreeRoot
        do { root = try self.root(of: manifest) } catch  where error.isLoss {
            return ([], [([], manifest.summary.entries)])
        }
        var meter = TreeMeter()
        for segment in root.segments {
            let (before, earlier) = (entries.count, meter)
            do { try decode(segment, into: &entries, meter: &meter) } catch  where error.isLoss {
                entries.removeSubrange(before...)
                meter = earlier
                lost.append((segment.first, segment.entries))
            }
        }
        return (entries, lost)
    }

    /// The entry with exactly this path; nil when there is none.
    ///
    /// Reads one segment of the tree.
    /// - Throws: `damaged`, `unavailable`.
    package func entry(at path: [UInt8], of manifest: Manifest) throws(VaultError) -> FileEntry? {
        reader.refresh()
        guard let segment = try root(of: manifest).segment(for: path) else { return nil }
        var entries: [FileEntry] = []
        try decode(segment, into: &entries)
        return entries.first { $0.path == path }
    }

    func root(of manifest: Manifest) throws(VaultError) -> TreeRoot {
        let bytes = try reader.read(manifest.tree)
        do { return try TreeRoot(bytes) } catch {
            throw VaultError(.damaged, "The tree of backup \(manifest.id) cannot be read: \(error.reason)")
        }
    }

    /// One segment by itself.
    func decode(_ segment: TreeRoot.Segment, into entries: inout [FileEntry]) throws(VaultError) {
        var meter = TreeMeter()
        try decode(segment, into: &entries, meter: &meter)
    }

    /// The next segment of a list that `meter` counts.
    func decode(
        _ segment: TreeRoot.Segment, into entries: inout [FileEntry], meter: inout TreeMeter
    ) throws(VaultError) {
        let bytes = try reader.read(segment.id)
        let before = entries.count
        do throws(RecordError) {
            try TreeCodec.decode(bytes, into: &entries, meter: &meter)
            guard entries.count - before == segment.entries else {
                throw RecordError(
                    reason: "it holds \(entries.count - before) entries, not \(segment.entries)")
            }
        } catch {
            throw VaultError(.damaged, "The tree segment \(segment.id) cannot be read: \(error.reason)")
        }
    }
}
