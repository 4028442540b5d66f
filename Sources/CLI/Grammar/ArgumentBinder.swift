import Basics
import Operations

/// Turns the texts of one command into JSON values by the kinds of its parameters.
struct ArgumentBinder {
    let entry: CommandEntry
    /// Values of options by name in JSON, in the order given.
    let named: [String: [String]]
    let flags: [String: Bool]
    let positional: [String]

    /// The arguments by name in JSON; what was not given is left out.
    func bind() throws(OperationError) -> [String: JSONValue] {
        var result = flags.mapValues { JSONValue.bool($0) }
        for option in entry.options + entry.hiddenOptions {
            if let texts = named[option.name] { result[option.name] = try value(texts, for: option) }
        }
        try bindOperands(into: &result)
        if let missing = entry.parameters.first(where: { $0.isRequired && result[$0.name] == nil }) {
            throw OperationError(
                .argumentMissing, "‘\(entry.name)’ needs \(missing.spelling): \(missing.help.asClause)",
                hint: "Usage: \(entry.usage)")
        }
        return result
    }

    private func bindOperands(into result: inout [String: JSONValue]) throws(OperationError) {
        var rest = positional[...]
        for operand in entry.operands where !rest.isEmpty {
            let count = operand.isList ? rest.count : 1
            result[operand.name] = try value(Array(rest.prefix(count)), for: operand)
            rest = rest.dropFirst(count)
        }
        guard let surplus = rest.first else { return }
        throw OperationError(
            .argumentUnknown, "‘\(entry.name)’ has no place for ‘\(surplus)’", hint: "Usage: \(entry.usage)")
    }

    private func value(
        _ texts: [String], for parameter: Parameter
    ) throws(OperationError) -> JSONValue {
        var values: [JSONValue] = []
        for text in texts { values.append(try Self.value(text, for: parameter)) }
        return parameter.isList ? .array(values) : values.last ?? .null
    }

    /// One text as the kind of value the parameter takes.
    static func value(_ text: String, for parameter: Parameter) throws(OperationError) -> JSONValue {
        switch parameter.elementKind {
        case .flag:
            guard let flag = ["true": true, "false": false][text] else {
                throw OperationError(
                    .argumentInvalid, "\(parameter.spelling) must be true or false, not ‘\(text)’",
                    hint: "Write: true")
            }
            return .bool(flag)
        case .integer:
            guard let number = Int64(text) else {
                throw OperationError(
                    .argumentInvalid, "\(parameter.spelling) must be a whole number, not ‘\(text)’",
                    hint: "Digits only, eighteen at most.")
            }
            return .int(number)
        case .text, .list: return .string(text)
        case .choice(let words):
            guard words.contains(text) else {
                let guess = NearestName.find(for: text, among: words).map { "Did you mean \($0)? " } ?? ""
                throw OperationError(
                    .argumentInvalid, "\(parameter.spelling) cannot be ‘\(text)’",
                    hint: "\(guess)It is one of: \(words.joined(separator: ", ")).")
            }
            return .string(text)
        }
    }
}

extension String {
    /// A sentence as a part of another one: small first letter unless it begins an acronym, no full stop.
    var asClause: String {
        let body = hasSuffix(".") ? String(dropLast()) : self
        guard let first = body.first, body.dropFirst().first?.isUppercase != true else { return body }
        return first.lowercased() + body.dropFirst()
    }
}
