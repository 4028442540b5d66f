import Basics

/// Selects paths by a glob, or by a path exactly as it is printed: those that match and all that lies below them.
struct PathFilter: Sendable {
    private let whole: Glob
    private let below: Glob
    /// The path that the pattern is when no character of it is special.
    private let exact: [UInt8]

    /// - Parameter pattern: a glob in which `\xNN` stands for one byte and a backslash makes the next character plain, or a
    ///   path as `DeviceText.path` writes it.
    init(_ pattern: String) {
        let trimmed = pattern.count > 1 && pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
        let bytes = Self.unescaped(trimmed)
        whole = Glob(bytes: bytes)
        below = Glob(bytes: trimmed == "/" ? Array("/*".utf8) : bytes + Array("/*".utf8))
        exact = DeviceText.bytes(ofPath: trimmed)
    }

    /// Whether it may be meant for absolute paths: each begins with a slash, a pattern with what can stand for one.
    static func mayBeAbsolute(_ pattern: String) -> Bool { pattern.first.map("/*?[\\".contains) ?? false }

    func matches(_ path: [UInt8]) -> Bool {
        guard !exact.isEmpty else { return false }
        return whole.matches(path) || below.matches(path) || path == exact
            || path.starts(with: exact) && path[exact.count] == UInt8(ascii: "/")
    }

    /// The pattern with each `\xNN` as that byte, which is never special.
    private static func unescaped(_ pattern: String) -> [UInt8] {
        let backslash = UInt8(ascii: "\\")
        var bytes: [UInt8] = []
        var rest = Array(pattern.utf8)[...]
        while let first = rest.first {
            if let byte = DeviceText.escaped(rest) {
                bytes += [backslash, byte]
                rest = rest.dropFirst(4)
            } else if first == backslash, rest.count > 1 {
                bytes += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return bytes
    }
}
