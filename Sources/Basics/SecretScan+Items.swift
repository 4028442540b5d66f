/// Arguments of a program as items of a list: `["mysqladmin", "-pX"]`, and words that are quoted within quotation marks.
extension SecretScan {
    private static let quotes = "'\"".utf8

    /// The items that follow the one at `word`, without their quotation marks; nil where it is none.
    func neighbours(behind word: Range<Int>) -> [Range<Int>]? {
        if has(#"'\''"#, at: word.upperBound) { return quotedAgain(from: word.upperBound) }
        var offset = word.upperBound
        if word.lowerBound > 0, offset < bytes.count, Self.quotes.contains(bytes[offset]),
            bytes[word.lowerBound - 1] == bytes[offset]
        {
            offset += 1
        }
        guard has(",", at: offset) else { return nil }
        let limit = min(bytes.count, offset + Self.commandLimit)
        var items: [Range<Int>] = []
        // Behind an item comes another one, or the end of the list.
        while has(",", at: offset), offset < limit {
            offset = gapEnd(offset + 1, limit)
            // The arguments are a list of their own: `spawn("sshpass", ["-p", "X"])`.
            if items.isEmpty, has("[", at: offset) { offset = gapEnd(offset + 1, limit) }
            guard offset < limit else { break }
            if Self.quotes.contains(bytes[offset]) {
                let end = closing(from: offset)
                items.append(offset + 1..<max(offset + 1, end))
                offset = end + 1
            } else {
                let end = bytes[offset..<limit].firstIndex { [0x0A, 0x2C, 0x5D].contains($0) } ?? limit
                items.append(offset..<end)
                offset = end
            }
            offset = gapEnd(offset, limit)
        }
        return items
    }

    private func gapEnd(_ start: Int, _ limit: Int) -> Int {
        var offset = start
        while offset < limit, [0x20, 0x09, 0x0A].contains(bytes[offset]) { offset += 1 }
        return offset
    }

    /// The words behind `start` of a text in quotation marks, in which each word is quoted again.
    private func quotedAgain(from start: Int) -> [Range<Int>] {
        let end = min(lineEnd(start), start + Self.commandLimit)
        let marks = Array(#"'\ "#.utf8)
        var words: [Range<Int>] = []
        var offset = start
        while let begin = bytes[offset..<end].firstIndex(where: { !marks.contains($0) }) {
            offset = bytes[begin..<end].firstIndex(where: marks.contains) ?? end
            words.append(begin..<offset)
        }
        return words
    }

    /// The items of a list such as `["X", "Y"]` that begins at `start`, from the first to the last as one: what stands
    /// around them stays, so that JSON stays JSON; nil where it is another kind of list, or in quotation marks as `outer` has them.
    func quotedItems(from start: Int, within outer: UInt8?) -> Range<Int>? {
        guard has("[", at: start) else { return nil }
        let first = runEnd(start + 1, .blank)
        // Within a text of JSON the quotation marks have a backslash.
        let isEscaped = has("\\\"", at: first)
        let mark = isEscaped ? first + 1 : first
        guard mark < bytes.count, ByteSet.quotes.contains(bytes[mark]) else { return nil }
        guard isEscaped || bytes[mark] != outer else { return nil }
        let limit = min(bytes.count, start + Self.itemsLimit)
        var (offset, end) = (first, mark + 1)
        while offset < limit {
            if isEscaped, has("\\\"", at: offset) {
                let rest = offset + 2..<max(offset + 2, min(limit, lineEnd(offset)))
                end =
                    ByteSearch.first(
                        Array("\\\"".utf8), in: bytes, from: rest.lowerBound, to: rest.upperBound)
                    ?? rest.upperBound
                offset = end + 2
            } else if !isEscaped, bytes[offset] == bytes[mark] {
                end = closing(from: offset)
                offset = end + 1
            } else {
                end = bytes[offset..<limit].firstIndex { [0x0A, 0x2C, 0x5D].contains($0) } ?? limit
                offset = end
            }
            offset = gapEnd(offset, limit)
            guard has(",", at: offset) else { break }
            offset = gapEnd(offset + 1, limit)
        }
        return has("]", at: offset) || offset >= limit ? mark + 1..<max(mark + 1, end) : nil
    }

    /// The longest list that is looked at, in bytes.
    private static let itemsLimit = 8192
}
