import Basics
import Codecs

/// Takes objects in and writes those that are new into packs.
///
/// Belongs to the holder of the writer's lock. A failed write ends it: what lay in the unfinished pack is lost, what
/// was flushed before is safe. Blocks.
struct ObjectSink {
    /// A pack is finished once its blocks take this many bytes.
    static let packTarget: Int64 = 32 << 20
    /// A pack has at most this many blocks.
    static let packBlockLimit = 4096

    private let store: PackStore
    private(set) var index: ObjectIndex
    /// Which state of the notes about broken blocks the index knows.
    private var damageVersion: Int
    private var pipeline: BlockPipeline<SealingTask, SealedBlock>
    private var builders = ObjectKind.allCases.map { BlockBuilder(kind: $0) }
    private var pending: Set<ObjectID> = []
    private var current: OpenPack?
    private var unlisted: [IndexSegment.Entry]
    private var failure: VaultError?
    /// Bytes of the pack files finished so far.
    private(set) var storedBytes: Int64 = 0
    /// The index segments on the disk, as far as this sink knows.
    private(set) var segmentNames: [String]
    /// The folders of packs that it wrote to.
    private(set) var touched: Set<String> = []

    /// A block that is to be compressed and sealed.
    private struct SealingTask: Sendable {
        let block: PlainBlock
        let pack: PackID
        let number: Int
    }

    /// A block that is ready to be written.
    private struct SealedBlock: Sendable {
        let block: PlainBlock
        let sealed: Result<[UInt8], CodecError>
    }

    /// A pack that is being written.
    private struct OpenPack {
        let id: PackID
        let file: any VaultFile
        let temporary: String
        /// Whether its folder is new, whose name then is to be made durable as well.
        let isFirst: Bool
        var catalogue = PackCatalogue()
        var length: Int64
        var submitted = 0
    }

    /// - Parameters:
    ///   - index: the objects that need not be written again.
    ///   - unlisted: packs on the disk that no segment of the index lists; they are listed at the next flush.
    init(
        store: PackStore, index: ObjectIndex, segmentNames: [String] = [],
        unlisted: [IndexSegment.Entry] = []
    ) throws(VaultError) {
        self.store = store
        self.index = index
        self.unlisted = unlisted
        self.segmentNames = segmentNames
        damageVersion = store.damage.version
        pipeline = try BlockPipeline(sealer: store.keys.blocks) { task, codec in
            SealedBlock(
                block: task.block,
                sealed: Result { () throws(CodecError) in
                    try codec.encode(task.block, pack: task.pack, number: task.number)
                })
        }
    }

    /// Whether everything that was taken in is on the disk and listed.
    var isSettled: Bool { failure == nil && pending.isEmpty && current == nil && unlisted.isEmpty }

    /// Whether the object is stored, as far as known unharmed, or about to be.
    func contains(_ id: ObjectID) -> Bool { pending.contains(id) || index.contains(id) }

    /// The same for an object that may turn out to be damaged.
    func knows(_ id: ObjectID) -> Bool { pending.contains(id) || index.knows(id) }

    /// Takes note of blocks that were found broken since: what lies in them is stored again when it comes.
    mutating func learnDamage() {
        guard store.damage.version != damageVersion else { return }
        let known = store.damage.known
        damageVersion = known.version
        for (pack, part) in known.blocks.parts { index.markBroken(pack, part) }
    }

    /// Stores an object unless it is known.
    /// - Returns: its name, and whether it was new.
    mutating func add(_ bytes: [UInt8], kind: ObjectKind) throws(VaultError) -> (id: ObjectID, isNew: Bool) {
        if let failure { throw failure }
        guard bytes.count <= PackFormat.blockLimit else {
            throw VaultError(.invalid, "An object has at most \(ByteCount(PackFormat.blockLimit))")
        }
        let id = ObjectID(store.keys.objects.digest(bytes))
        learnDamage()
        if contains(id) { return (id, false) }
        pending.insert(id)
        if let block = builders[Int(kind.rawValue)].add(bytes, id: id) {
            try guarded { (sink) throws(VaultError) in try sink.submit(block) }
        }
        return (id, true)
    }

    /// Returns when every object taken in is durable and listed in the index.
    mutating func flush() throws(VaultError) {
        if try flushObjects() { try store.files.sync(folder: VaultPath.index) }
    }

