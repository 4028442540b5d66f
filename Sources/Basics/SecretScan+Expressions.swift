/// Values without quotation marks that are expressions of a program: calls, types, paths of names, variables.
extension SecretScan {
    /// The longest expression that is looked at, in bytes.
    private static let expressionLimit = 512

    /// Whether a value without quotation marks is an expression of a program: a call, a type, a path of names or a
    /// variable where code stands; elsewhere a path of names that Terraform looks up, or the half of a name.
    func isExpression(_ value: Range<Int>, of name: Range<Int>, _ line: Range<Int>) -> Bool {
        let limit = min(line.upperBound, value.lowerBound + Self.expressionLimit)
        if kind.isCode(at: value.lowerBound, self) { return isExpressionOfCode(value, limit, line, name) }
        guard ByteSet.nameStart.contains(bytes[value.lowerBound]) else { return false }
        let (end, _) = pathEnd(value.lowerBound, limit)
        let path = value.lowerBound..<end
        if isLookedUp(value) { return true }
        // A member that is called as what it is given, which no text is.
        let isMember = has("\"", at: name.upperBound) && has("\"", at: name.lowerBound - 1)
        return isKeyBehind(end, limit) && !isRandom(path) || isMember && isText(path, text(of: name))
    }

    private func isExpressionOfCode(
        _ value: Range<Int>, _ limit: Int, _ line: Range<Int>, _ name: Range<Int>
    ) -> Bool {
        var start = value.lowerBound
        while start < limit, "&*!".utf8.contains(bytes[start]) { start += 1 }
        // Words that stand before an expression.
        while let word = prefixWord(at: start, limit) { start = word }
        guard start < limit else { return true }
        // The path of a member of Swift, and a number that no text is.
        if has("\\.", at: start) || has("0x", at: start) { return true }
        if "([.{".utf8.contains(bytes[start]) { return true }
        guard ByteSet.nameStart.contains(bytes[start]) else { return start > value.lowerBound }
        let (end, parts) = pathEnd(start, limit)
        let path = start..<end
        // The quotation of Perl.
        if has("q(", at: end - 1), path.count == 1 || has("qq", at: start), path.count <= 2 { return false }
        if has("(", at: end) || has("!(", at: end) || has("?(", at: end) { return isCall(path, limit) }
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
        // Without the name of a language, what stands alone on a line behind a colon may as well be a setting.
        let isAlone = has(":", at: name.upperBound) && end == line.upperBound && beginsLine(name.lowerBound)
        return kind.isNamed || !isAlone || isType(path) || parts > 1
    }

    /// Whether a call of `callee` is one: its name is none that was drawn at random, and behind what closes it a value ends.
    private func isCall(_ callee: Range<Int>, _ limit: Int) -> Bool {
        let words = bytes[callee].split { !ByteSet.names.contains($0) }
        let isNamed = words.allSatisfy { word in
            let rest = word.filter { !ByteSet.digits.contains($0) }
            return rest.count == word.count || SecretRules.isWord(rest[...])
        }
        guard isNamed, let open = bytes[callee.upperBound..<limit].firstIndex(of: UInt8(ascii: "(")) else {
            return false
        }
        guard let close = parenthesis(from: open + 1, limit) else { return true }
        return close + 1 >= limit || ByteSet.callEnd.contains(bytes[close + 1])
    }

