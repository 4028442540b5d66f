import Basics

/// The name of one job: sixteen small letters and digits; part of a path, hence checked wherever it comes from.
package struct JobID: Sendable, Hashable, CustomStringConvertible {
    /// The name as text.
    package let text: String

    /// Nil when `text` is no name of a job.
    package init?(_ text: String) {
        guard Base32.isRandomName(text) else { return nil }
        self.text = text
    }

    private init(new text: String) { self.text = text }

    /// A new name.
    static func random() -> JobID { JobID(new: Base32.randomName()) }

    package var description: String { text }
}
