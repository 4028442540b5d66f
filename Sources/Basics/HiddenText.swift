/// What stands in the place of a hidden secret: `‹hidden›` or `‹hidden:1a2b3c4d›`.
enum HiddenText {
    private static let start = Array("‹hidden".utf8)
    private static let end = Array("›".utf8)
    private static let markDigits = 8

    /// The text that shows the first four bytes of `mark`; none when it is nil.
    static func bytes(mark: [UInt8]?) -> [UInt8] {
        guard let mark else { return start + end }
        return start + [UInt8(ascii: ":")] + Array(Hex.string(mark.prefix(markDigits / 2)).utf8) + end
    }

    /// Whether `text` is one such text and nothing else.
    static func isHidden(_ text: [UInt8]) -> Bool { length(at: 0, in: text) == text.count }

    /// Where such texts stand.
    static func ranges(in text: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var offset = 0
        while let hit = ByteSearch.first(start, in: text, from: offset) {
            let length = length(at: hit, in: text)
            if let length { ranges.append(hit..<hit + length) }
            offset = hit + (length ?? start.count)
        }
        return ranges
    }

    private static func length(at offset: Int, in text: [UInt8]) -> Int? {
        var position = offset
        func skip(_ wanted: [UInt8]) -> Bool {
            guard text.count - position >= wanted.count,
                text[position..<position + wanted.count].elementsEqual(wanted)
            else { return false }
            position += wanted.count
            return true
        }
        guard skip(start) else { return nil }
        if skip([UInt8(ascii: ":")]) {
            let digits = text[position...].prefix(markDigits)
            guard digits.count == markDigits, digits.allSatisfy({ Hex.digit($0) != nil }) else { return nil }
            position += markDigits
        }
        return skip(end) ? position - offset : nil
    }
}
