package import Basics

extension OperationField {
    /// The input that arguments by field name make, with the defaults of those that are not given.
    ///
    /// - Parameter command: what takes them, in words.
    /// - Throws: `argumentUnknown`, `argumentMissing`, `argumentInvalid`.
    package static func input<Input: OperationInput>(
        _ type: Input.Type, from arguments: [String: JSONValue], of command: String
    ) throws(OperationError) -> Input {
        try input(type, from: merge(arguments, over: table(of: Input()), of: command))
    }

    /// Puts `arguments` over the defaults, under the names of the Swift properties.
    static func merge(
        _ arguments: [String: JSONValue], over fields: [OperationField], of command: String
    ) throws(OperationError) -> JSONValue {
        let known = Set(fields.map(\.name))
        if let unknown = arguments.keys.sorted().first(where: { !known.contains($0) }) {
            let names = fields.map(\.name).joined(separator: ", ")
            throw OperationError(
                .argumentUnknown, "‘\(unknown)’ is no argument of ‘\(command)’",
                hint: names.isEmpty ? "It takes none." : "It takes: \(names).")
        }
        var merged: [String: JSONValue] = [:]
        for field in fields {
            if let given = arguments[field.name], !given.isNull {
                merged[field.property] = given
            } else if let standard = field.defaultValue {
                merged[field.property] = standard
            } else {
                throw OperationError(
                    .argumentMissing, "‘\(command)’ needs ‘\(field.name)’", hint: field.description.help)
            }
        }
        return .object(merged)
    }

    /// The input that merged arguments make.
    static func input<Input: OperationInput>(
        _ type: Input.Type, from merged: JSONValue
    ) throws(OperationError) -> Input {
        do { return try JSONValueDecoder().decode(type, from: merged) } catch {
            throw wrongForm(error, of: table(of: Input()))
        }
    }

    /// What is wrong with which argument, and how it is written.
    private static func wrongForm(_ error: JSONShapeError, of fields: [OperationField]) -> OperationError {
        let field = fields.first { error.path.prefix { $0 != "[" && $0 != "." } == $0.property }
        guard let field else {
            return OperationError(.argumentInvalid, "An argument has the wrong form: \(error)")
        }
        if let names = field.description.kind.choices {
            return OperationError(
                .argumentInvalid, "The argument ‘\(field.name)’ has no such value",
                hint: "It is one of: \(names.joined(separator: ", ")).")
        }
        return OperationError(
            .argumentInvalid, "The argument ‘\(field.name)’ has the wrong form: \(error.reason)",
            hint: example(of: field.description.kind) ?? field.description.help)
    }

    /// How a value of that kind is written; nil when only the field's own words can tell.
    private static func example(of kind: FieldKind) -> String? {
        switch kind {
        case .list(let element): example(of: element)
        case .text(format: "time"):
            "Write a time in UTC such as 2026-11-21T09:30:00Z, or a day such as 2026-11-21."
        case .text(format: "device"):
            "The name of a device begins with a letter or digit and goes on with these, ‘.’, ‘_’ and ‘-’, at most 63 in all. Those there are: holdfast device list"
        default: nil
        }
    }
}

extension FieldKind {
    /// The values that are possible, of a list those of its elements; nil where any may be.
    fileprivate var choices: [String]? {
        switch self {
        case .choice(let names): names
        case .list(let element): element.choices
        default: nil
        }
    }
}
