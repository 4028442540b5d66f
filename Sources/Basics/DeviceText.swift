/// Bytes that a device calls text, as a string that loses nothing.
///
/// Valid UTF-8 stays as it is; a byte that is no UTF-8 becomes `\xNN` and a backslash becomes `\\` only where the
/// text holds such a byte, so that ordinary text is never changed.
package enum DeviceText {
    /// The readable and reversible form of `bytes`.
    package static func string(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var result = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let width = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            if let text = String(validating: rest.prefix(width), as: UTF8.self), !text.isEmpty {
                result += text == "\\" ? "\\\\" : text
                rest = rest.dropFirst(width)
            } else {
                result += "\\x" + Hex.string([first])
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// The bytes that `text` is the readable form of: the reverse of `string`.
    ///
    /// `\xNN` stands for a byte only where the result is no UTF-8; all other text stands for itself.
    package static func bytes(_ text: String) -> [UInt8] {
        let plain = Array(text.utf8)
        var bytes: [UInt8] = []
        var rest = plain[...]
        while let first = rest.first {
            if let byte = escaped(rest) {
                bytes.append(byte)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                let isDoubled = first == UInt8(ascii: "\\") && rest.dropFirst().first == first
                rest = rest.dropFirst(isDoubled ? 2 : 1)
            }
        }
        return String(validating: bytes, as: UTF8.self) == nil ? bytes : plain
    }

    /// The byte that `text` begins with as `\xNN`; nil when it does not.
    package static func escaped(_ text: ArraySlice<UInt8>) -> UInt8? {
        guard text.starts(with: "\\x".utf8), text.count >= 4 else { return nil }
        let digits = text.dropFirst(2).prefix(2)
        return Hex.bytes(String(decoding: digits, as: UTF8.self))?.first
    }

    /// The lines of `bytes` without their line feeds; no empty last line.
    package static func lines(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var start = 0
        while let end = ByteSearch.first([0x0A], in: bytes, from: start) {
            lines.append(string(bytes[start..<end]))
            start = end + 1
        }
        if start < bytes.count { lines.append(string(bytes[start...])) }
        return lines
    }
}
