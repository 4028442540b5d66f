import Basics
import Codecs

/// Names a backup: when it was started, to the second in UTC, and twelve random characters.
///
/// Sorts by time, is a valid file name, and contains nothing a person or a device chose.
package struct BackupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// For example `20261121T093000Z-4h9k2mzq7xbt`.
    package let text: String

    private static let randomLength = 12
    /// The part that tells the time; `d` stands for a digit.
    private static let layout = Array("ddddddddTddddddZ-".utf8)
    /// How long each is, in bytes.
    static let length = layout.count + randomLength

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    /// Crockford's digits, in lower case.
    private static func isRandom(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
        default: isDigit(byte) || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
        }
    }

    /// The part that tells the time.
    var second: Substring { text.prefix { $0 != "-" } }

    /// A new name for a backup that was started at `time`.
    static func make(at time: Timestamp) -> BackupID {
        let digits = time.description.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        let random = Base32.string(SecureRandom.bytes(8)).prefix(randomLength).lowercased()
        return BackupID(checked: String(decoding: digits, as: UTF8.self) + "-" + random)
    }

    /// Nil when `text` is not in the form of these names.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length else { return nil }
        for (byte, expected) in zip(bytes, Self.layout) {
            guard expected == UInt8(ascii: "d") ? Self.isDigit(byte) : byte == expected else { return nil }
        }
        guard bytes.dropFirst(Self.layout.count).allSatisfy(Self.isRandom) else { return nil }
        self.text = text
    }

    private init(checked text: String) { self.text = text }

    /// One that this program sealed as such: `length` bytes.
    init(sealed bytes: ArraySlice<UInt8>) { text = String(decoding: bytes, as: UTF8.self) }

    package static func < (left: BackupID, right: BackupID) -> Bool { left.text < right.text }

    package var description: String { text }
}
