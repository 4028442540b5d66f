package import Basics

/// The text of a configuration that is changed in place: what is not asked for stays, byte by byte.
///
/// This module knows formats and no programs: whose configuration it is, and what an entry means, is the caller's affair.
/// Values are found by the names that lead to them from the outermost table.
package protocol ConfigDocument: Sendable {
    /// - Throws: `unreadable` for what the format does not allow; nothing is guessed.
    init(_ bytes: [UInt8]) throws(ConfigTextError)

    /// The value at `path`; nil when there is none.
    /// - Throws: `unsupported` when a name on the way is there twice or is no table.
    func value(at path: [String]) throws(ConfigTextError) -> JSONValue?

    /// All names and single values, in the order in which they are written, those of names given twice included.
    var literals: [ConfigLiteral] { get }

    /// The same as it could be written again, its members in their order.
    func entry(at path: [String]) throws(ConfigTextError) -> ConfigValue?

    /// The same as it is written, byte by byte, to be put into another text of the format.
    /// - Throws: `unsupported` as above, and for what is written in a form that stands in one place only.
    func written(at path: [String]) throws(ConfigTextError) -> ConfigValue?

    /// The text with `value` at `path`, in the place of what is there, else as the last of its table.
    ///
    /// Tables on the way that are missing are made.
    /// - Throws: `unsupported` as above, and where the change would touch something else.
    func setting(_ path: [String], to value: ConfigValue) throws(ConfigTextError) -> [UInt8]

    /// The text without what is at `path`; tables on the way that come to be empty go as well.
    ///
    /// The same text when there is nothing.
    func removing(_ path: [String]) throws(ConfigTextError) -> [UInt8]
}

/// One change of a text: what stands in a range gives way.
struct TextEdit {
    let range: Range<Int>
    let text: String

    init(_ range: Range<Int>, _ text: String = "") {
        self.range = range
        self.text = text
    }

    /// Puts `text` before the byte at `offset`.
    init(at offset: Int, _ text: String) { self.init(offset..<offset, text) }

    /// The text after all changes, which stand in order and apart from each other.
    static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var done = 0
        for edit in edits {
            result += bytes[done..<edit.range.lowerBound] + Array(edit.text.utf8)
            done = edit.range.upperBound
        }
        return result + bytes[done...]
    }
}

/// How a text is laid out, so that what is added looks like the rest.
struct TextLayout: Sendable {
    /// `\n` or `\r\n`.
    let lineEnd: String
    /// What one level is indented by.
    let unit: String
    let bytes: [UInt8]

    init(_ bytes: [UInt8], unit: String) {
        self.bytes = bytes
        self.unit = unit
        let feed = bytes.firstIndex(of: 0x0A)
        lineEnd = feed.map { $0 > 0 && bytes[$0 - 1] == 0x0D } == true ? "\r\n" : "\n"
    }

    /// Where the line of `offset` begins.
    func lineStart(of offset: Int) -> Int {
        (bytes[..<offset].lastIndex(of: 0x0A)).map { $0 + 1 } ?? 0
    }

    /// The blanks that the line of `offset` begins with.
    func indent(of offset: Int) -> String {
        let line = bytes[lineStart(of: offset)..<offset]
        return String(decoding: line.prefix { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self)
    }

    /// Whether nothing but blanks stands before `offset` on its line.
    func beginsLine(_ offset: Int) -> Bool {
        bytes[lineStart(of: offset)..<offset].allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// Whether nothing but blanks follows on the line from `offset` on.
    func endsLine(_ offset: Int) -> Bool {
        let rest = bytes[offset...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        return rest == nil || rest == 0x0A
    }
}
