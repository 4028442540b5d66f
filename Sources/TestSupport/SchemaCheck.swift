package import Basics

/// Checks values against the part of JSON Schema 2020-12 that the tools use; an unknown keyword is a finding.
package enum SchemaCheck {
    private static let silent: Set = ["description", "default", "title", "format", "$schema"]

    /// What of `value` does not fit; empty when all does.
    package static func findings(_ value: JSONValue, _ schema: JSONValue, at place: String = "$") -> [String]
    {
        guard let members = schema.object else { return ["\(place): the schema is no object"] }
        return members.sorted { $0.key < $1.key }.flatMap { keyword, rule in
            check(value, keyword, rule, schema, place)
        }
    }

    private static func check(
        _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONValue, _ place: String
    ) -> [String] {
        switch keyword {
        case "type": return isOf(rule.string ?? "", value) ? [] : ["\(place) is no \(rule.string ?? "?")"]
        case "enum": return rule.array?.contains(value) == true ? [] : ["\(place) is none of the choices"]
        case "minimum": return (value.double ?? 0) >= (rule.double ?? 0) ? [] : ["\(place) is too small"]
        case "maximum": return (value.double ?? 0) <= (rule.double ?? 0) ? [] : ["\(place) is too large"]
        case "required":
            return (rule.array ?? []).compactMap(\.string).filter { value[$0] == nil }.map {
                "\(place).\($0) is missing"
            }
        case "properties":
            return (rule.object ?? [:]).flatMap { name, inner in
                value[name].map { findings($0, inner, at: "\(place).\(name)") } ?? []
            }
        case "items":
            return (value.array ?? []).enumerated().flatMap { findings($1, rule, at: "\(place)[\($0)]") }
        case "additionalProperties":
            let known = schema["properties"]?.object ?? [:]
            let others = (value.object ?? [:]).filter { known[$0.key] == nil }
            if rule == false { return others.keys.sorted().map { "\(place).\($0) is not allowed" } }
            return others.flatMap { findings($1, rule, at: "\(place).\($0)") }
        default:
            return silent.contains(keyword) ? [] : ["\(place): the keyword ‘\(keyword)’ is not known here"]
        }
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("null", .null),
            ("integer", .int), ("number", .int), ("number", .double):
            true
        default: false
        }
    }
}
