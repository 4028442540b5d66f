import Basics

/// The name of one run: sixteen small letters and digits, and nothing else, wherever it comes from.
///
/// It is part of paths and of unit names on devices; what is read from a database is no run's name before it was checked.
package struct RunID: Sendable, Hashable, CustomStringConvertible {
    /// The name as text.
    package let text: String

    /// Nil when `text` is no name of a run.
    package init?(_ text: String) {
        guard Base32.isRandomName(text) else { return nil }
        self.text = text
    }

    private init(new text: String) { self.text = text }

    /// A new name: eighty random bits.
    package static func random() -> RunID { RunID(new: Base32.randomName()) }

    package var description: String { text }
}
