import Basics
import Operations

/// Understands a command line by the table of commands; refuses whatever could mean two things.
///
/// `--name VALUE` and `--name=VALUE`, `-n VALUE`, flags together as in `-qv`; options stand anywhere after the command,
/// those of every command anywhere; `--` ends them. No beginnings of names are guessed.
struct InvocationParser {
    private let tree: CommandTree
    private var rest: ArraySlice<String>
    private var options = GlobalOptions()
    private var words: [String] = []
    private var entry: CommandEntry?
    private var named: [String: [String]] = [:]
    private var flags: [String: Bool] = [:]
    private var positional: [String] = []

    /// - Parameter arguments: the words after the program's name.
    static func parse(
        _ arguments: [String], _ tree: CommandTree
    ) throws(OperationError) -> Invocation {
        var parser = InvocationParser(tree: tree, rest: arguments[...])
        return try parser.invocation()
    }

    private init(tree: CommandTree, rest: ArraySlice<String>) {
        self.tree = tree
        self.rest = rest
    }

    private mutating func invocation() throws(OperationError) -> Invocation {
        // Help answers even where the rest of the line is wrong.
        if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            return helpInvocation()
        }
        var optionsEnded = false
        while let argument = rest.popFirst() {
            if !optionsEnded, argument == "--" {
                optionsEnded = true
            } else if !optionsEnded, argument.hasPrefix("--") {
                try longOption(argument)
            } else if !optionsEnded, argument.hasPrefix("-"), argument.count > 1 {
                try shortOptions(argument)
            } else {
                try word(argument)
            }
        }
        if options.wantsHelp { return Invocation(options: options, target: .help(words)) }
        if options.wantsVersion { return Invocation(options: options, target: .version) }
        guard let entry else { return try withoutCommand() }
        let binder = ArgumentBinder(entry: entry, named: named, flags: flags, positional: positional)
        return Invocation(options: options, target: .command(entry, try binder.bind()))
    }

    /// No command, or half of one: a person is taught, a program is told.
    private func withoutCommand() throws(OperationError) -> Invocation {
        guard options.isJSON, !words.isEmpty else {
            return Invocation(options: options, target: .help(words))
        }
        let typed = (["holdfast"] + words).joined(separator: " ")
        throw OperationError(.argumentMissing, "‘\(typed)’ is no whole command", hint: "See: \(typed) --help")
    }

    private func helpInvocation() -> Invocation {
        var known: [String] = []
        let withValue = Set(GlobalOptions.parameters.filter { !$0.isFlag }.map { "--" + $0.optionName })
        var isValue = false
        for argument in rest.prefix(while: { $0 != "--" }) {
            let isOwn = !isValue && !argument.hasPrefix("-")
            isValue = !isValue && withValue.contains(argument)
            guard isOwn else { continue }
            let isTopic = known.isEmpty && HelpTopic(rawValue: argument) != nil
            guard isTopic || tree.isKnown(known + [argument]) else { break }
            known.append(argument)
        }
        return Invocation(options: GlobalOptions(preview: Array(rest)), target: .help(known))
    }

    private mutating func word(_ text: String) throws(OperationError) {
        // `mcp` is a command, and the beginning of `mcp install`.
        let goesOn = named.isEmpty && flags.isEmpty && positional.isEmpty && tree.isKnown(words + [text])
        guard entry == nil || goesOn else { return positional.append(text) }
        words.append(text)
        guard tree.isKnown(words) else { throw tree.unknown(words) }
        entry = tree.entry(words)
    }

    private mutating func longOption(_ argument: String) throws(OperationError) {
        let parts = argument.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let given = parts.count > 1 ? String(parts[1]) : nil
        if let global = GlobalOptions.parameters.first(where: { $0.optionName == name }) {
            return options.set(global.name, to: try value(of: global, spelled: "--" + name, given: given))
        }
        guard let entry else { throw early("--" + name) }
        if let option = (entry.options + entry.hiddenOptions).first(where: { $0.optionName == name }) {
            return try take(option, spelled: "--" + name, given: given)
        }
        let negated = entry.options.first { $0.isNegatable && "no-" + $0.optionName == name }
        guard let negated else { throw unknownOption("--" + name, entry) }
        _ = try value(of: negated, spelled: "--" + name, given: given)
        flags[negated.name] = false
    }

    private mutating func shortOptions(_ argument: String) throws(OperationError) {
        let letters = Array(argument.dropFirst())
        for (index, letter) in letters.enumerated() {
            let spelled = "-\(letter)"
            let isGlobal = GlobalOptions.parameters.contains { $0.short == letter }
            guard isGlobal || entry != nil else { throw early(spelled) }
            let known = GlobalOptions.parameters + (entry?.options ?? [])
            guard let option = known.first(where: { $0.short == letter }) else {
                throw unknownOption(argument.count > 2 ? "\(spelled) in \(argument)" : spelled, entry)
            }
            guard option.isFlag || index == letters.count - 1 else {
                throw OperationError(
                    .argumentInvalid,
                    "\(spelled) takes a value and must stand alone or last in ‘\(argument)’",
                    hint: "Write: \(spelled) \(option.placeholder)")
            }
            if isGlobal {
                options.set(option.name, to: nil)
            } else {
                try take(option, spelled: spelled, given: nil)
            }
        }
    }

    private mutating func take(
        _ option: Parameter, spelled: String, given: String?
    ) throws(OperationError) {
        guard let text = try value(of: option, spelled: spelled, given: given) else {
            flags[option.name] = true
            return
        }
        guard option.isList || named[option.name] == nil else {
            throw OperationError(.argumentInvalid, "\(spelled) is given twice", hint: "Give it once.")
        }
        named[option.name, default: []].append(text)
    }

    /// The value of an option; nil for a flag.
    private mutating func value(
        of option: Parameter, spelled: String, given: String?
    ) throws(OperationError) -> String? {
        guard !option.isFlag else {
            guard given == nil else {
                throw OperationError(.argumentInvalid, "\(spelled) takes no value", hint: "Write: \(spelled)")
            }
            return nil
        }
        if let given { return given }
        guard let next = rest.first else {
            throw OperationError(
                .argumentMissing, "\(spelled) needs a value",
                hint: "Write: \(spelled) \(option.placeholder)")
        }
        let isNumber = option.elementKind == .integer && Int64(next) != nil
        guard !next.hasPrefix("-") || next == "-" || isNumber else {
            throw OperationError(
                .argumentInvalid, "\(spelled) needs a value, and ‘\(next)’ looks like an option",
                hint: "If it is the value, write: --\(option.optionName)=\(next)")
        }
        rest.removeFirst()
        return next
    }

    private func early(_ spelled: String) -> OperationError {
        OperationError(
            .argumentUnknown, "\(spelled) stands before the command and is no option of every command",
            hint: "Write the command first: holdfast COMMAND \(spelled). All there are: holdfast help")
    }

    private func unknownOption(_ spelled: String, _ entry: CommandEntry?) -> OperationError {
        let name = entry?.name ?? ""
        let all = GlobalOptions.parameters + (entry?.options ?? [])
        let names =
            all.map { "--" + $0.optionName } + all.filter(\.isNegatable).map { "--no-" + $0.optionName }
        let guess = NearestName.find(for: spelled, among: names).map { "Did you mean \($0)? " } ?? ""
        return OperationError(
            .argumentUnknown, "‘\(name)’ has no option \(spelled)",
            hint: "\(guess)All there are: holdfast \(name) --help")
    }
}
