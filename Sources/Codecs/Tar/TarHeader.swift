/// One 512-byte header block of a tar archive, as ustar and GNU tar lay it out.
///
/// - SeeAlso: POSIX.1-2017 pax, “ustar Interchange Format”; GNU tar manual, “Basic Tar Format”.
struct TarHeader {
    static let blockSize = 512

    let block: ArraySlice<UInt8>

    /// Nil unless the checksum is right.
    init?(_ block: ArraySlice<UInt8>) {
        self.block = block
        guard let stored = number(148, 8) else { return nil }
        var sum = 0
        let bytes = block.span
        for index in bytes.indices { sum &+= Int(bytes[index]) }
        // The checksum's own field counts as eight spaces.
        for byte in field(148, 8) { sum &-= Int(byte) - 0x20 }
        guard Int64(sum) == stored else { return nil }
    }

    private func field(_ offset: Int, _ length: Int) -> ArraySlice<UInt8> {
        let start = block.startIndex + offset
        return block[start..<start + length]
    }

    /// The bytes of a text field up to its first NUL.
    func text(_ offset: Int, _ length: Int) -> [UInt8] { Array(field(offset, length).prefix { $0 != 0 }) }

    /// An octal field, or GNU's base-256 form of it; nil when it is neither or negative.
    func number(_ offset: Int, _ length: Int) -> Int64? {
        let bytes = field(offset, length)
        guard let first = bytes.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80, bytes.dropFirst().prefix(length - 9).allSatisfy({ $0 == 0 }) else {
                return nil
            }
            let value = bytes.suffix(min(8, length - 1)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Int64(exactly: value)
        }
        var value: Int64 = 0
        for byte in bytes.drop(while: { $0 == 0x20 }) {
            if byte == 0 || byte == 0x20 { break }
            guard (0x30...0x37).contains(byte) else { return nil }
            value = value << 3 | Int64(byte - 0x30)
        }
        return value
    }

    var isUstar: Bool { field(257, 5).elementsEqual("ustar".utf8) }
    var isGNU: Bool { field(257, 8).elementsEqual("ustar  \0".utf8) }
    var type: UInt8 { block[block.startIndex + 156] }

    /// The name with the ustar prefix in front.
    var path: [UInt8] {
        let name = text(0, 100)
        guard isUstar, !isGNU else { return name }
        let prefix = text(345, 155)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// GNU's old sparse map inside the header: up to four runs, and whether further map blocks follow.
    var gnuSparse: (runs: [TarEntry.DataRun], continues: Bool, realSize: Int64)? {
        guard let size = number(483, 12) else { return nil }
        return (Self.runs(in: block, from: 386, count: 4), block[block.startIndex + 482] != 0, size)
    }

    /// The runs of a sparse map block: pairs of twelve-byte octal numbers, ended by an empty pair.
    static func runs(in block: ArraySlice<UInt8>, from offset: Int, count: Int) -> [TarEntry.DataRun] {
        var runs: [TarEntry.DataRun] = []
        for index in 0..<count {
            let start = block.startIndex + offset + index * 24
            guard block[start] != 0, let header = TarHeader(unchecked: block),
                let from = header.number(offset + index * 24, 12),
                let length = header.number(offset + index * 24 + 12, 12)
            else { break }
            runs.append(TarEntry.DataRun(offset: from, length: length))
        }
        return runs
    }

    private init?(unchecked block: ArraySlice<UInt8>) {
        guard block.count == Self.blockSize else { return nil }
        self.block = block
    }
}
