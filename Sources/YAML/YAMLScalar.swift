/// A text, a number or a word of a YAML text, and where it is written.
package struct YAMLScalar: Sendable, Equatable {
    /// Its bytes, with quotation marks, a tag and an anchor that it has; one of several lines ends where the next begins.
    package let range: Range<Int>
    /// What it says, or for one that is no text how its value is written in JSON.
    package let text: String
    /// Whether it is the name of a member.
    package let isName: Bool
    package let isText: Bool

    package init(range: Range<Int>, text: String, isName: Bool, isText: Bool) {
        self.range = range
        self.text = text
        self.isName = isName
        self.isText = isText
    }
}
