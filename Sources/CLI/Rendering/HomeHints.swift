import Basics
import Operations

/// Lets the commands that a text recommends mean the same state as the one that was run: with `--home` they carry it.
struct HomeHints {
    let tree: CommandTree
    /// The value of `--home`; nil when it was not given.
    let home: String?

    /// The text with `--home` behind the words of each command in it.
    func text(_ text: String) -> String {
        guard let home else { return text }
        let pieces = text.split(separator: "holdfast ", omittingEmptySubsequences: false)
        guard let first = pieces.first else { return text }
        var result = String(first)
        for piece in pieces.dropFirst() {
            let isCommand = result.last.map { " \n‘(".contains($0) } ?? true
            result += "holdfast "
            let end = isCommand ? endOfCommand(in: piece) : nil
            if let end {
                result += piece[..<end] + " --home \(home.shellWord)" + piece[end...]
            } else {
                result += piece
            }
        }
        return result
    }

    /// The same for what an operation shows; contents of files stay as they are.
    func blocks(_ blocks: [DisplayBlock]) -> [DisplayBlock] {
        guard home != nil else { return blocks }
        return blocks.map { block in
            switch block {
            case .table(let columns, let rows, let empty):
                .table(columns: columns, rows: rows.map { $0.map(cell) }, empty: text(empty))
            case .record(let pairs): .record(pairs.map { ($0.label, cell($0.value)) })
            case .lines(let cells): .lines(cells.map(cell))
            case .heading, .text, .bytes: block
            }
        }
    }

    private func cell(_ cell: Cell) -> Cell {
        Cell(text(cell.text), cell.tone, isOwn: cell.isOwn)
    }

    /// Where the words of the command end with which `piece` begins; nil when it begins with none.
    private func endOfCommand(in piece: Substring) -> Substring.Index? {
        var words: [String] = []
        var end = piece.startIndex
        var rest = piece
        while true {
            let word = rest.prefix { $0.isLetter || $0 == "-" }
            guard !word.isEmpty, tree.isKnown(words + [String(word)]) else { break }
            words.append(String(word))
            end = word.endIndex
            guard end < piece.endIndex, piece[end] == " " else { break }
            rest = piece[piece.index(after: end)...]
        }
        return tree.entry(words) == nil ? nil : end
    }
}
