import Basics

/// Reads TOML and keeps where its statements stand.
///
/// Numbers other than whole ones, dates and times are kept as their text: nothing here counts with them.
/// - SeeAlso: TOML 1.0.0
struct TOMLTextReader {
    private static let depthLimit = 100

    private let bytes: [UInt8]
    private var offset: Int
    private var depth = 0
    private var table: [String] = []
    private var literals: [ConfigLiteral] = []

    static func read(
        _ bytes: [UInt8]
    ) throws(ConfigTextError) -> (statements: [TOMLStatement], literals: [ConfigLiteral]) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ConfigTextError(.unreadable, "it is no UTF-8")
        }
        var reader = TOMLTextReader(bytes)
        var statements: [TOMLStatement] = []
        while try reader.skipLines() { statements.append(try reader.statement()) }
        return (statements, reader.literals)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func begins(_ text: StaticString) -> Bool { bytes[offset...].starts(with: "\(text)".utf8) }

    private func error(_ reason: String) -> ConfigTextError {
        ConfigTextError(.unreadable, reason, at: offset, of: bytes)
    }

    private mutating func skipBlanks() {
        while let byte = current, byte == 0x20 || byte == 0x09 { offset += 1 }
    }

    private mutating func skipComment() throws(ConfigTextError) {
        guard current == UInt8(ascii: "#") else { return }
        while let byte = current, byte != 0x0A, !begins("\r\n") {
            guard byte >= 0x20 || byte == 0x09, byte != 0x7F else {
                throw error("a control character inside a comment")
            }
            offset += 1
        }
    }

    /// Steps over the end of a line; false where there is none.
    private mutating func skipLineEnd() -> Bool {
        if current == 0x0A { offset += 1 } else if begins("\r\n") { offset += 2 } else { return false }
        return true
    }

    /// Steps over blanks, comments and ends of lines.
    /// - Returns: whether anything follows.
    private mutating func skipLines() throws(ConfigTextError) -> Bool {
        repeat {
            skipBlanks()
            try skipComment()
        } while skipLineEnd()
        return current != nil
    }

    private mutating func statement() throws(ConfigTextError) -> TOMLStatement {
        let start = offset
        let statement =
            current == UInt8(ascii: "[") ? try header(from: start) : try pair(from: start)
        skipBlanks()
        try skipComment()
        guard current == nil || current == 0x0A || begins("\r\n") else {
            throw error("expected the end of the line")
        }
        return statement
    }

    private mutating func header(from start: Int) throws(ConfigTextError) -> TOMLStatement {
        let isElement = begins("[[")
        offset += isElement ? 2 : 1
        table = try keys()
        guard isElement ? begins("]]") : current == UInt8(ascii: "]") else { throw error("expected ‘]’") }
        offset += isElement ? 2 : 1
        return TOMLStatement(path: table, range: start..<offset, content: .header(isElement: isElement))
    }

    private mutating func pair(from start: Int) throws(ConfigTextError) -> TOMLStatement {
        let path = table + (try keys())
        guard current == UInt8(ascii: "=") else { throw error("expected ‘=’") }
        offset += 1
        skipBlanks()
        let begin = offset
        let value = try value()
        return TOMLStatement(
            path: path, range: start..<offset, content: .pair(value: value, range: begin..<offset))
    }

    /// Names joined by dots.
    private mutating func keys() throws(ConfigTextError) -> [String] {
        var names: [String] = []
        repeat {
            if !names.isEmpty { offset += 1 }
            guard names.count < Self.depthLimit else { throw error("more than \(Self.depthLimit) names") }
            skipBlanks()
            let start = offset
            switch current {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): names.append(try text())
            default:
                let end = bytes[offset...].firstIndex { !Self.isBare($0) } ?? bytes.count
                guard end > offset else { throw error("expected a name") }
                names.append(String(decoding: bytes[offset..<end], as: UTF8.self))
                offset = end
            }
            literals.append(ConfigLiteral(start..<offset, names.last ?? "", .name))
            skipBlanks()
        } while current == UInt8(ascii: ".")
        return names
    }

    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }

    // MARK: Values

    private mutating func value() throws(ConfigTextError) -> JSONValue {
        guard depth < Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        defer { depth -= 1 }
        let start = offset
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            let text = begins("\"\"\"") || begins("'''") ? try longText() : try text()
            literals.append(ConfigLiteral(start..<offset, text, .text))
            return .string(text)
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "{"): return try inlineTable()
        default:
            let value = try word()
            let text = value.string ?? JSONWriter.text(value)
            literals.append(ConfigLiteral(start..<offset, text, .other))
            return value
        }
    }

    private mutating func list() throws(ConfigTextError) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        while try skipLines() {
            if current == UInt8(ascii: "]") {
                offset += 1
                return .array(elements)
            }
            elements.append(try value())
            _ = try skipLines()
            guard current == UInt8(ascii: ",") else {
                guard current == UInt8(ascii: "]") else { throw error("expected a comma or ‘]’") }
                continue
            }
            offset += 1
        }
        throw error("a list without end")
    }

    private mutating func inlineTable() throws(ConfigTextError) -> JSONValue {
        offset += 1
        let table = TOMLTree()
        var dotted: [TOMLTree] = []
        skipBlanks()
        while current != UInt8(ascii: "}") {
            let path = try keys()
            guard current == UInt8(ascii: "=") else { throw error("expected ‘=’") }
            offset += 1
            skipBlanks()
            let value = try value()
            guard table.add(value, at: path[...], through: &dotted) else { throw error("a name given twice") }
            skipBlanks()
            guard current == UInt8(ascii: ",") else { break }
            offset += 1
            skipBlanks()
            guard current != UInt8(ascii: "}") else { throw error("a comma before ‘}’") }
        }
        guard current == UInt8(ascii: "}") else { throw error("expected a comma or ‘}’") }
        offset += 1
        return table.json
    }

    /// A number, a truth value, a date or a time.
    private mutating func word() throws(ConfigTextError) -> JSONValue {
        func end(from start: Int) -> Int {
            bytes[start...].firstIndex { !Self.isBare($0) && !"+.:".utf8.contains($0) } ?? bytes.count
        }
        var stop = end(from: offset)
        var text = String(decoding: bytes[offset..<stop], as: UTF8.self)
        if TOMLWord.isDate(text), stop + 1 < bytes.count, bytes[stop] == 0x20,
            (0x30...0x39).contains(bytes[stop + 1])
        {
            stop = end(from: stop + 1)
            text = String(decoding: bytes[offset..<stop], as: UTF8.self)
        }
        guard TOMLWord.isValue(text) else { throw error("expected a value") }
        offset = stop
        switch text {
        case "true", "false": return .bool(text == "true")
        default: return Int64(text.filter { $0 != "_" }).map { .int($0) } ?? .string(text)
        }
    }

    /// A text on one line.
    private mutating func text() throws(ConfigTextError) -> String {
        let quote = bytes[offset]
        let isLiteral = quote == UInt8(ascii: "'")
        var content: [UInt8] = []
        offset += 1
        while let byte = current, byte != quote {
            guard byte >= 0x20 || byte == 0x09, byte != 0x7F else { break }
            offset += 1
            if byte == UInt8(ascii: "\\"), !isLiteral {
                try escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        guard current == quote else { throw error("a text without end") }
        offset += 1
        return String(decoding: content, as: UTF8.self)
    }

    /// A text of several lines.
    private mutating func longText() throws(ConfigTextError) -> String {
        let quote = bytes[offset]
        let isLiteral = quote == UInt8(ascii: "'")
        var content: [UInt8] = []
        offset += 3
        _ = skipLineEnd()
        while let byte = current {
            if bytes[offset...].starts(with: [quote, quote, quote]) {
                // Up to two quotes may stand before those that end it.
                let count = bytes[offset...].prefix(5).prefix { $0 == quote }.count
                content += Array(repeating: quote, count: count - 3)
                offset += count
                return String(decoding: content, as: UTF8.self)
            }
            guard byte >= 0x20 || [0x09, 0x0A].contains(byte) || begins("\r\n"), byte != 0x7F else {
                throw error("a control character inside a text")
            }
            offset += 1
            guard byte == UInt8(ascii: "\\"), !isLiteral else {
                content.append(byte)
                continue
            }
            if !skipJoint() { try escape(into: &content) }
        }
        throw error("a text without end")
    }

    /// Steps over the end of a line, behind a backslash, and all blanks and lines that follow; false where none is.
    private mutating func skipJoint() -> Bool {
        let start = offset
        skipBlanks()
        guard skipLineEnd() else {
            offset = start
            return false
        }
        repeat { skipBlanks() } while skipLineEnd()
        return true
    }

    private mutating func escape(into content: inout [UInt8]) throws(ConfigTextError) {
        guard let byte = current else { throw error("a text without end") }
        offset += 1
        let plain: [UInt8: UInt8] = [
            UInt8(ascii: "b"): 0x08, UInt8(ascii: "t"): 0x09, UInt8(ascii: "n"): 0x0A,
            UInt8(ascii: "f"): 0x0C, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "\""): UInt8(ascii: "\""),
            UInt8(ascii: "\\"): UInt8(ascii: "\\"),
        ]
        if let meant = plain[byte] { return content.append(meant) }
        let count = byte == UInt8(ascii: "u") ? 4 : byte == UInt8(ascii: "U") ? 8 : 0
        let digits = String(decoding: bytes[offset..<min(offset + count, bytes.count)], as: UTF8.self)
        guard count > 0, digits.utf8.count == count, let number = UInt32(digits, radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw error("an unknown escape") }
        offset += count
        content += Array(String(Character(scalar)).utf8)
    }
}
