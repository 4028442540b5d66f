/// A line of configuration whose secret stands where the grammar of a program puts it: what the line looks like, and
/// which of its words is the secret.
///
/// A rule is written as its line: words in any case, `a|b` for one of several, `%` for any word or part of one, `#` for
/// a number, `!` for the secret, `?` for a secret that must look like one, `&` for the words behind marks of a Redis
/// account, `!…` at the end for the rest of the line, and `…` there for anything more. Behind the first word a blank is expected, or `=` where the rule writes
/// `name=`, or a blank, `=` or `:` where it writes `name:`.
struct LineRule: Sendable {
    /// A part of a word.
    enum Part: Sendable {
        case text([UInt8])
        case any
        case number
        /// Whether it must look like one, as the line may as well be a sentence.
        case secret(isDoubtful: Bool)
    }

    enum Word: Sendable {
        case oneOf([[UInt8]])
        case parts([Part])
        /// The words from here on that begin with `>`, `<` or `#`.
        case marked
        /// All words from here on.
        case rest
    }

    /// What must follow the first word.
    enum Separator: Sendable { case blank, equals, any }

    let words: [Word]
    let separator: Separator
    /// Whether words may follow.
    let isOpen: Bool
    /// A text without which the rule says nothing.
    let context: [UInt8]?

    init(_ line: String, in context: String? = nil) {
        var parts = line.utf8.split(separator: UInt8(ascii: " ")).map { $0.map(Self.small) }
        isOpen = parts.last == Self.more
        if isOpen { parts.removeLast() }
        let first = parts.first ?? []
        let name = first.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        switch name.last {
        case UInt8(ascii: "=") where name.count > 1: separator = .equals
        case UInt8(ascii: ":") where name.count > 1: separator = .any
        default: separator = .blank
        }
        if separator != .blank { parts[0] = first.dropLast() }
        words = parts.map(Self.word)
        self.context = context.map { Array($0.utf8) }
    }

    private static let more = Array("…".utf8)
    private static let wholeRest = Array("!…".utf8)

    private static func small(_ unit: UInt8) -> UInt8 { unit >= 0x41 && unit <= 0x5A ? unit | 0x20 : unit }

    private static func word(_ text: [UInt8]) -> Word {
        if text == [UInt8(ascii: "&")] { return .marked }
        if text == wholeRest { return .rest }
        var parts: [Part] = []
        var plain: [UInt8] = []
        for unit in text {
            let part: Part? =
                switch unit {
                case UInt8(ascii: "%"): .any
                case UInt8(ascii: "#"): .number
                case UInt8(ascii: "!"): .secret(isDoubtful: false)
                case UInt8(ascii: "?"): .secret(isDoubtful: true)
                default: nil
                }
            guard let part else {
                plain.append(unit)
                continue
            }
            if !plain.isEmpty { parts.append(.text(plain)) }
            plain = []
            parts.append(part)
        }
        guard !parts.isEmpty else { return .oneOf(text.split(separator: UInt8(ascii: "|")).map(Array.init)) }
        if !plain.isEmpty { parts.append(.text(plain)) }
        return .parts(parts)
    }

    /// A name that the first word of a line may be, in small letters, and the rules for such lines.
    struct Named: Sendable {
        let name: [UInt8]
        var rules: [LineRule]
    }

    /// The rules for a first word by its first byte, capitals and small letters alike.
    static let byFirst: [[Named]] = {
        var result = [[Named]](repeating: [], count: 256)
        for rule in known {
            guard case .oneOf(let names)? = rule.words.first else { continue }
            for name in names {
                guard let first = name.first.map(Int.init) else { continue }
                if let place = result[first].firstIndex(where: { $0.name == name }) {
                    result[first][place].rules.append(rule)
                } else {
                    result[first].append(Named(name: name, rules: [rule]))
                }
            }
        }
        for capital in 0x41...0x5A { result[capital] = result[capital | 0x20] }
        return result
    }()

    /// The rules for lines with any first word.
    static let unnamed = known.filter { rule in
        if case .oneOf? = rule.words.first { false } else { true }
    }
}

/// Lines that stand between one line and another and all have a secret at the same place.
struct BlockRule: Sendable {
    /// What ends the block.
    enum End: Sendable {
        /// A line that begins with `}`; the one that began it ends with `{`.
        case brace
        /// A line that begins with this text.
        case text(StaticString)
        /// A line that is not indented further than the one that began it, which has no other word.
        case indent
    }

    /// What the line that begins the block may begin with, in small letters.
    let openings: [[UInt8]]
    let end: End
    let lines: [LineRule]

    init(_ openings: [String], until end: End, _ lines: String...) {
        self.openings = openings.map { Array($0.utf8) }
        self.end = end
        self.lines = lines.map { LineRule($0) }
    }

    /// By the lengths of their openings.
    static let byLength: [Int: [BlockRule]] = known.reduce(into: [:]) { result, rule in
        for length in Set(rule.openings.map(\.count)) { result[length, default: []].append(rule) }
    }
}
