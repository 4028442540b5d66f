/// Matching of names against the patterns of OpenSSH's files.
///
/// - SeeAlso: `ssh_config(5)`, PATTERNS
enum SSHConfigPattern {
    /// Whether one of `patterns` matches `name` and no negated one does; letter case does not count.
    static func list(_ patterns: [String], matches name: String) -> Bool {
        var isMatch = false
        for pattern in patterns {
            if pattern.hasPrefix("!") {
                if one(String(pattern.dropFirst()), matches: name) { return false }
            } else if one(pattern, matches: name) {
                isMatch = true
            }
        }
        return isMatch
    }

    /// Whether `pattern`, in which `*` stands for any text and `?` for any character, matches all of `name`.
    ///
    /// Takes time in proportion to the product of both lengths at most.
    static func one(_ pattern: String, matches name: String) -> Bool {
        let pattern = Array(pattern.lowercased().utf8)
        let name = Array(name.lowercased().utf8)
        var (at, position) = (0, 0)
        var star: (at: Int, position: Int)?
        while position < name.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == UInt8(ascii: "?") || pattern[at] == name[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.at, last.position + 1)
                (at, position) = (last.at + 1, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
