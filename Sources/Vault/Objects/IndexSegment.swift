import Basics
import Codecs

/// A file of the index: the catalogues of some packs.
struct IndexSegment: Sendable {
    /// One pack and what it holds.
    struct Entry: Sendable {
        let pack: PackID
        let catalogue: PackCatalogue
    }

    /// A merged index is split into files of about this many bytes.
    static let target = 1 << 24

    var entries: [Entry] = []

    /// A name of its own for a new segment.
    static func newName() -> String { Hex.string(SecureRandom.bytes(16)) }

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(varint: entries.count)
        for entry in entries {
            writer.append(entry.pack.bytes)
            entry.catalogue.encode(to: &writer)
        }
        return writer.bytes
    }

    init(entries: [Entry]) { self.entries = entries }

    init(_ bytes: [UInt8]) throws(RecordError) {
        var reader = ByteReader(bytes)
        let count = try reader.count(limit: reader.remaining)
        for _ in 0..<count {
            guard let pack = PackID(try reader.slice(PackID.length)) else {
                throw RecordError(reason: "it ends too early")
            }
            entries.append(Entry(pack: pack, catalogue: try PackCatalogue(from: &reader)))
        }
        try reader.finish()
    }

    /// `entries` in portions that make files of about `target` bytes.
    static func portions(_ entries: [Entry]) -> [IndexSegment] {
        var portions: [IndexSegment] = []
        var current: [Entry] = []
        var size = 0
        for entry in entries {
            current.append(entry)
            size += entry.catalogue.blocks.reduce(32) { $0 + 16 + $1.objects.count * 35 }
            if size >= target {
                portions.append(IndexSegment(entries: current))
                current = []
                size = 0
            }
        }
        if !current.isEmpty { portions.append(IndexSegment(entries: current)) }
        return portions
    }
}
