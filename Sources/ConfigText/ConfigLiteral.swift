/// A name or a single value of a configuration, and where it is written.
package struct ConfigLiteral: Sendable, Equatable {
    /// What becomes of a literal's text.
    package enum Role: Sendable {
        /// The name of a member, or of a table.
        case name
        case text
        /// A number, a truth value, a date, a time or null.
        case other
    }

    /// Its bytes, with the quotation marks it has.
    package let range: Range<Int>
    /// What it says; for a value that is no text, as its value is written in JSON.
    package let text: String
    package let role: Role

    package init(_ range: Range<Int>, _ text: String, _ role: Role) {
        self.range = range
        self.text = text
        self.role = role
    }
}
