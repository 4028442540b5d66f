/// A value that people can be shown: as tables, records and lines, which each surface draws in its own way.
package protocol Displayable {
    /// The blocks to show, from top to bottom.
    var display: [DisplayBlock] { get }
    /// Whether the operation did all it was asked, or a part of it failed and is named in the output.
    var isComplete: Bool { get }
    /// The members that are shown as they are: secrets that the operation is called for.
    static var membersInClear: Set<String> { get }
}

extension Displayable {
    package var isComplete: Bool { true }
    package static var membersInClear: Set<String> { [] }
}

/// What a cell wants to say beyond its text; a terminal may colour it.
package enum Tone: String, Sendable {
    case plain
    case good
    case warning
    case bad
    case dim
}

/// One cell of a table or one value of a record.
package struct Cell: Sendable, Equatable, ExpressibleByStringLiteral {
    package let text: String
    package let tone: Tone
    /// Words of the program alone, nothing of a device: no secret is looked for, and the only ones in it are those that
    /// the operation is called for.
    package let isOwn: Bool

    package init(_ text: String, _ tone: Tone = .plain, isOwn: Bool = false) {
        self.text = text
        self.tone = tone
        self.isOwn = isOwn
    }

    package init(stringLiteral value: String) { self.init(value) }
}

/// A column of a table.
package struct Column: Sendable, Equatable, ExpressibleByStringLiteral {
    package let title: String
    /// Numbers stand at the right.
    package let isNumeric: Bool
    /// Never cut, however narrow the terminal: half a name that is to be typed again is no name.
    package let isWhole: Bool
    /// Left out first where there is no room for all.
    package let isMinor: Bool

    package init(_ title: String, isNumeric: Bool = false, isWhole: Bool = false, isMinor: Bool = false) {
        self.title = title
        self.isNumeric = isNumeric
        self.isWhole = isWhole
        self.isMinor = isMinor
    }

    package init(stringLiteral value: String) { self.init(value) }
}

/// One piece of what is shown.
package enum DisplayBlock: Sendable, Equatable {
    /// A table; `empty` is the sentence shown instead of a table without rows.
    case table(columns: [Column], rows: [[Cell]], empty: String)
    /// Labels and values, one pair a line.
    case record([(label: String, value: Cell)])
    /// A heading over the next block.
    case heading(String)
    /// Paragraphs or preformatted lines.
    case lines([Cell])
    /// The text of the file at a path: line by line on a terminal, elsewhere with no line feed that it has not itself.
    case text(String, of: String? = nil)
    /// Bytes to hand on as they are: the content of a file.
    case bytes([UInt8])

    /// What was left out or went wrong, a line each under a heading; nothing where there is nothing to tell.
    package static func remarks(
        _ heading: String, _ lines: [String], _ tone: Tone = .warning
    ) -> [DisplayBlock] {
        lines.isEmpty ? [] : [.heading(heading), .lines(lines.map { Cell($0, tone) })]
    }

    package static func == (left: DisplayBlock, right: DisplayBlock) -> Bool {
        switch (left, right) {
        case (.table(let a, let b, let c), .table(let d, let e, let f)): a == d && b == e && c == f
        case (.record(let a), .record(let b)):
            a.elementsEqual(b) { $0.label == $1.label && $0.value == $1.value }
        case (.heading(let a), .heading(let b)): a == b
        case (.lines(let a), .lines(let b)): a == b
        case (.text(let a, _), .text(let b, _)): a == b
        case (.bytes(let a), .bytes(let b)): a == b
        default: false
        }
    }
}
