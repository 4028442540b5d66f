/// Why a text is not JSON, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// Offset of the offending byte from the start of the text, in bytes.
    package let offset: Int
    /// What was wrong there, as a sentence without a full stop.
    package let reason: String

    /// Whether a name is there twice in one object.
    package var isRepetition: Bool { reason == Self.repetition }

    fileprivate static let repetition = "member name given twice"

    package var description: String { "\(reason) at byte \(offset)" }
}

/// A strict reader of RFC 8259 JSON that is safe on hostile input.
///
/// Refuses duplicate keys, nesting deeper than the limit, lone surrogates, invalid UTF-8 and text after the value.
/// - SeeAlso: RFC 8259
package struct JSONParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0
    private let depthLimit: Int
    private let repairsText: Bool
    private let keepsNumbers: Bool

    /// - Parameters:
    ///   - depthLimit: how many arrays and objects may lie inside one another.
    ///   - repairsText: puts U+FFFD where a string is no valid UTF-8 instead of refusing it; for output of devices.
    ///   - keepsNumbers: takes a number that no `Double` holds, such as `1e400`, as its text instead of refusing it.
    package static func parse(
        _ bytes: [UInt8], depthLimit: Int = 128, repairsText: Bool = false, keepsNumbers: Bool = false
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(
            bytes: bytes, depthLimit: depthLimit, repairsText: repairsText, keepsNumbers: keepsNumbers)
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw parser.error("unexpected text after the value") }
        return value
    }

    /// Parses the UTF-8 of `text`.
    package static func parse(_ text: String) throws(JSONError) -> JSONValue { try parse(Array(text.utf8)) }

    private init(bytes: [UInt8], depthLimit: Int, repairsText: Bool, keepsNumbers: Bool) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.repairsText = repairsText
        self.keepsNumbers = keepsNumbers
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func error(_ reason: String) -> JSONError { JSONError(offset: offset, reason: reason) }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        switch current {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), .some(0x30...0x39): return try number()
        case nil: throw error("unexpected end of text")
        default: throw error("unexpected character")
        }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[offset...].starts(with: word.utf8) else { throw error("unexpected word") }
        offset += word.utf8.count
        return value
    }

    private mutating func enter() throws(JSONError) {
        guard depth < depthLimit else { throw error("nested deeper than \(depthLimit) levels") }
        depth += 1
        offset += 1
        skipSpace()
    }

    /// After an element: true when a comma announces another one, false when `close` ended the list.
    private mutating func more(until close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard let next = current else { throw error("unexpected end of text") }
        offset += 1
        if next == close {
            depth -= 1
            return false
        }
        guard next == UInt8(ascii: ",") else {
            offset -= 1
            throw error("expected a comma or the end of the list")
        }
        skipSpace()
        return true
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if current == UInt8(ascii: "]") {
            offset += 1
            depth -= 1
            return .array([])
        }
        repeat { elements.append(try value()) } while try more(until: UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        // Most objects have a few members: growing from one to two to four would hash them again each time.
        var members = [String: JSONValue](minimumCapacity: 6)
        if current == UInt8(ascii: "}") {
            offset += 1
            depth -= 1
            return .object([:])
        }
        repeat {
            guard current == UInt8(ascii: "\"") else { throw error("expected a member name") }
            let key = try string()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw error("expected a colon") }
            offset += 1
            skipSpace()
            let member = try value()
            guard members.updateValue(member, forKey: key) == nil else {
                throw error(JSONError.repetition)
            }
        } while try more(until: UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = current, byte >= 0x30, byte <= 0x39 { offset += 1 }
        return offset - start
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        var isWhole = true
        if current == UInt8(ascii: "-") { offset += 1 }
        let leadsWithZero = current == UInt8(ascii: "0")
        let digits = skipDigits()
        guard digits > 0 else { throw error("expected a digit") }
        guard digits == 1 || !leadsWithZero else { throw error("a number may not begin with 0") }
        if current == UInt8(ascii: ".") {
            isWhole = false
            offset += 1
            guard skipDigits() > 0 else { throw error("expected a digit") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            guard skipDigits() > 0 else { throw error("expected a digit") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .int(whole) }
        guard let real = Double(text), real.isFinite else {
            guard keepsNumbers else { throw error("a number out of range") }
            return .string(text)
        }
        return .double(real)
    }

    /// Where the next quote, backslash or control character stands, or the text ends.
    private var endOfPlainText: Int {
        let span = bytes.span
        var end = offset
        while end < span.count {
            let byte = span[end]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
            end += 1
        }
        return end
    }

    private mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        offset = endOfPlainText
        if current == UInt8(ascii: "\"") {
            let text = try decode(bytes[start..<offset])
            offset += 1
            return text
        }
        var content = Array(bytes[start..<offset])
        while true {
            guard let byte = current else { throw error("a string without end") }
            guard byte >= 0x20 else { throw error("a control character inside a string") }
            offset += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
        }
        return try decode(content[...])
    }

    private func decode(_ content: ArraySlice<UInt8>) throws(JSONError) -> String {
        if repairsText { return String(decoding: content, as: UTF8.self) }
        guard let text = String(validating: content, as: UTF8.self) else {
            throw error("a string that is no UTF-8")
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw error("a string without end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape()
            content.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let isPaired =
            unit < 0xDC00 && bytes.count - offset >= 6 && bytes[offset] == UInt8(ascii: "\\")
            && bytes[offset + 1] == UInt8(ascii: "u")
        guard isPaired else {
            if repairsText { return "\u{FFFD}" }
            throw error("half of a surrogate pair")
        }
        let afterHigh = offset
        offset += 2
        let low = try hexUnit()
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        else {
            guard repairsText else { throw error("half of a surrogate pair") }
            // What follows the half is no part of it.
            offset = afterHigh
            return "\u{FFFD}"
        }
        return scalar
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Hex.digit(byte) else {
                throw error("expected four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
            offset += 1
        }
        return unit
    }
}
