import Basics
import Codecs

/// Names a pack: 16 random bytes.
struct PackID: Sendable, Hashable, Comparable, CustomStringConvertible {
    static let length = 16

    private let high: UInt64
    private let low: UInt64

    static func random() -> PackID {
        PackID(SecureRandom.bytes(length)[...]) ?? PackID(high: 0, low: 0)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless there are exactly 16 bytes.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        func word(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(bytes.prefix(8)), low: word(bytes.suffix(8)))
    }

    /// Reads 32 lower-case hexadecimal digits.
    init?(hex: Substring) {
        guard let bytes = Hex.bytes(String(hex)), let id = PackID(bytes[...]), id.hex == hex else {
            return nil
        }
        self = id
    }

    var bytes: [UInt8] {
        [high, low].flatMap { word in
            stride(from: Int64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    var hex: String { Hex.string(bytes) }

    static func < (left: PackID, right: PackID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    var description: String { hex }
}
