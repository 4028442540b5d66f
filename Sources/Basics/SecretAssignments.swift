extension SecretScan {
    /// A name of a secret in the text and how it stands there.
    private struct Name {
        let range: Range<Int>
        let strength: SecretNameStrength
        /// The quotation mark that is open where the name stands; nil outside quotation.
        let quote: UInt8?
        /// Whether only margin, `export` and the like stand before it on its line.
        let beginsLine: Bool
    }

    /// Values given to names of secrets, in the notations of env files, INI, YAML, JSON, XML and command lines.
    func assignments() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var below = Below()
        var resume = 0
        for start in lines where start < bytes.count {
            let end = lineEnd(start)
            if start >= resume {
                found += assignments(in: start..<end, from: start, &below)
            } else if resume < end {
                // A value that an earlier line began ends on this one, and another may follow it.
                found += assignments(in: start..<end, from: resume + 1, &below)
            }
            resume = max(resume, found.last?.upperBound ?? 0)
        }
        return found + below.found
    }

    /// What was found below names that have been read, and how far: nothing is looked through twice for one name in
    /// another.
    private struct Below {
        var found: [Range<Int>] = []
        var covered = Covered()

        mutating func take(_ nested: Nested) {
            found += nested.found
            covered.add(nested)
        }
    }

    private func assignments(in line: Range<Int>, from start: Int, _ below: inout Below) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var quote: UInt8?
        var hasEarlierWord = start > line.lowerBound
        var offset = start
        while offset < line.upperBound {
            let byte = bytes[offset]
            guard ByteSet.dotted.contains(byte) else {
                quote = quotation(after: offset, in: quote)
                hasEarlierWord = hasEarlierWord || !ByteSet.lineMargin.contains(byte)
                offset += 1
                continue
            }
            let range = offset..<runEnd(offset, .dotted)
            offset = range.upperBound
            if takesBelow(range, beginsLine: !hasEarlierWord, line, &below) {
                hasEarlierWord = true
                continue
            }
            if let value = value(of: range, quote: quote, beginsLine: !hasEarlierWord, line: line) {
                found.append(value)
                // A quotation that the value is in goes on behind it.
                for place in offset..<max(offset, value.lowerBound) {
                    quote = quotation(after: place, in: quote)
                }
                offset = max(offset, value.upperBound)
                if offset > line.upperBound { return found }
            }
            hasEarlierWord = hasEarlierWord || !isPrelude(range)
        }
        return found
    }

    /// Whether what the name at `range` gives stands within brackets or on lines below it, which is then looked through.
    private func takesBelow(
        _ range: Range<Int>, beginsLine: Bool, _ line: Range<Int>, _ below: inout Below
    ) -> Bool {
        let next = range.upperBound
        guard next < line.upperBound, range.count <= 256, ByteSet.nameEnd.contains(bytes[next]) else {
            return false
        }
        if let nested = nested(
            behind: range, beginsLine: beginsLine, to: line.upperBound, below.covered)
        {
            below.take(nested)
            return true
        }
        if let map = mapped(behind: range, to: line.upperBound, below.covered) { below.take(map) }
        return false
    }

    /// The quotation mark open behind `offset`.
    private func quotation(after offset: Int, in quote: UInt8?) -> UInt8? {
        let byte = bytes[offset]
        if offset > 0, bytes[offset - 1] == UInt8(ascii: "\\") { return quote }
        if byte == quote { return nil }
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        let opens = offset == 0 || byte == UInt8(ascii: "\"") || !ByteSet.letters.contains(bytes[offset - 1])
        return quote == nil && isQuote && opens ? byte : quote
    }

    private func isPrelude(_ range: Range<Int>) -> Bool {
        let word = bytes[range]
        return ["export", "set", "ENV", "ARG", "-", "--"].contains { word.elementsEqual($0.utf8) }
    }

    private func value(of range: Range<Int>, quote: UInt8?, beginsLine: Bool, line: Range<Int>) -> Range<Int>?
    {
        let next = range.upperBound
        if has(",", at: next) {
            return member(behind: range) ?? item(behind: range) ?? paired(behind: range)
        }
        if has("}", at: next) { return hashElement(of: range) ?? paired(behind: range) }
        let endsLine = next == line.upperBound
        guard endsLine || isSeparator(bytes[next]),
            let strength = connectionStrength(range, line) ?? SecretRules.strength(ofName: bytes[range])
                ?? (isWord(range, "pwd") ? .likely : nil) ?? foreignStrength(range)
        else { return nil }
        if endsLine {
            // `- name: DB_PASSWORD`, and the value stands on the next line.
            guard strength == .certain, let value = partner(of: range) ?? neighbour(of: range) else {
                return nil
            }
            return SecretRules.isWorthHiding(bytes[value], strength) ? value : nil
        }
        let name = Name(range: range, strength: strength, quote: quote, beginsLine: beginsLine)
        if has("(", at: next) {
            guard let value = onlyArgument(of: range, to: line.upperBound) ?? setArgument(of: range) else {
                return nil
            }
            return SecretRules.isWorthHiding(bytes[value], strength) ? value : nil
        }
        // A long value is none that looks made up, and is not read to its end at each of its bytes.
        let limit = min(line.upperBound, next + Self.doubtfulLimit)
        let line = strength == .doubtful ? line.lowerBound..<limit : line
        var told = assigned(to: name, line: line) ?? following(name, line: line)
        // Behind a comment the value stands on the next lines.
        if let comment = told, has("# ", at: comment.lowerBound) { told = nil }
        if let told, isPlainHere(told, of: range, strength, line) {
            let isText = told.lowerBound > 0 && ByteSet.textMarks.contains(bytes[told.lowerBound - 1])
            guard !isText, strength != .doubtful else { return nil }
            return textBehindType(told, line) ?? literal(inCallAt: told, strength, to: line.upperBound)
        }
        let isCertain = strength == .certain
        guard
            let value = told ?? argument(behind: range)
                ?? (isCertain
                    ? element(behind: range) ?? paired(with: range) ?? spoken(name, line: line)
                        ?? neighbour(of: range) : nil)
        else { return nil }
        if let said = output(of: value) { return said.isEmpty ? nil : said }
        if let said = saidBetweenMarks(value, of: range) { return said }
        let isPassword = isWord(range, "pwd") || isWord(range, "community")
        if isPIN(value, of: range, strength) { return value }
        return SecretRules.isWorthHiding(bytes[value], isPassword ? .certain : strength) ? value : nil
    }

    /// What of a value stands before the `’` that closes a text in which its name stands as well.
    private func saidBetweenMarks(_ value: Range<Int>, of name: Range<Int>) -> Range<Int>? {
        guard let last = bytes[value].last, last >= 0x80 || ByteSet.closers.contains(last) || last == 0x2E,
            let close = ByteSearch.first(
                Array("’".utf8), in: bytes, from: value.lowerBound, to: value.upperBound),
            close > value.lowerBound,
            ByteSearch.first(
                Array("‘".utf8), in: bytes, from: max(0, name.lowerBound - 64), to: name.lowerBound) != nil
        else { return nil }
        let said = value.lowerBound..<close
        return SecretRules.isWorthHiding(bytes[said], .certain) && !HiddenText.isHidden(Array(bytes[said]))
            ? said : nil
    }

    /// How much behind a doubtful name is looked at, in bytes.
    private static let doubtfulLimit = 1024

    /// The value of `{name: DB_PASSWORD, value: …}`.
    private func paired(behind name: Range<Int>) -> Range<Int>? {
        guard SecretRules.strength(ofName: bytes[name]) == .certain, let value = partner(of: name) else {
            return nil
        }
        return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
    }

    /// The item of a list that follows an option.
    private func item(behind name: Range<Int>) -> Range<Int>? {
        guard bytes[name.lowerBound] == UInt8(ascii: "-"),
            SecretRules.strength(ofName: bytes[name]) == .certain, let value = neighbour(of: name)
        else { return nil }
        return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: ":"), 0x20, 0x09, UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "]"), UInt8(ascii: "\\"), UInt8(ascii: "?"),
            UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "+"), UInt8(ascii: "*"):
            true
        default: false
        }
    }

    /// The value behind `=`, `:`, `=>` or `:=`, or between the tags of an XML element.
    private func assigned(to name: Name, line: Range<Int>) -> Range<Int>? {
        if name.quote == nil, name.strength == .certain, let value = declared(name.range, line) {
            return value
        }
        var offset = name.range.upperBound
        if has("[]", at: offset) { offset += 2 }
        if has(">", at: offset), name.range.lowerBound > 0,
            bytes[name.range.lowerBound - 1] == UInt8(ascii: "<")
        {
            if name.strength == .certain, let text = element(behind: name.range) { return text }
            let end = bytes[offset..<line.upperBound].firstIndex(of: UInt8(ascii: "<")) ?? line.upperBound
            // Where nothing closes it, it is no element.
            guard name.strength == .certain || has("</", at: end) else { return nil }
            return offset + 1..<max(offset + 1, end)
        }
        var isQuotedKey = false
        if has("\\\"", at: offset) { offset += 1 }
        // A name in quotation marks of its own, as in JSON inside the quoted word of a command.
        let isOwn =
            has("\"", at: offset) && name.range.lowerBound > 0
            && bytes[name.range.lowerBound - 1] == UInt8(ascii: "\"")
        if offset < line.upperBound, isOwn || bytes[offset] == name.quote {
            isQuotedKey = true
            offset += 1
        }
        if has("]", at: offset) || isQuotedKey && name.strength == .certain && closesElement(offset) {
            offset += 1
        }
        offset = runEnd(offset, .blank)
        guard let operatorEnd = operatorEnd(offset, behind: name.range) else { return nil }
        offset = operatorEnd
        let start = runEnd(offset, .blank)
        guard start < line.upperBound, !isGivenByCall(start),
            !isSystemReason(from: offset, to: line.upperBound),
            !isPlain(start, under: name.range, line)
        else { return nil }
        if name.strength == .likely, SecretRules.isPlace(bytes[start..<min(line.upperBound, start + 64)]) {
            return nil
        }
        return valueRange(from: start, name: name, isQuotedKey: isQuotedKey, line: line)
    }

    /// The end of what gives a name its value: `=`, `:`, `=>`, `:=`, `?=`, `||=` and the like, or `||` and `??` before a
    /// text in quotation marks.
    private func operatorEnd(_ start: Int, behind name: Range<Int>) -> Int? {
        for text: StaticString in ["||=", "??=", "::=", "?=", "+=", ":**", "**:"] where has(text, at: start) {
            return start + text.utf8CodeUnitCount
        }
        if has("||", at: start) || has("??", at: start) {
            let text = runEnd(start + 2, .blank)
            let isRead = name.lowerBound > 0 && "${".utf8.contains(bytes[name.lowerBound - 1])
            let isQuoted = has("'", at: text) || has("\"", at: text)
            return isQuoted && !isRead ? start + 2 : nil
        }
        guard has("=", at: start) || has(":", at: start), !isPath(at: start) else { return nil }
        return has("=", at: start + 1) || has(">", at: start + 1) ? start + 2 : start + 1
    }

    /// Whether `::` joins two names; behind that of LDIF stands a blank.
    private func isPath(at start: Int) -> Bool {
        has("::", at: start) && start + 2 < bytes.count && ByteSet.letters.contains(bytes[start + 2])
    }

    private func valueRange(from start: Int, name: Name, isQuotedKey: Bool, line: Range<Int>) -> Range<Int> {
        if has("\"\"\"", at: start) || has("'''", at: start) {
            let marks = Array(bytes[start..<start + 3])
            let end = ByteSearch.first(marks, in: bytes, from: start + 3) ?? lineEnd(start)
            return start + 3..<max(start + 3, end)
        }
        if has("\\\"", at: start) {
            let end = ByteSearch.first(Array("\\\"".utf8), in: bytes, from: start + 2) ?? line.upperBound
            return start + 2..<max(start + 2, min(end, line.upperBound))
        }
        if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            if isQuotedKey || name.quote != bytes[start] { return start + 1..<parts(from: start) }
        }
        if isQuotedKey || !name.beginsLine,
            let items = quotedItems(from: start, within: isQuotedKey ? nil : name.quote)
        {
            return items
        }
        if isQuotedKey {
            let end = bytes[start..<line.upperBound].firstIndex { [0x2C, 0x5D, 0x7D].contains($0) }
            return start..<(end ?? line.upperBound)
        }
        if let quote = name.quote {
            let isWhole = bytes[name.range.lowerBound - 1] == quote
            return start..<unquotedEnd(start, line, quote: quote, spacesEnd: !isWhole)
        }
        if !name.beginsLine { return start..<unquotedEnd(start, line, quote: nil, spacesEnd: true) }
        return block(from: start, name: name, line: line) ?? start..<continuedEnd(start, line)
    }

    /// The closing quotation mark that belongs to the one at `start`: on its line, else within 8 KiB, else the line's end.
    func closing(from start: Int) -> Int {
        let line = lineEnd(start)
        let limit = min(bytes.count, start + 8192)
        var offset = start + 1
        while offset < limit {
            if bytes[offset] == UInt8(ascii: "\\") {
                offset += 2
            } else if bytes[offset] == bytes[start] {
                return offset
            } else {
                offset += 1
            }
        }
        return max(line, start + 1)
    }

    private func unquotedEnd(_ start: Int, _ line: Range<Int>, quote: UInt8?, spacesEnd: Bool) -> Int {
        var end = start
        if spacesEnd, let next = templateEnd(start, line) ?? schemeEnd(start, line) { end = next }
        // The elements of an array of a shell.
        if spacesEnd, has("=(", at: start - 1), let close = parenthesis(from: start + 1, line.upperBound) {
            end = close + 1
        }
        while end < line.upperBound {
            let byte = bytes[end]
            if spacesEnd, byte == 0x20 || byte == 0x09 { break }
            if byte == quote, bytes[end - 1] != UInt8(ascii: "\\") { break }
            end += 1
        }
        return end
    }

    /// Where `{{ … }}` ends that begins a value, which has blanks of its own.
    private func templateEnd(_ start: Int, _ line: Range<Int>) -> Int? {
        guard has("{{", at: start) || has("${{", at: start) else { return nil }
        return ByteSearch.first(Array("}}".utf8), in: bytes, from: start, to: line.upperBound).map { $0 + 2 }
    }

    /// Where what follows begins behind the word for a scheme, as in `Authorization: Bearer X`.
    private func schemeEnd(_ start: Int, _ line: Range<Int>) -> Int? {
        for scheme: StaticString in ["Bearer ", "Basic ", "Token ", "bearer ", "basic "]
        where has(scheme, at: start) {
            let value = runEnd(start + scheme.utf8CodeUnitCount, .gap)
            // A word in capitals stands for what is to be written there.
            let isMeant =
                !bytes[value..<runEnd(value, .token)].allSatisfy { $0 >= 0x41 && $0 <= 0x5A }
                || runEnd(value, .token) == value
            return value < line.upperBound && isMeant && ByteSet.leaf.contains(bytes[value]) ? value : nil
        }
        return nil
    }

    /// The same, with the lines that follow a backslash which is joined to the value.
    private func continuedEnd(_ start: Int, _ line: Range<Int>) -> Int {
        var end = trimmedEnd(start, line)
        while end > start + 1, end < bytes.count, has("\\\n", at: end - 1),
            !ByteSet.blank.contains(bytes[end - 2])
        {
            let next = end + 1
            end = trimmedEnd(next, next..<lineEnd(min(next, bytes.count)))
        }
        return end
    }

    private func trimmedEnd(_ start: Int, _ line: Range<Int>) -> Int {
        var end = line.upperBound
        while end > start, ByteSet.blank.contains(bytes[end - 1]) || bytes[end - 1] == UInt8(ascii: ",") {
            end -= 1
        }
        return end
    }

    /// The indented lines behind `name: |` of YAML.
    private func block(from start: Int, name: Name, line: Range<Int>) -> Range<Int>? {
        let mark = bytes[start..<trimmedEnd(start, line)]
        guard let first = mark.first, first == UInt8(ascii: "|") || first == UInt8(ascii: ">"),
            mark.count <= 3,
            mark.dropFirst().allSatisfy({ ByteSet.blockMarks.contains($0) })
        else { return nil }
        let indent = name.range.lowerBound - line.lowerBound
        var end = line.upperBound
        while end < bytes.count {
            let next = end + 1
            let text = runEnd(next, .blank)
            guard text == lineEnd(min(next, bytes.count)) || text - next > indent else { break }
            end = lineEnd(min(next, bytes.count))
        }
        return end > line.upperBound ? line.upperBound + 1..<end : nil
    }

    /// The value behind a name and a space: after a flag, alone behind a directive, or in `login … password …`.
    private func following(_ name: Name, line: Range<Int>) -> Range<Int>? {
        let isCommunity = name.beginsLine && beginsCommunity(name.range, line)
        guard name.strength == .certain || isCommunity else { return nil }
        let isFlag = isOption(name.range)
        var start = runEnd(name.range.upperBound, isFlag ? .flagGap : .blank)
        guard start < line.upperBound, start > name.range.upperBound else { return nil }
        // A text that follows on the next lines, what gives the name its value, or an option.
        let isOther = ["<<", "?=", "||", "??", "::=", ":=", "+="].contains { has($0, at: start) }
        if isOther || name.beginsLine && has("--", at: start) || "=:".utf8.contains(bytes[start]) {
            return nil
        }
        if !isFlag, has("--", at: start), ByteSet.letters.contains(bytes[min(start + 2, line.upperBound - 1)])
        {
            return nil
        }
        // A text that is said, such as `"token missing"`.
        if isQuoted, name.beginsLine, isSaid(name.range, start..<line.upperBound) { return nil }
        if "EeNn".utf8.contains(bytes[start]), has("'", at: start + 1) { start += 1 }
        let isQuoted = bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'")
        let end: Int
        if isQuoted && !isFlag {
            end = closing(from: start)
            start += 1
        } else {
            var stop = templateEnd(start, line) ?? schemeEnd(start, line) ?? start
            let isWhole = name.beginsLine && name.quote == nil && !isFlag
            while stop < line.upperBound, !endsWord(at: stop, isWhole: isWhole, line) { stop += 1 }
            end = isFlag ? max(stop, itemEnd(start, behind: name.range, line) ?? stop) : stop
        }
        if isFlag {
            // What is given by name follows the option in a call: `"--password", help="…"`.
            let isGiven = has("=\"", at: end - 1) || has("='", at: end - 1)
            if end > start, isGiven, !has("==", at: end - 2) { return nil }
            let isOption = bytes[start] == UInt8(ascii: "-") && !isDrawn(start..<end)
            return isOption || saysOfOption(start..<end, line) ? nil : start..<end
        }
        if isQuoted, name.quote == nil { return start..<end }
        if name.beginsLine { return directive(name.range, start..<end, line) ? start..<end : nil }
        // A statement of several on one line, as in `key x { algorithm y; secret z; };`.
        if has(";", at: end), beginsStatement(name.range.lowerBound, line), isInvented(start..<end) {
            return start..<end
        }
        // The package of that name, behind the one that is called `login`.
        if bytes[name.range].elementsEqual("passwd".utf8) { return nil }
        let from = max(line.lowerBound, name.range.lowerBound - 256)
        let before = String(decoding: bytes[from..<name.range.lowerBound], as: UTF8.self)
        let words = before.split { $0 == " " || $0 == "\t" }
        if words.last.map({ Self.setters.contains(String($0)) }) == true || words.suffix(2).first == "set" {
            return start..<end
        }
        let before2 = words.dropLast().last
        return before2.map { ["login", "user", "machine", "account"].contains($0) } == true
            ? start..<end : nil
    }

    /// Whether a name is an option of a command: `--password`, and `-Password` as PowerShell has it.
    private func isOption(_ name: Range<Int>) -> Bool {
        let rest = bytes[name].dropFirst(2)
        let isCapital = bytes[name].dropFirst().first.map { $0 >= 0x41 && $0 <= 0x5A } == true
        return has("--", at: name.lowerBound)
            || has("-", at: name.lowerBound) && isCapital && rest.contains { $0 >= 0x61 }
    }

    /// Whether what begins with a dash is no option, as it is long or in quotation marks and looks drawn at random.
    func isDrawn(_ word: Range<Int>) -> Bool {
        let rest = bytes[word].dropFirst()
        let isQuoted = word.lowerBound > 0 && ByteSet.quotes.contains(bytes[word.lowerBound - 1])
        return word.count >= (isQuoted ? 10 : 20) && rest.first != UInt8(ascii: "-")
            && rest.contains(where: ByteSet.digits.contains)
            && rest.contains { $0 >= 0x41 && $0 <= 0x5A } && rest.contains { $0 >= 0x61 && $0 <= 0x7A }
            && !rest.contains(UInt8(ascii: "="))
    }

    /// Where the text in quotation marks ends that begins before `start` as an item, or a word, of its own.
    private func itemEnd(_ start: Int, behind name: Range<Int>, _ line: Range<Int>) -> Int? {
        guard start - 1 > name.upperBound, ByteSet.quotes.contains(bytes[start - 1]) else { return nil }
        let end = closing(from: start - 1)
        guard end < line.upperBound else { return nil }
        let next = runEnd(end + 1, .blank)
        return next >= line.upperBound || ",])} ".utf8.contains(bytes[next]) || next > end + 1 ? end : nil
    }

    /// Whether a word ends at `offset`; where it is all of its line, at a blank alone or at the mark that ends the line.
    private func endsWord(at offset: Int, isWhole: Bool, _ line: Range<Int>) -> Bool {
        guard ByteSet.wordEnd.contains(bytes[offset]) else { return false }
        // Within a word a semicolon is one of its marks, as a shell alone reads it otherwise.
        if bytes[offset] == UInt8(ascii: ";"), offset + 1 < line.upperBound,
            !ByteSet.wordEnd.contains(bytes[offset + 1]), !"})".utf8.contains(bytes[offset + 1])
        {
            return false
        }
        return !isWhole || bytes[offset..<line.upperBound].allSatisfy(ByteSet.directiveEnd.contains)
            || ByteSet.blank.contains(bytes[offset]) || has("; ", at: offset)
    }

    /// Whether a word is the value of a directive that begins a line, alone behind it.
    private func directive(_ name: Range<Int>, _ value: Range<Int>, _ line: Range<Int>) -> Bool {
        // What is done to a token, as commands are named.
        if isWord(name, "token"),
            ["create", "list", "revoke"].contains(where: { bytes[value].elementsEqual($0.utf8) })
        {
            return false
        }
        // The package of that name, in a list of packages.
        if bytes[name].elementsEqual("passwd".utf8) { return false }
        if bytes[name].elementsEqual("pass".utf8), isStored(value) { return false }
        if isTokenOperation(name, value) { return false }
        if isSNMPAccess(name) { return true }
        let rest = bytes[value.upperBound..<max(value.upperBound, line.upperBound)]
        let isCommunity = beginsCommunity(name, line)
        return rest.allSatisfy((isCommunity ? ByteSet.communityEnd : ByteSet.directiveEnd).contains)
    }

    /// Whether a quoted text is a name and a plain word, as programs speak of a secret.
    private func isSaid(_ name: Range<Int>, _ rest: Range<Int>) -> Bool {
        let words = [
            "token", "password", "secret", "passphrase", "credential", "credentials", "passwords", "tokens",
        ]
        return words.contains { plain(name).elementsEqual($0.utf8) }
            && bytes[rest].allSatisfy { $0 >= 0x61 && $0 <= 0x7A || ".,!? ".utf8.contains($0) }
    }

    /// Whether a word is a path of small letters, as `pass` names what it keeps.
    private func isStored(_ word: Range<Int>) -> Bool {
        let parts = bytes[word].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.allSatisfy { part in
                !part.isEmpty && part.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || "-_.".utf8.contains($0) }
            }
    }

    private func beginsStatement(_ start: Int, _ line: Range<Int>) -> Bool {
        let before = bytes[line.lowerBound..<start].suffix(16).last { !ByteSet.blank.contains($0) }
        return before == UInt8(ascii: ";") || before == UInt8(ascii: "{")
    }

    /// Directives that give the header or variable behind them the value behind that.
    private static let setters: Set<String> = [
        "proxy_set_header", "add_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param",
        "set",
        "SetEnv", "setenv", "header_up", "header", "http-request", "set-header", "add-header",
        "replace-header",
    ]

    /// The last word of `password is: …` and `password for NAME: …`, where it looks like one.
    private func spoken(_ name: Name, line: Range<Int>) -> Range<Int>? {
        let end = trimmedEnd(name.range.upperBound, line)
        guard end - name.range.upperBound <= 128, bytes[name.range].allSatisfy(ByteSet.letters.contains)
        else {
            return nil
        }
        var start = end
        while start > name.range.upperBound, !ByteSet.blank.contains(bytes[start - 1]) { start -= 1 }
        guard start < end else { return nil }
        let before = String(decoding: bytes[name.range.upperBound..<start], as: UTF8.self).trimmingBlanks
        let isTold =
            before == "is:" || before.hasSuffix(":") && before.contains("for ") && before.contains("@")
        let isQuoted =
            before == "set to" && bytes[start] == UInt8(ascii: "\"") && bytes[end - 1] == bytes[start]
        if isTold || isQuoted { return isQuoted ? unquoted(start..<end) : start..<end }
        guard bytes[start..<end].contains(where: { ByteSet.digits.contains($0) }) else { return nil }
        return before.hasPrefix("is") && before.count <= 3
            || before.hasPrefix("for ") && (before.hasSuffix(":") || before.hasSuffix(" is"))
            ? start..<end : nil
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
