import Codecs

/// Reads objects: finds them through the index, opens their blocks, keeps the last few blocks.
///
/// A block that does not open is noted, and another copy of the object is looked for. Takes no lock. When a prune of another process moves an object meanwhile, the index is read again, once for each
/// operation.
struct ObjectReader {
    /// How many bytes of plain blocks are kept.
    private static let cacheLimit = 24 << 20

    private let store: PackStore
    private let codec: BlockCodec
    private var loaded: ObjectIndex?
    private var mayReload = true
    /// Which state of the writers' memory the index knows.
    private var memoryVersion = 0
    private var cache: [(block: Int, plain: [UInt8])] = []

    init(store: PackStore) throws(VaultError) {
        self.store = store
        codec = try BlockCodec(sealer: store.keys.blocks)
    }

    /// Begins an operation: what another process did since may be looked up again.
    mutating func refresh() { mayReload = true }

    /// The index, loaded on first use.
    mutating func index() throws(VaultError) -> ObjectIndex {
        if let loaded { return loaded }
        memoryVersion = store.memory.version
        let index: ObjectIndex
        if let listed = try IndexLoader(store: store).fromSegments() {
            index = listed
        } else {
            mayReload = false
            index = try IndexLoader(store: store).complete().index
        }
        loaded = index
        cache = []
        return index
    }

    /// Looks at all packs again.
    mutating func reload() throws(VaultError) {
        mayReload = false
        memoryVersion = store.memory.version
        loaded = try IndexLoader(store: store).complete().index
        cache = []
    }

    /// Takes over what a writer of this process left since; it is no older than what was known.
    /// - Returns: whether there was something.
    private mutating func recall() -> Bool {
        guard let (index, version) = store.memory.newer(than: memoryVersion) else { return false }
        (loaded, memoryVersion, cache) = (index, version, [])
        return true
    }

    /// Where an object lies.
    /// - Throws: `damaged` when no pack has it.
    mutating func place(of id: ObjectID) throws(VaultError) -> ObjectIndex.Place {
        if let place = try index().place(of: id) { return place }
        if mayReload, recall(), let place = try index().place(of: id) { return place }
        if mayReload {
            try reload()
            if let place = try index().place(of: id) { return place }
        }
        throw VaultError(
            .damaged, "Object \(id) is in no pack", hint: "Run: holdfast vault check")
    }

    /// An object's bytes, compared with its name.
    /// - Throws: `damaged` when it is missing or not what was stored.
    mutating func read(_ id: ObjectID) throws(VaultError) -> [UInt8] {
        while true {
            do {
                return try readOnce(id)
            } catch  where error.code == .notFound && mayReload {
                try reload()
            } catch  where error.code == .damaged {
                guard try findsSoundCopy(of: id) else { throw error }
            }
        }
    }

    /// Notes that the block which has just failed is broken; tells whether the object lies elsewhere as well.
    private mutating func findsSoundCopy(of id: ObjectID) throws(VaultError) -> Bool {
        let index = try index()
        guard let place = index.place(of: id) else { return false }
        guard !index.blocks[place.block].isBroken else {
            // It was known; meanwhile a writer may have stored another copy.
            guard mayReload else { return false }
            try reload()
            return loaded?.contains(id) ?? false
        }
        let block = index.blocks[place.block]
        var broken = BrokenBlocks()
        broken.insert(index.packs[Int(block.pack)].id, block.number)
        // Where it cannot be written down, this process knows it all the same.
        store.damage.note(broken)
        loaded = try IndexLoader(store: store).complete().index
        cache = []
        return loaded?.contains(id) ?? false
    }

    private mutating func readOnce(_ id: ObjectID) throws(VaultError) -> [UInt8] {
        let place = try place(of: id)
        let plain = try block(place.block)
        let range = place.offset..<place.offset + place.length
        guard range.upperBound <= plain.count, store.keys.objects.digest(plain, range) == id.digest else {
            throw .damaged(try path(of: place.block), "object \(id) is not what was stored")
        }
        return range.count == plain.count ? plain : Array(plain[range])
    }

    /// The pack file of a block.
    mutating func path(of block: Int) throws(VaultError) -> String {
        let index = try index()
        return VaultPath.pack(index.packs[Int(index.blocks[block].pack)].id)
    }

    /// The plain text of a block.
    private mutating func block(_ number: Int) throws(VaultError) -> [UInt8] {
        if let hit = cache.firstIndex(where: { $0.block == number }) {
            let entry = cache.remove(at: hit)
            cache.append(entry)
            return entry.plain
        }
        let plain = try load(number)
        var held = cache.reduce(plain.count) { $0 + $1.plain.count }
        while held > Self.cacheLimit, !cache.isEmpty { held -= cache.removeFirst().plain.count }
        cache.append((number, plain))
        return plain
    }

    private mutating func load(_ number: Int) throws(VaultError) -> [UInt8] {
        let index = try index()
        let block = index.blocks[number]
        let pack = index.packs[Int(block.pack)].id
        let path = VaultPath.pack(pack)
        let sealed = try store.files.read(path, at: block.offset, count: Int(block.sealedLength))
        do {
            return try codec.decode(
                sealed, pack: pack, number: Int(block.number), kind: block.kind,
                plainLength: Int(block.plainLength))
        } catch {
            throw .damaged(path, "the block at offset \(block.offset): \(error)")
        }
    }
}
