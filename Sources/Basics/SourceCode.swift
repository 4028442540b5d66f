/// Which stretches of a source are no code: comments and texts in quotation marks, in the order of the source.
struct SourceCode {
    private let bytes: [UInt8]
    private let grammar: SourceGrammar
    private var others: [Range<Int>] = []

    /// Reads the source once, from its beginning to its end.
    init(_ bytes: [UInt8], _ grammar: SourceGrammar) {
        self.bytes = bytes
        self.grammar = grammar
        var marks = ByteSet("\"'\n<=")
        for text in grammar.comments + grammar.stretches.map(\.open) { marks.insert(text[0]) }
        var (offset, document) = (0, [UInt8]?.none)
        while offset < bytes.count {
            guard marks.contains(bytes[offset]) else {
                offset += 1
                continue
            }
            var end = other(at: offset)
            if end == nil, grammar.hasDocuments {
                if bytes[offset] == 0x0A {
                    end = document.map { documentEnd($0, from: offset + 1) } ?? pages(from: offset + 1)
                    document = nil
                } else {
                    document = ending(at: offset) ?? document
                }
            }
            if let end { others.append(offset..<end) }
            offset = max(end ?? 0, offset + 1)
        }
    }

    /// Whether code stands at `offset`.
    func isCode(at offset: Int) -> Bool {
        let place = place(of: offset)
        return place == others.count || others[place].lowerBound >= offset
    }

    /// The comment or text that `offset` lies in, with its marks; nil where code stands.
    func stretch(at offset: Int) -> Range<Int>? {
        let place = place(of: offset)
        return place < others.count && others[place].contains(offset) ? others[place] : nil
    }

    /// The number of the first comment or text that ends behind `offset`.
    private func place(of offset: Int) -> Int {
        var (low, high) = (0, others.count)
        while low < high {
            let middle = (low + high) / 2
            if others[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func has(_ text: [UInt8], at offset: Int) -> Bool {
        guard bytes.count - offset >= text.count else { return false }
        for index in text.indices where bytes[offset + index] != text[index] { return false }
        return true
    }

    /// Where the comment or text ends that begins at `offset`; nil where none begins.
    private func other(at offset: Int) -> Int? {
        for stretch in grammar.stretches where has(stretch.open, at: offset) {
            return closing(stretch.close, from: offset + stretch.open.count)
        }
        for comment in grammar.comments where has(comment, at: offset) { return lineEnd(offset) }
        if bytes[offset] == UInt8(ascii: "\"") { return textEnd(offset, spansLines: grammar.spansLines) }
        guard bytes[offset] == UInt8(ascii: "'") else { return nil }
        let isWord = offset > 0 && ByteSet.letters.contains(bytes[offset - 1]) && !isPrefixed(offset)
        let end = textEnd(offset, spansLines: false)
        return end - offset <= 4 || grammar.hasSingleQuotes && !isWord ? end : nil
    }

    /// Whether the letters of a text of bytes or the like stand before the mark at `offset`: `b'…'`, `rb'…'`.
    private func isPrefixed(_ offset: Int) -> Bool {
        var start = offset
        while start > 0, offset - start < 3, ByteSet.names.contains(bytes[start - 1]) { start -= 1 }
        return offset - start <= 2 && bytes[start..<offset].allSatisfy("bBrRuUfF".utf8.contains)
    }

    private func lineEnd(_ offset: Int) -> Int { bytes[offset...].firstIndex(of: 0x0A) ?? bytes.count }

    private func closing(_ close: [UInt8], from start: Int) -> Int {
        var offset = start
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "\\"), close != Array("*/".utf8) {
                offset += 2
            } else if has(close, at: offset) {
                return offset + close.count
            } else {
                offset += 1
            }
        }
        return bytes.count
    }

    /// The end behind the mark that closes the text whose mark stands at `start`, or that of its line.
    private func textEnd(_ start: Int, spansLines: Bool) -> Int {
        var offset = start + 1
        while offset < bytes.count {
            if bytes[offset] == UInt8(ascii: "\\") {
                offset += 2
            } else if bytes[offset] == bytes[start] {
                return offset + 1
            } else if bytes[offset] == 0x0A, !spansLines {
                return offset
            } else {
                offset += 1
            }
        }
        return bytes.count
    }

    // MARK: Documents

    /// The word that ends the text which `<<WORD` at `offset` announces.
    private func ending(at offset: Int) -> [UInt8]? {
        guard has([0x3C, 0x3C], at: offset) else { return nil }
        var start = offset + 2
        while start < bytes.count, start < offset + 5, "<-~'\"".utf8.contains(bytes[start]) { start += 1 }
        let word = bytes[start...].prefix { ByteSet.names.contains($0) }
        // Without a mark before it, a word of a single letter or of small ones may as well be a number that is shifted.
        let isMarked = start > offset + 2
        guard word.count > (isMarked ? 0 : 1), let first = word.first, isMarked || first <= 0x5A,
            !ByteSet.digits.contains(first)
        else { return nil }
        return Array(word)
    }

    /// The end of the line that is `word`, perhaps indented and with a mark behind it.
    private func documentEnd(_ word: [UInt8], from start: Int) -> Int {
        var line = start
        while line < bytes.count {
            let end = lineEnd(line)
            let text = bytes[line..<end].drop { $0 == 0x20 || $0 == 0x09 }
            if text.starts(with: word), text.dropFirst(word.count).allSatisfy({ ";),.\r".utf8.contains($0) })
            {
                return end
            }
            line = end + 1
        }
        return bytes.count
    }

    /// The end of the pages that a line such as `=head1` at `start` begins.
    private func pages(from start: Int) -> Int? {
        guard start + 1 < bytes.count, bytes[start] == UInt8(ascii: "="), bytes[start + 1] >= 0x61,
            bytes[start + 1] <= 0x7A
        else { return nil }
        var line = start
        while line < bytes.count {
            if has(Array("=cut".utf8), at: line) || has(Array("=end".utf8), at: line) { return lineEnd(line) }
            line = lineEnd(line) + 1
        }
        return bytes.count
    }
}
