/// Secrets below a telling name: the values of an object, a list or a map that stands under it.
extension SecretScan {
    /// How far what stands under one name is followed, in bytes.
    private static let nestedLimit = 65_536
    /// The same where the name has no quotation marks, as in code.
    private static let codeLimit = 4096

    /// What stands under a name: its secrets, and where it ends.
    struct Nested {
        var found: [Range<Int>] = []
        let end: Int
        /// Whether all values were taken, and not those alone that look made up.
        var isSure = false
    }

    /// How far the text has been looked through below names, so that nothing is read again for each of them.
    struct Covered {
        var (end, sureEnd) = (0, 0)

        func covers(_ name: Range<Int>, _ rule: NestedRule) -> Bool {
            name.lowerBound < (rule.isSure ? sureEnd : end)
        }

        mutating func add(_ nested: Nested) {
            end = max(end, nested.end)
            if nested.isSure { sureEnd = max(sureEnd, nested.end) }
        }
    }

    /// The secrets of what opens with a bracket behind `name`; nil where nothing does, or what stands there is judged
    /// otherwise.
    ///
    /// - Parameter done: what has been looked through already, as a part of something else.
    func nested(behind name: Range<Int>, beginsLine: Bool, to line: Int, _ done: Covered) -> Nested? {
        guard let (start, isQuoted) = opening(behind: name, to: line) else { return nil }
        let endsLine = runEnd(start + 1, .blank) >= lineEnd(start)
        let first = runEnd(start + 1, .blank)
        // A list of texts on one line is hidden from its first to its last.
        let isOfOthers =
            has("[", at: start) && isQuoted && first < bytes.count && !ByteSet.quotes.contains(bytes[first])
            && !has("\\", at: first) && !has("]", at: first) && isItem(at: first)
        let depth = isQuoted || !has("{", at: start) ? 0 : openBraces(from: start)
        let isMap = !isQuoted && has("{", at: start) && depth == 0 && holdsMembers(from: start)
        let isFlow = beginsLine && isMap
        let isObject =
            has("{", at: start) && (isQuoted || isMap || !beginsLine && depth != 0 && goesOn(from: start))
        guard endsLine || isObject || isOfOthers else { return nil }
        if has("(", at: start) { return isQuoted ? nil : parenthesised(from: start, name) }
        let strength =
            SecretRules.strength(ofName: bytes[name])
            ?? (isText(name, "HttpHeaders") && isQuoted ? .certain : nil)
        guard let strength, isFlow || strength != .doubtful && (isQuoted || strength == .certain) else {
            return nil
        }
        let limit = isQuoted ? Self.nestedLimit : Self.codeLimit
        let own = lineStart(name.lowerBound)
        let isStore = SecretRules.holdsSecrets(bytes[name]) && !isText(name.suffix(6), "tokens")
        let rule = NestedRule(
            takesBare: isFlow || isQuoted && has("\"", at: name.upperBound),
            isSure: strength == .certain && (isQuoted || isStore || isFlow),
            margin: isQuoted ? nil : runEnd(own, .blank) - own)
        if done.covers(name, rule) { return Nested(end: start) }
        // What a comment or a text of a program opens ends with it.
        let around = kind.source(self)?.stretch(at: name.lowerBound)
        let end = around.flatMap { $0.lowerBound < name.lowerBound - 1 ? $0.upperBound : nil } ?? bytes.count
        return leaves(from: start, to: min(end, start + limit), rule)
    }

    /// Whether an item of a list begins at `start`, and no words of a sentence.
    private func isItem(at start: Int) -> Bool {
        guard start < bytes.count, ByteSet.letters.contains(bytes[start]) else { return true }
        let end = runEnd(start, .leaf)
        let next = runEnd(end, .blank)
        return next == bytes.count || next == end || ",]\n".utf8.contains(bytes[next])
    }

