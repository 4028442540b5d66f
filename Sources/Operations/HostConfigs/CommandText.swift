import Basics

/// A command as one text: words between blanks, with those in quotation marks whole.
///
/// It need not be what a shell makes of it: each word is only judged, and what is shown stays where it is.
struct CommandText {
    private struct Word {
        /// As it is written.
        let written: Substring
        /// Without its quotation marks.
        let text: String
        let mark: Character?
    }

    /// Words, and what stands between them.
    private var words: [Word] = []
    private var gaps: [Substring] = []

    init(_ text: String) {
        var rest = text[...]
        while true {
            let gap = rest.prefix(while: \.isWhitespace)
            gaps.append(gap)
            rest = rest[gap.endIndex...]
            guard let word = Self.word(rest) else { return }
            words.append(word)
            rest = rest[word.written.endIndex...]
        }
    }

    private static func word(_ rest: Substring) -> Word? {
        guard !rest.isEmpty else { return nil }
        var (open, first): (Character?, Character?) = (nil, nil)
        var text = ""
        for index in rest.indices {
            let sign = rest[index]
            if sign == open {
                open = nil
            } else if open == nil, sign == "\"" || sign == "'" {
                open = sign
                first = first ?? sign
            } else if open == nil, sign.isWhitespace {
                return Word(written: rest[..<index], text: text, mark: first)
            } else {
                text.append(sign)
            }
        }
        return Word(written: rest, text: text, mark: first)
    }

    /// The text with those words hidden that `judge` hides.
    func hidden(_ judge: ([JSONValue]) -> [JSONValue]) -> String {
        let judged = judge(words.map { .string($0.text) })
        var result = String(gaps[0])
        for (index, word) in words.enumerated() {
            let shown = index < judged.count ? judged[index].string ?? "‹hidden›" : "‹hidden›"
            let mark = word.mark.map { String($0) } ?? ""
            result += shown == word.text ? String(word.written) : mark + shown + mark
            result += gaps[index + 1]
        }
        return result
    }
}
