import Basics

/// The binary form of consecutive file entries: an object that an unchanged part of a tree shares with the next backup.
///
/// An entry is written as its difference to the one before: the path shares a beginning, owner and mode are often the
/// same. Nothing refers outside of the segment.
enum TreeCodec {
    /// First byte of every segment.
    static let version: UInt8 = 1

    /// What follows in a record: one bit each.
    private enum Flag {
        static let sameOwner: UInt64 = 1 << 3
        static let sameMode: UInt64 = 1 << 4
        static let sameSection: UInt64 = 1 << 5
        static let onePiece: UInt64 = 1 << 6
        static let changedIsModified: UInt64 = 1 << 7
        static let hasLink: UInt64 = 1 << 8
        static let hasDevice: UInt64 = 1 << 9
        static let hasAttributes: UInt64 = 1 << 10
        static let hasExtents: UInt64 = 1 << 11
        static let hasPieces: UInt64 = 1 << 12
        static let all: UInt64 = 1 << 13
    }

    /// The entry before the first one.
    private static let origin = FileEntry(path: [], kind: .file)

    // MARK: Writing

    static func encode(_ entries: ArraySlice<FileEntry>) -> [UInt8] {
        var writer = ByteWriter(capacity: 96 * entries.count)
        writer.append(byte: version)
        writer.append(varint: entries.count)
        var previous = origin
        for entry in entries {
            encode(entry, after: previous, to: &writer)
            previous = entry
        }
        return writer.bytes
    }

    private static func encode(_ entry: FileEntry, after previous: FileEntry, to writer: inout ByteWriter) {
        let flags = flags(of: entry, after: previous)
        writer.append(varint: flags)
        let shared = ByteOrder.sharedPrefix(entry.path, previous.path)
        writer.append(varint: shared)
        writer.append(varint: entry.path.count - shared)
        writer.append(entry.path[shared...])
        if flags & Flag.sameMode == 0 { writer.append(varint: UInt64(entry.mode)) }
        if flags & Flag.sameOwner == 0 {
            writer.append(varint: UInt64(entry.userID))
            writer.append(varint: UInt64(entry.groupID))
            writer.append(counted: Array(entry.user.utf8))
            writer.append(counted: Array(entry.group.utf8))
        }
        if flags & Flag.sameSection == 0 { writer.append(varint: entry.section) }
        writer.append(varint: UInt64(bitPattern: entry.size))
        writer.append(zigzag: entry.modified &- previous.modified)
        if flags & Flag.changedIsModified == 0 { writer.append(zigzag: entry.changed &- previous.changed) }
        writer.append(zigzag: Int64(bitPattern: entry.inode &- previous.inode))
        encodeRare(entry, flags, to: &writer)
        if flags & Flag.onePiece != 0 { writer.append(entry.content[0].id) }
        if flags & Flag.hasPieces != 0 {
            writer.append(varint: entry.content.count)
            for piece in entry.content {
                writer.append(piece.id)
                writer.append(varint: piece.length)
            }
        }
    }

    private static func flags(of entry: FileEntry, after previous: FileEntry) -> UInt64 {
        let isOwnerSame =
            entry.userID == previous.userID && entry.groupID == previous.groupID
            && entry.user == previous.user && entry.group == previous.group
        let isOnePiece = entry.content.count == 1 && Int64(entry.content[0].length) == entry.size
        var flags = UInt64(entry.kind.rawValue)
        if isOwnerSame { flags |= Flag.sameOwner }
        if entry.mode == previous.mode { flags |= Flag.sameMode }
        if entry.section == previous.section { flags |= Flag.sameSection }
        if entry.changed == entry.modified { flags |= Flag.changedIsModified }
        if !entry.linkTarget.isEmpty { flags |= Flag.hasLink }
        if entry.device != nil { flags |= Flag.hasDevice }
        if !entry.attributes.isEmpty { flags |= Flag.hasAttributes }
        if entry.extents != nil { flags |= Flag.hasExtents }
        if isOnePiece { flags |= Flag.onePiece } else if !entry.content.isEmpty { flags |= Flag.hasPieces }
        return flags
    }

    private static func encodeRare(_ entry: FileEntry, _ flags: UInt64, to writer: inout ByteWriter) {
        if flags & Flag.hasLink != 0 { writer.append(counted: entry.linkTarget) }
        if let device = entry.device {
            writer.append(varint: UInt64(device.major))
            writer.append(varint: UInt64(device.minor))
        }
        if flags & Flag.hasAttributes != 0 {
            writer.append(varint: entry.attributes.count)
            for attribute in entry.attributes {
                writer.append(counted: attribute.name)
                writer.append(counted: attribute.value)
            }
        }
        if let extents = entry.extents {
            writer.append(varint: extents.count)
            for extent in extents {
                writer.append(varint: UInt64(bitPattern: extent.offset))
                writer.append(varint: UInt64(bitPattern: extent.length))
            }
        }
    }

