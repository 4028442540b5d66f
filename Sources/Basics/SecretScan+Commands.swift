/// Values that a command gives, which are no secrets themselves, unless the command says them.
extension SecretScan {
    /// What a value that is the output of a command gives away: what its `echo` says, or an empty range for nothing; nil
    /// where the value is no such output.
    func output(of value: Range<Int>) -> Range<Int>? {
        guard let command = command(in: value) else { return nil }
        let none = value.lowerBound..<value.lowerBound
        var start = runEnd(command.lowerBound, .blank)
        if has("shell ", at: start) { start = runEnd(start + 6, .blank) }
        var said: [Range<Int>] = []
        for word: StaticString in ["echo ", "printf ", "/bin/echo "] where has(word, at: start) {
            said = self.said(
                from: start + word.utf8CodeUnitCount - 1, isFormatted: word.utf8CodeUnitCount == 7)
        }
        if said.isEmpty { said = hereString(words(from: start)) }
        let shown = said.map { $0.clamped(to: command) }.filter { word in
            !word.isEmpty && !bytes[word].contains { "$`".utf8.contains($0) }
        }
        guard let first = shown.first, let last = shown.last else { return none }
        return first.lowerBound..<last.upperBound
    }

    /// The command between `$(` and `)`, or between backticks, that is all of a value.
    private func command(in value: Range<Int>) -> Range<Int>? {
        var start = value.lowerBound
        if has("$$(", at: start) { start += 1 }
        let limit = min(lineEnd(start), start + Self.commandLimit)
        let end: Int?
        if has("$(", at: start) {
            start += 2
            // A single word that looks made up is no command.
            end = parenthesis(from: start, limit).flatMap { end in
                bytes[start..<end].allSatisfy(ByteSet.names.contains) && isInvented(start..<end)
                    && bytes[start..<end].contains(where: ByteSet.digits.contains) ? nil : end
            }
        } else if has("`", at: start) {
            start += 1
            // A single word is a text, as some languages write it.
            end = bytes[min(start, limit)..<limit].firstIndex(of: UInt8(ascii: "`")).flatMap { end in
                bytes[start..<end].contains(where: ByteSet.blank.contains) ? end : nil
            }
        } else {
            return nil
        }
        guard let end else { return nil }
        let isAll = end + 1 >= limit || ByteSet.commandMargin.contains(bytes[end + 1])
        return isAll ? start..<end : nil
    }

    /// The parenthesis that closes the one before `start`.
    func parenthesis(from start: Int, _ limit: Int) -> Int? {
        var depth = 1
        for offset in start..<max(start, limit) {
            switch bytes[offset] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            default: continue
            }
            if depth == 0 { return offset }
        }
        return nil
    }

    // MARK: Neighbours

    /// How far before an option its list may begin, in bytes.
    private static let listLimit = 1024

    /// The next item of a list one of whose items is an option that takes a secret: `[--password, X]`, and the same on
    /// lines of their own in JSON and YAML.
    func neighbour(of flag: Range<Int>) -> Range<Int>? {
        guard flag.count > 3, bytes[flag.lowerBound] == UInt8(ascii: "-") else { return nil }
        let line = lineStart(flag.lowerBound)
        var offset = flag.upperBound
        let isQuoted = has("\"", at: offset) || has("'", at: offset)
        if isQuoted { offset += 1 }
        let hasComma = has(",", at: offset)
        if hasComma { offset += 1 }
        offset = runEnd(offset, .blank)
        guard offset < bytes.count else { return nil }
        guard bytes[offset] == 0x0A else {
            // A list of YAML on one line.
            let before = bytes[max(line, flag.lowerBound - Self.listLimit)..<flag.lowerBound]
            let isList = hasComma && before.contains(UInt8(ascii: "["))
            return isList ? item(at: offset, endsAtComma: true) : nil
        }
        var text = runEnd(offset + 1, .blank)
        if hasComma {
            return isQuoted && has("\"", at: text) ? item(at: text, endsAtComma: true) : nil
        }
        let margin = runEnd(line, .blank)
        guard has("- ", at: margin), runEnd(margin + 1, .blank) == flag.lowerBound - (isQuoted ? 1 : 0),
            has("- ", at: text), text - offset - 1 == margin - line
        else { return nil }
        text = runEnd(text + 1, .blank)
        return item(at: text, endsAtComma: false)
    }

    /// The item of a list that begins at `start`, unless it is an option.
    private func item(at start: Int, endsAtComma: Bool) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        let isQuoted = has("\"", at: start) || has("'", at: start)
        var item = start + 1..<start + 1
        if isQuoted {
            item = start + 1..<closing(from: start)
        } else {
            let rest = bytes[start..<lineEnd(start)]
            let end = rest.firstIndex {
                endsAtComma && ($0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "]"))
            }
            var stop = end ?? rest.endIndex
            while stop > start, ByteSet.blank.contains(bytes[stop - 1]) { stop -= 1 }
            item = start..<stop
        }
        guard !item.isEmpty else { return nil }
        return bytes[item.lowerBound] == UInt8(ascii: "-") && !isDrawn(item) ? nil : item
    }

    // MARK: Variables

    private static let variable = Array("variable \"".utf8)

    /// The `default = "X"` of a Terraform variable whose name tells.
    func variableDefaults() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var next = ByteSearch.first(Self.variable, in: bytes)
        while let start = next {
            let name = start + Self.variable.count
            next = ByteSearch.first(Self.variable, in: bytes, from: name)
            let line = lineEnd(start)
            guard beginsLine(start), let end = bytes[name..<line].firstIndex(of: UInt8(ascii: "\"")) else {
                continue
            }
            let brace = runEnd(end + 1, .blank)
            guard has("{", at: brace), SecretRules.strength(ofName: bytes[name..<end]) == .certain,
                let value = defaultText(from: brace + 1, to: min(bytes.count, brace + 4096))
            else { continue }
            found.append(value)
        }
        return found
    }

    /// The text behind `default =` at the beginning of a line, before a line that begins with `}`.
    private func defaultText(from start: Int, to limit: Int) -> Range<Int>? {
        var line = start
        while line < limit {
            let text = runEnd(line, .blank)
            if has("}", at: text) || has("variable \"", at: text) { return nil }
            if has("default", at: text) {
                var offset = runEnd(text + 7, .blank)
                if has("=", at: offset) {
                    offset = runEnd(offset + 1, .blank)
                    guard has("\"", at: offset) else { return nil }
                    let value = offset + 1..<closing(from: offset)
                    return SecretRules.isWorthHiding(bytes[value], .certain) ? value : nil
                }
            }
            line = lineEnd(min(text, bytes.count)) + 1
        }
        return nil
    }
}
