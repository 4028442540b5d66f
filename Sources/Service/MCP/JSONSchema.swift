import Basics
import Operations

/// Writes JSON Schema (2020-12), flat and without references, as the narrowest clients take it.
enum JSONSchema {
    /// The schema of a value of that shape, its records described down to `depth` levels.
    ///
    /// What lies deeper is told as an object alone: models are told of schemas, and pay for each word of them.
    static func schema(of shape: JSONShape, depth: Int = 1) -> JSONValue {
        switch shape {
        case .flag: ["type": "boolean"]
        case .integer: ["type": "integer"]
        case .number: ["type": "number"]
        case .text(""): ["type": "string"]
        case .text(let format): ["type": "string", "format": .string(format)]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element): ["type": "array", "items": schema(of: element, depth: depth)]
        case .map(let value): ["type": "object", "additionalProperties": schema(of: value, depth: depth)]
        case .record(let members):
            depth > 0
                ? object(members.map { ($0.name, schema(of: $0.shape, depth: depth - 1)) }, required: [])
                : ["type": "object"]
        case .anything: [:]
        }
    }

    /// The schema of an object.
    static func object(
        _ properties: [(String, JSONValue)], required: [String], isClosed: Bool = false
    ) -> JSONValue {
        var members: [String: JSONValue] = ["type": "object"]
        members["properties"] = .object(Dictionary(properties) { first, _ in first })
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        if isClosed { members["additionalProperties"] = false }
        return .object(members)
    }

    /// The schema of an argument.
    static func schema(of field: OperationField) -> JSONValue {
        var members = schema(of: field.description.kind).object ?? [:]
        members["description"] = .string(words(field.description.help))
        if let standard = field.defaultValue, !standard.isNull, standard != [], standard != "" {
            members["default"] = standard
        }
        return .object(members)
    }

    private static func schema(of kind: FieldKind) -> JSONValue {
        switch kind {
        case .flag: ["type": "boolean"]
        case .integer: ["type": "integer"]
        case .text("time"): ["type": "string"]
        case .text: ["type": "string"]
        case .choice(let words): ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element): ["type": "array", "items": schema(of: element)]
        }
    }

    /// A field's help without what only a command line means.
    static func words(_ help: String) -> String {
        var text = help
        while let found = text.firstRange(of: "; repeatable") { text.removeSubrange(found) }
        while let dashes = text.firstRange(of: "--") {
            let name = text[dashes.upperBound...].prefix { $0.isLetter || $0 == "-" }
            let argument = "‘" + String(name.map { $0 == "-" ? "_" : $0 }) + "’"
            text.replaceSubrange(dashes.lowerBound..<name.endIndex, with: argument)
        }
        return text
    }
}

extension String {
    /// Where `needle` first stands.
    fileprivate func firstRange(of needle: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
