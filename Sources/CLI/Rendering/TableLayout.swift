import Basics
import Operations

/// Sets a table in aligned columns, two spaces between them.
///
/// On a terminal the widest text columns give way until the line fits; numbers and whole columns are never cut. Where that
/// would leave too little of them, columns are left out: empty ones, minor ones, then others from the right.
struct TableLayout {
    private static let gap = 2
    /// No column is cut below this.
    private static let leastWidth = 8
    /// Minor columns go before others are cut below this.
    private static let readableWidth = 16

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

    /// The lines, the titles first; where columns with content had no room, a last line names them.
    func lines(_ style: TextStyle) -> [String] {
        let natural = naturalWidths()
        let fit = style.width.map { fitted(natural, to: $0) }
        let shown = fit?.shown ?? Array(columns.indices)
        let widths = fit?.widths ?? natural
        let titles = line(columns.map { Cell($0.title) }, shown, widths, TextStyle.plain)
        let missing = columns.indices.filter { !shown.contains($0) && !isEmpty($0) }.map { columns[$0].title }
        let note =
            missing.isEmpty
            ? []
            : TextWrap.lines(
                "No room for \(missing.joined(separator: ", ")).", width: style.width ?? .max)
        return [style.strong(titles)] + rows.map { line($0, shown, widths, style) }
            + note.map { style.toned($0, .dim) }
    }

    private func line(_ cells: [Cell], _ shown: [Int], _ widths: [Int], _ style: TextStyle) -> String {
        var parts: [String] = []
        let last = shown.last { !cells[$0].text.isEmpty } ?? 0
        for index in shown.prefix(while: { $0 <= last }) {
            let cell = cells[index]
            let text = DisplayWidth.truncated(cell.text, to: widths[index])
            let padded = DisplayWidth.padded("", to: widths[index] - DisplayWidth.of(text))
            let toned = style.toned(text, cell.tone)
            // Nothing follows the last text, so it needs no spaces after it.
            let trailing = index == last ? "" : padded
            parts.append(columns[index].isNumeric ? padded + toned : toned + trailing)
        }
        return parts.joined(separator: String(repeating: " ", count: Self.gap))
    }

    private func isEmpty(_ index: Int) -> Bool { rows.allSatisfy { $0[index].text.isEmpty } }

    private func naturalWidths() -> [Int] {
        columns.indices.map { index in
            rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, DisplayWidth.of($1[index].text)) }
        }
    }

    /// Which columns are shown, and how wide each column is.
    private func fitted(_ natural: [Int], to limit: Int) -> (shown: [Int], widths: [Int]) {
        var shown = Array(columns.indices)
        func attempt(_ least: Int) -> [Int]? {
            let widths = narrowed(natural, shown, to: limit, least: least)
            return shown.reduce(gaps(shown)) { $0 + widths[$1] } <= limit ? widths : nil
        }
        let mayGo = shown.dropFirst().filter { !columns[$0].isWhole }
        let empty = mayGo.filter(isEmpty).reversed()
        let minor = mayGo.filter { columns[$0].isMinor && !isEmpty($0) }.reversed()
        for index in Array(empty) + Array(minor) {
            if let widths = attempt(Self.readableWidth) { return (shown, widths) }
            shown.removeAll { $0 == index }
        }
        for index in mayGo.filter(shown.contains).reversed() {
            if let widths = attempt(Self.readableWidth) ?? attempt(Self.leastWidth) { return (shown, widths) }
            shown.removeAll { $0 == index }
        }
        return (shown, narrowed(natural, shown, to: limit, least: Self.leastWidth))
    }

    private func gaps(_ shown: [Int]) -> Int { Self.gap * max(0, shown.count - 1) }

    /// The widths after the widest of the columns shown gave way to `limit`, as far as they can.
    private func narrowed(_ natural: [Int], _ shown: [Int], to limit: Int, least: Int) -> [Int] {
        var widths = natural
        var total = shown.reduce(gaps(shown)) { $0 + widths[$1] }
        while total > limit {
            let candidates = shown.filter {
                !columns[$0].isNumeric && !columns[$0].isWhole && widths[$0] > least
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            // Down to the next widest at most, so that equal columns give way together.
            let next = candidates.filter { $0 != widest }.map { widths[$0] }.max() ?? least
            let step = max(1, min(total - limit, widths[widest] - max(next, least)))
            widths[widest] -= step
            total -= step
        }
        return widths
    }
}
