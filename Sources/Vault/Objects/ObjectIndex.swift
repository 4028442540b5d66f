import Codecs

/// Where every object lies: a table in memory, filled from index segments or from the packs themselves.
///
/// Open addressing with linear probing; the ids are random already, so their first word is the hash.
struct ObjectIndex: Sendable {
    /// A pack file.
    struct Pack: Sendable {
        let id: PackID
        /// Length of the whole file that the catalogue implies; the trailer's length is not known here.
        let bodyLength: Int64
        /// Its blocks within `blocks`.
        let blocks: Range<Int>
    }

    /// A block inside a pack.
    struct Block: Sendable {
        let pack: UInt32
        /// Its number within the pack.
        let number: UInt32
        let offset: Int64
        let sealedLength: UInt32
        let plainLength: UInt32
        let kind: ObjectKind
        /// Whether it was found broken.
        var isBroken = false
    }

    /// An object inside a block.
    struct Place: Sendable, Equatable {
        /// Index within `blocks`.
        let block: Int
        /// Where it begins in the block's plain text.
        let offset: Int
        let length: Int
    }

    private struct Slot: Sendable {
        var id: ObjectID
        var block: UInt32
        var offset: UInt32
        var length: UInt32
    }

    private static let free = UInt32.max
    private static let empty = Slot(
        id: ObjectID(.init(0, 0, 0, 0)), block: free, offset: 0, length: 0)

    private(set) var packs: [Pack] = []
    private(set) var blocks: [Block] = []
    private(set) var count = 0
    private var packNumbers: [PackID: Int] = [:]
    private let broken: BrokenBlocks
    private var slots = [Slot](repeating: empty, count: 1024)

    /// - Parameter broken: blocks that were found broken; any other copy of what lies in them is preferred.
    init(broken: BrokenBlocks = BrokenBlocks()) { self.broken = broken }

    /// How many slots there are; an object keeps its slot until the next insertion.
    var slotCount: Int { slots.count }

    func contains(pack id: PackID) -> Bool { packNumbers[id] != nil }

    /// Whether there is a copy of `id` that was not found broken.
    func contains(_ id: ObjectID) -> Bool {
        guard let slot = slot(of: id) else { return false }
        return !blocks[Int(slots[slot].block)].isBroken
    }

    /// Whether there is a copy of `id`, broken or not.
    func knows(_ id: ObjectID) -> Bool { slot(of: id) != nil }

    /// Takes note that a block was found broken.
    mutating func markBroken(_ pack: PackID, _ part: BrokenBlocks.Part) {
        guard let known = packNumbers[pack] else { return }
        let range = packs[known].blocks
        for number in range where part.contains(blocks[number].number) { blocks[number].isBroken = true }
    }

    /// Where `id` lies; nil when it is unknown.
    func place(of id: ObjectID) -> Place? {
        guard let slot = slot(of: id) else { return nil }
        return place(inSlot: slot)
    }

    /// The slot that holds `id`.
    func slot(of id: ObjectID) -> Int? {
        let index = probe(id)
        return slots[index].block == Self.free ? nil : index
    }

    /// The object in a slot; nil for an empty one.
    func object(inSlot index: Int) -> ObjectID? { slots[index].block == Self.free ? nil : slots[index].id }

    /// Where the object in a slot lies; nil for an empty one.
    func place(inSlot index: Int) -> Place? {
        let slot = slots[index]
        guard slot.block != Self.free else { return nil }
        return Place(block: Int(slot.block), offset: Int(slot.offset), length: Int(slot.length))
    }

    /// Adds what a pack holds; an object that is known already keeps its first place, unless that is broken.
    mutating func add(_ id: PackID, _ catalogue: PackCatalogue) {
        guard packNumbers[id] == nil else { return }
        beginPack(id)
        for block in catalogue.blocks { append(block) }
    }

    /// Begins a pack whose blocks follow one by one.
    mutating func beginPack(_ id: PackID) {
        packNumbers[id] = packs.count
        packs.append(
            Pack(id: id, bodyLength: Int64(PackFormat.headerLength), blocks: blocks.count..<blocks.count))
    }

    /// Adds the next block of the newest pack.
    mutating func append(_ block: PackCatalogue.Block) {
        guard let pack = packs.last else { return }
        let number = blocks.count
        blocks.append(
            Block(
                pack: UInt32(packs.count - 1), number: UInt32(pack.blocks.count), offset: pack.bodyLength,
                sealedLength: UInt32(block.sealedLength), plainLength: UInt32(block.plainLength),
                kind: block.kind, isBroken: broken.contains(pack.id, UInt32(pack.blocks.count))))
        packs[packs.count - 1] = Pack(
            id: pack.id, bodyLength: pack.bodyLength + Int64(block.sealedLength),
            blocks: pack.blocks.lowerBound..<number + 1)
        var offset = 0
        for object in block.objects {
            insert(object.id, block: number, offset: offset, length: object.length)
            offset += object.length
        }
    }

    private mutating func insert(_ id: ObjectID, block: Int, offset: Int, length: Int) {
        if (count + 1) * 10 > slots.count * 7 { grow() }
        let index = probe(id)
        guard slots[index].block == Self.free else {
            // A sound copy takes the place of a broken one.
            guard blocks[Int(slots[index].block)].isBroken, !blocks[block].isBroken else { return }
            slots[index] = Slot(id: id, block: UInt32(block), offset: UInt32(offset), length: UInt32(length))
            return
        }
        slots[index] = Slot(
            id: id, block: UInt32(block), offset: UInt32(offset), length: UInt32(length))
        count += 1
    }

    /// The slot that holds `id`, or the free one where it belongs.
    private func probe(_ id: ObjectID) -> Int {
        let mask = slots.count - 1
        var index = Int(truncatingIfNeeded: id.digest.word0) & mask
        while slots[index].block != Self.free, slots[index].id != id { index = (index + 1) & mask }
        return index
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Self.empty, count: old.count * 2)
        for slot in old where slot.block != Self.free { slots[probe(slot.id)] = slot }
    }
}
