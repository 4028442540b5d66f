import Basics
import Codecs

/// Names a backup: when it was started, to the second in UTC, and twelve random characters.
///
/// Sorts by time, is a valid file name, and contains nothing a person or a device chose.
package struct BackupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// For example `20261121T093000Z-4h9k2mzq7xbt`.
    package let text: String

    private static let randomLength = 12
    /// How long each is, in bytes.
    static let length = 16 + 1 + randomLength

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
        let layout = Array("ddddddddTddddddZ-".utf8)
        guard bytes.count == layout.count + Self.randomLength else { return nil }
        for (byte, expected) in zip(bytes, layout) {
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard expected == UInt8(ascii: "d") ? isDigit : byte == expected else { return nil }
        }
        let random = bytes.suffix(Self.randomLength)
        guard random.allSatisfy({ "0123456789abcdefghjkmnpqrstvwxyz".utf8.contains($0) }) else { return nil }
        self.text = text
    }

    private init(checked text: String) { self.text = text }

    /// One that this program sealed as such: `length` bytes.
    init(sealed bytes: ArraySlice<UInt8>) { text = String(decoding: bytes, as: UTF8.self) }

    package static func < (left: BackupID, right: BackupID) -> Bool { left.text < right.text }

    package var description: String { text }
}