    /// Whether members stand behind the brace at `start` on its line, or nothing.
    private func holdsMembers(from start: Int) -> Bool {
        let end = lineEnd(start)
        let hasMembers = [": ", ":\"", "= ", "=\""].contains {
            ByteSearch.first(Array($0.utf8), in: bytes, from: start, to: end) != nil
        }
        return (hasMembers || has("}", at: runEnd(start + 1, .blank))) && !has("{{", at: start)
    }

    /// Whether the line of the brace at `start` ends as one that the next goes on, or members stand on it.
    private func goesOn(from start: Int) -> Bool {
        let last = bytes[start..<lineEnd(start)].last { !ByteSet.blank.contains($0) }
        return last.map { "{[(,".utf8.contains($0) } == true || holdsMembers(from: start)
    }

    /// How many braces are open at the end of the line on which one stands at `start`.
    private func openBraces(from start: Int) -> Int {
        var depth = 0
        for offset in start..<lineEnd(start) {
            if bytes[offset] == UInt8(ascii: "{") { depth += 1 }
            if bytes[offset] == UInt8(ascii: "}") { depth -= 1 }
        }
        return depth
    }

    /// The text that stands alone within parentheses, on lines of its own.
    private func parenthesised(from start: Int, _ name: Range<Int>) -> Nested? {
        let mark = runEnd(start + 1, .space)
        guard mark < bytes.count, ByteSet.quotes.contains(bytes[mark]),
            SecretRules.strength(ofName: bytes[name]) == .certain
        else { return nil }
        let end = parts(from: mark)
        let value = mark + 1..<end
        guard has(")", at: runEnd(end + 1, .space)), SecretRules.isWorthHiding(bytes[value], .certain) else {
            return nil
        }
        return Nested(found: [value], end: end)
    }

    /// Where the bracket stands that opens the value of `name`, and whether the name is in quotation marks.
    private func opening(behind name: Range<Int>, to line: Int) -> (start: Int, isQuoted: Bool)? {
        var offset = name.upperBound
        let isQuoted =
            offset < line && name.lowerBound > 0 && ByteSet.quotes.contains(bytes[offset])
            && bytes[name.lowerBound - 1] == bytes[offset]
        if isQuoted { offset += 1 }
        if has("]", at: offset) { offset += 1 }
        offset = runEnd(offset, .blank)
        guard has(":", at: offset) || has("=", at: offset) else { return nil }
        offset += 1
        if has("=", at: offset) || has(">", at: offset) { offset += 1 }
        offset = runEnd(offset, isQuoted ? .space : .blank)
        guard offset < bytes.count, "{[(".utf8.contains(bytes[offset]) else { return nil }
        return (offset, isQuoted)
    }

    /// The values between a bracket and the one that closes it.
    private func leaves(from start: Int, to limit: Int, _ rule: NestedRule) -> Nested {
        var found: [Range<Int>] = []
        var names: [Range<Int>?] = []
        var name: Range<Int>?
        var (offset, calls) = (start, 0)
        while offset < limit {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("):
                // What stands in a list has the name of the list.
                names.append(name)
                if byte == UInt8(ascii: "{") { name = nil }
                if byte == UInt8(ascii: "(") { calls += 1 }
            case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"):
                name = names.popLast() ?? nil
                if byte == UInt8(ascii: ")") { calls -= 1 }
                if names.isEmpty { return Nested(found: found, end: offset, isSure: rule.isSure) }
            case UInt8(ascii: ","), 0x0A:
                if byte == UInt8(ascii: ",") { name = names.last ?? nil }
                if byte == 0x0A, leavesBlock(offset + 1, rule) {
                    return Nested(found: found, end: offset, isSure: rule.isSure)
                }
            case _ where ByteSet.leafStart.contains(byte):
                let isQuoted = ByteSet.quotes.contains(byte)
                let end = isQuoted ? closing(from: offset) : runEnd(offset, .leaf)
                let word = isQuoted ? offset + 1..<max(offset + 1, end) : offset..<end
                if isKey(behind: isQuoted ? end + 1 : end) {
                    name = word
                } else if isQuoted || rule.takesBare && isBareValue(word), calls < 1,
                    isSecret(word, named: name, rule)
                {
                    found.append(word)
                }
                offset = max(offset, isQuoted ? end : end - 1)
            default: break
            }
            offset += 1
        }
        return Nested(found: found, end: limit, isSure: rule.isSure)
    }

