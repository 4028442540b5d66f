import Codecs

/// Builds the vault's binary records.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    /// Four bytes, least significant first.
    mutating func append(fixed value: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Unsigned LEB128: seven bits a byte, least significant first, the top bit set on all but the last.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func append(varint value: Int) { append(varint: UInt64(value)) }

    /// A signed number as a varint.
    ///
    /// 0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …
    mutating func append(zigzag value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// The length as a varint, then the bytes.
    mutating func append(counted more: [UInt8]) {
        append(varint: more.count)
        bytes.append(contentsOf: more)
    }

    mutating func append(_ id: ObjectID) { id.digest.append(to: &bytes) }
}
