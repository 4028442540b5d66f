import Basics

/// Sees to it that the list of one backup's files is one that Holdfast writes, while it is read.
///
/// A list is stored as differences and compressed: a few bytes on the disk may stand for a gigabyte in memory.
package struct TreeMeter {
    /// What a list takes in memory, as counted here.
    package struct Size: Sendable {
        /// The most that a list may take, in bytes.
        package static let limit = 2 << 30
        /// What an entry takes besides its names, attributes and pieces.
        private static let perEntry = 224
        private static let perPiece = MemoryLayout<ContentRef>.stride
        private static let perExtent = MemoryLayout<FileEntry.Extent>.stride
        private static let perAttribute = MemoryLayout<FileEntry.Attribute>.stride + 64

        private(set) var bytes = 0

        package init() {}

        /// Takes the next entry in.
        package mutating func add(_ entry: FileEntry) {
            bytes += Self.perEntry + entry.path.count + entry.linkTarget.count
            bytes += entry.content.count * Self.perPiece + (entry.extents?.count ?? 0) * Self.perExtent
            for attribute in entry.attributes {
                bytes += Self.perAttribute + attribute.name.count + attribute.value.count
            }
        }

        /// Why a list is refused, as a sentence; nil when it may be as long as it is.
        package func problem(limit: Int = Self.limit) -> String? {
            bytes <= limit ? nil : "The list of its files takes more than \(ByteCount(limit)) of memory"
        }
    }

    private let limit: Int
    private var size = Size()
    private var last: [UInt8]?

    init(limit: Int = Size.limit) { self.limit = limit }

    /// Takes the next entry of the list in.
    /// - Throws: when the list takes too much, or when its paths are not in order, each once.
    mutating func add(_ entry: FileEntry) throws(RecordError) {
        if let last, !ByteOrder.precedes(last, entry.path) {
            throw RecordError(reason: "its paths are not in order, each once")
        }
        last = entry.path
        size.add(entry)
        if let reason = size.problem(limit: limit) { throw RecordError(reason: reason) }
    }
}
