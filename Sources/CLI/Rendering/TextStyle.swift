import Basics
import Operations

/// How text looks on one stream: colours or none, and how wide it may be.
struct TextStyle: Sendable, Equatable {
    let isColoured: Bool
    /// Columns to keep within; nil when the output is no terminal and nothing may be cut.
    let width: Int?

    /// Neither colours nor a width: what programs and files get.
    static let plain = TextStyle(isColoured: false, width: nil)

    init(isColoured: Bool, width: Int?) {
        self.isColoured = isColoured
        self.width = width
    }

    /// What suits `stream`: colours on a terminal that has them, unless NO_COLOR or the caller says no.
    init(_ terminal: any Terminal, _ stream: StandardStream, isColourAllowed: Bool) {
        let isInteractive = terminal.isInteractive(stream)
        let isRefused = terminal.variable("NO_COLOR").map { !$0.isEmpty } ?? false
        let isDumb = terminal.variable("TERM").map { $0 == "dumb" || $0.isEmpty } ?? true
        isColoured = isInteractive && isColourAllowed && !isRefused && !isDumb
        width = isInteractive ? terminal.width : nil
    }

    /// The width to wrap running text at.
    var textWidth: Int { min(width ?? 80, 100) }

    /// The text in the colour of its tone.
    func toned(_ text: String, _ tone: Tone) -> String {
        let code: String
        switch tone {
        case .plain: return text
        case .good: code = "32"
        case .warning: code = "33"
        case .bad: code = "31"
        case .dim: code = "2"
        }
        return wrapped(text, code)
    }

    /// The text set off from what stands below it.
    func strong(_ text: String) -> String { wrapped(text, "1") }

    private func wrapped(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
