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
            } else if ByteSet.letters.contains(first) || "'\"`\\".utf8.contains(first) || first >= 0x80 {
                return false
            } else {
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
            return nameEnd(text, opening: 1, UInt8(ascii: "%"))
        default: return nil
        }
    }

    /// The end of `$NAME`, `$1`, `$@`, and of `$name` where the name tells or is known to be one.
    private static func variableEnd(_ text: ArraySlice<UInt8>) -> Int? {
        let name = text.dropFirst().prefix { ByteSet.letters.contains($0) || $0 == UInt8(ascii: "_") }
        if text[name.endIndex...].starts(with: "::".utf8) {
            let member = text[name.endIndex...].dropFirst(2).prefix { ByteSet.names.contains($0) }
            if isWord(name), isWord(member) { return member.endIndex }
        }
        guard !name.isEmpty else {
            return text.dropFirst().first.map { "@#*?!".utf8.contains($0) } == true
                ? text.startIndex + 2 : nil
        }
        // What goes on with a mark of its own is the hash of a password.
        guard name.endIndex == text.endIndex || text[name.endIndex] != UInt8(ascii: "$") else { return nil }
        if name.allSatisfy(ByteSet.digits.contains) { return name.count <= 2 ? name.endIndex : nil }
        guard !ByteSet.digits.contains(name[name.startIndex]) else { return nil }
        let isCapital = !name.contains { $0 >= 0x61 && $0 <= 0x7A }
        let isPath = name.endIndex < text.endIndex && text[name.endIndex] == UInt8(ascii: "/")
        let isKnown = ["http_", "cookie_", "arg_", "remote_", "upstream_", "ssl_"].contains {
            name.starts(with: $0.utf8)
        }
        let isNamed = name.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 == UInt8(ascii: "_") }
        guard isCapital || isPath || isKnown || isNamed && strength(ofName: name) != nil else { return nil }
        // What follows is the rest of a path, or the part of an object.
        return name.endIndex
            + (isPath ? text[name.endIndex...].prefix { ByteSet.path.contains($0) }.count : 0)
    }

    /// The end of a name between `opening` bytes and a closing one.
    private static func nameEnd(_ text: ArraySlice<UInt8>, opening: Int, _ close: UInt8) -> Int? {
        let name = text.dropFirst(opening).prefix { ByteSet.dotted.contains($0) || "/[]".utf8.contains($0) }
        guard name.endIndex < text.endIndex, text[name.endIndex] == close, !name.isEmpty else { return nil }
        let isSpecial = opening > 1 || name.contains { ".[".utf8.contains($0) }
        return isSpecial || isWord(name) ? name.endIndex + 1 : nil
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
        while let open = inner[offset...].firstIndex(where: ByteSet.quotes.contains) {
            let end = inner[(open + 1)...].firstIndex(of: inner[open]) ?? inner.endIndex
            let text = inner[(open + 1)..<end]
            let before = inner[..<open].filter { $0 != 0x20 }
            let isValue =
                before.isEmpty || before.suffix(8).elementsEqual("default(".utf8)
                || before.suffix(2).elementsEqual("||".utf8)
                || before.suffix(2).elementsEqual("??".utf8) || before.suffix(2).elementsEqual("or".utf8)
            if isValue, !isPlain(text) { return true }
            if looksInvented(text), !isWord(text) { return true }
            guard end < inner.endIndex else { break }
            offset = end + 1
        }
        return false
    }
}
