/// Sets running text in lines.
enum TextWrap {
    /// The words of `text` in lines of at most `width` columns; a longer word stands alone.
    ///
    /// Line feeds of the text stay; lines that begin with a space are examples and stay as they are.
    static func lines(_ text: String, width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            line.hasPrefix(" ") || line.isEmpty ? [String(line)] : wrapped(line, width)
        }
    }

    private static func wrapped(_ line: Substring, _ width: Int) -> [String] {
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ") {
            if !current.isEmpty, DisplayWidth.of(current) + 1 + DisplayWidth.of(word) > width {
                lines.append(current)
                current = ""
            }
            current += (current.isEmpty ? "" : " ") + word
        }
        return lines + [current]
    }

    /// Terms at the left and their meanings at the right of one column; long terms have a line of their own.
    static func definitions(_ rows: [(term: String, meaning: String)], width: Int) -> [String] {
        let limit = 30
        let column = (rows.map { DisplayWidth.of($0.term) }.filter { $0 <= limit }.max() ?? 0) + 4
        return rows.flatMap { row -> [String] in
            let meaning = lines(row.meaning, width: max(20, width - column))
            let margin = String(repeating: " ", count: column)
            let term = "  " + row.term
            guard DisplayWidth.of(row.term) <= limit else { return [term] + meaning.map { margin + $0 } }
            let first =
                row.meaning.isEmpty ? term : DisplayWidth.padded(term, to: column) + (meaning.first ?? "")
            return [first] + meaning.dropFirst().map { margin + $0 }
        }
    }
}
