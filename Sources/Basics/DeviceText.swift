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

    /// The lines of `bytes` without their line feeds; no empty last line.
    package static func lines(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { string($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
