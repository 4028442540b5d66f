import Codecs

/// A record that ends too early or holds an impossible value; the caller says in which file.
struct RecordError: Error, Equatable {
    /// What was expected, as a sentence without a full stop.
    let reason: String
}

/// Reads the vault's binary records; safe on any bytes.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    var isAtEnd: Bool { offset == bytes.count }

    var remaining: Int { bytes.count - offset }

    mutating func byte() throws(RecordError) -> UInt8 {
        guard offset < bytes.count else { throw RecordError(reason: "it ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func slice(_ count: Int) throws(RecordError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= remaining else { throw RecordError(reason: "it ends too early") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func fixed32() throws(RecordError) -> UInt32 {
        var value: UInt32 = 0
        for (index, byte) in try slice(4).enumerated() { value |= UInt32(byte) << UInt32(index * 8) }
        return value
    }

    mutating func varint() throws(RecordError) -> UInt64 {
        let first = try byte()
        if first < 0x80 { return UInt64(first) }
        var value = UInt64(first & 0x7F)
        var shift: UInt64 = 7
        while true {
            let next = try byte()
            guard shift < 63 || shift == 63 && next <= 1 else {
                throw RecordError(reason: "a number is too large")
            }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    /// A varint that must not exceed `limit`.
    mutating func count(limit: Int) throws(RecordError) -> Int {
        let value = try varint()
        guard value <= UInt64(limit) else { throw RecordError(reason: "a number is too large") }
        return Int(value)
    }

    mutating func zigzag() throws(RecordError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func counted() throws(RecordError) -> [UInt8] {
        let count = try count(limit: remaining)
        return Array(try slice(count))
    }

    mutating func objectID() throws(RecordError) -> ObjectID {
        guard let digest = Digest256(bytes, at: offset) else {
            throw RecordError(reason: "it ends too early")
        }
        offset += Digest256.length
        return ObjectID(digest)
    }

    /// Checks that nothing follows.
    func finish() throws(RecordError) {
        guard isAtEnd else { throw RecordError(reason: "more bytes follow than belong to it") }
    }
}
