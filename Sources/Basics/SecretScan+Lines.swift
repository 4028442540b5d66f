/// Secrets that are told by what the whole line, or the block of lines around it, looks like.
extension SecretScan {
    /// The longest line that is looked at, in bytes, and the number of words of it.
    private static let (lineLimit, wordLimit) = (1024, 16)

    /// A block that a line began and none has ended.
    private struct OpenBlock {
        let rule: BlockRule
        let indent: Int
    }

    func ruledLines() -> [Range<Int>] {
        var found: [Range<Int>] = []
        var open: OpenBlock?
        var contexts: [[UInt8]: Bool] = [:]
        for start in lines where start < bytes.count {
            let line = start..<lineEnd(start)
            let text = runEnd(start, .blank)
            guard text < line.upperBound, line.count <= Self.lineLimit else { continue }
            if let block = open {
                if ends(block, text, indent: text - start) {
                    open = nil
                } else {
                    found += secrets(of: block.rule.lines, words(in: text..<line.upperBound), nil)
                }
            }
            if open == nil, let rule = opened(by: text..<line.upperBound) {
                open = OpenBlock(rule: rule, indent: text - start)
                continue
            }
            found += secrets(from: text, line, &contexts)
            // Marks of comparisons, comments and lists, which are options of a program elsewhere.
            let inner = runEnd(start, .lineMargin)
            if inner > text, inner < line.upperBound { found += secrets(from: inner, line, &contexts) }
        }
        return found
    }

    private func ends(_ block: OpenBlock, _ text: Int, indent: Int) -> Bool {
        switch block.rule.end {
        case .brace: has("}", at: text)
        case .text(let mark): has(mark, at: text)
        case .indent: indent <= block.indent
        }
    }

    private func opened(by line: Range<Int>) -> BlockRule? {
        let end = bytes[line].firstIndex(where: ByteSet.blank.contains) ?? line.upperBound
        guard let rules = BlockRule.byLength[end - line.lowerBound] else { return nil }
        let word = line.lowerBound..<end
        guard let rule = rules.first(where: { $0.openings.contains { isSmall(word, $0) } }) else {
            return nil
        }
        switch rule.end {
        case .indent: return runEnd(end, .blank) >= line.upperBound ? rule : nil
        case .brace:
            let last = bytes[line].last { !ByteSet.blank.contains($0) }
            return last == UInt8(ascii: "{") ? rule : nil
        case .text: return rule
        }
    }

