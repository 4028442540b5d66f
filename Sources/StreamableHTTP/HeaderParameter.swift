package import Basics
package import HTTP
package import MCP

/// An argument of a tool that a header field repeats, as the mark `x-mcp-header` in its schema says.
package struct HeaderParameter: Equatable {
    private static let mark = "x-mcp-header"
    private static let depthLimit = 8

    /// Where the argument lies.
    let path: [String]
    /// The field's name behind `Mcp-Param-`, lower case.
    let name: String

    /// Those of a schema, as far as `properties` alone lead.
    static func all(in schema: JSONValue, below path: [String] = []) -> [HeaderParameter] {
        guard path.count < depthLimit, let properties = schema["properties"]?.object else { return [] }
        return properties.sorted { $0.key < $1.key }.flatMap { key, property in
            let place = path + [key]
            let own = property[mark]?.string.map { HeaderParameter(path: place, name: $0.lowercased()) }
            return (own.map { [$0] } ?? []) + all(in: property, below: place)
        }
    }

    /// What is wrong with the fields of a call; nil for nothing.
    package static func objection(to arguments: JSONValue?, of tool: Tool, _ fields: HTTPFields) -> RPCError?
    {
        for parameter in all(in: tool.inputSchema) {
            let field = "mcp-param-" + parameter.name
            let values = fields.values(of: field)
            var argument = arguments
            for step in parameter.path { argument = argument?[step] }
            guard let argument, !argument.isNull else {
                guard values.isEmpty else {
                    return ModernHeaders.mismatch(
                        "The field ‘\(field)’ repeats an argument that is not there")
                }
                continue
            }
            guard values.count == 1, let text = ModernHeaders.decoded(values[0]), says(text, argument) else {
                return ModernHeaders.mismatch("The field ‘\(field)’ does not say what the arguments say")
            }
        }
        return nil
    }

    private static func says(_ text: String, _ argument: JSONValue) -> Bool {
        switch argument {
        case .string(let value): text == value
        case .bool(let value): text == (value ? "true" : "false")
        case .int(let value): Int64(text) == value || Double(text) == Double(value)
        case .double(let value): Double(text) == value
        default: false
        }
    }
}
