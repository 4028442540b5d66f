/// Values that are none where they stand: a call, a type, another variable of a program, the name of a member.
extension SecretScan {
    /// The longest expression that is looked at, in bytes.
    private static let expressionLimit = 512

    /// Whether what a name gives at `value` is plain for where it stands.
    func isPlainHere(
        _ value: Range<Int>, of name: Range<Int>, _ strength: SecretNameStrength, _ line: Range<Int>
    )
        -> Bool
    {
        guard !value.isEmpty else { return true }
        guard line.lowerBound <= value.lowerBound, value.upperBound <= line.upperBound else { return false }
        if let before = value.lowerBound > 0 ? bytes[value.lowerBound - 1] : nil,
            ByteSet.textMarks.contains(before)
        {
            return isPlainText(value, of: name, mark: before)
        }
        if isOfSyntax(value, of: name) || isMakeRule(value, of: name, line) { return true }
        let core = core(of: value)
        if core.isEmpty { return !bytes[value].contains(where: ByteSet.passwordMarks.contains) }
        if core.count < value.count, isPlainCore(core, strength) { return true }
        let word =
            value.lowerBound..<(bytes[value].firstIndex(where: ByteSet.blank.contains) ?? value.upperBound)
        if word.count < value.count, ByteSet.referenceStart.contains(bytes[word.lowerBound]),
            SecretRules.isPlain(bytes[self.core(of: word)])
        {
            return true
        }
        if isReferenceAhead(value, line) || isNameService(value, of: name) { return true }
        return isExpression(value, of: name, strength, line)
    }

    /// What of a value without quotation marks is left without the marks that end a member, a statement or a call.
    private func core(of value: Range<Int>) -> Range<Int> {
        var end = value.upperBound
        // A comment, or another statement.
        let rest = zip(bytes[value], value).first { byte, offset in
            byte == UInt8(ascii: "#")
                && (has("# ", at: offset) || offset > value.lowerBound && has(" #", at: offset - 1))
                || byte == UInt8(ascii: ";") && has("; ", at: offset)
        }
        if let rest { end = rest.1 }
        while end > value.lowerBound, ByteSet.blank.contains(bytes[end - 1]) { end -= 1 }
        while end > value.lowerBound, ByteSet.closers.contains(bytes[end - 1]) { end -= 1 }
        return value.lowerBound..<end
    }

    private func isPlainCore(_ core: Range<Int>, _ strength: SecretNameStrength) -> Bool {
        strength == .doubtful
            ? SecretRules.isPlain(bytes[core]) : !SecretRules.isWorthHiding(bytes[core], strength)
    }

    /// Whether a text in quotation marks is a label, a message to people, or the name of a member.
    private func isPlainText(_ text: Range<Int>, of name: Range<Int>, mark: UInt8) -> Bool {
        if SecretRules.isMessage(bytes[text]) { return true }
        if !bytes[name.upperBound..<max(name.upperBound, text.lowerBound)].contains(where: {
            ":=>".utf8.contains($0)
        }) {
            // Behind a name alone, as in `getent passwd "$user"` and `[credential "https://…"]`.
            let isVariable = mark == UInt8(ascii: "\"") && has("$", at: text.lowerBound)
            if SecretRules.isPlace(bytes[text]) || isVariable && SecretRules.isWord(bytes[text].dropFirst()) {
                return true
            }
        }
        let words = bytes[name].dropFirst().contains { $0 >= 0x41 && $0 <= 0x5A || "_-".utf8.contains($0) }
        if words, plain(text).elementsEqual(plain(name)) { return true }
        let isLabel = bytes[text].first.map { $0 >= 0x41 && $0 <= 0x5A } == true
        return isLabel && plain(text).elementsEqual(plain(name.suffix(text.count)))
    }

