/// Texts in quotation marks that a program gives to, or compares with, what has the name of a secret, wherever in the
/// statement they stand.
extension SecretScan {
    /// The longest line that is looked at, and how far a sign may stand from the name before it, in bytes.
    private static let (longestLine, signGap) = (2048, 64)

    /// The most telling names of a line whose statements are read, so that the work stays in proportion to the text.
    private static let most = 32

    /// The texts of the statements of a program that are for a telling name.
    func literals() -> [Range<Int>] {
        guard kind.mayBeProgram(self) else { return [] }
        var found: [Range<Int>] = []
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            guard line.count <= Self.longestLine, mayGive(line), SecretRules.mayTell(bytes[line]) else {
                continue
            }
            guard let source = kind.source(self) else { return [] }
            found += literals(of: line, source)
        }
        return found
    }

    /// Whether a text stands on a line, or the line goes on below.
    private func mayGive(_ line: Range<Int>) -> Bool {
        for offset in line where ByteSet.textMarks.contains(bytes[offset]) { return true }
        let last = bytes[line].last { !ByteSet.blank.contains($0) }
        return last == UInt8(ascii: "=") || last == UInt8(ascii: "(") || last == UInt8(ascii: "[")
    }

    private func literals(of line: Range<Int>, _ source: SourceCode) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var (offset, count) = (line.lowerBound, 0)
        while offset < line.upperBound {
            if ByteSet.nameStart.contains(bytes[offset]) {
                let name = offset..<runEnd(offset + 1, .members)
                offset = name.upperBound
                guard name.count > 2, count < Self.most,
                    SecretRules.strength(ofName: bytes[name]) == .certain,
                    source.isCode(at: name.lowerBound)
                else { continue }
                count += 1
                found += given(to: name, line, source) + comparedBefore(name, source)
            } else if let other = ByteSet.otherStart.contains(bytes[offset])
                ? source.stretch(at: offset) : nil
            {
                found += behind(text: other, source)
                offset = max(offset + 1, other.upperBound)
            } else {
                offset += 1
            }
        }
        return found
    }

    // MARK: Names

    /// What is given to a name of code, or compared with it.
    private func given(to name: Range<Int>, _ line: Range<Int>, _ source: SourceCode) -> [Range<Int>] {
        let last = bytes[name].split(separator: UInt8(ascii: ".")).last ?? []
        if has("(", at: name.upperBound) { return argument(of: name, last, line, source) }
        var sign = subscriptEnd(name.upperBound)
        if has("?:", at: sign) { sign += 1 }
        let isJoined = sign == runEnd(sign, .blank)
        sign = runEnd(sign, .blank)
        let texts = LiteralTexts(scan: self, source: source, name: name)
        if let operand = comparison(at: sign) { return texts.found(from: operand, isCompared: true) }
        if has("{", at: sign), isJoined { return texts.found(from: sign + 1) }
        if has(":", at: sign), !has("::", at: sign), !has(":=", at: sign) {
            return isLabel(name, line) ? [] : texts.found(from: sign + 1)
        }
        if let start = assignment(at: sign) ?? typedAssignment(at: sign) {
            return tupleValue(of: name, line, texts) ?? texts.found(from: start)
        }
        if has("(", at: sign), isWord(line.lowerBound..<min(line.lowerBound + 8, line.upperBound), "#define ")
        {
            return texts.found(from: sign)
        }
        guard has(",", at: sign) || has(")", at: sign) else { return [] }
        if let value = tupleValue(of: name, line, texts) { return value }
        return passed(with: name, sign, line, texts)
    }

    /// Where `[32]` or `["a"]` ends behind a name.
    private func subscriptEnd(_ start: Int) -> Int {
        guard has("[", at: start) else { return start }
        let limit = min(bytes.count, start + Self.signGap)
        let close = bytes[start..<limit].firstIndex(of: UInt8(ascii: "]"))
        return close.map { $0 + 1 } ?? start
    }

    /// Where what a name is compared with begins.
    private func comparison(at sign: Int) -> Int? {
        for text: StaticString in [
            "===", "!==", "==", "!=", "in (", "in [", "in {", "not in (", "eq ", "ne ",
        ]
        where has(text, at: sign) {
            let isList = "([{".utf8.contains(bytes[sign + text.utf8CodeUnitCount - 1])
            return sign + text.utf8CodeUnitCount - (isList ? 1 : 0)
        }
        return nil
    }

    /// Where what a name is given begins.
    private func assignment(at sign: Int) -> Int? {
        for text: StaticString in ["||=", "??=", ":=", "?=", "+=", "<-"] where has(text, at: sign) {
            return sign + text.utf8CodeUnitCount
        }
        guard has("=", at: sign), !has("=>", at: sign), !has("=~", at: sign) else { return nil }
        return sign + 1
    }

    /// The same behind a type or another word.
    private func typedAssignment(at start: Int) -> Int? {
        let limit = min(bytes.count, start + Self.signGap)
        guard start < limit, ByteSet.typeStart.contains(bytes[start]) else { return nil }
        var sign = start
        while sign < limit, ByteSet.typeWord.contains(bytes[sign]) { sign += 1 }
        return sign < limit && has(" ", at: sign - 1) && !has("==", at: sign) ? assignment(at: sign) : nil
    }

    /// Whether a name is that of a case, behind whose colon other statements stand.
    private func isLabel(_ name: Range<Int>, _ line: Range<Int>) -> Bool {
        let start = runEnd(line.lowerBound, .blank)
        let word = start..<runEnd(start, .letters)
        let isHead = [
            "case", "default", "when", "if", "elif", "while", "for", "else", "except", "with", "def",
        ]
        .contains { isText(word, $0) }
        return isHead && word.upperBound <= name.lowerBound && !has("(", at: name.lowerBound - 1)
            && bytes[word.upperBound..<name.lowerBound].allSatisfy { $0 != UInt8(ascii: "(") }
    }

    /// What a call gets whose name tells, or that compares what tells: its last text where it sets something.
    private func argument(
        of name: Range<Int>, _ last: ArraySlice<UInt8>, _ line: Range<Int>, _ source: SourceCode
    ) -> [Range<Int>] {
        let texts = LiteralTexts(scan: self, source: source, name: name)
        let word = String(decoding: last, as: UTF8.self)
        if LiteralTexts.comparers.contains(word) {
            return texts.found(from: name.upperBound, isCompared: true)
        }
        guard SecretRules.strength(ofName: last) == .certain else { return [] }
        let isSetter = ["set", "Set", "with", "With", "put", "Put"].contains { last.starts(with: $0.utf8) }
        return isSetter ? texts.found(from: name.upperBound, isOwn: true).suffix(1) : []
    }

    /// The text that `"X" == password`, `"X".equals(password)` compare a name with.
    private func comparedBefore(_ name: Range<Int>, _ source: SourceCode) -> [Range<Int>] {
        var offset = name.lowerBound
        while offset > 0, "$>-".utf8.contains(bytes[offset - 1]) { offset -= 1 }
        let isCall = [".equals(", ".equalsIgnoreCase(", ".contentEquals("].first { call in
            offset >= call.utf8.count && bytes[offset - call.utf8.count..<offset].elementsEqual(call.utf8)
        }
        if let isCall {
            offset -= isCall.utf8.count
        } else {
            while offset > 0, ByteSet.gap.contains(bytes[offset - 1]) { offset -= 1 }
            let start = offset
            while offset > 0, "=!".utf8.contains(bytes[offset - 1]) { offset -= 1 }
            guard start - offset > 1 else { return [] }
            while offset > 0, ByteSet.gap.contains(bytes[offset - 1]) { offset -= 1 }
        }
        guard offset > 0, let text = source.stretch(at: offset - 1), text.upperBound == offset else {
            return []
        }
        let texts = LiteralTexts(scan: self, source: source, name: name)
        return texts.content(of: text).flatMap { texts.isSecret($0, isCompared: true) ? [$0] : nil } ?? []
    }

    /// The value with the place of a name in `user, password = "u", "X"`; nil where it is no such statement.
    private func tupleValue(of name: Range<Int>, _ line: Range<Int>, _ texts: LiteralTexts) -> [Range<Int>]? {
        var sign = name.upperBound
        while sign < line.upperBound, ByteSet.tuple.contains(bytes[sign]) { sign += 1 }
        guard sign < line.upperBound, let start = assignment(at: sign), !has("==", at: sign) else {
            return nil
        }
        let margin = runEnd(line.lowerBound, .blank)
        let before = bytes[margin..<max(margin, name.lowerBound)]
        guard before.allSatisfy({ ByteSet.tuple.contains($0) || $0 == UInt8(ascii: "$") }) else { return nil }
        let place = before.count { $0 == UInt8(ascii: ",") }
        guard place > 0 || bytes[name.upperBound..<sign].contains(UInt8(ascii: ",")) else { return nil }
        return texts.found(from: start, place: place)
    }

    /// What is passed to a call together with a name: `strcpy(password, "X")`, `setopt(c, CURLOPT_PASSWORD, "X")`, or given
    /// by one: `expect(password).toBe("X")`.
    private func passed(with name: Range<Int>, _ sign: Int, _ line: Range<Int>, _ texts: LiteralTexts)
        -> [Range<Int>]
    {
        if has(").", at: sign) {
            let member = sign + 2..<runEnd(sign + 2, .members)
            let last = bytes[member].split(separator: UInt8(ascii: ".")).last ?? []
            guard has("(", at: member.upperBound),
                LiteralTexts.comparers.contains(String(decoding: last, as: UTF8.self))
            else { return [] }
            return texts.found(from: member.upperBound, isCompared: true)
        }
        guard has(",", at: sign), isPassed(name, line) else { return [] }
        return Array(texts.found(from: sign + 1, isOwn: true, isArgument: true).prefix(1))
    }

    /// Whether the call or statement that a name is an argument of gives it what follows.
    private func isPassed(_ name: Range<Int>, _ line: Range<Int>) -> Bool {
        if has(":", at: name.lowerBound - 1) { return has("set ", at: runEnd(line.lowerBound, .blank)) }
        let isConstant =
            bytes[name].contains(UInt8(ascii: "_")) && !bytes[name].contains { $0 >= 0x61 && $0 <= 0x7A }
        if isConstant, SecretRules.isWord(bytes[name]) { return true }
        let before = bytes[line.lowerBound..<name.lowerBound]
        guard let open = before.lastIndex(of: UInt8(ascii: "(")) else { return false }
        let callee = bytes[line.lowerBound..<open].suffix(while: {
            ByteSet.names.contains($0) || $0 == UInt8(ascii: "!")
        })
        return LiteralTexts.givers.contains(
            String(decoding: callee.drop { $0 == UInt8(ascii: "!") }, as: UTF8.self))
    }

    // MARK: Texts

    /// What follows a text that names a secret, an option that takes one or the scheme of a header.
    private func behind(text other: Range<Int>, _ source: SourceCode) -> [Range<Int>] {
        let texts = LiteralTexts(scan: self, source: source, name: other)
        guard other.count <= 80, let content = texts.content(of: other) else { return [] }
        let sign = runEnd(other.upperBound, .blank)
        let isScheme = ["Basic ", "Bearer ", "Token ", "token ", "bearer ", "basic "].contains {
            isText(content, $0)
        }
        if isScheme {
            let isJoined = "+.,&".utf8.contains(sign < bytes.count ? bytes[sign] : 0) || has("<>", at: sign)
            return isJoined ? texts.found(from: sign + 1) : []
        }
        guard content.count > 2, SecretRules.strength(ofName: bytes[content]) == .certain,
            !bytes[content].contains(where: ByteSet.gap.contains)
        else { return [] }
        if has("]", at: sign) {
            let next = runEnd(sign + 1, .blank)
            if let operand = comparison(at: next) { return texts.found(from: operand, isCompared: true) }
            return assignment(at: next).map { texts.found(from: $0) } ?? []
        }
        if has(":", at: sign) && !has("::", at: sign) || has("=>", at: sign) {
            return texts.found(from: sign + (has("=>", at: sign) ? 2 : 1))
        }
        guard has(",", at: sign) else { return [] }
        if bytes[content].first == UInt8(ascii: "-") { return texts.found(from: sign + 1, isDefault: true) }
        guard isPassed(other, lineStart(other.lowerBound)..<other.lowerBound) else { return [] }
        return Array(texts.found(from: sign + 1, isOwn: true, isArgument: true).prefix(1))
    }
}

extension SecretScan {
    /// Whether `text` stands at `offset`.
    func startsWith(_ text: String, at offset: Int) -> Bool {
        offset >= 0 && offset < bytes.count && bytes[offset...].starts(with: text.utf8)
    }
}