    /// Whether a line of code begins at `start` that is no part of what the line before it opened, whose brackets were those
    /// of a text.
    private func leavesBlock(_ start: Int, _ rule: NestedRule) -> Bool {
        guard let margin = rule.margin, margin > 0 else { return false }
        let text = runEnd(start, .blank)
        guard text < bytes.count, bytes[text] != 0x0A else { return false }
        return text - start < margin || text - start == margin && !"}])".utf8.contains(bytes[text])
    }

    /// Whether a word without quotation marks stands where a value does, and not in a comment or before one.
    private func isBareValue(_ word: Range<Int>) -> Bool {
        var start = word.lowerBound
        while start > 0, ByteSet.space.contains(bytes[start - 1]) { start -= 1 }
        return start > 0 && ":[,".utf8.contains(bytes[start - 1])
            && bytes[word].contains(where: ByteSet.letters.contains)
    }

    /// Whether `:` or `=` follows, so that what stands before it is the name of a member.
    private func isKey(behind end: Int) -> Bool {
        let sign = runEnd(end, .blank)
        guard has("=", at: sign) else { return has(":", at: sign) }
        return !has("==", at: sign)
    }

    /// Whether a value under the name of a member, or of none, is one of the secrets.
    private func isSecret(_ value: Range<Int>, named name: Range<Int>?, _ rule: NestedRule) -> Bool {
        guard !value.isEmpty, !isReading(value), !has("${{", at: value.lowerBound),
            SecretRules.isWorthHiding(bytes[value], .member)
        else { return false }
        if let name {
            guard !SecretRules.describesMember(bytes[name]) else { return false }
            if !rule.isSure, SecretRules.publicMembers.contains(where: { isText(name, $0) }) { return false }
            // A name that tells is judged by itself as well.
            if SecretRules.strength(ofName: bytes[name]) == .certain { return false }
        }
        return rule.isSure
            || isInvented(value) && bytes[value].allSatisfy(ByteSet.leaf.contains)
                && bytes[value].contains(where: ByteSet.digits.contains)
    }

    // MARK: Maps of YAML

    /// The values of the map whose lines follow `name:`, which are indented more than its own.
    func mapped(behind name: Range<Int>, to line: Int, _ done: Covered) -> Nested? {
        var offset = name.upperBound
        if offset < line, ByteSet.quotes.contains(bytes[offset]) { offset += 1 }
        let rest = has(":", at: offset) ? runEnd(offset + 1, .blank) : line
        guard has(":", at: offset), rest >= line || has("#", at: rest),
            SecretRules.strength(ofName: bytes[name]) == .certain, !opensStatement(name)
        else { return nil }
        let isSure = SecretRules.holdsSecrets(bytes[name])
        guard !done.covers(name, NestedRule(takesBare: true, isSure: isSure)) else { return nil }
        let start = lineStart(name.lowerBound)
        let first = runEnd(start, .mapMargin)
        let margin = first - start
        guard first + (has("\"", at: first) || has("'", at: first) ? 1 : 0) == name.lowerBound else {
            return nil
        }
        var found: [Range<Int>] = []
        var (next, inner) = (line + 1, Int?.none)
        while next < min(bytes.count, line + Self.nestedLimit) {
            let end = lineEnd(next)
            // The mark of a comparison, which the line of the name has as well.
            let isMarked = margin > 0 && (has("+", at: next) || has("-", at: next))
            let text = min(runEnd(isMarked ? next + 1 : next, .blank), end)
            if text < end, bytes[text] != UInt8(ascii: "#") {
                guard text - next > margin, !has("- ", at: text) else { break }
                if inner == nil { inner = text - next }
                // What lies deeper says more about a member than its secret.
                let isDirect = text - next == inner
                let rule = NestedRule(takesBare: true, isSure: isSure && isDirect)
                if let value = member(of: text..<end, rule) { found.append(value) }
            }
            next = end + 1
        }
        return Nested(found: found, end: min(next, bytes.count), isSure: isSure)
    }

