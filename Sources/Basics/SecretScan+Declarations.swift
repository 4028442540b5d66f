/// Values that the grammar of a programming language puts further away from their names: behind a type, in a call, in
/// several parts.
extension SecretScan {
    /// The longest type between a name and its value, in bytes.
    private static let typeLimit = 64
    /// The longest value of several parts, in bytes.
    private static let partsLimit = 8192

    private static let declarers: Set<String> = [
        "let", "var", "val", "const", "static", "mut", "final", "public", "private", "internal", "protected",
        "readonly", "lateinit", "export",
    ]

    /// The X of `let password: String = "X"` and `const apiToken string = "X"`.
    func declared(_ name: Range<Int>, _ line: Range<Int>) -> Range<Int>? {
        guard name.upperBound < line.upperBound, ":  \t".utf8.contains(bytes[name.upperBound]) else {
            return nil
        }
        let hasColon = has(":", at: name.upperBound)
        let start = name.upperBound + 1
        let limit = min(line.upperBound, start + Self.typeLimit)
        var sign = start
        while sign < limit, ByteSet.typeName.contains(bytes[sign]) { sign += 1 }
        guard sign < limit, has("=", at: sign), !has("==", at: sign), !has("=>", at: sign) else { return nil }
        let type = bytes[start..<sign].split(separator: 0x20)
        guard !type.isEmpty else { return nil }
        let isText = !hasColon && type.count == 1 && type[0].elementsEqual("string".utf8)
        guard isText || isDeclared(name, line) else { return nil }
        let mark = runEnd(sign + 1, .blank)
        guard mark < line.upperBound, ByteSet.textMarks.contains(bytes[mark]) else { return nil }
        return mark + 1..<parts(from: mark)
    }

    /// Whether a word that declares stands before a name.
    private func isDeclared(_ name: Range<Int>, _ line: Range<Int>) -> Bool {
        let before = bytes[max(line.lowerBound, name.lowerBound - 16)..<name.lowerBound]
        let word = before.reversed().drop { ByteSet.blank.contains($0) }.prefix {
            ByteSet.letters.contains($0)
        }
        return Self.declarers.contains(String(decoding: word.reversed(), as: UTF8.self))
    }

    /// Where a text ends that begins at `start` and may go on: behind a doubled mark, or behind `+`, `.` or a backslash
    /// with another text in quotation marks, on this line or the next.
    func parts(from start: Int) -> Int {
        var end = closing(from: start)
        while end - start < Self.partsLimit, let next = nextPart(behind: end, bytes[start]) {
            end = closing(from: next)
        }
        return max(end, start + 1)
    }

    private func nextPart(behind end: Int, _ mark: UInt8) -> Int? {
        guard end + 1 < bytes.count, bytes[end] == mark else { return nil }
        if bytes[end + 1] == mark, mark == UInt8(ascii: "'") { return end + 1 }
        let sign = runEnd(end + 1, .blank)
        guard
            has("+", at: sign) || has(". ", at: sign) || has(".\n", at: sign)
                || has("\\\n", at: sign) || isSignBelow(sign)
        else {
            return nil
        }
        let next = runEnd(runEnd(sign, .space), .partGap)
        guard next < bytes.count, ByteSet.quotes.contains(bytes[next]) else { return nil }
        return next
    }

    /// Whether the next line begins with a `+` that joins texts.
    private func isSignBelow(_ offset: Int) -> Bool {
        guard has("\n", at: offset) else { return false }
        let sign = runEnd(offset + 1, .blank)
        return sign > offset + 1 && (has("+ \"", at: sign) || has("+ '", at: sign))
    }

    /// The text that a call such as `setPassword("X")` is given, whose parenthesis follows `name`.
    func setArgument(of name: Range<Int>) -> Range<Int>? {
        let last = bytes[name].split(separator: UInt8(ascii: ".")).last ?? []
        let isSetter = ["set", "Set", "with", "With"].contains { last.starts(with: $0.utf8) }
        let mark = runEnd(name.upperBound + 1, .blank)
        guard isSetter, mark < bytes.count, ByteSet.quotes.contains(bytes[mark]) else { return nil }
        let end = closing(from: mark)
        return has(")", at: runEnd(end + 1, .blank)) ? mark + 1..<end : nil
    }

