/// Text that came from a device or another program, made harmless for a terminal.
///
/// What could move the cursor, change colours, set titles, hide or reorder text is written out as an escape that
/// Swift, C and JSON readers know: `\n`, `\t`, `\r`, `\e` and `\u{202E}`. Everything else stays, so that ordinary
/// text in any script is never changed; a backslash stays too, hence the form is for eyes, not for reading back.
package enum TerminalText {
    /// `text` on one line, without any character that drives a terminal.
    package static func escape(_ text: String) -> String { escape(text, keepingLines: false) }

    /// The same, with line feeds kept for text of several lines such as a file or a diff.
    ///
    /// Tabulators stay as well; the other controls, carriage returns included, are written out.
    package static func escapeLines(_ text: String) -> String { escape(text, keepingLines: true) }

    /// JSON text with the same characters written as JSON escapes, `\u202E`: the tree it describes stays the same.
    ///
    /// Line feeds stay, as they may part two lines of JSON and stand for nothing inside a string.
    package static func escapeJSON(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: { isActive($0.value) && $0 != "\n" }) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if isActive(scalar.value), scalar != "\n" {
                for unit in String(scalar).utf16 {
                    result += "\\u" + Hex.string([UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)])
                }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A tree with the same characters written out in all its texts and names, except tabulators and ends of lines, also
    /// those with a carriage return: for readers that are no terminal and must not be misled either.
    package static func escapeTree(_ tree: JSONValue) -> JSONValue {
        // Most trees stay as they are, and are not made anew.
        mayBeActive(tree) ? escaped(tree) : tree
    }

    private static func escaped(_ tree: JSONValue) -> JSONValue {
        switch tree {
        case .null, .bool, .int, .double: tree
        case .string(let text): .string(escapeText(text))
        case .array(let elements): .array(elements.map(escaped))
        case .object(let members):
            .object(Dictionary(members.map { (escapeText($0.key), escaped($0.value)) }) { first, _ in first })
        }
    }

    private static func mayBeActive(_ tree: JSONValue) -> Bool {
        switch tree {
        case .null, .bool, .int, .double: false
        case .string(let text): mayBeActive(text)
        case .array(let elements): elements.contains(where: mayBeActive)
        case .object(let members): members.contains { mayBeActive($0.key) || mayBeActive($0.value) }
        }
    }

    /// A text as `escapeTree` has it.
    package static func escapeText(_ text: String) -> String {
        guard mayBeActive(text) else { return text }
        let lines = text.split(separator: "\r\n" as Character, omittingEmptySubsequences: false)
        return lines.map { escape(String($0), keepingLines: true) }.joined(separator: "\r\n")
    }

    /// Whether a byte is there that such a character begins with; quick, as most texts have none.
    private static func mayBeActive(_ text: String) -> Bool {
        text.utf8.contains { byte in
            switch byte {
            case 0x09, 0x0A: false
            case 0...0x1F, 0x7F, 0xC2, 0xD8, 0xE1, 0xE2, 0xEF, 0xF3: true
            default: false
            }
        }
    }

    private static func escape(_ text: String, keepingLines: Bool) -> String {
        let isKept: (UInt32) -> Bool = { keepingLines && ($0 == 0x0A || $0 == 0x09) }
        guard text.unicodeScalars.contains(where: { isActive($0.value) && !isKept($0.value) }) else {
            return text
        }
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            if isActive(scalar.value), !isKept(scalar.value) {
                result += written(scalar.value)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func written(_ code: UInt32) -> String {
        switch code {
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x1B: "\\e"
        default: "\\u{" + String(code, radix: 16, uppercase: true) + "}"
        }
    }

    /// Whether a terminal or the bidirectional algorithm acts on the character instead of showing it.
    ///
    /// - SeeAlso: ECMA-48 (C0, C1); UAX #9 (U+061C, U+200E…F, U+202A…E, U+2066…9); UTR #36 on characters without width
    static func isActive(_ code: UInt32) -> Bool {
        switch code {
        case 0...0x1F, 0x7F...0x9F: true
        case 0x20...0x7E: false
        case 0xAD, 0x061C, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true
        case 0xFFF9...0xFFFB, 0xE0001, 0xE0020...0xE007F: true
        default: false
        }
    }
}