    /// Returns when every object taken in is durable.
    ///
    /// What was staged before becomes durable with the objects.
    /// - Returns: whether the index lists more than before; that becomes durable only when its folder is synced, and can be
    ///   made anew from the packs.
    mutating func flushObjects() throws(VaultError) -> Bool {
        if let failure { throw failure }
        var isListed = false
        try guarded { (sink) throws(VaultError) in
            for kind in ObjectKind.allCases {
                if let block = sink.builders[Int(kind.rawValue)].take() { try sink.submit(block) }
            }
            let pack = try sink.endPack()
            let portions = IndexSegment.portions(sink.unlisted + (pack.map { [$0.entry] } ?? []))
            isListed = try sink.list(portions) { (sink) throws(VaultError) in
                if let pack { try sink.publish(pack) }
            }
        }
        return isListed
    }

    /// Gives up what is not flushed and removes the unfinished pack.
    mutating func abandon() {
        guard let pack = current else { return }
        current = nil
        // What stays behind harms nothing: `check` reports it and `prune` removes it.
        try? store.files.remove(pack.temporary)
    }

    /// Runs `body`; its failure is the sink's end.
    private mutating func guarded(
        _ body: (inout ObjectSink) throws(VaultError) -> Void
    ) throws(VaultError) {
        do throws(VaultError) { try body(&self) } catch {
            failure = error
            abandon()
            throw error
        }
    }

    private mutating func submit(_ block: PlainBlock) throws(VaultError) {
        if let pack = current, pack.length >= Self.packTarget || pack.submitted >= Self.packBlockLimit {
            try finishPack()
        }
        if current == nil { current = try openPack() }
        guard let pack = current else { return }
        current?.submitted += 1
        let task = SealingTask(block: block, pack: pack.id, number: pack.submitted)
        if let ready = pipeline.submit(task) { try write(ready) }
    }

    private mutating func openPack() throws(VaultError) -> OpenPack {
        let id = PackID.random()
        touched.insert(VaultPath.packFolder(id))
        let isFirst = try store.files.createFolder(VaultPath.packFolder(id))
        let temporary = VaultPath.pack(id) + VaultPath.temporarySuffix
        let file = try store.files.create(temporary)
        do { try file.append(PackFormat.header(id)) } catch {
            // As in `abandon`.
            try? store.files.remove(temporary)
            throw error
        }
        index.beginPack(id)
        return OpenPack(
            id: id, file: file, temporary: temporary, isFirst: isFirst,
            length: Int64(PackFormat.headerLength))
    }

    private mutating func write(_ ready: SealedBlock) throws(VaultError) {
        let sealed: [UInt8]
        do { sealed = try ready.sealed.get() } catch { throw VaultError(.unavailable, "\(error)") }
        let block = PackCatalogue.Block(
            kind: ready.block.kind, sealedLength: sealed.count, plainLength: ready.block.plain.count,
            objects: ready.block.objects)
        try current?.file.append(sealed)
        current?.length += Int64(sealed.count)
        current?.catalogue.blocks.append(block)
        index.append(block)
        for object in block.objects { pending.remove(object.id) }
    }

    /// A pack that is written and does not have its name yet.
    private struct EndedPack {
        let pack: OpenPack
        let length: Int64
        var entry: IndexSegment.Entry { IndexSegment.Entry(pack: pack.id, catalogue: pack.catalogue) }
    }

    private mutating func finishPack() throws(VaultError) {
        if let pack = try endPack() { try publish(pack) }
    }

    /// Writes the rest of the pack; nil where there is none.
    private mutating func endPack() throws(VaultError) -> EndedPack? {
        while let ready = pipeline.next() { try write(ready) }
        guard let pack = current else { return nil }
        let ending = store.ending(pack.id, pack.catalogue)
        try pack.file.append(ending)
        pack.file.startSync()
        return EndedPack(pack: pack, length: pack.length + Int64(ending.count))
    }

    /// Gives the pack its name, durably.
    private mutating func publish(_ ended: EndedPack) throws(VaultError) {
        let pack = ended.pack
        try pack.file.sync()
        try store.files.rename(pack.temporary, to: VaultPath.pack(pack.id))
        current = nil
        try store.files.sync(folder: VaultPath.packFolder(pack.id))
        if pack.isFirst { try store.files.sync(folder: VaultPath.packs) }
        storedBytes += ended.length
        unlisted.append(ended.entry)
    }

    /// Lists `portions` after `publish`, which is called once they are written and before they have their names.
    /// - Returns: whether there was something to list.
    private mutating func list(
        _ portions: [IndexSegment], after publish: (inout ObjectSink) throws(VaultError) -> Void
    ) throws(VaultError) -> Bool {
        var staged: [(name: String, file: StagedFile)] = []
        do throws(VaultError) {
            for portion in portions { staged.append(try store.stage(portion)) }
            try publish(&self)
            for (name, file) in staged {
                try file.publish()
                segmentNames.append(name)
            }
        } catch {
            for (name, file) in staged where !segmentNames.contains(name) { file.discard() }
            throw error
        }
        unlisted = []
        return !portions.isEmpty
    }
}
