import Operations

/// One command: an operation, or one of the few commands that the command line adds itself.
struct CommandEntry: Sendable {
    /// What running the command does.
    enum Action: Sendable {
        case operation(AnyOperation)
        case builtIn(BuiltIn)
        case resident(ResidentCommand)
    }

    /// The words after `holdfast`.
    let words: [String]
    let action: Action

    init(_ operation: AnyOperation) {
        words = operation.contract.command
        action = .operation(operation)
    }

    init(_ builtIn: BuiltIn) {
        words = [builtIn.rawValue]
        action = .builtIn(builtIn)
    }

    init(_ resident: ResidentCommand) {
        words = resident.words
        action = .resident(resident)
    }

    /// One phrase without a full stop.
    var summary: String {
        switch action {
        case .operation(let operation): operation.contract.summary
        case .builtIn(let builtIn): builtIn.summary
        case .resident(let resident): resident.summary
        }
    }

    /// Paragraphs, or empty.
    var discussion: String {
        switch action {
        case .operation(let operation): operation.contract.discussion
        case .builtIn(let builtIn): builtIn.discussion
        case .resident(let resident): resident.discussion
        }
    }

    var examples: [Contract.Example] {
        switch action {
        case .operation(let operation): operation.contract.examples
        case .builtIn(let builtIn): builtIn.examples
        case .resident(let resident): resident.examples
        }
    }

    /// Left out of help, completion and documents.
    var isHidden: Bool {
        switch action {
        case .operation: false
        case .builtIn(let builtIn): builtIn.isHidden
        case .resident(let resident): resident.isHidden
        }
    }

    /// Worked out when asked for: a run looks at those of one command.
    var parameters: [Parameter] {
        switch action {
        case .operation(let operation): operation.fields.map { Parameter($0) }
        case .builtIn(let builtIn): builtIn.parameters
        case .resident(let resident): Self.parameters(of: resident, hidden: false)
        }
    }

    /// Options that work and are shown nowhere: for tests and for measuring.
    var hiddenOptions: [Parameter] {
        guard case .resident(let resident) = action else { return [] }
        return Self.parameters(of: resident, hidden: true)
    }

    private static func parameters(of resident: ResidentCommand, hidden: Bool) -> [Parameter] {
        resident.fields.filter { resident.hidden.contains($0.name) == hidden }.map { Parameter($0) }
    }

    /// The words as people type them after `holdfast`.
    var name: String { words.joined(separator: " ") }

    /// What is given by position, in order.
    var operands: [Parameter] { parameters.filter(\.isOperand) }

    /// What is given by name.
    var options: [Parameter] { parameters.filter { !$0.isOperand } }

    /// The operation's contract; nil for a built-in command.
    var contract: Contract? {
        guard case .operation(let operation) = action else { return nil }
        return operation.contract
    }

    /// The one line that shows how to call it.
    var usage: String {
        var parts = ["holdfast", name]
        for operand in operands {
            let word = operand.placeholder + (operand.isList ? " ..." : "")
            parts.append(operand.isRequired ? word : "[\(word)]")
        }
        for option in options where option.isRequired {
            parts.append("--\(option.optionName) \(option.placeholder)")
        }
        if options.contains(where: { !$0.isRequired }) { parts.append("[options]") }
        return parts.joined(separator: " ")
    }
}