    /// Whether the place of a name makes it none: the variable of `${NAME:?why}`, and the host of `http://auth:80/`; or a
    /// word in capitals stands for the value that an option takes.
    private func isOfSyntax(_ value: Range<Int>, of name: Range<Int>) -> Bool {
        if has("${", at: name.lowerBound - 2), "?+}".utf8.contains(bytes[value.lowerBound]) { return true }
        if has("//", at: name.lowerBound - 2), has(":", at: name.upperBound),
            ByteSet.digits.contains(bytes[value.lowerBound])
        {
            return true
        }
        let isCapital = bytes[value].allSatisfy {
            $0 >= 0x41 && $0 <= 0x5A || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "`")
        }
        return isCapital && has("--", at: name.lowerBound)
            && SecretRules.strength(ofName: bytes[core(of: value)]) != nil
    }

    /// The letters and digits of a range, small.
    func plain(_ range: Range<Int>) -> [UInt8] {
        bytes[range].filter(ByteSet.letters.contains).map { $0 | 0x20 }
    }

    /// Whether a reference with blanks in it begins a value that ends at a blank: `${{ secrets.X }}`, `<your password>`.
    private func isReferenceAhead(_ value: Range<Int>, _ line: Range<Int>) -> Bool {
        let first = bytes[value.lowerBound]
        guard ByteSet.referenceStart.contains(first) || first == UInt8(ascii: "<") else { return false }
        let limit = min(line.upperBound, value.lowerBound + 256)
        let close: [UInt8] =
            first == UInt8(ascii: "<")
            ? [first + 2]
            : has("{{", at: value.lowerBound + 1) || has("{{", at: value.lowerBound)
                ? [0x7D, 0x7D] : [0x7D]
        guard let end = ByteSearch.first(close, in: bytes, from: value.lowerBound, to: limit) else {
            return false
        }
        let reference = value.lowerBound..<end + close.count
        let rest = bytes[min(reference.upperBound, value.upperBound)..<value.upperBound]
        let isLast = reference.upperBound >= limit || !ByteSet.letters.contains(bytes[reference.upperBound])
        return isLast && rest.allSatisfy(ByteSet.closers.contains) && SecretRules.isPlain(bytes[reference])
    }

    // MARK: Files of a kind

    /// Whether a line of `nsswitch.conf` says where accounts are looked up.
    private func isNameService(_ value: Range<Int>, of name: Range<Int>) -> Bool {
        guard isText(name, "passwd"), has(":", at: name.upperBound) else { return false }
        let words = bytes[value].split { ByteSet.blank.contains($0) }
        return words.allSatisfy { word in
            word.first == UInt8(ascii: "[")
                || Self.nameServices.contains(String(decoding: word, as: UTF8.self))
        }
    }

    private static let nameServices: Set<String> = [
        "files", "compat", "systemd", "sss", "ldap", "winbind", "nis", "nisplus", "db", "dns", "cache",
        "extrausers",
        "mymachines", "altfiles", "wins", "hesiod",
    ]

    /// Whether a line names what a file of `make` needs for a target, or what it does for it.
    private func isMakeRule(_ value: Range<Int>, of name: Range<Int>, _ line: Range<Int>) -> Bool {
        name.lowerBound == line.lowerBound && has(":", at: name.upperBound)
            && !has("=", at: name.upperBound + 1)
            && (has(";", at: value.lowerBound) || SecretRules.isWords(bytes[value]))
            && ByteSearch.first(Array(".PHONY".utf8), in: bytes) != nil
    }

    // MARK: Programs

    /// Whether a value without quotation marks is an expression of a program: a call, a type, a path of names, or a
    /// variable where the line or the text is one of a program.
    private func isExpression(
        _ value: Range<Int>, of name: Range<Int>, _ strength: SecretNameStrength, _ line: Range<Int>
    ) -> Bool {
        let limit = min(line.upperBound, value.lowerBound + Self.expressionLimit)
        var start = value.lowerBound
        while start < limit, "&*!".utf8.contains(bytes[start]) { start += 1 }
        // Words that stand before an expression.
        while let word = prefixWord(at: start, limit) { start = word }
        guard start < limit else { return true }
        if "([".utf8.contains(bytes[start]) { return isProgram(line) || isTypeInBrackets(start, limit) }
        if has(".", at: start) || has("{", at: start) { return isProgram(line) }
        guard ByteSet.nameStart.contains(bytes[start]) else {
            return start > value.lowerBound && isProgram(line)
        }
        let (end, parts) = pathEnd(start, limit)
        let path = start..<end
        // The quotation of Perl.
        if has("q(", at: end - 1), path.count == 1 || has("qq", at: start), path.count <= 2 { return false }
        if has("(", at: end) || has("!(", at: end) || has("?(", at: end) { return true }
        if has("<", at: end), !has("</", at: end), !isRandom(path), isType(path),
            bytes[end..<limit].contains(UInt8(ascii: ">"))
        {
            return true
        }
        if has("{", at: end), isType(path) { return true }
        guard !isRandom(path) || isType(path) && path.count < 8 else { return false }
        if ByteSearch.first(Array("::".utf8), in: bytes, from: start, to: end) != nil { return true }
        if parts > 1, isKnownRoot(path) { return true }
        guard end == limit || ByteSet.expressionEnd.contains(bytes[end]) else { return false }
        if isKeyBehind(end, limit) { return true }
        // A member that is called as what it is given, which no text is.
        if has("\"", at: name.upperBound), has("\"", at: name.lowerBound - 1), isText(path, text(of: name)) {
            return true
        }
        let isOwn = ["self.", "this.", "cls."].contains { bytes[name].starts(with: $0.utf8) }
        guard isOwn || isProgram(line) else { return isDeclaredType(path, of: name, line) }
        // What stands alone on a line of its own behind a colon may as well be a setting.
        let isAlone = has(":", at: name.upperBound) && end == line.upperBound && beginsLine(name.lowerBound)
        return !isAlone || isType(path) || parts > 1
    }

    private func text(of range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The end of a word that stands before an expression, and of the blanks behind it.
    private func prefixWord(at start: Int, _ limit: Int) -> Int? {
        let end = min(runEnd(start, .letters), limit)
        guard end > start, end - start <= 6, end < limit,
            ByteSet.gap.contains(bytes[end]) || "?!".utf8.contains(bytes[end]),
            Self.prefixWords.contains(String(decoding: bytes[start..<end], as: UTF8.self))
        else { return nil }
        return runEnd("?!".utf8.contains(bytes[end]) ? end + 1 : end, .gap)
    }

    private static let prefixWords: Set<String> = [
        "await", "try", "new", "return", "mut", "yield", "raise", "throw", "lambda", "range", "typeof", "any",
        "some",
        "ref", "inout", "not",
    ]

    /// The end of a path of names such as `self.config?.token`, and how many names it has.
    private func pathEnd(_ start: Int, _ limit: Int) -> (end: Int, parts: Int) {
        var (end, parts) = (start, 0)
        while end < limit, ByteSet.nameStart.contains(bytes[end]) {
            end = min(runEnd(end + 1, .names), limit)
            parts += 1
            var next = end
            for sign: StaticString in ["?.", "!.", "->", "::", "."] where has(sign, at: next) {
                next += sign.utf8CodeUnitCount
                break
            }
            guard next > end, next < limit, ByteSet.nameStart.contains(bytes[next]) else { break }
            end = next
        }
        return (end, parts)
    }

    /// Whether a path has a digit anywhere but at the end of one of its names.
    private func isRandom(_ path: Range<Int>) -> Bool {
        bytes[path].split { !ByteSet.names.contains($0) }.contains { part in
            let rest = part.drop { !ByteSet.digits.contains($0) }
            return rest.contains { !ByteSet.digits.contains($0) } || rest.count > 3
                || !rest.isEmpty && part.count < 4
                || !rest.isEmpty && part.dropFirst().contains { $0 >= 0x41 && $0 <= 0x5A }
        }
    }

    private func isKnownRoot(_ path: Range<Int>) -> Bool {
        let root = bytes[path].prefix { ByteSet.names.contains($0) }
        let word = String(decoding: root, as: UTF8.self)
        return Self.roots.contains(word)
            || ["aws_", "google_", "azurerm_", "random_"].contains { word.hasPrefix($0) }
    }

    /// What paths of names begin with in programs and in the files of Terraform.
    private static let roots: Set<String> = [
        "var", "local", "module", "data", "self", "this", "cfg", "config", "conf", "ctx", "context", "req",
        "request",
        "res", "opts", "options", "args", "settings", "state", "props", "params", "env", "process", "os",
        "secrets",
        "inputs", "input", "each", "tls_private_key", "user", "form", "event", "session", "options", "vault",
        "github",
    ]

    /// Whether a type is written in brackets: `[UInt8]`, `[String: Int]`, `[]byte`.
    private func isTypeInBrackets(_ start: Int, _ limit: Int) -> Bool {
        if has("[]", at: start) { return start + 2 < limit && ByteSet.nameStart.contains(bytes[start + 2]) }
        guard has("[", at: start), let end = bytes[start..<limit].firstIndex(of: UInt8(ascii: "]")) else {
            return false
        }
        return isType(start + 1..<end)
    }

    /// Whether a name is that of a type: one of those that languages have, or one that begins with a capital and has small
    /// letters as well.
    private func isType(_ name: Range<Int>) -> Bool {
        let first = bytes[name].prefix { ByteSet.names.contains($0) }
        guard let letter = first.first else { return false }
        if Self.types.contains(String(decoding: first, as: UTF8.self)) { return true }
        return letter >= 0x41 && letter <= 0x5A && first.contains { $0 >= 0x61 && $0 <= 0x7A }
    }

    private static let types: Set<String> = [
        "string", "str", "bytes", "bool", "boolean", "int", "number", "float", "double", "char", "text",
        "varchar",
        "object", "any", "unknown", "void", "never", "usize", "u8", "u32", "u64", "i32", "i64", "byte",
        "rune", "error",
        "UInt8", "UInt16", "UInt32", "UInt64", "Int8", "Int16", "Int32", "Int64", "uuid", "dict", "list",
        "set", "tuple", "optional",
    ]

    /// Whether a type follows a name behind a colon, on a line that declares something.
    private func isDeclaredType(_ type: Range<Int>, of name: Range<Int>, _ line: Range<Int>) -> Bool {
        let sign = runEnd(has("?", at: name.upperBound) ? name.upperBound + 1 : name.upperBound, .gap)
        guard has(":", at: sign), isType(type) else { return false }
        let isKnown = Self.types.contains(String(decoding: bytes[type], as: UTF8.self))
        if isKnown, type.upperBound < line.upperBound,
            ",;|)=".utf8.contains(bytes[runEnd(type.upperBound, .gap)])
        {
            return true
        }
        // The type of a thing is often called as the thing.
        return plain(type).elementsEqual(plain(name.suffix(type.count)))
            && bytes[type].first != bytes[name].first
    }

    /// Whether the value is the second half of the name of a member: `"secret:scan": …`.
    private func isKeyBehind(_ end: Int, _ limit: Int) -> Bool {
        guard end < limit, bytes[end] == UInt8(ascii: "\"") else { return false }
        return has(":", at: runEnd(end + 1, .gap))
    }

    /// Whether a line is one of a program: it begins with a word that declares, or the text is one.
    func isProgram(_ line: Range<Int>) -> Bool { isDeclaration(line) || kind.isProgram(self) }

    fileprivate func isDeclaration(_ line: Range<Int>) -> Bool {
        let start = runEnd(line.lowerBound, .programMargin)
        let end = min(runEnd(start, .names), line.upperBound)
        guard (2...9).contains(end - start), end < line.upperBound else { return false }
        // What a module gives away, and not a variable of a shell.
        if has("export ", at: start), has("const ", at: start + 7) || has("function ", at: start + 7) {
            return true
        }
        guard Self.declarers.contains(text(of: start..<end)) else { return false }
        // A word and something that is named by it.
        let next = runEnd(end, .gap)
        return next > end && next < line.upperBound && ByteSet.declared.contains(bytes[next])
    }

    /// Words that begin lines of programs, and hardly any of a configuration.
    private static let declarers: Set<String> = [
        "let", "var", "const", "val", "def", "func", "fn", "class", "struct", "enum", "interface", "protocol",
        "extension", "impl", "pub", "public", "private", "protected", "static", "package", "typedef",
        "namespace",
        "guard", "override", "mutating", "async", "from", "my", "sub", "elif", "else", "switch", "trait",
        "internal",
        "final", "abstract", "variable", "resource", "output", "provider", "fileprivate", "readonly", "raise",
        "throw",
        "assert",
    ]
}

/// What a text is, found out when it is first asked for.
final class TextKind {
    /// One line of so many must be one of a program.
    private static let share = 20
    /// How many lines are looked at.
    private static let lineLimit = 2000

    private var known: Bool?

    /// Whether the text is a program, whose values without quotation marks are variables, calls and types.
    func isProgram(_ scan: SecretScan) -> Bool {
        if let known { return known }
        var (all, ofProgram) = (0, 0)
        for start in scan.lines.prefix(Self.lineLimit) where start < scan.bytes.count {
            let end = scan.lineEnd(start)
            guard scan.runEnd(start, .blank) < end else { continue }
            all += 1
            if scan.isDeclaration(start..<end) { ofProgram += 1 }
        }
        let result = ofProgram >= 2 && ofProgram * Self.share >= all
        known = result
        return result
    }
}
