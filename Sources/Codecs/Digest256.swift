import Basics

/// 256 bits that name something: the result of a keyed hash.
///
/// Ordered like its bytes and its hexadecimal text.
package struct Digest256: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first eight bytes, most significant first; the other words follow.
    package let word0: UInt64
    package let word1: UInt64
    package let word2: UInt64
    package let word3: UInt64

    /// Length in bytes.
    package static let length = 32

    package init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// The 32 bytes of `bytes` that begin at `offset`; nil when there are fewer.
    package init?(_ bytes: [UInt8], at offset: Int = 0) {
        guard offset >= 0, bytes.count - offset >= Self.length else { return nil }
        let span = bytes.span
        func word(_ index: Int) -> UInt64 {
            var value: UInt64 = 0
            for position in offset + index * 8..<offset + index * 8 + 8 {
                value = value << 8 | UInt64(span[position])
            }
            return value
        }
        self.init(word(0), word(1), word(2), word(3))
    }

    /// Reads 64 hexadecimal digits.
    package init?(hex: String) {
        guard let bytes = Hex.bytes(hex), bytes.count == Self.length else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.length)
        append(to: &result)
        return result
    }

    /// Appends the 32 bytes to `target`.
    package func append(to target: inout [UInt8]) {
        let words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
        unsafe withUnsafeBytes(of: words) { unsafe target.append(contentsOf: $0) }
    }

    /// 64 hexadecimal digits, lower case.
    package var hex: String { Hex.string(bytes) }

    package static func < (left: Digest256, right: Digest256) -> Bool {
        (left.word0, left.word1, left.word2, left.word3)
            < (right.word0, right.word1, right.word2, right.word3)
    }

    /// The bits are random already: one word is enough.
    package func hash(into hasher: inout Hasher) { hasher.combine(word0) }

    package var description: String { hex }
}
