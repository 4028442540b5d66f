/// Parts of what devices say, short enough for a line that a person reads.
package enum Excerpt {
    /// The first line with anything on it of what a device said: a run of one character is told once with its length, and
    /// what is left over is cut.
    package static func firstLine(of bytes: [UInt8], limit: Int = 200) -> String? {
        let head = Array(bytes.prefix(1 << 16))
        guard let line = DeviceText.lines(head).first(where: { !$0.isEmpty }) else { return nil }
        return cut(withoutRuns(line), to: limit)
    }

    /// `text` with its long words, such as paths of thousands of characters, and itself cut in the middle.
    package static func readable(_ text: String, word: Int = 120, limit: Int = 1000) -> String {
        guard text.utf8.count > word else { return text }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map {
            middle(String($0), word)
        }
        return middle(words.joined(separator: " "), limit)
    }

    /// Runs of more than eight of one character that is no letter and no digit, as one and how many there were.
    private static func withoutRuns(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let first = rest.first {
            let run = rest.prefix { $0 == first }
            let isRun = run.count > 8 && !first.isLetter && !first.isNumber
            result += isRun ? "\(first) (\(run.count) times)" : String(run)
            rest = rest.dropFirst(run.count)
        }
        return result
    }

    private static func cut(_ text: String, to limit: Int) -> String {
        text.count > limit ? text.prefix(limit - 1) + "…" : text
    }

    private static func middle(_ text: String, _ limit: Int) -> String {
        guard text.count > limit else { return text }
        let tail = limit / 3
        return "\(text.prefix(limit - tail - 1))…\(text.suffix(tail))"
    }
}
