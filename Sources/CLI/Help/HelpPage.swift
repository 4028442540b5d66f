import Basics
import Operations

/// The text that explains the program, a noun, a command or a topic.
struct HelpPage {
    let tree: CommandTree
    let style: TextStyle

    private var width: Int { style.textWidth }

    /// The page for the words after `help`; without words the overview.
    func text(_ words: [String]) throws(OperationError) -> String {
        if words.isEmpty { return joined(overview()) }
        if words.count == 1, let topic = HelpTopic(rawValue: words[0]) { return joined(page(topic)) }
        if let entry = tree.entry(words) { return joined(page(entry)) }
        guard tree.isKnown(words) else {
            let known = words.indices.first { !tree.isKnown(Array(words.prefix($0 + 1))) } ?? 0
            throw tree.unknown(Array(words.prefix(known + 1)))
        }
        return joined(page(words))
    }

    private func joined(_ sections: [[String]]) -> String {
        sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func section(_ title: String, _ rows: [(term: String, meaning: String)]) -> [String] {
        rows.isEmpty ? [] : [style.strong(title)] + TextWrap.definitions(rows, width: width)
    }

    // MARK: The overview

    private func overview() -> [[String]] {
        let nouns = Nouns.ordered(tree.nouns).map { noun in
            (noun, Nouns.meaning(of: noun) + " (" + tree.next(after: [noun]).joined(separator: ", ") + ")")
        }
        let single = tree.visible().filter { $0.words.count == 1 }.map { ($0.name, $0.summary.asClause) }
        let topics = HelpTopic.allCases.map { ("help " + $0.rawValue, $0.summary) }
        return [
            TextWrap.lines("holdfast: \(ProgramWords.summary)", width: width),
            [style.strong("Usage:") + " holdfast COMMAND [options]"],
            section("First steps", ProgramWords.firstSteps.filter { tree.entry($0.words) != nil }.map(\.row)),
            section("Commands", nouns),
            section("Other commands", single),
            globalOptions(),
            section("Topics", topics),
            TextWrap.lines("More about any of them: `holdfast help WORD ...`", width: width),
        ]
    }

    private func globalOptions() -> [String] {
        section("Options of every command", GlobalOptions.parameters.map { row($0) })
    }

    // MARK: A noun

    private func page(_ words: [String]) -> [[String]] {
        let name = words.joined(separator: " ")
        let entries = tree.visible(under: words).map {
            ($0.words.dropFirst(words.count), $0.summary.asClause)
        }
        let meaning = words.count == 1 ? Nouns.meaning(of: words[0]) : ""
        return [
            TextWrap.lines("holdfast \(name)" + (meaning.isEmpty ? "" : ": \(meaning)"), width: width),
            [style.strong("Usage:") + " holdfast \(name) COMMAND [options]"],
            section("Commands", entries.map { ($0.0.joined(separator: " "), $0.1) }),
            ["More about one: holdfast \(name) COMMAND --help"],
        ]
    }

    // MARK: A command

    private func page(_ entry: CommandEntry) -> [[String]] {
        var sections = [
            TextWrap.lines("holdfast \(entry.name): \(entry.summary.asClause)", width: width),
            [style.strong("Usage:") + " " + entry.usage],
            entry.discussion.isEmpty ? [] : TextWrap.lines(entry.discussion, width: width),
            section("Operands", entry.operands.map { row($0) }),
            section("Options", entry.options.map { row($0) }),
            section("Further commands", further(entry)),
        ]
        if !entry.examples.isEmpty {
            let lines = entry.examples.flatMap { ["  " + $0.command, "      " + $0.meaning] }
            sections.append([style.strong("Examples")] + lines)
        }
        if entry.contract?.effect == .destroys {
            sections.append(["This may lose something for good."])
        }
        let names = GlobalOptions.parameters.map { "--" + $0.optionName }.joined(separator: ", ")
        let everywhere =
            "Options of every command: \(names); see `holdfast help`. Exit codes: `holdfast help exit-codes`."
        sections.append(TextWrap.lines(everywhere, width: width))
        return sections
    }

    /// The commands that begin with the words of this one.
    private func further(_ entry: CommandEntry) -> [(term: String, meaning: String)] {
        tree.visible(under: entry.words).filter { $0.words.count > entry.words.count }.map {
            ($0.name, $0.summary.asClause)
        }
    }

    private func row(_ parameter: Parameter) -> (term: String, meaning: String) {
        (ParameterWords.term(parameter), ParameterWords.meaning(parameter))
    }

    // MARK: A topic

    private func page(_ topic: HelpTopic) -> [[String]] {
        [
            TextWrap.lines("\(topic.rawValue): \(topic.summary)", width: width),
            TextWrap.definitions(topic.rows, width: width),
        ]
    }
}
