/// Tells values that nobody keeps secret: a few plain words, small numbers, paths of such.
///
/// A token has letters and digits mixed, or more of either than a word has.
enum PlainValue {
    /// The longest value that is looked into, in bytes.
    private static let longest = 120
    /// The most words that a value has.
    private static let most = 12

    static func isPlain(_ text: String) -> Bool {
        guard text.utf8.count <= longest else { return false }
        let words = text.split { !$0.isLetter && !$0.isNumber }
        return words.count <= most && words.allSatisfy(isWord)
    }

    /// Letters of one case, or with the first one large, and a few digits behind them.
    static func isWord(_ word: Substring) -> Bool {
        let letters = word.prefix { $0.isLetter }
        let digits = word.dropFirst(letters.count)
        guard letters.count <= 14, digits.count <= 5, digits.allSatisfy(\.isNumber) else { return false }
        let rest = letters.dropFirst()
        return rest.allSatisfy(\.isLowercase) || letters.allSatisfy(\.isUppercase)
    }

    /// An address with its path hidden from the first name on that is no plain one.
    static func address(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://"),
            let path = text[scheme.upperBound...].firstIndex(where: { "/#".contains($0) })
        else { return text }
        var start = path
        while start < text.endIndex {
            let next = text.index(after: start)
            let end = text[next...].firstIndex { "/#?".contains($0) } ?? text.endIndex
            let name = text[next..<end]
            let words = name.split { !$0.isLetter && !$0.isNumber }
            if name.utf8.count >= 16, !words.allSatisfy(isWord) { return text[..<next] + "‹hidden›" }
            // What follows a question mark is known by its names.
            guard end < text.endIndex, text[end] != "?" else { break }
            start = end
        }
        return text
    }
}
