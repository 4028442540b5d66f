package import Basics

/// A folder of sealed backups: reads and checks them, and hands out the one writer.
///
/// Knows nothing of devices, collectors or surfaces: what it stores are contents, entries and records of any machine.
/// Reading takes no lock. All work runs on a queue of its own; cancelling takes effect between two objects.
/// - SeeAlso: docs/vault-format.md
package actor Vault {
    private let executor = QueueExecutor("vault.reader")
    let store: PackStore
    let backupFiles: BackupFiles
    let markFiles: MarkFiles
    let clock: any WallClock
    var reader: ObjectReader
    /// What lists are made from.
    var catalogue: BackupCatalogue
    /// Which marks there are.
    var marked: MarkCatalogue
    /// The vault's own id, 32 hexadecimal digits; nil where its `config` is damaged so that nobody knows.
    package nonisolated var id: String? { config.config?.id }
    /// When it was made; nil where that is not known, either.
    package nonisolated var created: Timestamp? { config.config?.created }
    /// What is wrong with its `config`, without which everything else can be read; nil when nothing is.
    package nonisolated var configDamage: VaultError? { config.damage }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Its folder.
    package nonisolated var location: String { store.files.location }

    var files: any VaultFiles { store.files }

    /// What was read of its `config`.
    nonisolated let config: ConfigReading

    init(
        files: any VaultFiles, keys: VaultKeys, config: ConfigReading, clock: any WallClock
    ) throws(VaultError) {
        store = PackStore(files: files, keys: keys)
        backupFiles = BackupFiles(files: files, keys: keys)
        markFiles = MarkFiles(files: files, keys: keys)
        self.clock = clock
        self.config = config
        reader = try ObjectReader(store: store)
        catalogue = BackupCatalogue(
            files: backupFiles, summaries: SummaryFile(files: files, keys: keys), turns: store.turns)
        marked = MarkCatalogue(files: markFiles)
    }

    // MARK: Life

    /// Makes an empty vault in the folder `location`, which may exist if it is empty.
    ///
    /// A crash midway leaves a folder in which this can be run again.
    /// - Throws: `exists` when there is a vault; `invalid` when the folder holds something else; `full`, `unavailable`.
    @concurrent package static func create(
        at location: String, key: VaultKey, clock: any WallClock = SystemClock()
    ) async throws(VaultError) -> Vault {
        try await create(files: DiskVaultFiles(location), key: key, clock: clock)
    }

    /// The same with files of another sort.
    @concurrent package static func create(
        files: any VaultFiles, key: VaultKey, clock: any WallClock
    ) async throws(VaultError) -> Vault {
        try await VaultFounder(files: files, keys: VaultKeys(key), clock: clock).create()
        return try await open(files: files, key: key, clock: clock)
    }

    /// Opens the vault in the folder `location`.
    /// - Throws: `notFound`, `wrongKey`, `damaged`, `tooNew`, `unavailable`.
    @concurrent package static func open(
        at location: String, key: VaultKey, clock: any WallClock = SystemClock()
    ) async throws(VaultError) -> Vault {
        try await open(files: DiskVaultFiles(location), key: key, clock: clock)
    }

    /// The same with files of another sort.
    @concurrent package static func open(
        files: any VaultFiles, key: VaultKey, clock: any WallClock
    ) async throws(VaultError) -> Vault {
        let keys = VaultKeys(key)
        let config = try await VaultFounder(files: files, keys: keys, clock: clock).config()
        return try Vault(files: files, keys: keys, config: config, clock: clock)
    }

    /// Takes the writer's lock.
    /// - Parameter what: what the lock says to others who want it, for example `backup create web1`.
    /// - Throws: `locked`, naming the holder; `unavailable`.
    package func beginWriting(what: String) throws(VaultError) -> VaultWriter {
        let lock = try WriterLock.take(files, what: what, at: clock.now())
        let recalled = try recalledIndex(lock)
        let state = if let recalled { recalled } else { try writableIndex() }
        let sink = try ObjectSink(
            store: store, index: state.index, segmentNames: state.segments, unlisted: state.unlisted)
        return VaultWriter(
            store: store, sink: sink, lock: lock, before: try files.stamp(of: VaultPath.backups))
    }

    /// How many segments the index may have before they are merged.
    private static let segmentLimit = 48

    /// The index as the last writer of this process left it; nil where another one wrote since, or something is damaged.
    private func recalledIndex(
        _ lock: any VaultLock
    ) throws(VaultError) -> (index: ObjectIndex, segments: [String], unlisted: [IndexSegment.Entry])? {
        guard let last = store.memory.recall(after: lock.earlierNote, in: files),
            last.segments.count <= Self.segmentLimit
        else { return nil }
        let (broken, damagedNotes) = try store.damage.load()
        guard broken.isEmpty, damagedNotes.isEmpty else { return nil }
        return (last.index, last.segments, [])
    }

    /// The index for the holder of the lock; its segments are merged when they are many or damaged.
    func writableIndex() throws(VaultError) -> (
        index: ObjectIndex, segments: [String], unlisted: [IndexSegment.Entry]
    ) {
        let loader = IndexLoader(store: store)
        let (index, findings) = try loader.complete()
        let all = try store.segmentNames().names
        if findings.damagedSegments.isEmpty, findings.segments.count <= Self.segmentLimit {
            return (index, all, findings.unlisted)
        }
        return (index, try loader.rewrite(findings.listed + findings.unlisted, replacing: all), [])
    }

    /// Writes the index anew from the packs alone.
    /// - Returns: the packs that could not be read.
    /// - Throws: `locked`, `full`, `unavailable`.
    @discardableResult
    package func rebuildIndex() throws(VaultError) -> [VaultError] {
        let lock = try WriterLock.take(files, what: "vault rebuild-index", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        let old = try store.segmentNames().names
        var entries: [IndexSegment.Entry] = []
        var damaged: [VaultError] = []
        for pack in try store.packs().packs {
            do {
                entries.append(IndexSegment.Entry(pack: pack.id, catalogue: try store.catalogue(pack)))
            } catch  where error.code == .damaged {
                damaged.append(error)
            }
        }
        _ = try IndexLoader(store: store).rewrite(entries, replacing: old)
        try reader.reload()
        return damaged
    }
}
