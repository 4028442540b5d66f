extension SecretScan {
    private static let colon = UInt8(ascii: ":")

    /// The longest command line that is looked at, in bytes.
    static let commandLimit = 2048

    /// What the statements whose word begins at `offset` hide.
    func statement(at offset: Int) -> [Range<Int>] {
        guard offset + 1 < bytes.count else { return [] }
        var found: [Range<Int>] = []
        for statement in SecretStatement.byStart[Self.pair(bytes[offset], bytes[offset + 1])] {
            let end = offset + statement.word.count
            guard end <= bytes.count, bytes[offset..<end].elementsEqual(statement.word) else { continue }
            if case .option(let options, let joined, nil) = statement.grammar,
                let items = neighbours(behind: offset..<end)
            {
                found += behind(options, items) + joinedTo(joined, items)
                continue
            }
            if case .part(let byte, let options, nil) = statement.grammar,
                let items = neighbours(behind: offset..<end)
            {
                found += behind(options, items).compactMap { part($0, behind: byte) }
                continue
            }
            let isLast =
                end == bytes.count || bytes[end] == 0x0A || ByteSet.commandWordEnd.contains(bytes[end])
                || ByteSet.quotes.contains(bytes[end])
            guard
                statement.grammar.isCall
                    ? has("(", at: end)
                    : statement.grammar.mayEndLine
                        ? isLast : end < bytes.count && ByteSet.gap.contains(bytes[end])
            else { continue }
            found += values(statement.grammar, from: offset, end)
        }
        return found
    }

    private func values(_ grammar: SecretStatement.Grammar, from offset: Int, _ end: Int) -> [Range<Int>] {
        switch grammar {
        case .option(let options, let joined, let word):
            let words = words(from: end)
            guard word.map({ wanted in words.contains { isText($0, wanted) } }) ?? true else { return [] }
            return behind(options, words) + joinedTo(joined, words)
        case .part(let byte, let options, let word):
            let words = words(from: end)
            guard word.map({ wanted in words.contains { isText($0, wanted) } }) ?? true else { return [] }
            let joined = options.map { $0.hasPrefix("--") ? $0 + "=" : $0 }
                .filter { $0.hasSuffix("=") || $0.utf8.count == 2 }
            return (behind(options, words) + joinedTo(joined, words)).compactMap { part($0, behind: byte) }
        case .keyword(let keywords):
            return behind(keywords, words(from: end)).map(said).filter {
                !SecretRules.isPlace(bytes[$0]) && !isReading($0)
            }
        case .places(let places):
            guard beginsLine(offset) else { return [] }
            let words = words(from: end, isShell: false)
            return places.filter(words.indices.contains).map { words[$0] }
        case .coded(let keywords):
            return beginsLine(offset) ? [coded(keywords, from: end)].compactMap(\.self) : []
        case .afterColon(let place):
            let words = words(from: end, isShell: false)
            guard beginsLine(offset), words.indices.contains(place), isText(words[0], "auth") else {
                return []
            }
            return [part(words[place], behind: Self.colon)].compactMap(\.self)
        case .identified: return identified(from: end)
        case .behindColon:
            guard offset > 1, has(": ", at: offset - 2) else { return [] }
            return Array(words(from: end).prefix(1))
        case .argument(let place): return argument(place, from: end + 1)
        case .text(let place): return text(place, from: end + 1)
        case .quotedBehindColon:
            guard offset > 1, has(": ", at: offset - 2) else { return [] }
            return words(from: end).dropFirst().prefix(1).filter { has("\"", at: $0.lowerBound - 1) }
        case .account: return account(from: offset, end)
        case .answer: return answer(from: offset, end)
        case .batch(let valued): return batch(valued, from: end)
        case .distant(let prefix, let distance): return distant(prefix, distance, from: end)
        case .echoed: return piped(to: offset, end, []).compactMap { part($0, behind: Self.colon) }
        case .keyed(let keywords): return beginsLine(offset) ? keyed(keywords, from: end) : []
        case .long(let options, let least):
            return behind(options, words(from: end)).filter { $0.count >= least && !isReading($0) }
        case .lastPart(let options): return behind(options, words(from: end)).compactMap(lastPart)
        case .operands(let operands): return values(of: operands, from: end)
        case .piped(let options): return piped(to: offset, end, options)
        case .proxy: return proxy(from: offset, end)
        case .slashed: return slashed(from: end)
        case .inserted: return inserted(from: end)
        case .spoken: return spokenFor(from: offset, end)
        }
    }

    /// What `<(echo X)` says, where a word begins so; else the word.
    private func said(_ word: Range<Int>) -> Range<Int> {
        guard has("<(", at: word.lowerBound) else { return word }
        let line = lineEnd(word.lowerBound)
        let end = bytes[word.lowerBound..<line].firstIndex(of: UInt8(ascii: ")")) ?? line
        let last = bytes[word.lowerBound..<end].lastIndex { ByteSet.gap.contains($0) }
        return last.map { unquoted($0 + 1..<end) } ?? word
    }

    func isText(_ range: Range<Int>, _ text: String) -> Bool { bytes[range].elementsEqual(text.utf8) }

    /// The words that follow one of `options`.
    func behind(_ options: [String], _ words: [Range<Int>]) -> [Range<Int>] {
        zip(words, words.dropFirst()).compactMap { option, value in
            let isOption =
                bytes[value].first == UInt8(ascii: "-")
                && !ByteSet.quotes.contains(bytes[value.lowerBound - 1])
            return options.contains { isText(option, $0) } && !isOption ? value : nil
        }
    }

    /// What is joined to one of `options`, without its quotation marks.
    private func joinedTo(_ options: [String], _ words: [Range<Int>]) -> [Range<Int>] {
        words.compactMap { word in
            guard let option = options.first(where: { bytes[word].starts(with: $0.utf8) }) else { return nil }
            let value = unquoted(word.lowerBound + option.utf8.count..<word.upperBound)
            return value.isEmpty || isText(value, "-") ? nil : value
        }
    }

    func part(_ word: Range<Int>, behind byte: UInt8) -> Range<Int>? {
        guard let at = bytes[word].firstIndex(of: byte), at + 1 < word.upperBound else { return nil }
        return SecretRules.isWorthHiding(bytes[at + 1..<word.upperBound], .certain)
            ? at + 1..<word.upperBound : nil
    }

    /// The X of `enable secret 5 X` and `username ann privilege 15 secret X`.
    private func coded(_ keywords: [String], from end: Int) -> Range<Int>? {
        let words = words(from: end)
        guard let place = words.firstIndex(where: { word in keywords.contains { isText(word, $0) } }) else {
            return nil
        }
        var rest = words[(place + 1)...]
        if let first = rest.first, isText(first, "level") { rest = rest.dropFirst(2) }
        let code = rest.first.map { bytes[$0] } ?? []
        let isCoded = rest.count > 1 && code.count == 1 && code.allSatisfy(ByteSet.digits.contains)
        if isCoded { rest = rest.dropFirst() }
        let isPlain = place == 1 && rest.count == 1 && words.count == 3
        guard isCoded || place == 0 || isPlain && rest.allSatisfy(isInvented), rest.count == 1,
            let value = rest.first,
            !SecretRules.describesSecret(bytes[value])
        else { return nil }
        return value
    }

    private func identified(from end: Int) -> [Range<Int>] {
        let words = words(from: end)
        for (keyword, value) in zip(words, words.dropFirst()).prefix(4)
        where ["BY", "by", "AS", "as"].contains(where: { isText(keyword, $0) }) {
            // A sentence, whose words have no quotation marks.
            let isSaid = bytes[keyword.lowerBound] >= 0x61 && !has("'", at: value.lowerBound - 1)
            if isSaid, !isInvented(value) { return [] }
            return isText(value, "PASSWORD")
                ? Array(words.drop { $0 != value }.dropFirst().prefix(1)) : [value]
        }
        return []
    }

    func beginsLine(_ offset: Int) -> Bool {
        var start = offset
        while start > 0, ByteSet.lineMargin.contains(bytes[start - 1]) { start -= 1 }
        return start == 0 || bytes[start - 1] == 0x0A || bytes[start - 1] == UInt8(ascii: "\"")
    }

    // MARK: Words

    /// The words of a command line from `start` on, without quotation marks around them; lines joined by a backslash
    /// count as one, and what another command follows ends it.
    ///
    /// - Parameter isShell: whether a shell reads the line; else the marks that end its commands are those of a word.
    func words(from start: Int, isShell: Bool = true) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var offset = start
        let limit = min(bytes.count, start + Self.commandLimit)
        while offset < limit {
            let byte = bytes[offset]
            if byte == 0x20 || byte == 0x09 {
                offset += 1
            } else if has("\\\n", at: offset) {
                offset += 2
            } else if byte == 0x0A || isShell && "|;&".utf8.contains(byte) {
                return words
            } else {
                let end = wordEnd(offset, limit, isShell)
                let word = unquoted(offset..<end)
                if !word.isEmpty { words.append(word) }
                offset = max(end, offset + 1)
            }
        }
        return words
    }

    private func wordEnd(_ start: Int, _ limit: Int, _ isShell: Bool) -> Int {
        var quote: UInt8?
        var offset = start
        while offset < limit, bytes[offset] != 0x0A {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\\"), offset + 1 < limit, bytes[offset + 1] != 0x0A {
                offset += 2
                continue
            }
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                // The mark that ends the text around a command stands at the end of a word.
                guard closes(byte, after: offset, limit) else { return offset }
                quote = byte
            } else if quote == nil, (isShell ? ByteSet.commandWordEnd : ByteSet.gap).contains(byte) {
                break
            }
            offset += 1
        }
        return min(offset, limit)
    }

    private func closes(_ quote: UInt8, after offset: Int, _ limit: Int) -> Bool {
        let end = min(limit, lineEnd(offset))
        return offset + 1 < end && bytes[offset + 1..<end].contains(quote)
    }

    func unquoted(_ range: Range<Int>) -> Range<Int> {
        guard range.count >= 2, let first = bytes[range].first, bytes[range.upperBound - 1] == first,
            first == UInt8(ascii: "\"") || first == UInt8(ascii: "'")
        else { return range }
        return range.lowerBound + 1..<range.upperBound - 1
    }
}
