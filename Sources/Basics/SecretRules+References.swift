/// Values that say where the secret is to be had, and not the secret: variables, and what templates fill in.
extension SecretRules {
    /// Whether a value is references alone, with marks between them and perhaps the word for a scheme before them:
    /// `${NAME}`, `$1`, `Bearer {token}`, `{{ name | filter }}`.
    ///
    /// A text that counts where a variable is missing is a value.
    static func isReference(_ value: ArraySlice<UInt8>, depth: Int = 0) -> Bool {
        guard depth < 4 else { return false }
        var rest = value
        for scheme in ["Bearer ", "bearer ", "Basic ", "Token ", "token "]
        where rest.starts(with: scheme.utf8) {
            rest = rest.dropFirst(scheme.utf8.count)
            break
        }
        var count = 0
        while let first = rest.first {
            if let end = referenceEnd(rest, depth) {
                rest = rest[end...]
                count += 1
            } else {
                // What stands between them; a password has other marks.
                guard ByteSet.referenceGap.contains(first) else { return false }
                rest = rest.dropFirst()
            }
        }
        return count > 0
    }

    /// Where the reference ends that a text begins with; nil where it begins with none.
    private static func referenceEnd(_ text: ArraySlice<UInt8>, _ depth: Int) -> Int? {
        let second = text.dropFirst().first
        switch text.first {
        case UInt8(ascii: "$"):
            if text.starts(with: "${{".utf8) { return templateEnd(text, opening: 3, "}}") }
            if second == UInt8(ascii: "{") { return bracedEnd(text, depth) }
            if second == UInt8(ascii: "(") { return nameEnd(text, opening: 2, UInt8(ascii: ")")) }
            return variableEnd(text)
        case UInt8(ascii: "{"):
            if second == UInt8(ascii: "{") { return templateEnd(text, opening: 2, "}}") }
            if second == UInt8(ascii: "$") { return nameEnd(text, opening: 2, UInt8(ascii: "}")) }
            return nameEnd(text, opening: 1, UInt8(ascii: "}"))
        case UInt8(ascii: "#"):
            return second == UInt8(ascii: "{") ? nameEnd(text, opening: 2, UInt8(ascii: "}")) : nil
        case UInt8(ascii: "\\"):
            return second == UInt8(ascii: "(") ? nameEnd(text, opening: 2, UInt8(ascii: ")")) : nil
        case UInt8(ascii: "%"):
            if second == UInt8(ascii: "(") || second == UInt8(ascii: "{") {
                let close = UInt8(ascii: second == UInt8(ascii: "(") ? ")" : "}")
                return nameEnd(text, opening: 2, close).map { end in
                    end < text.endIndex && text[end] | 0x20 == UInt8(ascii: "s") ? end + 1 : end
                }
            }
            // The place of a value in a format, or a variable between two marks.
            if let second, "swvqrdp@".utf8.contains(second),
                text.dropFirst(2).first.map(ByteSet.letters.contains) != true
            {
                return text.startIndex + 2
            }
            // A word between two marks is a variable where it is written as one.
            let name = text.dropFirst().prefix { $0 != UInt8(ascii: "%") }
            let isNamed = name.contains(UInt8(ascii: "_")) || strength(ofName: name) != nil
            return isNamed ? nameEnd(text, opening: 1, UInt8(ascii: "%")) : nil
        default: return nil
        }
    }

    /// The end of `$NAME`, `$1`, `$@`, and of `$name` where the name tells or is known to be one.
    private static func variableEnd(_ text: ArraySlice<UInt8>) -> Int? {
        // The mark that another one keeps from being read, before a name that tells.
        let isDoubled = text.dropFirst().first == UInt8(ascii: "$")
        let start = text.dropFirst(isDoubled ? 2 : 1)
        let name = start.prefix { ByteSet.names.contains($0) }
        if text[name.endIndex...].starts(with: "::".utf8) {
            let member = text[name.endIndex...].dropFirst(2).prefix { ByteSet.names.contains($0) }
            if isWord(name), isWord(member) { return member.endIndex }
        }
        guard let first = name.first else {
            let isLast = start.count == 1 && !isDoubled
            return isLast && start.first.map { "@#*?!$".utf8.contains($0) } == true ? text.endIndex : nil
        }
        // What goes on with a mark of its own is the hash of a password.
        guard name.endIndex == text.endIndex || text[name.endIndex] != UInt8(ascii: "$") else { return nil }
        if name.allSatisfy(ByteSet.digits.contains) { return name.count <= 2 ? name.endIndex : nil }
        guard !ByteSet.digits.contains(first) else { return nil }
        let isPath = name.endIndex < text.endIndex && text[name.endIndex] == UInt8(ascii: "/")
        guard isVariable(name, isPath: isPath), !isDoubled || strength(ofName: name) != nil else {
            return nil
        }
        guard isPath else { return name.endIndex }
        // What follows is the rest of a path.
        let rest = text[name.endIndex...].prefix { ByteSet.path.contains($0) }
        return isPlainPath(rest) ? rest.endIndex : nil
    }

