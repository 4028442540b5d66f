import Basics
import Operations

/// How parameters are spelled and explained in help and documents.
enum ParameterWords {
    /// `-n, --name TEXT`, `--[no-]check`, `DEVICE ...`.
    static func term(_ parameter: Parameter) -> String {
        guard !parameter.isOperand else {
            return parameter.placeholder + (parameter.isList ? " ..." : "")
        }
        let short = parameter.short.map { "-\($0), " } ?? ""
        let long = "--" + (parameter.isNegatable ? "[no-]" : "") + parameter.optionName
        guard !parameter.isFlag else { return short + long }
        return short + long + " " + parameter.placeholder
    }

    /// The sentence, then choices and default where there are any.
    static func meaning(_ parameter: Parameter) -> String {
        var parts = [parameter.help]
        if parameter.isList, !parameter.isOperand, !saysRepeatable(parameter.help) {
            parts.append("Repeatable.")
        }
        if !parameter.choices.isEmpty {
            parts.append("One of: \(parameter.choices.joined(separator: ", ")).")
        }
        if parameter.isRequired, !parameter.isOperand { parts.append("Must be given.") }
        if let standard = standard(parameter) { parts.append("Default: \(standard).") }
        return parts.joined(separator: " ")
    }

    private static func saysRepeatable(_ help: String) -> Bool {
        ["repeat", "several", "Repeat"].contains { help.contains($0) }
    }

    /// The default as typed; nil where it goes without saying.
    static func standard(_ parameter: Parameter) -> String? {
        guard let value = parameter.defaultValue, !parameter.isFlag else { return nil }
        switch value {
        case .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case .array(let elements):
            return elements.isEmpty
                ? nil : elements.map { $0.string ?? JSONWriter.text($0) }.joined(separator: " ")
        default: return JSONWriter.text(value)
        }
    }
}