    private static func small(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    /// What the rules for a first word that stands at `start`, and those for any, hide.
    private func secrets(from start: Int, _ line: Range<Int>, _ contexts: inout [[UInt8]: Bool])
        -> [Range<Int>]
    {
        var found: [Range<Int>] = []
        let end = min(runEnd(start, .dotted), line.upperBound)
        let named = LineRule.byFirst[Int(bytes[start])].first { isSmall(start..<end, $0.name) }
        if let named, let (separator, rest) = separated(end, line.upperBound) {
            let words = [start..<end] + words(in: rest..<line.upperBound)
            let rules = named.rules.filter {
                ($0.separator == .any || $0.separator == separator) && isIn($0.context, &contexts)
            }
            found += secrets(of: rules, words, 0)
        }
        // All rules for any first word have one of these.
        let isPossible =
            ByteSet.digits.contains(bytes[start]) || bytes[start] == UInt8(ascii: "$")
            || bytes[start..<line.upperBound].contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
        guard isPossible else { return found }
        let rules = LineRule.unnamed.filter { isIn($0.context, &contexts) }
        return found + secrets(of: rules, words(in: start..<line.upperBound), nil)
    }

    private func isSmall(_ range: Range<Int>, _ text: [UInt8]) -> Bool {
        range.count == text.count && zip(range, text).allSatisfy { Self.small(bytes[$0]) == $1 }
    }

    private func isIn(_ context: [UInt8]?, _ contexts: inout [[UInt8]: Bool]) -> Bool {
        guard let context else { return true }
        if let known = contexts[context] { return known }
        let isThere = ByteSearch.first(context, in: bytes) != nil
        contexts[context] = isThere
        return isThere
    }

    /// What stands behind the first word, and where the second begins.
    private func separated(_ end: Int, _ limit: Int) -> (LineRule.Separator, Int)? {
        let next = runEnd(end, .blank)
        guard next < limit else { return nil }
        if bytes[next] == UInt8(ascii: "="), !has("=>", at: next) { return (.equals, next + 1) }
        if bytes[next] == UInt8(ascii: ":") { return (.any, next + 1) }
        return next > end ? (.blank, next) : nil
    }

    /// The words of a line, without what ends it and a comment behind them.
    private func words(in line: Range<Int>) -> [Range<Int>] {
        var words = columns(line, most: Self.wordLimit)
        if let last = words.last, words.count > 1, isText(last, ";") { words.removeLast() }
        guard let comment = words.firstIndex(where: { isText($0, "#") }), comment > 0 else { return words }
        return Array(words[..<comment])
    }

    /// - Parameter matched: the number of the word that matches as it is; nil for none.
    private func secrets(of rules: [LineRule], _ words: [Range<Int>], _ matched: Int?) -> [Range<Int>] {
        rules.flatMap { rule in secrets(of: rule, words, matched) ?? [] }
    }

    /// What a rule hides of a line; nil when it is not about the line.
    private func secrets(of rule: LineRule, _ words: [Range<Int>], _ matched: Int?) -> [Range<Int>]? {
        var found: [Range<Int>] = []
        for (index, wanted) in rule.words.enumerated() {
            guard index < words.count else { return nil }
            switch wanted {
            case .marked: return found + marked(words[index...])
            case .rest:
                let rest = words[index].lowerBound..<(words.last?.upperBound ?? words[index].upperBound)
                return isReading(rest) ? found : found + [rest]
            case .oneOf(let texts):
                guard index == matched || texts.contains(where: { isSmall(words[index], $0) }) else {
                    return nil
                }
            case .parts(let parts):
                guard let secrets = secrets(of: parts, words[index]) else { return nil }
                found += secrets
            }
        }
        return rule.isOpen || words.count == rule.words.count ? found : nil
    }

    /// The passwords of a Redis account, among words that say what it may do.
    private func marked(_ all: ArraySlice<Range<Int>>) -> [Range<Int>] {
        // Between quotes there may be nothing.
        let words = all.filter { !$0.isEmpty }
        let isAccount = words.contains { word in
            isText(word, "on") || isText(word, "off") || "~&+-@%".utf8.contains(bytes[word.lowerBound])
        }
        guard isAccount else { return [] }
        return words.compactMap { word in
            let value = word.lowerBound + 1..<word.upperBound
            switch bytes[word.lowerBound] {
            case UInt8(ascii: ">"), UInt8(ascii: "<"): return value.isEmpty || isReading(value) ? nil : value
            case UInt8(ascii: "#"), UInt8(ascii: "!"):
                return value.count >= 32 && bytes[value].allSatisfy { Hex.digit($0) != nil } ? value : nil
            default: return nil
            }
        }
    }

    /// What the parts of a word hide; nil when the word is another.
    private func secrets(of parts: [LineRule.Part], _ word: Range<Int>) -> [Range<Int>]? {
        var found: [Range<Int>] = []
        var offset = word.lowerBound
        var account: Range<Int>?
        for (index, part) in parts.enumerated() {
            let rest = offset..<word.upperBound
            switch part {
            case .text(let text):
                guard isSmall(rest.prefix(text.count), text) else { return nil }
                offset += text.count
            case .number:
                offset = min(runEnd(offset, .digits), word.upperBound)
                guard offset > rest.lowerBound else { return nil }
            case .any:
                guard let end = end(of: rest, before: parts.dropFirst(index + 1).first, isLast: false),
                    index + 1 == parts.count
                        || !bytes[offset..<end].contains(UInt8(ascii: "/")) && !has("@", at: offset)
                else { return nil }
                (account, offset) = (offset..<end, end)
            case .secret(let isDoubtful):
                guard let end = end(of: rest, before: parts.dropFirst(index + 1).first, isLast: true),
                    isSecret(offset..<end, of: account, isDoubtful: isDoubtful)
                else { return nil }
                found.append(offset..<end)
                offset = end
            }
        }
        return offset == word.upperBound ? found : nil
    }

    /// Where a part that may be anything ends: before the first or last place of the text that follows it.
    private func end(of rest: Range<Int>, before next: LineRule.Part?, isLast: Bool) -> Int? {
        guard !rest.isEmpty else { return nil }
        guard case .text(let text)? = next, let first = text.first else { return rest.upperBound }
        let places = rest.dropFirst()
        func isPlace(_ place: Int) -> Bool {
            Self.small(bytes[place]) == first && isSmall((place..<rest.upperBound).prefix(text.count), text)
        }
        return isLast ? places.last(where: isPlace) : places.first(where: isPlace)
    }

    private func isSecret(_ value: Range<Int>, of account: Range<Int>?, isDoubtful: Bool) -> Bool {
        guard !isReading(value), bytes[value].first != UInt8(ascii: "{"), !SecretRules.isPlace(bytes[value])
        else { return false }
        if let account {
            let areNumbers =
                bytes[account].allSatisfy(ByteSet.digits.contains)
                && bytes[value].allSatisfy(ByteSet.digits.contains)
            if areNumbers || bytes[account].elementsEqual(bytes[value]) { return false }
        }
        return !isDoubtful || isInvented(value)
    }

    /// Whether a word looks as if somebody had made it up.
    func isInvented(_ word: Range<Int>) -> Bool { SecretRules.isInvented(bytes[word]) }
}