    /// The value of `name: X` that is all of a line.
    private func member(of line: Range<Int>, _ rule: NestedRule) -> Range<Int>? {
        let isQuoted = ByteSet.quotes.contains(bytes[line.lowerBound])
        let end =
            isQuoted ? min(closing(from: line.lowerBound), line.upperBound) : runEnd(line.lowerBound, .dotted)
        let name = line.lowerBound + (isQuoted ? 1 : 0)..<max(line.lowerBound + (isQuoted ? 1 : 0), end)
        let sign = isQuoted ? end + 1 : end
        guard has(": ", at: sign), !name.isEmpty else { return nil }
        let start = runEnd(sign + 1, .blank)
        guard start < line.upperBound, !"|>{[&*!#".utf8.contains(bytes[start]) else { return nil }
        var stop = line.upperBound
        while stop > start, ByteSet.blank.contains(bytes[stop - 1]) { stop -= 1 }
        let value = unquoted(start..<stop)
        guard value.count < stop - start || !bytes[value].contains(where: ByteSet.blank.contains) else {
            return nil
        }
        return isSecret(value, named: name, rule) ? value : nil
    }
}

/// Which values below a name are taken for secrets.
struct NestedRule {
    /// Whether values without quotation marks are taken.
    let takesBare: Bool
    /// Whether all are secrets; else those that look made up.
    let isSure: Bool
    /// How far the line of the name is indented, where what lies below it is indented more.
    var margin: Int?
}

extension SecretRules {
    /// Whether a name is that of many secrets, each of which has a name of its own: `passwords`, `secrets`.
    static func holdsSecrets(_ name: ArraySlice<UInt8>) -> Bool {
        let lower = name.map { $0 | 0x20 }
        return [
            "passwords", "passwds", "secrets", "tokens", "credentials", "passphrases", "apikeys", "api_keys",
            "api-keys", "accesskeys", "access_keys", "accounts_passwords",
        ].contains { lower.suffix($0.utf8.count).elementsEqual($0.utf8.map { $0 | 0x20 }) }
    }

    /// Whether the member of this name says something about a secret, or whose it is, and is none.
    static func describesMember(_ name: ArraySlice<UInt8>) -> Bool {
        let lower = name.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
        if memberWords.contains(String(decoding: lower, as: UTF8.self)) { return true }
        return describesLast(name)
    }

    /// The members of a JSON web key (RFC 7518) that anybody may know.
    static let publicMembers = ["x", "y", "n", "e", "kid", "crv", "x5c", "x5t", "x5t#S256"]

    private static let memberWords: Set<String> = [
        "description", "title", "label", "labels", "placeholder", "help", "hint", "comment", "note",
        "summary",
        "pattern", "$ref", "ref", "enum", "properties", "items", "example", "examples", "id", "uid", "uuid",
        "created", "createdat", "created_at", "updated", "updatedat", "updated_at", "login", "email", "mail",
        "account", "region", "tenant", "scope", "scopes", "audience", "in", "kind", "status", "state",
        "group",
        "groups", "owner", "project", "vault", "environment", "env", "engine", "field", "from", "section",
        "content-type", "accept", "user-agent", "host", "accept-encoding", "accept-language", "cache-control",
        "apiversion", "namespace", "default", "message", "messages", "error", "date", "time", "display",
        "icon", "color", "class", "image", "command", "args", "table", "column", "secretname", "template",
    ]
}
