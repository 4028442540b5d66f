import Codecs

/// What a pack holds: the plain text of its trailer, and of its part in the index.
struct PackCatalogue: Sendable, Equatable {
    /// One object inside a block.
    struct Object: Sendable, Equatable {
        let id: ObjectID
        /// In bytes of plain text.
        let length: Int
    }

    /// One block: where it lies follows from the lengths of those before.
    struct Block: Sendable, Equatable {
        let kind: ObjectKind
        /// Length in the file, seal included.
        let sealedLength: Int
        /// Length of the plain text: the sum of the objects' lengths.
        let plainLength: Int
        /// In the order in which they lie.
        let objects: [Object]
    }

    var blocks: [Block] = []

    /// Length of the pack file up to the trailer.
    var bodyLength: Int64 {
        blocks.reduce(Int64(PackFormat.headerLength)) { $0 + Int64($1.sealedLength) }
    }

    /// The numbers of the blocks that do not lie wholly in a file of `size` bytes.
    func blocks(beyond size: Int64) -> [UInt32] {
        var end = Int64(PackFormat.headerLength)
        return blocks.indices.compactMap { number in
            end += Int64(blocks[number].sealedLength)
            return end > size ? UInt32(number) : nil
        }
    }

    /// Appends the binary form.
    func encode(to writer: inout ByteWriter) {
        writer.append(varint: blocks.count)
        for block in blocks {
            writer.append(byte: block.kind.rawValue)
            writer.append(varint: block.sealedLength)
            writer.append(varint: block.plainLength)
            writer.append(varint: block.objects.count)
            for object in block.objects {
                writer.append(object.id)
                writer.append(varint: object.length)
            }
        }
    }

    /// The binary form alone.
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: blocks.reduce(16) { $0 + 16 + $1.objects.count * 36 })
        encode(to: &writer)
        return writer.bytes
    }

    init(blocks: [Block] = []) { self.blocks = blocks }

    /// Reads the binary form.
    init(from reader: inout ByteReader) throws(RecordError) {
        // A block takes four bytes at least.
        let count = try reader.count(limit: reader.remaining / 4)
        blocks.reserveCapacity(min(count, ObjectSink.packBlockLimit))
        for _ in 0..<count { blocks.append(try Block(from: &reader)) }
    }
}

extension PackCatalogue.Block {
    fileprivate init(from reader: inout ByteReader) throws(RecordError) {
        guard let kind = ObjectKind(rawValue: try reader.byte()) else {
            throw RecordError(reason: "a block of an unknown kind")
        }
        self.kind = kind
        sealedLength = try reader.count(limit: PackFormat.blockLimit * 2)
        plainLength = try reader.count(limit: PackFormat.blockLimit)
        // An object is named by its id and its length.
        let count = try reader.count(limit: reader.remaining / (Digest256.length + 1))
        var objects: [PackCatalogue.Object] = []
        objects.reserveCapacity(count)
        var sum = 0
        for _ in 0..<count {
            let id = try reader.objectID()
            let length = try reader.count(limit: plainLength)
            sum += length
            objects.append(PackCatalogue.Object(id: id, length: length))
        }
        guard sum == plainLength else { throw RecordError(reason: "a block's lengths do not add up") }
        self.objects = objects
    }
}
