extension SecretScan {
    /// The value that belongs to a telling name which stands as a value itself, as `name: DB_PASSWORD` with `value: …`
    /// and `<key>Password</key>` with `<string>…`, or which stands on the next lines.
    func paired(with name: Range<Int>) -> Range<Int>? { partner(of: name) ?? listed(behind: name) }

    /// The next argument of a call whose argument the name is: `define('DB_PASSWORD', '…')`.
    func argument(behind name: Range<Int>) -> Range<Int>? {
        guard name.lowerBound > 1, name.upperBound < bytes.count else { return nil }
        let quote = bytes[name.lowerBound - 1]
        guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""), bytes[name.upperBound] == quote
        else {
            return nil
        }
        var before = name.lowerBound - 2
        while before > 0, bytes[before] == 0x20 { before -= 1 }
        guard bytes[before] == UInt8(ascii: "(") else { return nil }
        var offset = runEnd(name.upperBound + 1, .blank)
        guard has(",", at: offset) else { return nil }
        offset = runEnd(offset + 1, .blank)
        if has("default=", at: offset) { offset += 8 }
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "'") || bytes[offset] == UInt8(ascii: "\"")
        else { return nil }
        return offset + 1..<closing(from: offset)
    }

    /// The second of two that a tuple of Erlang or the argument of syslog-ng holds: `{default_pass, <<"…">>}`.
    func member(behind name: Range<Int>) -> Range<Int>? {
        guard name.lowerBound > 0, bytes[name.lowerBound - 1] == UInt8(ascii: "{"),
            SecretRules.strength(ofName: bytes[name]) == .certain
        else { return nil }
        var offset = runEnd(name.upperBound + 1, .blank)
        if has("<<", at: offset) { offset = runEnd(offset + 2, .blank) }
        guard has("\"", at: offset) else { return nil }
        let value = offset + 1..<closing(from: offset)
        return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
    }

    /// The argument with that number of a call whose parenthesis stands before `start`, where it is a text.
    func argument(_ place: Int, from start: Int) -> [Range<Int>] {
        let limit = min(lineEnd(start), start + 512)
        var (offset, number) = (start, 0)
        while offset < limit {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                let end = bytes[offset + 1..<limit].firstIndex(of: byte) ?? limit
                if number == place { return end < limit && end > offset + 1 ? [offset + 1..<end] : [] }
                offset = end
            } else if byte == UInt8(ascii: ",") {
                number += 1
            } else if byte == UInt8(ascii: ")") || number == place && !ByteSet.blank.contains(byte) {
                return []
            }
            offset += 1
        }
        return []
    }

    /// The text with that number of a call whose parenthesis stands before `start`, where it can be a secret.
    func text(_ place: Int, from start: Int) -> [Range<Int>] {
        let limit = min(lineEnd(start), start + 512)
        var (offset, number, depth) = (start, 0, 1)
        while offset < limit {
            let byte = bytes[offset]
            if ByteSet.quotes.contains(byte) {
                let end = bytes[offset + 1..<limit].firstIndex(of: byte) ?? limit
                if number == place {
                    let value = offset + 1..<end
                    let isSecret =
                        end < limit && value.count > 2 && !isReading(value)
                        && !SecretRules.isNamed(bytes[value])
                    return isSecret ? [value] : []
                }
                (offset, number) = (end, number + 1)
            } else if byte == UInt8(ascii: "(") {
                depth += 1
            } else if byte == UInt8(ascii: ")") {
                depth -= 1
                if depth == 0 { return [] }
            } else if ";{=".utf8.contains(byte) {
                return []
            }
            offset += 1
        }
        return []
    }

    /// The longest argument without quotation marks, in bytes.
    private static let argumentLimit = 128

    /// The X of `password("X")` and `password(X)`, which stands behind no other word.
    func onlyArgument(of name: Range<Int>, to limit: Int) -> Range<Int>? {
        let isMember =
            isWord(name.suffix(9), ".password")
            && ByteSet.quotes.contains(bytes[min(name.upperBound + 1, bytes.count - 1)])
        guard isWord(name, "password") || isWord(name, "passphrase") || isMember,
            has("(", at: name.upperBound),
            name.lowerBound == 0 || ByteSet.callMargin.contains(bytes[name.lowerBound - 1])
        else { return nil }
        let start = name.upperBound + 1
        guard start < limit else { return nil }
        if has("\"", at: start) || has("'", at: start) { return start + 1..<closing(from: start) }
        let rest = bytes[start..<min(limit, start + Self.argumentLimit)]
        guard let end = rest.firstIndex(of: UInt8(ascii: ")")) else { return nil }
        return isInvented(start..<end) && bytes[start..<end].allSatisfy(ByteSet.token.contains)
            ? start..<end : nil
    }

    /// How far a value may stand from the name it belongs to, in bytes.
    private static let pairGap = 80

    func partner(of name: Range<Int>) -> Range<Int>? {
        guard let key = nameKey(before: name) else { return nil }
        let isText = has("string", at: key)
        let later = laterPartner(of: name)
        if isText { return later.flatMap { isInvented($0) ? $0 : nil } }
        // What stands behind the dash of an item belongs to another name, unless the dash is that of a comparison.
        let isSure =
            later.map { !bytes[name.upperBound..<$0.lowerBound].contains(UInt8(ascii: "-")) } ?? false
        if isSure { return later }
        return earlierPartner(before: key) ?? later ?? memberValue(of: name, key: key)
    }

    /// The value whose own name stands behind the name that tells.
    private func laterPartner(of name: Range<Int>) -> Range<Int>? {
        var offset = name.upperBound
        let limit = min(bytes.count, offset + Self.pairGap)
        while offset < limit {
            if has("value", at: offset) || has("Value", at: offset) { return value(behind: offset + 5) }
            if has("<string>", at: offset) {
                let start = offset + 8
                return start..<(bytes[start...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count)
            }
            if has("</key>", at: offset) || has("</name>", at: offset) || has("</string>", at: offset) {
                offset = bytes[offset...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? limit
            } else if ByteSet.pairGap.contains(bytes[offset]) {
                offset += 1
            } else {
                return nil
            }
        }
        return nil
    }

    /// How long a value before its name may be, in bytes.
    private static let earlierLimit = 4096

    /// The X of `{"value": "X", "name": "API_TOKEN"}`, given where `name` begins.
    private func earlierPartner(before key: Int) -> Range<Int>? {
        var end = key
        if end > 0, ByteSet.quotes.contains(bytes[end - 1]) { end -= 1 }
        let gap = end
        while end > max(0, gap - Self.pairGap), ByteSet.memberGap.contains(bytes[end - 1]) { end -= 1 }
        guard end < gap, end > 1 else { return nil }
        let limit = max(0, end - Self.earlierLimit)
        let mark = bytes[end - 1]
        if ByteSet.quotes.contains(mark) {
            var open = end - 2
            while open > limit, bytes[open] != mark || bytes[open - 1] == UInt8(ascii: "\\") { open -= 1 }
            return open > limit && isValueKey(before: open) ? open + 1..<end - 1 : nil
        }
        // Without quotation marks a value ends with its line, so that it begins there or behind a brace.
        let line = max(lineStart(end - 1), limit)
        let member = bytes[line..<end].lastIndex(of: UInt8(ascii: "{")) ?? line
        guard let sign = bytes[member..<end].firstIndex(where: { ":=".utf8.contains($0) }) else { return nil }
        let start = runEnd(sign + 1, .blank)
        return start < end && isValueKey(before: start) ? start..<end : nil
    }

    /// Whether `value:` or `"Value" =` stands before `start`.
    private func isValueKey(before start: Int) -> Bool {
        var rest = bytes[max(0, start - 16)..<start]
        while let last = rest.last, ByteSet.blank.contains(last) { rest.removeLast() }
        guard let sign = rest.popLast(), ":=".utf8.contains(sign) else { return false }
        while let last = rest.last, ByteSet.keyMargin.contains(last) { rest.removeLast() }
        let isThere = rest.suffix(5).elementsEqual("value".utf8) || rest.suffix(5).elementsEqual("Value".utf8)
        return isThere && rest.dropLast(5).last.map(ByteSet.token.contains) != true
    }

    private static let nameWords = [
        "name", "Name", "NAME", "key", "Key", "KEY", "Variable", "id", "k", "string",
    ]

    /// Where the key begins of `name:`, `"Name":`, `key=` or `<key>` before it; nil where it is no value of one.
    private func nameKey(before name: Range<Int>) -> Int? {
        var end = name.lowerBound
        func skip(_ set: ByteSet) {
            while end > 0, set.contains(bytes[end - 1]) { end -= 1 }
        }
        skip(.quotes)
        while end > 0, bytes[end - 1] == 0x20 { end -= 1 }
        guard end > 0, ":=>".utf8.contains(bytes[end - 1]) else { return nil }
        end -= 1
        while end > 0, bytes[end - 1] == 0x20 || ByteSet.quotes.contains(bytes[end - 1]) { end -= 1 }
        for word in Self.nameWords where end >= word.utf8.count {
            let start = end - word.utf8.count
            guard bytes[start..<end].elementsEqual(word.utf8) else { continue }
            let isWhole = start == 0 || !ByteSet.token.contains(bytes[start - 1])
            return isWhole || word.utf8.count > 2 ? start : nil
        }
        return nil
    }

    /// What stands behind `value`, its separator and its quotation mark.
    private func value(behind offset: Int) -> Range<Int>? {
        var start = offset
        if start < bytes.count, bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            start += 1
        }
        start = runEnd(start, .blank)
        guard has(":", at: start) || has("=", at: start) else { return nil }
        start = runEnd(start + 1, .blank)
        guard start < bytes.count, bytes[start] != 0x0A else { return nil }
        if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            return start + 1..<closing(from: start)
        }
        let end = bytes[start..<lineEnd(start)].firstIndex { [0x2C, 0x7D].contains($0) } ?? lineEnd(start)
        return start..<end
    }

    // MARK: Next lines

    /// The value of `name:` that stands on the next lines: a quoted text, a plain one, or a list of passwords.
    private func listed(behind name: Range<Int>) -> Range<Int>? {
        guard !opensStatement(name) else { return nil }
        var offset = name.upperBound
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") { offset += 1 }
        guard has(":", at: offset) else { return nil }
        offset = runEnd(offset + 1, .blank)
        if has("#", at: offset) { offset = lineEnd(offset) }
        guard offset < bytes.count, bytes[offset] == 0x0A else { return nil }
        let line = lineStart(name.lowerBound)
        let indent = runEnd(line, .blank) - line
        offset = saidLine(behind: offset) - 1
        guard offset < bytes.count else { return nil }
        let text = runEnd(offset + 1, .blank)
        let end = lineEnd(min(offset + 1, bytes.count))
        guard text < end else { return nil }
        if bytes[text] == UInt8(ascii: "\"") { return text + 1..<closing(from: text) }
        if has("- ", at: text) {
            return isOfPasswords(name) ? items(from: text, indent: text - offset - 1) : nil
        }
        let isMapping = bytes[text..<end].contains(UInt8(ascii: ":")) || "{[<#".utf8.contains(bytes[text])
        guard text - offset - 1 > indent, !isMapping else { return nil }
        return text..<end
    }

    /// Whether a name ends the head of a statement whose lines follow: code, or a line that begins with `if` and the like.
    func opensStatement(_ name: Range<Int>) -> Bool {
        let start = runEnd(lineStart(name.lowerBound), .mapMargin)
        let word = start..<max(start, min(runEnd(start, .letters), name.lowerBound))
        let isHead = ["if", "elif", "while", "for", "with", "else", "except", "case", "def", "class"].contains
        {
            isText(word, $0)
        }
        return isHead && has(" ", at: word.upperBound) || kind.isCode(at: name.lowerBound, self)
    }

    /// How many lines of comments are passed over between a name and its value.
    private static let commentLimit = 32

    /// Where the next line begins behind the end of a line at `end` that is neither empty nor a comment; behind the text
    /// where there is none.
    private func saidLine(behind end: Int) -> Int {
        var (start, count) = (end + 1, 0)
        while start < bytes.count, count < Self.commentLimit {
            count += 1
            let (text, stop) = (runEnd(start, .blank), lineEnd(start))
            guard text >= stop || has("#", at: text) else { return start }
            start = stop + 1
        }
        return bytes.count + 1
    }

    /// Names of secrets are listed below `secrets:`; below these it is the secrets themselves.
    func isOfPasswords(_ name: Range<Int>) -> Bool {
        let lower = bytes[name].map { $0 | 0x20 }
        return ["passw", "token", "passphrase"].contains {
            ByteSearch.first(Array($0.utf8), in: lower) != nil
        }
    }

    /// The items of a list, from the first to the last as one.
    private func items(from start: Int, indent: Int) -> Range<Int>? {
        var end = lineEnd(start)
        guard !bytes[start..<end].contains(UInt8(ascii: ":")) else { return nil }
        while end < bytes.count {
            let next = saidLine(behind: end)
            let text = runEnd(next, .blank)
            guard has("- ", at: text), text - next == indent else { break }
            end = lineEnd(text)
        }
        return start + 2..<end
    }
}
