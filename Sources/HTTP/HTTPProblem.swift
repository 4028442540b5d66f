import Basics

/// An error as a program reads it: problem details in JSON.
///
/// - SeeAlso: RFC 9457
public struct HTTPProblem: Error, Sendable, Equatable {
    /// The status of the response.
    public let status: HTTPStatus
    /// A stable word for programs, for example `token-expired`.
    public let code: String
    /// What happened, as a sentence without a full stop.
    public let title: String
    /// What to do next, as a sentence; empty when there is nothing to say.
    public let hint: String
    /// Header fields of the response.
    public var fields = HTTPFields()

    /// A problem.
    public init(
        _ status: HTTPStatus, code: String, _ title: String, hint: String = "", fields: HTTPFields = .init()
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.hint = hint
        self.fields = fields
    }

    /// What a request that cannot be served at all is answered with.
    public init(_ refusal: HTTPRefusal) {
        self.init(refusal.status, code: "request-refused", refusal.reason)
    }

    /// The response.
    public var response: HTTPResponse {
        var members: [String: JSONValue] = [
            "type": "about:blank", "status": .int(Int64(status.code)), "title": .string(title),
            "code": .string(code),
        ]
        if !hint.isEmpty { members["hint"] = .string(hint) }
        var fields = fields
        fields.set("Content-Type", MediaType.problem.description)
        fields.set("Cache-Control", "no-store")
        return HTTPResponse(status, fields, body: .bytes(JSONWriter.bytes(.object(members)) + [0x0A]))
    }
}
