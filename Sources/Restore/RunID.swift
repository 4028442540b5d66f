import Basics

/// The name of one run: sixteen small letters and digits, and nothing else, wherever it comes from.
///
/// It is part of paths and of unit names on devices; what is read from a database is no run's name before it was checked.
package struct RunID: Sendable, Hashable, CustomStringConvertible {
    /// Letters and digits that names are made of.
    private static let alphabet = Set("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let length = 16

    /// The name as text.
    package let text: String

    /// Nil when `text` is no name of a run.
    package init?(_ text: String) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        self.text = text
    }

    private init(random bytes: [UInt8]) { text = Base32.string(bytes).lowercased() }

    /// A new name: eighty random bits.
    package static func random() -> RunID {
        RunID(random: (0..<10).map { _ in UInt8.random(in: .min ... .max) })
    }

    package var description: String { text }
}
