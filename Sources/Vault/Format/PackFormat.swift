import Codecs

/// The fixed parts of a pack file.
///
/// A pack is a header, sealed blocks one after the other, a sealed trailer that lists them, and a footer.
enum PackFormat {
    static let magic = Array("HFPACK01".utf8)
    static let endMagic = Array("HFPKEND1".utf8)
    static let headerLength = 24
    static let footerLength = 12
    /// The largest plain block: one chunk of a file, or small objects.
    static let blockLimit = 1 << 24
    /// The largest trailer and index segment.
    static let recordLimit = 1 << 28
    /// The largest file that is read whole: an index segment with its seal.
    static let wholeLimit: Int64 = (1 << 28) + (1 << 20)

    static func header(_ id: PackID) -> [UInt8] { magic + id.bytes }

    static func footer(trailerLength: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(fixed: UInt32(trailerLength))
        return writer.bytes + endMagic
    }

    /// The sealed trailer's length; nil when `footer` is none.
    static func trailerLength(footer: [UInt8]) -> Int? {
        var reader = ByteReader(footer)
        guard footer.count == footerLength, Array(footer.suffix(8)) == endMagic,
            let length = try? reader.fixed32()
        else { return nil }
        return Int(length)
    }

    /// What a block's seal is bound to: its pack, its place in it, its kind.
    static func blockContext(_ pack: PackID, number: Int, kind: ObjectKind) -> [UInt8] {
        var writer = ByteWriter(capacity: 29)
        writer.append(Array("HFBLOCK1".utf8))
        writer.append(pack.bytes)
        writer.append(fixed: UInt32(number))
        writer.append(byte: kind.rawValue)
        return writer.bytes
    }

    /// What a trailer's seal is bound to.
    static func trailerContext(_ pack: PackID) -> [UInt8] { Array("HFTRAIL1".utf8) + pack.bytes }
}

/// How a sealed block holds its objects: the first byte of what is sealed.
enum BlockEncoding: UInt8 {
    case raw = 0
    case zstd = 1
}
