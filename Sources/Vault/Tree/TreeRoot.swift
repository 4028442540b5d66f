/// The list of a backup's tree segments: itself an object.
///
/// Says for each segment how many entries it holds and with which path it begins, so that one path is found without
/// reading all of them.
struct TreeRoot: Sendable, Equatable {
    /// One segment.
    struct Segment: Sendable, Equatable {
        let id: ObjectID
        let entries: Int
        /// The path of its first entry.
        let first: [UInt8]
    }

    /// First byte of the binary form.
    static let version: UInt8 = 1

    var segments: [Segment] = []

    /// How many entries the list says it has.
    var entries: Int { segments.reduce(0) { $0 + $1.entries } }

    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: segments.count * 80)
        writer.append(byte: Self.version)
        writer.append(varint: segments.count)
        for segment in segments {
            writer.append(segment.id)
            writer.append(varint: segment.entries)
            writer.append(counted: segment.first)
        }
        return writer.bytes
    }

    init(segments: [Segment]) { self.segments = segments }

    init(_ bytes: [UInt8]) throws(RecordError) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == Self.version else {
            throw RecordError(reason: "a tree of an unknown version")
        }
        for _ in 0..<(try reader.count(limit: reader.remaining)) {
            let id = try reader.objectID()
            let entries = try reader.count(limit: TreeSplitter.limit)
            segments.append(Segment(id: id, entries: entries, first: try reader.counted()))
        }
        try reader.finish()
    }

    /// The segment that would hold `path`; nil when the tree is empty or begins behind it.
    func segment(for path: [UInt8]) -> Segment? {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if path.lexicographicallyPrecedes(segments[middle].first) {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low > 0 ? segments[low - 1] : nil
    }
}
