import Basics
import Operations

/// Draws what operations show, for one stream.
///
/// Every text passes `TerminalText.escape`: names and lines of devices cannot drive the terminal.
struct DisplayRenderer {
    let style: TextStyle

    /// The bytes to print.
    /// - Throws: `argumentInvalid` when raw bytes that are no plain text were to reach a terminal.
    func bytes(_ blocks: [DisplayBlock]) throws(OperationError) -> [UInt8] {
        var result: [UInt8] = []
        var previous: DisplayBlock?
        for block in blocks {
            if let previous, separates(previous, block) { result.append(0x0A) }
            switch block {
            case .bytes(let raw): result += try checked(raw)
            case .text(let text, _): result += file(text)
            default: for line in lines(block) { result += Array(line.utf8) + [0x0A] }
            }
            previous = block
        }
        return result
    }

    private func separates(_ previous: DisplayBlock, _ next: DisplayBlock) -> Bool {
        switch (previous, next) {
        case (.heading, _), (.bytes, _), (_, .bytes): false
        default: true
        }
    }

    private func lines(_ block: DisplayBlock) -> [String] {
        switch block {
        case .table(_, let rows, let empty) where rows.isEmpty: [TerminalText.escape(empty)]
        case .table(let columns, let rows, _): TableLayout(columns: columns, rows: rows).lines(style)
        case .record(let pairs): record(pairs)
        case .heading(let text): [style.strong(TerminalText.escape(text))]
        case .lines(let cells):
            // A line end in a name begins no line that would pass for another one.
            cells.map { style.toned(TerminalText.escape($0.text), $0.tone) }
        case .text, .bytes: []
        }
    }

    /// Values stand in one column; further lines of a value stay in it and cannot pass for another label.
    private func record(_ pairs: [(label: String, value: Cell)]) -> [String] {
        let width = pairs.map { DisplayWidth.of($0.label) }.max() ?? 0
        return pairs.flatMap { pair in
            Self.lines(of: pair.value.text).enumerated().map { index, text in
                let label = DisplayWidth.padded(index == 0 ? pair.label : "", to: width)
                return text.isEmpty ? pair.label : label + "  " + style.toned(text, pair.value.tone)
            }
        }
    }

    private static func lines(of text: String) -> [String] {
        TerminalText.escapeLines(text).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// A terminal's next prompt begins a line; a program gets what the file holds.
    private func file(_ text: String) -> [UInt8] {
        let bytes = Array(TerminalText.escapeLines(text).utf8)
        return style.width == nil || bytes.isEmpty || bytes.last == 0x0A ? bytes : bytes + [0x0A]
    }

    private func checked(_ raw: [UInt8]) throws(OperationError) -> [UInt8] {
        guard style.width != nil, !Self.isPlainText(raw) else { return raw }
        throw OperationError(
            .argumentInvalid, "The content is binary and would disturb the terminal",
            hint: "Send it into a file or another program: holdfast … > FILE")
    }

    /// Whether bytes are UTF-8 without control characters other than tab, line feed and carriage return.
    static func isPlainText(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: true
            case 0..<0x20, 0x7F...0x9F: false
            default: true
            }
        }
    }
}
