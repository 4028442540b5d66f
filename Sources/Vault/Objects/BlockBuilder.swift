/// Gathers objects until they fill a block.
struct BlockBuilder {
    /// A block is closed once it holds this many bytes of plain text.
    static let target = 1 << 20
    /// An object of this size gets a block of its own, so that reading a small one never unpacks a large one.
    static let lone = 1 << 18

    let kind: ObjectKind
    private var plain: [UInt8] = []
    private var objects: [PackCatalogue.Object] = []

    init(kind: ObjectKind) { self.kind = kind }

    var isEmpty: Bool { objects.isEmpty }

    /// Adds an object.
    /// - Returns: a block that is now complete: the one gathered so far, or that of a large object alone.
    mutating func add(_ bytes: [UInt8], id: ObjectID) -> PlainBlock? {
        let object = PackCatalogue.Object(id: id, length: bytes.count)
        guard bytes.count < Self.lone else {
            return PlainBlock(kind: kind, plain: bytes, objects: [object])
        }
        if plain.isEmpty { plain.reserveCapacity(Self.target + Self.lone) }
        plain.append(contentsOf: bytes)
        objects.append(object)
        return plain.count >= Self.target ? take() : nil
    }

    /// The block gathered so far; nil when there is nothing in it.
    mutating func take() -> PlainBlock? {
        guard !objects.isEmpty else { return nil }
        defer {
            plain = []
            objects = []
        }
        return PlainBlock(kind: kind, plain: plain, objects: objects)
    }
}

/// A block that waits to be compressed and sealed.
struct PlainBlock: Sendable {
    let kind: ObjectKind
    let plain: [UInt8]
    let objects: [PackCatalogue.Object]
}
