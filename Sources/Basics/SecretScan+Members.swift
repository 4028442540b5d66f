/// Values whose name is another member of the same object, item or element, with more members between or around them.
extension SecretScan {
    /// How far before a name its object or element may begin, and how far behind that its value may stand, in bytes.
    private static let (openingLimit, memberLimit) = (256, 1024)
    /// How many lines of an item are looked at, to each side of the name.
    private static let itemLines = 8

    private static let valueNames = ["value", "Value", "VALUE", "val", "v"]

    /// The X of `{"value": "X", "type": "env", "name": "API_TOKEN"}`, of such an item of YAML, and of
    /// `<env name="API_TOKEN" type="env" value="X"/>`.
    ///
    /// - Parameter key: where the word `name` begins before the name.
    func memberValue(of name: Range<Int>, key: Int) -> Range<Int>? {
        guard key == 0 || !ByteSet.token.contains(bytes[key - 1]) else { return nil }
        let value: Range<Int>?
        if let tag = opening(before: key, UInt8(ascii: "<"), UInt8(ascii: ">")) {
            value = attribute(from: tag)
        } else if let brace = opening(before: key, UInt8(ascii: "{"), UInt8(ascii: "}")) {
            value = member(from: brace)
        } else {
            value = itemValue(of: name, key: key)
        }
        guard let value, !value.isEmpty, !isReading(value), !value.overlaps(name) else { return nil }
        return SecretRules.isWorthHiding(bytes[value], .member) ? value : nil
    }

    /// Where the bracket stands before `key` that none closes.
    private func opening(before key: Int, _ open: UInt8, _ close: UInt8) -> Int? {
        var depth = 0
        var offset = key
        let limit = max(0, key - Self.openingLimit)
        while offset > limit {
            offset -= 1
            if bytes[offset] == close {
                depth += 1
            } else if bytes[offset] == open {
                if depth == 0 { return offset }
                depth -= 1
            }
        }
        return nil
    }

    private func isValueName(_ word: Range<Int>) -> Bool { Self.valueNames.contains { isText(word, $0) } }

    /// The value of an object that opens at `start`, where it stands in quotation marks or looks made up.
    private func member(from start: Int) -> Range<Int>? {
        let limit = min(bytes.count, start + Self.memberLimit)
        var (offset, depth) = (start, 0)
        var isNext = false
        while offset < limit {
            let byte = bytes[offset]
            if "{[(".utf8.contains(byte) {
                depth += 1
                isNext = false
            } else if "}])".utf8.contains(byte) {
                depth -= 1
                if depth == 0 { return nil }
            } else if ByteSet.leafStart.contains(byte) {
                let isQuoted = ByteSet.quotes.contains(byte)
                let end = isQuoted ? closing(from: offset) : runEnd(offset, .leaf)
                let word = isQuoted ? offset + 1..<max(offset + 1, end) : offset..<end
                if isNext { return isQuoted || isInvented(word) ? word : nil }
                let sign = runEnd(isQuoted ? end + 1 : end, .blank)
                isNext = depth == 1 && isValueName(word) && (has(":", at: sign) || has("=", at: sign))
                offset = max(offset, isQuoted ? end : end - 1)
            }
            offset += 1
        }
        return nil
    }

    /// The value among the attributes of an element whose `<` stands at `start`.
    func attribute(from start: Int) -> Range<Int>? {
        let limit = min(bytes.count, start + Self.memberLimit)
        var offset = start + 1
        while offset < limit, bytes[offset] != UInt8(ascii: ">") {
            if ByteSet.quotes.contains(bytes[offset]) {
                let end = closing(from: offset)
                var name = offset - 1
                while name > start, ByteSet.token.contains(bytes[name - 1]) { name -= 1 }
                let isValue = has("=", at: offset - 1) && isValueName(name..<max(name, offset - 1))
                if isValue { return offset + 1..<max(offset + 1, end) }
                offset = end
            }
            offset += 1
        }
        return nil
    }

    /// The value among the lines of an item of YAML, all of which begin below each other.
    private func itemValue(of name: Range<Int>, key: Int) -> Range<Int>? {
        let own = lineStart(key)
        let (text, isFirst) = itemText(own)
        guard text == key || has("\"", at: text) && text + 1 == key else { return nil }
        let column = text - own
        var line = own
        for _ in 0..<Self.itemLines where !isFirst && line > 0 {
            line = lineStart(line - 1)
            let (text, opens) = itemText(line)
            guard text - line >= column || text >= lineEnd(line) else { break }
            if text - line == column {
                if let value = valueLine(text) { return value }
                if opens { break }
            }
        }
        line = own
        for _ in 0..<Self.itemLines {
            line = lineEnd(line) + 1
            guard line < bytes.count else { break }
            let (text, opens) = itemText(line)
            guard !opens, text - line >= column || text >= lineEnd(line) else { break }
            if text - line == column, let value = valueLine(text) { return value }
        }
        return nil
    }

    /// Where the text of a line begins behind its margin and the dashes of items, and whether it has such a dash.
    private func itemText(_ start: Int) -> (text: Int, opens: Bool) {
        var offset = runEnd(has("+", at: start) ? start + 1 : start, .blank)
        var opens = false
        while has("- ", at: offset) {
            offset = runEnd(offset + 1, .blank)
            opens = true
        }
        return (offset, opens)
    }

    private func valueLine(_ text: Int) -> Range<Int>? {
        let mark = has("\"", at: text) ? 1 : 0
        let name = text + mark..<runEnd(text + mark, .letters)
        guard isValueName(name), has(":", at: name.upperBound + mark) else { return nil }
        let start = runEnd(name.upperBound + mark + 1, .blank)
        var end = lineEnd(text)
        while end > start, ByteSet.blank.contains(bytes[end - 1]) { end -= 1 }
        guard start < end, !"|>{[&*!#".utf8.contains(bytes[start]) else { return nil }
        if ByteSet.quotes.contains(bytes[start]) { return start + 1..<max(start + 1, closing(from: start)) }
        return start..<end
    }
}
