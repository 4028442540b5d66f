/// Writes a JSON tree as UTF-8 with sorted keys: equal values give equal bytes.
package struct JSONWriter {
    private var bytes: [UInt8] = []
    private let isPretty: Bool

    /// The bytes of `value`; `isPretty` puts each member on a line of its own, indented by two spaces.
    package static func bytes(_ value: JSONValue, isPretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(isPretty: isPretty)
        writer.bytes.reserveCapacity(256)
        writer.write(value, indent: 0)
        return writer.bytes
    }

    /// Whether the bytes of `value` are at most `limit`; written out only where that cannot be told otherwise.
    package static func fits(_ value: JSONValue, in limit: Int) -> Bool {
        var room = limit
        return take(value, &room) || bytes(value).count <= limit
    }

    /// Takes off `room` the most that `value` may become; false when that is more.
    private static func take(_ value: JSONValue, _ room: inout Int) -> Bool {
        switch value {
        case .null, .bool, .int, .double: room -= 26
        case .string(let text): room -= mostBytes(of: text)
        case .array(let elements):
            room -= 2 + elements.count
            for element in elements { guard take(element, &room) else { return false } }
        case .object(let members):
            room -= 2 + 2 * members.count
            for (key, member) in members {
                room -= mostBytes(of: key)
                guard take(member, &room) else { return false }
            }
        }
        return room >= 0
    }

    /// A control character becomes six bytes.
    private static func mostBytes(of text: String) -> Int { 2 + 6 * text.utf8.count }

    /// The same as text.
    package static func text(_ value: JSONValue, isPretty: Bool = false) -> String {
        String(decoding: bytes(value, isPretty: isPretty), as: UTF8.self)
    }

    private init(isPretty: Bool) { self.isPretty = isPretty }

    private mutating func write(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): append(String(number))
        case .double(let number): append(number.isFinite ? String(number) : "null")
        case .string(let text): write(text)
        case .array(let elements): write(elements, indent: indent)
        case .object(let members): write(members, indent: indent)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func newLine(_ indent: Int) {
        guard isPretty else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: indent * 2))
    }

    private mutating func write(_ elements: [JSONValue], indent: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(indent + 1)
            write(element, indent: indent + 1)
        }
        if !elements.isEmpty { newLine(indent) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ members: [String: JSONValue], indent: Int) {
        bytes.append(UInt8(ascii: "{"))
        let sorted = members.sorted { $0.key < $1.key }
        for (index, member) in sorted.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newLine(indent + 1)
            write(member.key)
            bytes.append(UInt8(ascii: ":"))
            if isPretty { bytes.append(0x20) }
            write(member.value, indent: indent + 1)
        }
        if !members.isEmpty { newLine(indent) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { unsafe appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Copies runs of plain bytes at once.
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = unsafe text[index]
            guard byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            else {
                continue
            }
            unsafe bytes.append(contentsOf: text[start..<index])
            start = index + 1
            escape(byte)
        }
        unsafe bytes.append(contentsOf: text[start...])
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default: append("\\u00" + Hex.string([byte]))
        }
    }
}
