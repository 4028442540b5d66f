import Basics

/// Finds the id of a message that is no valid JSON as a whole, so that its sender learns which request failed.
enum IDScout {
    /// The `id` of the outermost object; nil when it is not plainly there.
    static func id(in bytes: [UInt8]) -> RPCID? {
        var depth = 0
        var offset = 0
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let start = offset
                offset = endOfText(bytes, from: offset + 1)
                if depth == 1, bytes[start..<min(offset + 1, bytes.count)].elementsEqual("\"id\"".utf8),
                    let id = value(bytes, after: offset + 1)
                {
                    return id
                }
            default: break
            }
            offset += 1
        }
        return nil
    }

    /// The offset of the quotation mark that ends a text, or the end of all.
    private static func endOfText(_ bytes: [UInt8], from start: Int) -> Int {
        var offset = start
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            offset += bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(offset, bytes.count)
    }

    /// What may stand behind a number.
    private static let ends = Set(",}] \t\r\n".utf8)

    private static func value(_ bytes: [UInt8], after start: Int) -> RPCID? {
        let rest = bytes[min(start, bytes.count)...].drop { $0 == 0x20 || $0 == 0x09 }
        guard rest.first == UInt8(ascii: ":") else { return nil }
        let text = rest.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
        let end: Int
        if text.first == UInt8(ascii: "\"") {
            end = endOfText(bytes, from: text.startIndex + 1) + 1
        } else {
            end = text.firstIndex { $0 != UInt8(ascii: "-") && !(0x30...0x39).contains($0) } ?? text.endIndex
            // `1e400` is another number than 1, and `7x` is none.
            guard end == text.endIndex || Self.ends.contains(text[end]) else { return nil }
        }
        guard end <= bytes.count, end - text.startIndex <= 256,
            let value = try? JSONParser.parse(Array(bytes[text.startIndex..<end]))
        else { return nil }
        return RPCID(value)
    }
}
