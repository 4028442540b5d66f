import Basics
import Codecs

/// Names a backup: when it was started, to the second in UTC, and twelve random characters.
///
/// Sorts by time, is a valid file name, and contains nothing a person or a device chose.
package struct BackupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Its bytes, eight to a word with the first one on top, then zeros: there are many of these in memory, and they are
    /// compared often.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// For example `20261121T093000Z-4h9k2mzq7xbt`.
    package var text: String {
        let bytes = (0..<Self.length).map { place in
            UInt8(truncatingIfNeeded: word(place / 8) >> UInt64(56 - place % 8 * 8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

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

    /// The part that tells the time: what is newer sorts behind.
    package var second: Substring { text.prefix { $0 != "-" } }

    /// A new name for a backup that was started at `time`.
    static func make(at time: Timestamp) -> BackupID {
        let digits = time.description.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        let random = Base32.string(SecureRandom.bytes(8)).prefix(randomLength).lowercased()
        return BackupID(checked: (Array(digits) + Array("-\(random)".utf8)).span)
    }

    /// Nil when `text` is not in the form of these names.
    package init?(_ text: String) { self.init(text, with: "") }

    /// The one that stands before `suffix` in the name of a file; nil where the name has another form.
    init?(_ name: String, with suffix: String) {
        var name = name
        name.makeContiguousUTF8()
        let bytes = name.utf8.span
        guard bytes.count == Self.length + suffix.utf8.count else { return nil }
        let layout = Self.layout
        for place in 0..<layout.count {
            let isRight =
                layout[place] == UInt8(ascii: "d")
                ? Self.isDigit(bytes[place]) : bytes[place] == layout[place]
            guard isRight else { return nil }
        }
        for place in layout.count..<Self.length where !Self.isRandom(bytes[place]) { return nil }
        var place = Self.length
        for byte in suffix.utf8 {
            guard bytes[place] == byte else { return nil }
            place += 1
        }
        self.init(checked: bytes.extracting(first: Self.length))
    }

    /// One that this program sealed as such: `length` bytes.
    init(sealed bytes: ArraySlice<UInt8>) { self.init(checked: bytes.span) }

    private init(checked bytes: Span<UInt8>) {
        func word(_ start: Int) -> UInt64 {
            var word: UInt64 = 0
            for place in start..<start + 8 {
                word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0)
            }
            return word
        }
        words = (word(0), word(8), word(16), word(24))
    }

    private func word(_ place: Int) -> UInt64 {
        switch place {
        case 0: words.0
        case 1: words.1
        case 2: words.2
        default: words.3
        }
    }

    /// What tells a sequence of ids from another one: that of those before, and this one; the same in each process.
    package func digest(after earlier: UInt64) -> UInt64 {
        func mixed(_ digest: UInt64, _ word: UInt64) -> UInt64 {
            let product = (digest ^ word) &* 0x9E37_79B9_7F4A_7C15
            return product ^ product >> 32
        }
        return mixed(mixed(mixed(mixed(earlier, words.0), words.1), words.2), words.3)
    }

    package static func == (left: BackupID, right: BackupID) -> Bool { left.words == right.words }

    package static func < (left: BackupID, right: BackupID) -> Bool { left.words < right.words }

    package func hash(into hasher: inout Hasher) {
        // Most of it is random, and is in these two.
        hasher.combine(words.2)
        hasher.combine(words.3)
    }

    package var description: String { text }
}