    /// Whether a name is one of a variable as people call them: in capitals or in small letters, with hardly a digit; one in
    /// small letters that tells, begins a path, or that a server has.
    private static func isVariable(_ name: ArraySlice<UInt8>, isPath: Bool) -> Bool {
        let isKnown = ["http_", "cookie_", "arg_", "remote_", "upstream_", "ssl_"].contains {
            name.starts(with: $0.utf8)
        }
        let isSmall = !name.contains { $0 >= 0x41 && $0 <= 0x5A }
        let isCapital = !name.contains { $0 >= 0x61 && $0 <= 0x7A }
        let digits = name.filter(ByteSet.digits.contains).count
        guard isKnown || digits <= (name.contains(UInt8(ascii: "_")) ? 2 : 1) else { return false }
        return isKnown || isCapital || isSmall && (isPath || digits == 0 && strength(ofName: name) != nil)
    }

    /// Whether the parts of a path are words in small letters or capitals, with hardly a digit.
    static func isPlainPath(_ path: ArraySlice<UInt8>) -> Bool {
        path.split(separator: UInt8(ascii: "/")).allSatisfy { part in
            part.count <= 24 && part.filter(ByteSet.digits.contains).count <= 2
                && !(part.contains { $0 >= 0x41 && $0 <= 0x5A } && part.contains { $0 >= 0x61 && $0 <= 0x7A })
        }
    }

    /// The end of a name between `opening` bytes and a closing one: words, with dots and brackets between them.
    private static func nameEnd(_ text: ArraySlice<UInt8>, opening: Int, _ close: UInt8) -> Int? {
        let name = text.dropFirst(opening).prefix { ByteSet.dotted.contains($0) || "/[]@".utf8.contains($0) }
        guard name.endIndex < text.endIndex, text[name.endIndex] == close, !name.isEmpty else { return nil }
        let words = name.split { "./[]@".utf8.contains($0) }
        let areWords = words.allSatisfy { word in
            let rest = word.filter { !ByteSet.digits.contains($0) }
            return rest.isEmpty
                ? word.count <= 2 && words.count > 1
                : word.count - rest.count <= opening - 1 && isWord(rest[...])
        }
        return areWords ? name.endIndex + 1 : nil
    }

    /// The end of `${…}`, unless it says what counts where the variable is missing.
    private static func bracedEnd(_ text: ArraySlice<UInt8>, _ depth: Int) -> Int? {
        var (open, end) = (0, text.startIndex)
        while end < text.endIndex {
            if text[end] == UInt8(ascii: "{") { open += 1 }
            if text[end] == UInt8(ascii: "}") {
                open -= 1
                if open == 0 { break }
            }
            end += 1
        }
        guard end < text.endIndex else { return nil }
        let inner = text[(text.startIndex + 2)..<end]
        guard !hasLiteral(inner) else { return nil }
        let name = inner.prefix { ByteSet.dotted.contains($0) && $0 != UInt8(ascii: "-") }
        var rest = inner.dropFirst(name.count)
        let hasColon = rest.first == UInt8(ascii: ":")
        if hasColon { rest = rest.dropFirst() }
        guard let sign = rest.first else { return end + 1 }
        // What is put where something else stood.
        if sign == UInt8(ascii: "/") {
            let other = rest.split(separator: sign, omittingEmptySubsequences: false).last ?? []
            return rest.count > 2 && other.count > 3 ? nil : end + 1
        }
        if "-=+".utf8.contains(sign) {
            let other = rest.dropFirst()
            return other.isEmpty || isPlain(other) || isReference(other, depth: depth + 1) ? end + 1 : nil
        }
        // A name behind the place where it is looked up, and nothing that a variable defaults to.
        if hasColon, sign != UInt8(ascii: "?") {
            let isStore = stores.contains(String(decoding: name, as: UTF8.self))
            let other =
                isStore ? rest.firstIndex(of: UInt8(ascii: ":")).map { rest[($0 + 1)...] } ?? [] : rest
            return isPlain(other) ? end + 1 : nil
        }
        return end + 1
    }

    /// Where `${env:NAME}` and the like look.
    private static let stores: Set<String> = [
        "env", "ENV", "file", "sys", "secret", "vault", "ssm", "input", "config",
    ]

    private static func templateEnd(_ text: ArraySlice<UInt8>, opening: Int, _ close: String) -> Int? {
        let wanted = Array(close.utf8)
        guard
            let end = ByteSearch.first(
                wanted, in: Array(text), from: opening
            ).map({ $0 + text.startIndex })
        else { return nil }
        return hasLiteral(text[(text.startIndex + opening)..<end]) ? nil : end + wanted.count
    }

    /// Whether what a template says holds a text that is a value: one that it begins with, that counts where another is
    /// missing, or that looks made up.
    private static func hasLiteral(_ inner: ArraySlice<UInt8>) -> Bool {
        var offset = inner.startIndex
        let call = inner.drop { " -(".utf8.contains($0) }.prefix(while: ByteSet.letters.contains)
        let isChoice = ["or", "default", "coalesce", "ternary", "and"].contains {
            call.elementsEqual($0.utf8)
        }
        while let open = inner[offset...].firstIndex(where: ByteSet.quotes.contains) {
            let end = inner[(open + 1)...].firstIndex(of: inner[open]) ?? inner.endIndex
            let text = inner[(open + 1)..<end]
            let before = inner[..<open].filter { $0 != 0x20 }
            let isValue =
                isChoice || before.isEmpty
                || ["default(", "default", "|d(", "||", "??", "or", "else"].contains {
                    before.suffix($0.utf8.count).elementsEqual($0.utf8)
                }
            if isValue, !isPlain(text) { return true }
            if looksInvented(text), !isWord(text) { return true }
            guard end < inner.endIndex else { break }
            offset = end + 1
        }
        return false
    }
}
