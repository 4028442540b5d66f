/// The one place through which everything passes that leaves the program: no secret that can be recognised is left.
///
/// A hidden text becomes `‹hidden›`, or `‹hidden:1a2b3c4d›` where a mark function was given: equal secrets have equal
/// marks, so that a comparison can say *that* one changed, and who lacks the key learns nothing else. What looks like a
/// secret is for `SecretRules` to say. Redacting twice is the same as redacting once; the work is linear in the length
/// of the text, and the result at most about seven times as long.
package struct Redactor: Sendable {
    /// How often text is looked through again because hiding one thing made another one visible.
    private static let passLimit = 8

    private let mark: (@Sendable ([UInt8]) -> [UInt8])?
    /// Shared by all copies of one redactor.
    private let clean = CleanTexts()

    /// - Parameter mark: a keyed hash of at least four bytes, of which four are shown; nil shows no marks.
    package init(mark: (@Sendable (_ secret: [UInt8]) -> [UInt8])? = nil) { self.mark = mark }

    /// `text` with its secrets hidden; give it whole, as a single line of a key block says little about itself.
    package func redact(_ text: String) -> String {
        guard !WrittenTime.isWhole(text) else { return text }
        let isClean = clean.contains(text)
        guard isClean != true else { return text }
        let bytes = Array(text.utf8)
        let result = redact(bytes)
        guard result == bytes else { return String(decoding: result, as: UTF8.self) }
        if isClean != nil { clean.insert(text) }
        return text
    }

    /// The same for a text of a kind that is known.
    package func redact(_ text: String, _ kind: FileKind) -> String {
        if case .unknown = kind { return redact(text) }
        return String(decoding: redact(Array(text.utf8), kind), as: UTF8.self)
    }

    /// The same for bytes that need not be UTF-8.
    package func redact(_ text: [UInt8], _ kind: FileKind = .unknown) -> [UInt8] {
        var text = text
        for _ in 0..<Self.passLimit {
            let ranges = Self.ranges(in: text, kind)
            guard !ranges.isEmpty else { return text }
            text = replacing(ranges, in: text)
        }
        return Self.ranges(in: text, kind).isEmpty ? text : hidden(text)
    }

    /// Pieces of one text, such as its lines, with the secrets hidden that only show when the pieces are together.
    ///
    /// The number of pieces stays. A flag such as `--password` hides the piece behind it.
    package func redact(pieces: [String], _ kind: FileKind = .unknown) -> [String] {
        var pieces = pieces.map { Array($0.utf8) }
        for (index, word) in pieces.enumerated().dropFirst() where isFlagForSecret(pieces[index - 1]) {
            if !isOption(word), !word.isEmpty, !HiddenText.isHidden(word) {
                pieces[index] = hidden(word)
            }
        }
        for index in pieces.indices {
            if let value = secretOfLines(pieces[index]) {
                pieces[index].replaceSubrange(value, with: hidden(Array(pieces[index][value])))
            }
        }
        for _ in 0..<Self.passLimit {
            let ranges = Self.ranges(in: Array(pieces.joined(separator: [0x0A])), kind)
            guard !ranges.isEmpty else { return pieces.map { String(decoding: $0, as: UTF8.self) } }
            pieces = replacing(ranges, inPieces: pieces)
        }
        return pieces.map { String(decoding: $0.isEmpty ? $0 : hidden($0), as: UTF8.self) }
    }

    /// The words of one command, with the secrets hidden that show only in the whole line, as in `mysql -pSECRET`.
    package func redact(words: [String]) -> [String] {
        var pieces = words.map { Array($0.utf8) }
        for _ in 0..<Self.passLimit {
            let ranges = Self.ranges(in: Array(pieces.joined(separator: [0x20])), .unknown)
            guard !ranges.isEmpty else { return pieces.map { String(decoding: $0, as: UTF8.self) } }
            pieces = replacing(Self.wholeValues(ranges, in: pieces), inPieces: pieces)
        }
        return pieces.map { String(decoding: $0.isEmpty ? $0 : hidden($0), as: UTF8.self) }
    }

    /// The same ranges of the words, joined by one byte, but for those that end at a blank inside of a word that is the value of
    /// an option: all of it is.
    private static func wholeValues(_ ranges: [Range<Int>], in words: [[UInt8]]) -> [Range<Int>] {
        var values: [(blank: Int, whole: Range<Int>)] = []
        var start = 0
        for (index, word) in words.enumerated() {
            let whole = start..<start + word.count
            start = whole.upperBound + 1
            guard index > 0, words[index - 1].first == UInt8(ascii: "-"),
                let blank = word.firstIndex(where: { $0 == 0x20 })
            else { continue }
            values.append((whole.lowerBound + blank, whole))
        }
        guard !values.isEmpty else { return ranges }
        let longer = ranges.map { range in
            let value = values.first { $0.whole.contains(range.lowerBound) && range.lowerBound < $0.blank }
            return value.map { range.lowerBound..<max(range.upperBound, $0.whole.upperBound) } ?? range
        }
        return SecretRules.merged(longer)
    }

    /// `tree` with its secrets hidden: what `JSONValue.secret` wraps, values of telling names, texts that hold secrets.
    package func redact(_ tree: JSONValue) -> JSONValue {
        var tree = tree
        for _ in 0..<Self.passLimit {
            var pass = RedactorPass(redactor: self)
            let shown = pass.redact(tree, under: nil)
            guard pass.hasChanged else { return tree }
            tree = shown
        }
        return .string(String(decoding: hidden(JSONWriter.bytes(tree)), as: UTF8.self))
    }

    /// What is shown instead of `secret`.
    func hidden(_ secret: [UInt8]) -> [UInt8] { HiddenText.bytes(mark: mark.map { $0(secret) }) }

    /// The value of `NAME=…` in a piece of several lines, which belong to it all.
    private func secretOfLines(_ piece: [UInt8]) -> Range<Int>? {
        guard piece.contains(0x0A), let sign = piece.firstIndex(of: UInt8(ascii: "=")),
            piece[..<sign].allSatisfy(ByteSet.dotted.contains),
            let strength = SecretRules.strength(ofName: piece[..<sign])
        else { return nil }
        let value = piece[(sign + 1)...]
        guard !HiddenText.isHidden(Array(value)), SecretRules.isWorthHiding(value, strength) else {
            return nil
        }
        return value.startIndex..<value.endIndex
    }

    /// Whether a word is an option: one letter, or words in small letters, with a value or without.
    ///
    /// What is drawn at random may begin with a dash as well.
    private func isOption(_ word: [UInt8]) -> Bool {
        let name = word.drop { $0 == UInt8(ascii: "-") }.prefix { $0 != UInt8(ascii: "=") }
        guard (1...2).contains(word.count - word.drop { $0 == UInt8(ascii: "-") }.count) else { return false }
        let isWords = name.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 == UInt8(ascii: "-") }
        return name.count <= 1 || isWords && name.count <= 40
    }

    private func isFlagForSecret(_ word: [UInt8]) -> Bool {
        let name = word.drop { $0 == UInt8(ascii: "-") }
        let isFlag =
            (1...2).contains(word.count - name.count) && name.count <= 64
            && name.allSatisfy(ByteSet.token.contains)
        return isFlag && SecretRules.strength(ofName: String(decoding: word, as: UTF8.self)) == .certain
    }

    /// The ranges still to be hidden: what is hidden already is left alone, or swallowed by a range around it.
    private static func ranges(in text: [UInt8], _ kind: FileKind) -> [Range<Int>] {
        var all = SecretRules.ranges(in: text, kind) + QuotedTexts.secretRanges(in: text)
        if let joined = ContinuedLines.joined(text) { all += SecretRules.ranges(in: joined, kind) }
        let found = SecretRules.merged(all)
        guard !found.isEmpty else { return [] }
        let hidden = HiddenText.ranges(in: text)
        var result: [Range<Int>] = []
        var next = 0
        for range in found {
            while next < hidden.count, hidden[next].upperBound <= range.lowerBound { next += 1 }
            var whole = range
            var isVisible = false
            var seen = range.lowerBound
            for known in hidden[next...].prefix(while: { $0.lowerBound < range.upperBound }) {
                isVisible = isVisible || known.lowerBound > seen && !isBlank(text[seen..<known.lowerBound])
                seen = known.upperBound
                whole = min(whole.lowerBound, known.lowerBound)..<max(whole.upperBound, known.upperBound)
            }
            isVisible = isVisible || seen < range.upperBound && !isBlank(text[seen..<range.upperBound])
            if isVisible { result.append(whole) }
        }
        return result
    }

    private static func isBlank(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }

    private func replacing(_ ranges: [Range<Int>], in text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var done = 0
        for range in ranges where range.lowerBound >= done {
            result.append(contentsOf: text[done..<range.lowerBound])
            result.append(contentsOf: hidden(Array(text[range])))
            done = range.upperBound
        }
        result.append(contentsOf: text[done...])
        return result
    }

    /// Replaces what of `ranges` lies in each piece; the offsets are those of the pieces joined by one byte.
    private func replacing(_ ranges: [Range<Int>], inPieces pieces: [[UInt8]]) -> [[UInt8]] {
        var first = 0
        var start = 0
        return pieces.map { piece in
            let extent = start..<start + piece.count
            start = extent.upperBound + 1
            while first < ranges.count, ranges[first].upperBound <= extent.lowerBound { first += 1 }
            var local: [Range<Int>] = []
            var index = first
            while index < ranges.count, ranges[index].lowerBound < extent.upperBound {
                let part = ranges[index].clamped(to: extent)
                let moved = part.lowerBound - extent.lowerBound..<part.upperBound - extent.lowerBound
                if !moved.isEmpty, !HiddenText.isHidden(Array(piece[moved])) { local.append(moved) }
                index += 1
            }
            return local.isEmpty ? piece : replacing(local, in: piece)
        }
    }
}
