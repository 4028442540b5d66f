/// The name of one `Subject` among all that ever were: sixteen small letters and digits, wherever it comes from.
///
/// It becomes part of paths and of the names of units on devices; what is read from a database is no name before it was
/// checked.
package struct RandomName<Subject>: Sendable, Hashable, CustomStringConvertible {
    /// The name as text.
    package let text: String

    /// Nil when `text` is no such name.
    package init?(_ text: String) {
        guard Base32.isRandomName(text) else { return nil }
        self.text = text
    }

    private init(new text: String) { self.text = text }

    /// A new name: eighty random bits.
    package static func random() -> RandomName { RandomName(new: Base32.randomName()) }

    package var description: String { text }
}
