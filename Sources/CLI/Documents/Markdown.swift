/// Pieces of Markdown.
enum Markdown {
    /// A table; cells are escaped.
    static func table(_ titles: [String], _ rows: [[String]]) -> String {
        let head = [titles, titles.map { _ in "---" }]
        let lines = (head + rows.map { $0.map { cell($0) } }).map {
            "| " + $0.joined(separator: " | ") + " |"
        }
        return lines.joined(separator: "\n")
    }

    /// Text as the content of a cell.
    private static func cell(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "|": result += "\\|"
            case "\n": result += " "
            default: result.append(character)
            }
        }
    }

    /// Text as code.
    static func code(_ text: String) -> String { "`\(text)`" }
}
