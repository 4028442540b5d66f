public import Basics

/// A question that wants an answer.
public struct RPCRequest: Sendable, Equatable {
    /// Names it among those that are under way.
    public let id: RPCID
    /// What is asked for.
    public let method: String
    /// The parameters; empty when none were sent.
    public let parameters: [String: JSONValue]

    /// A request.
    public init(id: RPCID, method: String, parameters: [String: JSONValue] = [:]) {
        self.id = id
        self.method = method
        self.parameters = parameters
    }

    /// The member `_meta` of the parameters; empty when there is none.
    public var meta: [String: JSONValue] { parameters["_meta"]?.object ?? [:] }
}

/// News that want no answer.
public struct RPCNotification: Sendable, Equatable {
    /// What happened.
    public let method: String
    /// The details.
    public let parameters: [String: JSONValue]

    /// A notification.
    public init(method: String, parameters: [String: JSONValue] = [:]) {
        self.method = method
        self.parameters = parameters
    }
}

/// The answer to a request.
public struct RPCResponse: Sendable, Equatable {
    /// The request's id; nil where it could not be read.
    public let id: RPCID?
    /// What came out.
    public let outcome: Result<JSONValue, RPCError>

    /// An answer.
    public init(id: RPCID?, _ outcome: Result<JSONValue, RPCError>) {
        self.id = id
        self.outcome = outcome
    }
}

/// One JSON-RPC 2.0 message.
public enum RPCMessage: Sendable, Equatable {
    case request(RPCRequest)
    case notification(RPCNotification)
    case response(RPCResponse)

    /// The message as JSON.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["jsonrpc": "2.0"]
        switch self {
        case .request(let request):
            members["id"] = request.id.json
            members["method"] = .string(request.method)
            if !request.parameters.isEmpty { members["params"] = .object(request.parameters) }
        case .notification(let notification):
            members["method"] = .string(notification.method)
            if !notification.parameters.isEmpty { members["params"] = .object(notification.parameters) }
        case .response(let response):
            members["id"] = response.id?.json
            switch response.outcome {
            case .success(let result): members["result"] = result
            case .failure(let error): members["error"] = error.json
            }
        }
        return .object(members)
    }

    /// The message as one line of UTF-8 without its line feed.
    public var bytes: [UInt8] { JSONWriter.bytes(json) }
}

extension RPCMessage {
    /// Several answers as one array.
    static func bytes(ofBatch responses: [RPCResponse]) -> [UInt8] {
        JSONWriter.bytes(.array(responses.map { RPCMessage.response($0).json }))
    }
}
