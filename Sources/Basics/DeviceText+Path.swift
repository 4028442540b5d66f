extension DeviceText {
    /// The one way in which a path or file name is printed: whatever its bytes, `bytes(ofPath:)` leads back to them.
    ///
    /// Readable text stays as it is. A byte that is no UTF-8 becomes `\xNN`, as does each byte of a character that would
    /// drive a terminal (a line feed is `\x0a`), and a backslash that would be read as the beginning of such an escape.
    package static func path(_ bytes: some Collection<UInt8>) -> String {
        var result = ""
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let width = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            let text = String(validating: rest.prefix(width), as: UTF8.self) ?? ""
            let isActive = text.unicodeScalars.contains { TerminalText.isActive($0.value) }
            if text.isEmpty || isActive || escaped(rest) != nil {
                let written = rest.prefix(text.isEmpty ? 1 : width)
                for byte in written { result += "\\x" + Hex.string([byte]) }
                rest = rest.dropFirst(written.count)
            } else {
                result += text
                rest = rest.dropFirst(width)
            }
        }
        return result
    }

    /// The bytes of the path that `path(_:)` writes as `text`.
    package static func bytes(ofPath text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let byte = escaped(rest)
            bytes.append(byte ?? first)
            rest = rest.dropFirst(byte == nil ? 1 : 4)
        }
        return bytes
    }
}
