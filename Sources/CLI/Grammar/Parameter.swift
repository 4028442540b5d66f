import Basics
import Operations

/// One parameter of a command, as the command line spells it.
struct Parameter: Sendable {
    /// The name in JSON: words joined by `_`.
    let name: String
    /// What it means, as a sentence.
    let help: String
    /// Given by position instead of by name.
    let isOperand: Bool
    let kind: FieldKind
    /// The word that stands for the value in help.
    let placeholder: String
    /// The one-letter option, where there is one.
    let short: Character?
    let isRequired: Bool
    /// The value when nothing is given; nil when something must be, or when absence itself means something.
    let defaultValue: JSONValue?

    init(_ field: OperationField) {
        let description = field.description
        self.init(
            field.name, description.help, kind: description.kind, isOperand: description.style == .operand,
            placeholder: description.placeholder, short: description.short,
            isRequired: description.isRequired, defaultValue: field.defaultValue)
    }

    init(
        _ name: String, _ help: String, kind: FieldKind, isOperand: Bool = false, placeholder: String? = nil,
        short: Character? = nil, isRequired: Bool = false, defaultValue: JSONValue? = nil
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.isOperand = isOperand
        self.placeholder = placeholder ?? name.dashed.uppercased()
        self.short = short
        self.isRequired = isRequired
        self.defaultValue = defaultValue == .null ? nil : defaultValue
    }

    /// The long option without its dashes: `include_data` is given as `--include-data`.
    var optionName: String { name.dashed }

    /// Whether it may be given more than once.
    var isList: Bool {
        guard case .list = kind else { return false }
        return true
    }

    /// The kind of one value.
    var elementKind: FieldKind {
        guard case .list(let element) = kind else { return kind }
        return element
    }

    /// A flag takes no value.
    var isFlag: Bool { kind == .flag }

    /// A flag that is on unless `--no-…` is given.
    var isNegatable: Bool { isFlag && defaultValue == .bool(true) }

    /// The words a value must be one of; empty when it is free.
    var choices: [String] {
        guard case .choice(let words) = elementKind else { return [] }
        return words
    }

    /// What a free text must be, for example `device` or `path`; empty for anything.
    var format: String {
        guard case .text(let format) = elementKind else { return "" }
        return format
    }

    /// How messages call it: the placeholder of an operand, the option otherwise.
    var spelling: String { isOperand ? placeholder : "--" + optionName }
}

extension String {
    /// The text with `-` in place of each `_`.
    var dashed: String { String(map { $0 == "_" ? "-" : $0 }) }
}