    /// Whether a value is a path of names as Terraform looks them up: `var.db_password`, `random_password.db.result`.
    private func isLookedUp(_ value: Range<Int>) -> Bool {
        let parts = bytes[value].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 1, let root = parts.first else { return false }
        let word = String(decoding: root, as: UTF8.self)
        let least =
            ["var", "local", "each"].contains(word)
            ? 2
            : ["module", "data"].contains(word) || Self.resources.contains { word.hasPrefix($0) } ? 3 : .max
        return parts.count >= least
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 == UInt8(ascii: "_") }
            }
    }

    /// What the kinds of resources of Terraform begin with.
    private static let resources = ["aws_", "google_", "azurerm_", "random_", "tls_", "vault_"]

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
        return Self.roots.contains(word) || Self.resources.contains { word.hasPrefix($0) }
    }

    /// What paths of names begin with in programs and in the files of Terraform.
    private static let roots: Set<String> = [
        "var", "local", "module", "data", "self", "this", "cfg", "config", "conf", "ctx", "context", "req",
        "request",
        "res", "opts", "options", "args", "settings", "state", "props", "params", "env", "process", "os",
        "secrets",
        "inputs", "input", "each", "user", "form", "event", "session", "vault", "github",
    ]

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

    /// Whether the value is the second half of the name of a member: `"secret:scan": …`.
    private func isKeyBehind(_ end: Int, _ limit: Int) -> Bool {
        guard end < limit, bytes[end] == UInt8(ascii: "\"") else { return false }
        return has(":", at: runEnd(end + 1, .gap))
    }

    /// Whether a line declares something: a word for that, a name, and what goes on behind it in code.
    fileprivate func isDeclaration(_ line: Range<Int>) -> Bool {
        let start = runEnd(line.lowerBound, .programMargin)
        let end = min(runEnd(start, .names), line.upperBound)
        guard (2...9).contains(end - start), Self.declarers.contains(text(of: start..<end)) else {
            return false
        }
        let name = runEnd(end, .gap)
        let behind = runEnd(runEnd(name, .names), .gap)
        return name > end && behind > name && behind < line.upperBound
            && "=(:{<,;".utf8.contains(bytes[behind])
    }

    /// Words that begin lines of programs, and hardly any of a configuration.
    private static let declarers: Set<String> = [
        "let", "var", "const", "val", "def", "func", "fn", "struct", "enum", "protocol", "extension", "impl",
        "namespace",
    ]
}

/// What a text is, found out when it is first asked for.
final class TextKind {
    /// How many of ten lines must end as those of a program do, one line of how many must declare something, and how many
    /// lines there must be at least.
    private static let (endShare, share, least) = (6, 10, 5)
    /// How many lines are looked at.
    private static let lineLimit = 2000

    private let file: FileKind
    private var code: SourceCode??

    init(_ file: FileKind) { self.file = file }

    /// Whether the name of the file says that it is the source of a program.
    var isNamed: Bool { if case .program = file { true } else { false } }

    /// Whether the text is a program and code stands at `offset`, whose values without quotation marks are variables,
    /// calls and types.
    func isCode(at offset: Int, _ scan: SecretScan) -> Bool { source(scan)?.isCode(at: offset) ?? false }

    /// Whether the name of the file and the first line leave it open that the text is a program.
    func mayBeProgram(_ scan: SecretScan) -> Bool {
        if case .text = file { scan.has("#!", at: 0) } else { true }
    }

    /// Where code stands in the text; nil where it is no program.
    func source(_ scan: SecretScan) -> SourceCode? {
        if let code { return code }
        let found = grammar(of: scan).map { SourceCode(scan.bytes, $0) }
        code = .some(found)
        return found
    }

    private func grammar(of scan: SecretScan) -> SourceGrammar? {
        switch file {
        case .program(let grammar): grammar
        case .text: scan.has("#!", at: 0) ? interpreted(scan.bytes[2..<scan.lineEnd(0)]) : nil
        case .unknown: looksLikeProgram(scan) ? .any : nil
        }
    }

    /// The language of a script whose first line names its interpreter; nil for that of a shell.
    private func interpreted(_ line: ArraySlice<UInt8>) -> SourceGrammar? {
        let words = line.split { !ByteSet.letters.contains($0) }
        for (word, ending) in [
            ("python", "py"), ("perl", "pl"), ("ruby", "rb"), ("node", "js"), ("php", "php"),
        ]
        where words.contains(where: { $0.starts(with: word.utf8) }) {
            return SourceGrammar.byEnding[ending]
        }
        return nil
    }

    /// Whether a text without a name is a program beyond doubt.
    private func looksLikeProgram(_ scan: SecretScan) -> Bool {
        var (all, ends, declarations) = (0, 0, 0)
        for start in scan.lines.prefix(Self.lineLimit) where start < scan.bytes.count {
            let end = scan.lineEnd(start)
            guard let last = scan.bytes[start..<end].last(where: { !ByteSet.blank.contains($0) }) else {
                continue
            }
            all += 1
            if ";{}(),".utf8.contains(last) { ends += 1 }
            if scan.isDeclaration(start..<end) { declarations += 1 }
        }
        return all >= Self.least && ends * 10 >= all * Self.endShare && declarations >= 2
            && declarations * Self.share >= all
    }
}
