import Basics

/// Reads messages from bytes that anybody may have sent.
public enum RPCReader {
    /// How deep arrays and objects may lie inside one another.
    public static let depthLimit = 128

    /// What bytes turned out to be.
    public enum Reading: Sendable, Equatable {
        case message(RPCMessage)
        /// Several messages in an array, which only revision 2025-03-26 knows.
        case batch([Reading])
        /// Nothing that can be acted on; the error is the answer. The id is the sender's, where it could be seen.
        case malformed(RPCError, id: RPCID?)
        /// Nothing that can be acted on, and nothing that wants an answer.
        case ignorable

        /// The requests in it, which want answers.
        package var requests: [RPCRequest] {
            switch self {
            case .message(.request(let request)): [request]
            case .batch(let readings): readings.flatMap(\.requests)
            case .message, .malformed, .ignorable: []
            }
        }
    }

    /// Reads one message, or a batch of them.
    public static func read(_ bytes: [UInt8]) -> Reading {
        do {
            let tree = try JSONParser.parse(bytes, depthLimit: depthLimit, repairsText: true)
            guard case .array(let elements) = tree else { return checked(tree, bytes) }
            guard !elements.isEmpty else { return .malformed(.invalidRequest("An empty batch"), id: nil) }
            return .batch(elements.map { checked($0, bytes) })
        } catch {
            return .malformed(.unreadable("This is no JSON: \(error)"), id: IDScout.id(in: bytes))
        }
    }

    /// The same, where a name that must come back unchanged was not altered by the repair of texts.
    private static func checked(_ tree: JSONValue, _ bytes: [UInt8]) -> Reading {
        let names = [tree["id"], tree["params"]?["_meta"]?["progressToken"]]
        let doubtful = names.map { $0?.string?.unicodeScalars.contains("\u{FFFD}") == true }
        // The sign may be the sender's own: then the whole text is good without repair.
        guard doubtful.contains(true), tree["id"] != nil,
            (try? JSONParser.parse(bytes, depthLimit: depthLimit)) == nil
        else { return read(tree) }
        // An answer to nothing that was asked wants none itself.
        guard tree["method"] != nil else { return .ignorable }
        let member = doubtful[0] ? "id" : "progressToken"
        return .malformed(
            .invalidRequest("The text ‘\(member)’ is no Unicode (half of a surrogate pair, or no UTF-8)"),
            id: doubtful[0] ? nil : RPCID(tree["id"]))
    }

    /// Reads one message from its tree.
    static func read(_ tree: JSONValue) -> Reading {
        guard case .object(let members) = tree else {
            return .malformed(.invalidRequest("A message is an object"), id: nil)
        }
        let id = RPCID(members["id"])
        guard members["jsonrpc"] == "2.0" else {
            return .malformed(.invalidRequest("The member ‘jsonrpc’ must be ‘2.0’"), id: id)
        }
        guard let method = members["method"] else { return response(members, id) }
        let isNotification = members["id"] == nil
        guard let method = method.string else {
            return isNotification
                ? .ignorable : .malformed(.invalidRequest("The member ‘method’ is a text"), id: id)
        }
        let parameters: [String: JSONValue]
        switch members["params"] {
        case nil: parameters = [:]
        case .object(let given)?: parameters = given
        default:
            let error = RPCError.invalidParameters("The member ‘params’ is an object")
            return isNotification ? .ignorable : .malformed(error, id: id)
        }
        if isNotification {
            return .message(.notification(RPCNotification(method: method, parameters: parameters)))
        }
        guard let id else {
            return .malformed(.invalidRequest("An id is a text or a whole number of 64 bits"), id: nil)
        }
        return .message(.request(RPCRequest(id: id, method: method, parameters: parameters)))
    }

    private static func response(_ members: [String: JSONValue], _ id: RPCID?) -> Reading {
        if let result = members["result"] {
            guard let id else { return .ignorable }
            return .message(.response(RPCResponse(id: id, .success(result))))
        }
        if let error = members["error"] {
            guard let id else { return .ignorable }
            let known = RPCError(
                error["code"]?.int.flatMap { Int(exactly: $0) } ?? -32603, error["message"]?.string ?? "",
                data: error["data"])
            return .message(.response(RPCResponse(id: id, .failure(known))))
        }
        return .malformed(.invalidRequest("A request has a ‘method’"), id: id)
    }
}
