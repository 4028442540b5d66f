/// Taking a line of a tool's output apart byte by byte.
///
/// `Character` would join a separator with a combining mark that follows it in a hostile name; these never
/// do.
extension String {
    /// The parts between separators, empty ones too; the last of at most `limit` parts keeps its separators.
    func columns(_ separator: Unicode.Scalar, limit: Int = .max) -> [String] {
        let separator = UInt8(ascii: separator)
        var parts: [String] = []
        var start = utf8.startIndex
        while parts.count < limit - 1, let end = utf8[start...].firstIndex(of: separator) {
            parts.append(String(self[start..<end]))
            start = utf8.index(after: end)
        }
        parts.append(String(self[start...]))
        return parts
    }

    /// The parts between runs of spaces and tabs; the last of at most `limit` words keeps its spaces.
    func words(limit: Int = .max) -> [String] {
        var words: [String] = []
        var rest = utf8[...].drop(while: Self.isBlank)
        while !rest.isEmpty {
            if words.count == limit - 1 {
                words.append(String(Substring(rest)).trimmed)
                break
            }
            let end = rest.firstIndex(where: Self.isBlank) ?? rest.endIndex
            words.append(String(Substring(rest[..<end])))
            rest = rest[end...].drop(while: Self.isBlank)
        }
        return words
    }

    /// The text without spaces, tabs and carriage returns at both ends.
    var trimmed: String {
        guard let first = utf8.first, let last = utf8.last, Self.isBlank(first) || Self.isBlank(last) else {
            return self
        }
        var part = utf8[...].drop(while: Self.isBlank)
        while let last = part.last, Self.isBlank(last) { part.removeLast() }
        return String(Substring(part))
    }

    /// The parts before and after the first `separator`; nil when there is none.
    func divided(at separator: Unicode.Scalar) -> (before: String, after: String)? {
        guard let index = utf8.firstIndex(of: UInt8(ascii: separator)) else { return nil }
        return (String(self[..<index]), String(self[utf8.index(after: index)...]))
    }

    /// The text without one pair of quotes around it.
    var unquoted: String {
        guard utf8.count >= 2, let first = utf8.first, first == utf8.last else { return self }
        guard first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else { return self }
        return String(self[utf8.index(after: utf8.startIndex)..<utf8.index(before: utf8.endIndex)])
    }

    /// The text after `prefix`; nil when it does not begin with it.
    func after(_ prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(self[utf8.index(utf8.startIndex, offsetBy: prefix.utf8.count)...])
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
}
