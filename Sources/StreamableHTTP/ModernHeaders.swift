import Basics
package import HTTP
package import MCP

/// The header fields that repeat what a request of the stateless revisions says, so that gateways need not read it.
package enum ModernHeaders {
    static let version = "mcp-protocol-version"
    private static let metaVersion = "io.modelcontextprotocol/protocolVersion"
    private static let metaCapabilities = "io.modelcontextprotocol/clientCapabilities"

    /// Whether a request is of the stateless revisions, by its fields or by itself.
    package static func concern(_ fields: HTTPFields, _ message: RPCMessage?) -> Bool {
        if case .request(let request) = message,
            request.meta[metaVersion] != nil || request.method == "server/discover"
        {
            return true
        }
        return fields.values(of: version).contains { isModern($0) }
    }

    private static func isModern(_ text: String) -> Bool {
        // Dates in this form are in the order of their text.
        text.utf8.count == 10 && text >= "2026-07-28"
            && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D }
    }

    /// What is wrong with the fields of a request to `server`; nil for nothing.
    static func objection(
        to request: RPCRequest, _ fields: HTTPFields, of server: Server
    ) async -> RPCError? {
        if let error = objection(to: request, fields) { return error }
        guard request.method == "tools/call", let name = request.parameters["name"]?.string,
            let tools = try? await server.content.tools(),
            let tool = tools.first(where: { $0.name == name })
        else { return nil }
        return HeaderParameter.objection(to: request.parameters["arguments"], of: tool, fields)
    }

    /// What is wrong with the fields that repeat the request itself; nil for nothing.
    package static func objection(to request: RPCRequest, _ fields: HTTPFields) -> RPCError? {
        guard let revision = request.meta[metaVersion]?.string else {
            return .invalidParameters("‘_meta’ must have ‘\(metaVersion)’, a text")
        }
        guard request.meta[metaCapabilities]?.object != nil else {
            return .invalidParameters("‘_meta’ must have ‘\(metaCapabilities)’, an object")
        }
        let checks: [(String, String?, Bool)] = [
            (version, revision, false), ("mcp-method", request.method, false),
            ("mcp-name", name(of: request), true),
        ]
        for (field, expected, mayBeEncoded) in checks {
            guard let expected else { continue }
            let values = fields.values(of: field)
            guard values.count == 1 else {
                return mismatch("There must be one field ‘\(field)’, not \(values.count)")
            }
            let value = mayBeEncoded ? decoded(values[0]) : values[0]
            guard value == expected else {
                return mismatch("The field ‘\(field)’ does not say what the request says")
            }
        }
        return nil
    }

    static func mismatch(_ words: String) -> RPCError { RPCError(-32020, words) }

    /// What the field `Mcp-Name` must say; nil for methods that need none.
    private static func name(of request: RPCRequest) -> String? {
        switch request.method {
        case "tools/call", "prompts/get": request.parameters["name"]?.string
        case "resources/read": request.parameters["uri"]?.string
        case "tasks/get", "tasks/update", "tasks/cancel": request.parameters["taskId"]?.string
        default: nil
        }
    }

    /// The text behind `=?base64?…?=`; nil where it is none, the value itself without these marks.
    package static func decoded(_ value: String) -> String? {
        guard value.hasPrefix("=?base64?"), value.hasSuffix("?="), value.utf8.count >= 11 else {
            return value
        }
        let text = String(value.dropFirst(9).dropLast(2))
        guard text.utf8.count.isMultiple(of: 4), let bytes = Base64.bytes(text), Base64.string(bytes) == text
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
