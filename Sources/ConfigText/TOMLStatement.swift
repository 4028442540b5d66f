import Basics

/// A line, or several, of a TOML text that says something.
struct TOMLStatement: Sendable {
    enum Content: Sendable {
        /// `[a.b]`, or `[[a.b]]` for one element more of a list of tables.
        case header(isElement: Bool)
        /// `a.b = …`.
        case pair(value: JSONValue, range: Range<Int>)
    }

    /// The names from the outermost table, those of the header above included.
    let path: [String]
    /// From its first sign to its last, without blanks and comments.
    let range: Range<Int>
    let content: Content

    var isHeader: Bool {
        guard case .header = content else { return false }
        return true
    }
}