    /// The X of `$h{password} = "X"`, given the name within braces.
    func hashElement(of name: Range<Int>) -> Range<Int>? {
        guard name.lowerBound > 0, has("{", at: name.lowerBound - 1), has("}", at: name.upperBound) else {
            return nil
        }
        let sign = runEnd(name.upperBound + 1, .blank)
        guard has("=", at: sign), !has("==", at: sign), !has("=~", at: sign) else { return nil }
        let mark = runEnd(sign + 1, .blank)
        guard mark < bytes.count, ByteSet.quotes.contains(bytes[mark]),
            SecretRules.strength(ofName: bytes[name]) == .certain
        else { return nil }
        let value = mark + 1..<parts(from: mark)
        return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
    }

    /// Whether a brace closes the name within `$h{'password'}`, to which something is given.
    func closesElement(_ offset: Int) -> Bool {
        guard has("}", at: offset) else { return false }
        let sign = runEnd(offset + 1, .blank)
        guard has("=", at: sign), !has("==", at: sign), !has("=~", at: sign) else { return false }
        let mark = runEnd(sign + 1, .blank)
        return mark < bytes.count && ByteSet.quotes.contains(bytes[mark])
    }

    /// Whether a value that begins at `start` is a call that gives it: its arguments are judged by themselves.
    func isGivenByCall(_ start: Int) -> Bool {
        ["env(", "getenv(", "os.getenv(", "os.environ.get(", "ConvertTo-SecureString "].contains { call in
            bytes[start...].starts(with: call.utf8)
        }
    }

    /// The strength of a name some of whose letters are written as `\u0061` in JSON, given its last part.
    private func escapedStrength(_ range: Range<Int>) -> SecretNameStrength? {
        guard range.lowerBound > 0, has("\\u", at: range.lowerBound - 1), has("\"", at: range.upperBound)
        else {
            return nil
        }
        let limit = max(0, range.upperBound - 96)
        guard let mark = bytes[limit..<range.upperBound].lastIndex(of: UInt8(ascii: "\"")),
            let name = try? JSONParser.parse(Array(bytes[mark...range.upperBound])).string
        else { return nil }
        return SecretRules.strength(ofName: name)
    }

    /// The strength of a name with a letter that is no ASCII, or one that is written as an escape.
    func foreignStrength(_ range: Range<Int>) -> SecretNameStrength? {
        if range.count == 1, has("contraseña", at: range.lowerBound - 10) { return .certain }
        return escapedStrength(range)
    }

    /// Whether a value is the digits of a PIN; those of a processor are fewer.
    ///
    /// A password may be four digits as well.
    func isPIN(_ value: Range<Int>, of name: Range<Int>, _ strength: SecretNameStrength) -> Bool {
        guard (4...8).contains(value.count), bytes[value].allSatisfy(ByteSet.digits.contains) else {
            return false
        }
        if strength == .doubtful { return isWord(name.suffix(3), "pin") }
        let words: [StaticString] = ["password", "passwd", "pwd", "passcode"]
        if words.contains(where: { isWord(name.suffix($0.utf8CodeUnitCount), $0) }) { return true }
        // What counts or lasts is called otherwise: `tokens`, `token_ttl`.
        guard strength == .certain, value.count == 4 else { return false }
        let letters = plain(name)
        return ["apitoken", "authtoken", "accesstoken", "secret", "secretkey", "psk", "pass"].contains {
            letters.suffix($0.utf8.count).elementsEqual($0.utf8)
        }
    }

    /// The text of an element whose name is `name`, with attributes or on lines of its own, or its attribute `value`.
    func element(behind name: Range<Int>) -> Range<Int>? {
        guard name.lowerBound > 0, has("<", at: name.lowerBound - 1), !isText(name, "auth-user-pass") else {
            return nil
        }
        if let value = attribute(from: name.lowerBound - 1) { return value }
        let limit = min(bytes.count, name.upperBound + Self.partsLimit)
        guard let close = ByteSearch.first([UInt8(ascii: ">")], in: bytes, from: name.upperBound, to: limit),
            let end = ByteSearch.first([UInt8(ascii: "<")], in: bytes, from: close, to: limit)
        else { return nil }
        let attributes = bytes[name.upperBound..<close]
        guard attributes.isEmpty || ByteSet.space.contains(bytes[name.upperBound]) else { return nil }
        guard !has("/", at: close - 1) else { return nil }
        let start = min(runEnd(close + 1, .space), end)
        var stop = end
        while stop > start, ByteSet.space.contains(bytes[stop - 1]) { stop -= 1 }
        return has("</", at: end) && start < stop ? start..<stop : nil
    }
}
