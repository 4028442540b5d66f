import Operations

/// What may stand where on a command line, in the form that completion scripts need.
struct CompletionTable: Sendable {
    /// A word and what it means.
    struct Word: Sendable, Equatable {
        let text: String
        let meaning: String
    }

    /// What may stand as a value.
    enum Values: Sendable, Equatable {
        /// One of these words.
        case words([String])
        /// A name that `holdfast __complete FORMAT` prints.
        case names(format: String)
        case files
        /// Anything: nothing can be offered.
        case free
    }

    /// An option with its dashes.
    struct Option: Sendable, Equatable {
        let spellings: [String]
        let meaning: String
        /// Nil for a flag.
        let values: Values?
        /// Whether it may be given again.
        let repeats: Bool
    }

    /// One command.
    struct Command: Sendable {
        let words: [String]
        let options: [Option]
        /// What stands by position; a list takes all that remain, and is the last.
        let operands: [Values]
        let repeatsLastOperand: Bool

        var name: String { words.joined(separator: " ") }
    }

    /// What may follow each unfinished sequence of words, the empty one included; sorted by the sequence.
    let branches: [(words: [String], next: [Word])]
    /// All commands, sorted by their words.
    let commands: [Command]
    /// The options of every command.
    let globalOptions: [Option]

    init(_ tree: CommandTree) {
        let visible = tree.visible()
        let unfinished = Set(
            visible.flatMap { entry in entry.words.indices.map { Array(entry.words.prefix($0)) } })
        branches = unfinished.sorted { $0.lexicographicallyPrecedes($1) }.map { words in
            let next = tree.next(after: words).map { word in
                Word(text: word, meaning: Self.meaning(of: words + [word], tree))
            }
            return (words, next)
        }
        commands = visible.map { Self.command($0, tree) }
        globalOptions = GlobalOptions.parameters.map { Self.option($0, tree) }.flatMap { $0 }
    }

    /// Every spelling of an option that takes a value, so that scripts can step over the value; sorted.
    var spellingsWithValue: [String] {
        let all = (globalOptions + commands.flatMap(\.options)).filter { $0.values != nil }
        return Set(all.flatMap(\.spellings)).sorted()
    }

    private static func meaning(of words: [String], _ tree: CommandTree) -> String {
        tree.entry(words)?.summary ?? Nouns.meaning(of: words.last ?? "")
    }

    private static func command(_ entry: CommandEntry, _ tree: CommandTree) -> Command {
        // `help` takes the words of a command.
        let isHelp = entry.words == [BuiltIn.help.rawValue]
        let operands = isHelp ? [.words(helpWords(tree))] : entry.operands.map { values($0, tree) }
        return Command(
            words: entry.words, options: entry.options.flatMap { option($0, tree) }, operands: operands,
            repeatsLastOperand: entry.operands.last?.isList ?? false)
    }

    private static func helpWords(_ tree: CommandTree) -> [String] {
        let words = tree.visible().flatMap(\.words) + HelpTopic.allCases.map(\.rawValue)
        return Set(words).sorted()
    }

    private static func option(_ parameter: Parameter, _ tree: CommandTree) -> [Option] {
        let short = parameter.short.map { ["-\($0)"] } ?? []
        let option = Option(
            spellings: short + ["--" + parameter.optionName], meaning: parameter.help,
            values: parameter.isFlag ? nil : values(parameter, tree), repeats: parameter.isList)
        guard parameter.isNegatable else { return [option] }
        let negated = Option(
            spellings: ["--no-" + parameter.optionName], meaning: "Not: " + parameter.help, values: nil,
            repeats: false)
        return [option, negated]
    }

    private static func values(_ parameter: Parameter, _ tree: CommandTree) -> Values {
        guard parameter.choices.isEmpty else { return .words(parameter.choices) }
        let format = parameter.format
        if format == "path" || format == "folder" || format == "file" { return .files }
        // A value called BACKUP is one of those that `holdfast backup list` shows.
        let noun = format.isEmpty ? parameter.placeholder.lowercased() : format
        let isListed = tree.entry([noun, "list"]) != nil
        return isListed ? .names(format: noun) : .free
    }
}
