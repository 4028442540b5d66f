import Basics
import Operations

/// Sets a table in aligned columns, two spaces between them.
///
/// On a terminal the widest text columns give way until the line fits; numbers and whole columns are never cut.
struct TableLayout {
    private static let gap = 2
    /// No column is cut below this.
    private static let leastWidth = 8

    let columns: [Column]
    /// Texts that are safe to print.
    let rows: [[Cell]]

    /// - Parameter rows: texts as operations give them; shorter rows are filled with empty cells.
    init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows.map { row in
            columns.indices.map { index in
                guard index < row.count else { return Cell("") }
                return Cell(TerminalText.escape(row[index].text), row[index].tone)
            }
        }
    }

    /// The lines, the titles first.
    func lines(_ style: TextStyle) -> [String] {
        let widths = fittedWidths(style.width)
        let titles = line(columns.map { Cell($0.title) }, widths, TextStyle.plain)
        return [style.strong(titles)] + rows.map { line($0, widths, style) }
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
        var parts: [String] = []
        let last = cells.lastIndex { !$0.text.isEmpty } ?? 0
        for (index, cell) in cells.enumerated().prefix(last + 1) {
            let text = DisplayWidth.truncated(cell.text, to: widths[index])
            let padded = DisplayWidth.padded("", to: widths[index] - DisplayWidth.of(text))
            let toned = style.toned(text, cell.tone)
            // Nothing follows the last text, so it needs no spaces after it.
            let trailing = index == last ? "" : padded
            parts.append(columns[index].isNumeric ? padded + toned : toned + trailing)
        }
        return parts.joined(separator: String(repeating: " ", count: Self.gap))
    }

    private func naturalWidths() -> [Int] {
        columns.indices.map { index in
            rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index].text)) }
        }
    }

    private func fittedWidths(_ limit: Int?) -> [Int] {
        var widths = naturalWidths()
        guard let limit else { return widths }
        let gaps = Self.gap * max(0, columns.count - 1)
        while widths.reduce(gaps, +) > limit {
            let candidates = columns.indices.filter {
                !columns[$0].isNumeric && !columns[$0].isWhole && widths[$0] > Self.leastWidth
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            // Down to the next widest at most, so that equal columns give way together.
            let surplus = widths.reduce(gaps, +) - limit
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? Self.leastWidth
            let step = max(1, min(surplus, widths[widest] - max(next, Self.leastWidth)))
            widths[widest] -= step
        }
        return widths
    }
}
