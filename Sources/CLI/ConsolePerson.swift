import Basics
import Operations

/// The person at this process's own terminal.
struct ConsolePerson: Person {
    let console: Console
    let witness: Witness
    let style: TextStyle

    func types(_ expected: String, asked question: String, after blocks: [DisplayBlock]) async -> Bool {
        guard let summary = try? DisplayRenderer(style: style).bytes(blocks) else { return false }
        return await console.hears(expected, asked: TerminalText.escape(question), after: summary)
    }
}
