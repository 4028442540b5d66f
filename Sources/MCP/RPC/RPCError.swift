public import Basics

/// Why a request has no result: a fault of the protocol, never a failure of the work itself.
public struct RPCError: Error, Sendable, Equatable {
    /// The number by which clients tell errors apart.
    public let code: Int
    /// What is wrong and what to do instead, as a sentence; holds no secret and no stack.
    public let message: String
    /// Details that programs read; nil where there are none.
    public let data: JSONValue?

    /// An error of that code.
    public init(_ code: Int, _ message: String, data: JSONValue? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The bytes are no JSON.
    public static func unreadable(_ reason: String) -> RPCError { RPCError(-32700, reason) }

    /// The JSON is no request, or one that may not be made now.
    public static func invalidRequest(_ reason: String) -> RPCError { RPCError(-32600, reason) }

    /// Nobody here knows the method, or it was not offered.
    public static func unknownMethod(_ method: String) -> RPCError {
        RPCError(-32601, "There is no method ‘\(method)’ here")
    }

    /// The parameters do not fit the method.
    public static func invalidParameters(_ reason: String, data: JSONValue? = nil) -> RPCError {
        RPCError(-32602, reason, data: data)
    }

    /// A mistake of the server; says nothing of its inside.
    public static let internalFailure = RPCError(-32603, "The server made a mistake; its log says more")

    /// The server ends before the request was answered.
    public static let serverEnding = RPCError(
        -32603, "The server ends before this is answered; what was begun may go on: ask again when it runs")

    /// The client ended its half of the connection while it waited.
    public static let calledOff = RPCError(
        -32603,
        "It was called off, as the client ended its half of the connection: leave it open until the answer")

    /// The client did not declare what this request needs.
    public static func missingCapability(_ required: JSONValue, _ reason: String) -> RPCError {
        RPCError(-32021, reason, data: ["requiredCapabilities": required])
    }

    /// The client speaks a revision that this server does not.
    public static func unsupportedVersion(_ requested: String) -> RPCError {
        RPCError(
            -32022, "Revision ‘\(requested)’ of the protocol is not spoken here",
            data: [
                "supported": .array(Revision.newestFirst.map { .string($0.rawValue) }),
                "requested": .string(requested),
            ])
    }

    /// The error as it stands in a message.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["code": .int(Int64(code)), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }
}
