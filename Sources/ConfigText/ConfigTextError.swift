/// Why a configuration was not read, or not changed.
package struct ConfigTextError: Error, Equatable, CustomStringConvertible {
    /// What sort of obstacle it is.
    package enum Kind: Sendable, Equatable {
        /// The text is not what its format asks for; whoever reads it next would refuse it too.
        case unreadable
        /// The text is in order, and what is wanted cannot be put into it without guessing.
        case unsupported
    }

    package let kind: Kind
    /// What is wrong, as a clause.
    package let reason: String
    /// Where, counted from 1; nil where no place can be named.
    package let line: Int?

    package var description: String { line.map { "line \($0): \(reason)" } ?? reason }

    init(_ kind: Kind, _ reason: String, line: Int? = nil) {
        self.kind = kind
        self.reason = reason
        self.line = line
    }

    /// An obstacle at a byte of a text.
    init(_ kind: Kind, _ reason: String, at offset: Int, of bytes: [UInt8]) {
        self.init(kind, reason, line: 1 + bytes.prefix(offset).count { $0 == 0x0A })
    }
}
