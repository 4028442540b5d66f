import Basics

/// Reads JSON with comments and trailing commas, and keeps where everything stands.
struct JSONTextReader {
    /// How many arrays and objects may lie inside one another.
    private static let depthLimit = 200

    private let bytes: [UInt8]
    private(set) var offset: Int
    private var depth = 0
    /// Where the newest comment ended, and whether it ends with its line.
    private var comment: (end: Int, isLine: Bool)?

    /// The outermost value; nil for a text of blanks and comments alone.
    static func read(_ bytes: [UInt8]) throws(ConfigTextError) -> JSONTextNode? {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ConfigTextError(.unreadable, "it is no UTF-8")
        }
        var reader = JSONTextReader(bytes)
        try reader.skip()
        guard reader.current != nil else { return nil }
        let root = try reader.value()
        try reader.skip()
        guard reader.current == nil else { throw reader.error("there is more text after the value") }
        return root
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    private var following: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

    private func error(_ reason: String) -> ConfigTextError {
        ConfigTextError(.unreadable, reason, at: offset, of: bytes)
    }

    /// Steps over blanks and comments.
    private mutating func skip() throws(ConfigTextError) {
        comment = nil
        while let byte = current {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            case UInt8(ascii: "/"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(ConfigTextError) {
        switch following {
        case UInt8(ascii: "/"):
            offset = bytes[offset...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
            comment = (offset, true)
        case UInt8(ascii: "*"):
            let start = offset
            offset += 2
            while current != UInt8(ascii: "*") || following != UInt8(ascii: "/") {
                guard current != nil else {
                    offset = start
                    throw error("a comment without end")
                }
                offset += 1
            }
            offset += 2
            comment = (offset, false)
        default: throw error("unexpected character")
        }
    }

    private mutating func value() throws(ConfigTextError) -> JSONTextNode {
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case nil: throw error("the text ends in the middle")
        default:
            let start = offset
            let value = try scalar()
            return JSONTextNode(range: start..<offset, content: .scalar(value), innerEnd: offset)
        }
    }

    private mutating func enter() throws(ConfigTextError) {
        guard depth < Self.depthLimit else { throw error("nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        offset += 1
    }

    private mutating func array() throws(ConfigTextError) -> JSONTextNode {
        let start = offset
        try enter()
        var elements: [JSONTextNode] = []
        try skip()
        while current != UInt8(ascii: "]") {
            elements.append(try value())
            try skip()
            guard try comma(before: UInt8(ascii: "]")) != nil else { break }
        }
        offset += 1
        depth -= 1
        return JSONTextNode(range: start..<offset, content: .array(elements), innerEnd: offset - 1)
    }

    /// Steps over a comma and what follows it; nil where the list ends instead.
    private mutating func comma(before close: UInt8) throws(ConfigTextError) -> Int? {
        if current == close { return nil }
        guard current == UInt8(ascii: ",") else {
            throw error(
                current == nil ? "the text ends in the middle" : "expected a comma or the end of the list")
        }
        let place = offset
        offset += 1
        try skip()
        return place
    }

    private mutating func object() throws(ConfigTextError) -> JSONTextNode {
        let start = offset
        try enter()
        var members: [JSONTextNode.Member] = []
        var tail = offset
        try skip()
        while current != UInt8(ascii: "}") {
            members.append(try member(after: comment ?? (tail, false)))
            tail = offset
            try skip()
            let before = comment?.end
            guard let place = try comma(before: UInt8(ascii: "}")) else {
                tail = before ?? tail
                break
            }
            members[members.count - 1].comma = place
            tail = place + 1
        }
        let inner = max(tail, comment?.end ?? tail)
        offset += 1
        depth -= 1
        return JSONTextNode(range: start..<offset, content: .object(members), innerEnd: inner)
    }

    private mutating func member(
        after gap: (end: Int, isLine: Bool)
    ) throws(ConfigTextError) -> JSONTextNode.Member {
        guard current == UInt8(ascii: "\"") else {
            throw error(current == nil ? "the text ends in the middle" : "expected a name in double quotes")
        }
        let start = offset
        let name = try scalar().string ?? ""
        let end = offset
        try skip()
        guard current == UInt8(ascii: ":") else { throw error("expected a colon") }
        offset += 1
        try skip()
        return JSONTextNode.Member(
            name: name, start: start, nameEnd: end, gapStart: gap.end, followsLineComment: gap.isLine,
            value: try value())
    }

    /// A text, a number or a word.
    private mutating func scalar() throws(ConfigTextError) -> JSONValue {
        let start = offset
        if current == UInt8(ascii: "\"") {
            offset += 1
            while let byte = current, byte != UInt8(ascii: "\""), byte != 0x0A {
                offset += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            offset = min(offset + 1, bytes.count)
        } else {
            offset = bytes[offset...].firstIndex { Self.ends($0) } ?? bytes.count
        }
        do {
            // Programs write halves of surrogate pairs that they were given; that is no reason to lock them out.
            return try JSONParser.parse(Array(bytes[start..<offset]), repairsText: true, keepsNumbers: true)
        } catch {
            offset = start
            throw self.error(error.reason == "unexpected end of text" ? "expected a value" : error.reason)
        }
    }

    private static func ends(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: true
        default: ",:]}[{/\"".utf8.contains(byte)
        }
    }
}
