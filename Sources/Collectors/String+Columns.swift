/// Taking a line of a tool's output apart byte by byte.
///
/// `Character` would join a separator with a combining mark that follows it in a hostile name; these never do.
extension String {
    /// The parts between separators, empty ones too; the last of at most `limit` parts keeps its separators.
    func columns(_ separator: Unicode.Scalar, limit: Int = .max) -> [String] {
        unicodeScalars.split(separator: separator, maxSplits: limit - 1, omittingEmptySubsequences: false)
            .map { String($0) }
    }

    /// The parts between runs of spaces and tabs; the last of at most `limit` words keeps its spaces.
    func words(limit: Int = .max) -> [String] {
        var words: [String] = []
        var rest = unicodeScalars[...].drop(while: Self.isBlank)
        while !rest.isEmpty, words.count < limit - 1 {
            let word = rest.prefix { !Self.isBlank($0) }
            words.append(String(word))
            rest = rest[word.endIndex...].drop(while: Self.isBlank)
        }
        if !rest.isEmpty { words.append(String(rest).trimmed) }
        return words
    }

    /// The text without spaces, tabs and carriage returns at both ends.
    var trimmed: String {
        var part = unicodeScalars[...].drop(while: Self.isBlank)
        while let last = part.last, Self.isBlank(last) { part.removeLast() }
        return String(part)
    }

    /// The parts before and after the first `separator`; nil when there is none.
    func divided(at separator: Unicode.Scalar) -> (before: String, after: String)? {
        let parts = columns(separator, limit: 2)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// The text without one pair of quotes around it.
    var unquoted: String {
        for quote in ["\"", "'"] where utf8.count >= 2 && hasPrefix(quote) && hasSuffix(quote) {
            return String(dropFirst().dropLast())
        }
        return self
    }

    /// The text after `prefix`; nil when it does not begin with it.
    func after(_ prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(unicodeScalars.dropFirst(prefix.unicodeScalars.count)) : nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\r"
    }
}
