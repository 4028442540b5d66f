import Basics
import Operations

/// The person at this process's own terminal.
struct ConsolePerson: Person {
    let console: Console
    let witness: Witness
    let style: TextStyle
    let hints: HomeHints

    func types(_ expected: String, asked question: String, after blocks: [DisplayBlock]) async -> Bool {
        guard let summary = try? DisplayRenderer(style: style).bytes(hints.blocks(blocks)) else {
            return false
        }
        return await console.hears(expected, asked: TerminalText.escape(question), after: summary)
    }
}