    // MARK: Reading

    /// Appends the entries of a segment to `entries`.
    /// - Parameter meter: counts what the list takes that the segment belongs to, and sees to its order.
    static func decode(
        _ bytes: [UInt8], into entries: inout [FileEntry], meter: inout TreeMeter
    ) throws(RecordError) {
        var reader = ByteReader(bytes)
        guard try reader.byte() == version else {
            throw RecordError(reason: "a tree segment of an unknown version")
        }
        let count = try reader.count(limit: TreeSplitter.limit)
        var previous = origin
        for _ in 0..<count {
            previous = try entry(after: previous, from: &reader)
            try meter.add(previous)
            entries.append(previous)
        }
        try reader.finish()
    }

    private static func entry(
        after previous: FileEntry, from reader: inout ByteReader
    ) throws(RecordError) -> FileEntry {
        let flags = try reader.varint()
        guard flags < Flag.all, let kind = FileEntry.Kind(rawValue: UInt8(flags & 7)) else {
            throw RecordError(reason: "an unknown sort of entry")
        }
        var entry = FileEntry(path: try path(after: previous.path, from: &reader), kind: kind)
        entry.mode = flags & Flag.sameMode != 0 ? previous.mode : try number32(from: &reader)
        if flags & Flag.sameOwner != 0 {
            entry.userID = previous.userID
            entry.groupID = previous.groupID
            entry.user = previous.user
            entry.group = previous.group
        } else {
            entry.userID = try number32(from: &reader)
            entry.groupID = try number32(from: &reader)
            entry.user = try text(from: &reader)
            entry.group = try text(from: &reader)
        }
        entry.section =
            flags & Flag.sameSection != 0 ? previous.section : try reader.count(limit: 65535)
        entry.size = try length(from: &reader)
        entry.modified = previous.modified &+ (try reader.zigzag())
        entry.changed =
            flags & Flag.changedIsModified != 0
            ? entry.modified : previous.changed &+ (try reader.zigzag())
        entry.inode = previous.inode &+ UInt64(bitPattern: try reader.zigzag())
        try decodeRare(&entry, flags, from: &reader)
        if flags & Flag.onePiece != 0 {
            guard entry.size <= Int64(PackFormat.blockLimit) else {
                throw RecordError(reason: "a piece that is longer than any object")
            }
            entry.content = [ContentRef(id: try reader.objectID(), length: Int(entry.size))]
        } else if flags & Flag.hasPieces != 0 {
            let count = try reader.count(limit: reader.remaining)
            for _ in 0..<count {
                let id = try reader.objectID()
                entry.content.append(
                    ContentRef(id: id, length: try reader.count(limit: PackFormat.blockLimit)))
            }
        }
        return entry
    }

    private static func path(
        after previous: [UInt8], from reader: inout ByteReader
    ) throws(RecordError) -> [UInt8] {
        let shared = try reader.count(limit: previous.count)
        let count = try reader.count(limit: reader.remaining)
        var path: [UInt8] = []
        path.reserveCapacity(shared + count)
        path.append(contentsOf: previous[..<shared])
        path.append(contentsOf: try reader.slice(count))
        return path
    }

    private static func decodeRare(
        _ entry: inout FileEntry, _ flags: UInt64, from reader: inout ByteReader
    ) throws(RecordError) {
        if flags & Flag.hasLink != 0 { entry.linkTarget = try reader.counted() }
        if flags & Flag.hasDevice != 0 {
            entry.device = FileEntry.DeviceNumber(
                major: try number32(from: &reader), minor: try number32(from: &reader))
        }
        if flags & Flag.hasAttributes != 0 {
            for _ in 0..<(try reader.count(limit: reader.remaining)) {
                entry.attributes.append(
                    FileEntry.Attribute(name: try reader.counted(), value: try reader.counted()))
            }
        }
        if flags & Flag.hasExtents != 0 {
            var extents: [FileEntry.Extent] = []
            for _ in 0..<(try reader.count(limit: reader.remaining)) {
                extents.append(
                    FileEntry.Extent(offset: try length(from: &reader), length: try length(from: &reader)))
            }
            entry.extents = extents
        }
    }

    private static func number32(from reader: inout ByteReader) throws(RecordError) -> UInt32 {
        UInt32(try reader.count(limit: Int(UInt32.max)))
    }

    private static func length(from reader: inout ByteReader) throws(RecordError) -> Int64 {
        Int64(try reader.count(limit: Int.max))
    }

    private static func text(from reader: inout ByteReader) throws(RecordError) -> String {
        guard
            let text = String(
                validating: try reader.slice(try reader.count(limit: reader.remaining)), as: UTF8.self)
        else { throw RecordError(reason: "a name that is no UTF-8") }
        return text
    }
}
