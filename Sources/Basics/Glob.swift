/// Shell patterns over bytes: `*`, `?`, `[…]` and `\`; names need not be UTF-8.
package struct Glob: Sendable, Hashable {
    private let pattern: [UInt8]
    /// Whether `*` and `?` also match `/`, as in tar's exclude patterns.
    private let crossesFolders: Bool

    package init(_ pattern: String, crossesFolders: Bool = true) {
        self.init(bytes: Array(pattern.utf8), crossesFolders: crossesFolders)
    }

    /// A pattern that need not be UTF-8.
    package init(bytes pattern: [UInt8], crossesFolders: Bool = true) {
        self.pattern = pattern
        self.crossesFolders = crossesFolders
    }

    /// Whether the whole of `text` matches; linear in memory, and in time the product of both lengths at worst.
    package func matches(_ text: some Collection<UInt8>) -> Bool {
        let text = Array(text)
        var (position, star, mark) = (0, -1, 0)
        var index = 0
        while index < text.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                (star, mark) = (position, index)
                position += 1
            } else if let next = step(at: position, text[index]) {
                position = next
                index += 1
            } else if star >= 0, crossesFolders || text[mark] != UInt8(ascii: "/") {
                mark += 1
                (position, index) = (star + 1, mark)
            } else {
                return false
            }
        }
        while position < pattern.count, pattern[position] == UInt8(ascii: "*") { position += 1 }
        return position == pattern.count
    }

    /// The position after the pattern's element that matches `byte`; nil when it does not.
    private func step(at position: Int, _ byte: UInt8) -> Int? {
        guard position < pattern.count else { return nil }
        switch pattern[position] {
        case UInt8(ascii: "?"): return crossesFolders || byte != UInt8(ascii: "/") ? position + 1 : nil
        case UInt8(ascii: "["): return bracket(at: position, byte)
        case UInt8(ascii: "\\") where position + 1 < pattern.count:
            return pattern[position + 1] == byte ? position + 2 : nil
        default: return pattern[position] == byte ? position + 1 : nil
        }
    }

    private func bracket(at position: Int, _ byte: UInt8) -> Int? {
        var index = position + 1
        let isNegated =
            index < pattern.count
            && (pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^"))
        if isNegated { index += 1 }
        let first = index
        var isFound = false
        while index < pattern.count, pattern[index] != UInt8(ascii: "]") || index == first {
            if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                if pattern[index] <= byte, byte <= pattern[index + 2] { isFound = true }
                index += 3
            } else {
                if pattern[index] == byte { isFound = true }
                index += 1
            }
        }
        // A bracket without its end is an ordinary character.
        guard index < pattern.count else { return byte == UInt8(ascii: "[") ? position + 1 : nil }
        return isFound != isNegated ? index + 1 : nil
    }
}
