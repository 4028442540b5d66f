import Basics
import Codecs

/// The one writer of a vault: takes contents in from any number of devices at once and commits backups.
///
/// Holds the writer's lock from its beginning until `finish` or its end. Contents are durable only once a commit that
/// names them returned. All its work runs on a queue of its own; cancelling a task that waits here has no effect on
/// what is being written. After a failed write every later call throws the same error.
package actor VaultWriter {
    private let executor = QueueExecutor("vault.writer")
    private let files: any VaultFiles
    private let memory: IndexMemory
    private let turns: WriterTurns
    /// How the folder of backups was when this began.
    private let before: FolderStamp?
    /// What was committed; nil where that is not sure.
    private var made: [BackupSummary]? = []
    private let backups: BackupFiles
    private let chunker: Chunker
    private var sink: ObjectSink
    private var lock: (any VaultLock)?
    private var streams: [Int: ContentStream] = [:]
    private var lastStream = 0
    /// Lengths of objects that are new in this session and that no committed backup names yet.
    private var unclaimed: [ObjectID: Int] = [:]
    private var waiting: [PendingCommit] = []
    private var isGathering = false

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// A draft whose objects were all handed in; it becomes visible after the next flush.
    private struct PendingCommit {
        let manifest: Manifest
        let done: CheckedContinuation<Void, any Error>
    }

    /// A content that arrives in pieces.
    package struct StreamID: Sendable, Hashable {
        let number: Int
    }

    init(
        store: PackStore, sink: ObjectSink, lock: any VaultLock, before: FolderStamp?
    ) {
        files = store.files
        memory = store.memory
        turns = store.turns
        self.before = before
        backups = BackupFiles(files: store.files, keys: store.keys)
        chunker = store.chunker.value
        self.sink = sink
        self.lock = lock
    }

    // MARK: Contents

    /// Stores one object of at most 16 MiB.
    /// - Throws: `full`, `unavailable`, `invalid`.
    package func store(_ bytes: [UInt8], as kind: ObjectKind = .content) throws(VaultError) -> ObjectID {
        try checkOpen()
        let (id, isNew) = try sink.add(bytes, kind: kind)
        if isNew { unclaimed[id] = bytes.count }
        return id
    }

    /// Stores whole contents of any length; for many small files in one step.
    /// - Returns: the pieces of each content, in the same order; none for an empty one.
    /// - Throws: `full`, `unavailable`.
    package func store(
        contents: [[UInt8]], as kind: ObjectKind = .content
    ) throws(VaultError) -> [[ContentRef]] {
        var results: [[ContentRef]] = []
        results.reserveCapacity(contents.count)
        for content in contents {
            var stream = ContentStream(kind: kind)
            results.append(
                try stream.finish(content, chunker: chunker) { (piece, kind) throws(VaultError) in
                    try self.store(piece, as: kind)
                })
        }
        return results
    }

    /// Begins a content that arrives in pieces; ends with `finish(_:)` or `abandon(_:)`.
    package func beginContent(as kind: ObjectKind = .content) throws(VaultError) -> StreamID {
        try checkOpen()
        lastStream += 1
        streams[lastStream] = ContentStream(kind: kind)
        return StreamID(number: lastStream)
    }

    /// Takes the next piece of a content.
    /// - Throws: `full`, `unavailable`; `invalid` when the content was finished.
    package func append(_ bytes: [UInt8], to stream: StreamID) throws(VaultError) {
        guard var content = streams.removeValue(forKey: stream.number) else { throw Self.unknownStream }
        try content.append(bytes, chunker: chunker) { (piece, kind) throws(VaultError) in
            try self.store(piece, as: kind)
        }
        streams[stream.number] = content
    }

    /// Ends a content.
    /// - Returns: its pieces; none when it is empty.
    /// - Throws: `full`, `unavailable`; `invalid` when the content was finished.
    package func finish(_ stream: StreamID) throws(VaultError) -> [ContentRef] {
        guard var content = streams.removeValue(forKey: stream.number) else { throw Self.unknownStream }
        return try content.finish([], chunker: chunker) { (piece, kind) throws(VaultError) in
            try self.store(piece, as: kind)
        }
    }

    /// Gives a content up; pieces that were stored already are garbage for `prune`.
    package func abandon(_ stream: StreamID) { streams[stream.number] = nil }

    /// Of each content, whether all its pieces are in the vault, as far as known unharmed, so that an entry of an older backup
    /// can be taken over.
    package func contains(each contents: [[ContentRef]]) -> [Bool] {
        sink.learnDamage()
        // A copy of its own: the property would be copied anew for each piece.
        let sink = sink
        return contents.map { pieces in pieces.allSatisfy { sink.contains($0.id) } }
    }

    // MARK: Commit

    /// Makes a backup of `draft`: when this returns it is durable, and visible to every reader.
    ///
    /// Commits that arrive while another one is under way share their flushes. The names of the objects are checked
    /// before anything is written.
    /// - Throws: `invalid` for a draft that names an unknown object or a path twice; `full`, `unavailable`.
    package func commit(_ draft: BackupDraft) async throws -> Manifest {
        try checkOpen()
        var draft = draft
        if !Self.isSorted(draft.entries) {
            draft.entries.sort { ByteOrder.precedes($0.path, $1.path) }
        }
        try check(draft)
        let tree = try storeTree(draft.entries)
        let summary = BackupSummary(
            id: BackupID.make(at: draft.started), draft: draft, stats: claim(draft, tree: tree))
        let manifest = Manifest(
            summary: summary, sections: draft.sections, notCovered: draft.notCovered, tree: tree.root,
            listing: draft.listing)
        draft.entries = []
        try await join(manifest)
        return manifest
    }

    /// Gives the lock back; what is not committed is lost.
    package func finish() {
        if lock != nil, sink.isSettled {
            memory.keep(
                sink.index, segments: sink.segmentNames, touched: sink.touched, in: files)
            if let turn = turn() { turns.add(turn) }
        }
        sink.abandon()
        streams = [:]
        unclaimed = [:]
        lock = nil
    }

    /// What this one did; nil where that is not sure, and lists look for it.
    private func turn() -> WriterTurns.Turn? {
        guard let made, let before, let earlier = lock?.earlierNote,
            let note = try? files.lockNote(), !note.isEmpty,
            let after = try? files.stamp(of: VaultPath.backups)
        else { return nil }
        return WriterTurns.Turn(earlierNote: earlier, note: note, before: before, after: after, made: made)
    }

    /// Waits until `manifest` is durable, together with the others that arrive meanwhile.
    private func join(_ manifest: Manifest) async throws {
        if isGathering {
            try await withCheckedThrowingContinuation { continuation in
                waiting.append(PendingCommit(manifest: manifest, done: continuation))
            }
            return
        }
        isGathering = true
        // Calls that are queued on this actor have their turn now; their commits join this one.
        await Task.yield()
        isGathering = false
        let group = waiting
        waiting = []
        let results = commit([manifest] + group.map(\.manifest))
        for (pending, result) in zip(group, results.dropFirst()) { pending.done.resume(with: result) }
        try results[0].get()
    }

    private func commit(_ manifests: [Manifest]) -> [Result<Void, any Error>] {
        var staged: [Result<StagedFile, VaultError>] = []
        let isListed: Bool
        do throws(VaultError) {
            try checkOpen()
            // Written before the objects are flushed, so that one wait for the disk serves both; named only after it.
            staged = backups.stage(manifests)
            isListed = try sink.flushObjects()
        } catch {
            for case .success(let file) in staged { file.discard() }
            return manifests.map { _ in .failure(error) }
        }
        let results = backups.publish(staged, with: isListed ? VaultPath.index : nil)
        if results.allSatisfy({ (try? $0.get()) != nil }) {
            made?.append(contentsOf: manifests.map(\.summary))
        } else {
            made = nil
        }
        return results
    }

    private func checkOpen() throws(VaultError) {
        guard lock != nil else { throw VaultError(.invalid, "The vault's writer was finished") }
    }

    private static func isSorted(_ entries: [FileEntry]) -> Bool {
        entries.indices.dropFirst().allSatisfy {
            !ByteOrder.precedes(entries[$0].path, entries[$0 - 1].path)
        }
    }

    private static let unknownStream = VaultError(.invalid, "This content was finished or given up already")

    /// Checks what a draft names.
    private func check(_ draft: BackupDraft) throws(VaultError) {
        let sink = sink
        for reference in draft.sections.flatMap(\.references) where !sink.knows(reference.id) {
            throw VaultError(.invalid, "The backup names object \(reference.id), which was not stored")
        }
        let sections = max(1, draft.sections.count)
        var size = TreeMeter.Size()
        for (index, entry) in draft.entries.enumerated() {
            if let reason = Self.problem(entry, in: sink, sections: sections) {
                throw VaultError(.invalid, "The entry \(DeviceText.path(entry.path)) \(reason)")
            }
            size.add(entry)
            if index > 0, draft.entries[index - 1].path == entry.path {
                throw VaultError(.invalid, "The backup names \(DeviceText.path(entry.path)) twice")
            }
        }
        // What nobody could read again is not written.
        if let reason = size.problem() {
            throw VaultError(.invalid, reason, hint: "Leave something out, or back it up in parts.")
        }
    }

    /// What is wrong with an entry; nil when nothing is.
    private static func problem(_ entry: FileEntry, in sink: ObjectSink, sections: Int) -> String? {
        guard entry.content.allSatisfy({ sink.knows($0.id) }) else {
            return "names a content that was not stored"
        }
        guard !entry.path.isEmpty, !entry.path.contains(0) else { return "has no name a file can have" }
        guard entry.isComplete, entry.size >= 0 else {
            return "has a content of \(entry.storedLength) bytes, not \(entry.size)"
        }
        guard (0..<sections).contains(entry.section) else { return "names a section that does not exist" }
        return nil
    }

    /// Stores the tree of `entries`.
    private func storeTree(
        _ entries: [FileEntry]
    ) throws(VaultError) -> (root: ObjectID, segments: [ObjectID]) {
        var root = TreeRoot(segments: [])
        for segment in TreeSplitter.split(entries) {
            let id = try store(TreeCodec.encode(segment), as: .record)
            root.segments.append(
                TreeRoot.Segment(id: id, entries: segment.count, first: segment.first?.path ?? []))
        }
        return (try store(root.encoded, as: .record), root.segments.map(\.id))
    }

    /// Counts the objects that this backup is the first to name.
    private func claim(
        _ draft: BackupDraft, tree: (root: ObjectID, segments: [ObjectID])
    ) -> BackupSummary.Stats {
        guard !unclaimed.isEmpty else { return BackupSummary.Stats() }
        var stats = BackupSummary.Stats()
        func claim(_ id: ObjectID) {
            guard let length = unclaimed.removeValue(forKey: id) else { return }
            stats.newObjects += 1
            stats.newBytes += Int64(length)
        }
        for entry in draft.entries { for piece in entry.content { claim(piece.id) } }
        for piece in draft.sections.flatMap(\.references) { claim(piece.id) }
        for segment in tree.segments { claim(segment) }
        claim(tree.root)
        return stats
    }
}
