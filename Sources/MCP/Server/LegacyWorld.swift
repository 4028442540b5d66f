import Basics

/// The revisions that begin with `initialize`: what one session remembers, and the methods that only they have.
struct LegacySession: Sendable, Equatable {
    let revision: Revision
    let client: ClientFacts
    /// Whether the client said that it is ready.
    var isReady = false
    /// The least urgent log messages that are wanted.
    var logLevel: LogLevel?
    /// The addresses of resources whose changes are wanted.
    var subscriptions: Set<String> = []

    /// The revision spoken with a client that asked for `requested`.
    static func agreed(on requested: String) -> Revision {
        guard let revision = Revision(rawValue: requested), !revision.isStateless else {
            return .newestWithSessions
        }
        return revision
    }

    /// Begins a session, from the parameters of `initialize`.
    init(_ parameters: [String: JSONValue]) throws(RPCError) {
        guard let requested = parameters["protocolVersion"]?.string else {
            throw .invalidParameters("‘protocolVersion’ must be a revision of the protocol")
        }
        guard let capabilities = parameters["capabilities"]?.object else {
            throw .invalidParameters("‘capabilities’ must be an object")
        }
        revision = Self.agreed(on: requested)
        client = ClientFacts(information: parameters["clientInfo"], capabilities: capabilities)
    }

    /// What `initialize` is answered with.
    func welcome(from server: Server) -> JSONValue {
        [
            "protocolVersion": .string(revision.rawValue), "capabilities": server.capabilities(for: revision),
            "serverInfo": server.information.json(for: revision),
            "instructions": .string(server.instructions),
        ]
    }

    /// Takes a subscription back.
    mutating func unsubscribe(_ uri: String) { subscriptions.remove(uri) }

    /// Answers a method that works on the session alone.
    /// - Returns: nil for all other methods.
    mutating func answer(
        _ request: RPCRequest, of server: Server
    ) throws(RPCError) -> JSONValue? {
        switch request.method {
        case "ping": return [:]
        case "logging/setLevel" where server.content.features.contains(.logging):
            guard let level = request.parameters["level"]?.string.flatMap({ LogLevel(rawValue: $0) }) else {
                let words = LogLevel.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalidParameters("‘level’ must be one of: \(words)")
            }
            logLevel = level
            return [:]
        case "resources/unsubscribe" where server.content.features.contains(.subscriptions):
            guard let uri = request.parameters["uri"]?.string else {
                throw .invalidParameters("‘uri’ must be the address of a resource")
            }
            subscriptions.remove(uri)
            return [:]
        case "resources/subscribe" where server.content.features.contains(.subscriptions):
            guard let uri = request.parameters["uri"]?.string, uri.utf8.count <= 2048 else {
                throw .invalidParameters("‘uri’ must be the address of a resource")
            }
            guard subscriptions.count < server.limits.subscriptions || subscriptions.contains(uri) else {
                throw .invalidRequest(
                    "There are \(subscriptions.count) subscriptions already; end some first")
            }
            subscriptions.insert(uri)
            return [:]
        default: return nil
        }
    }

    /// The notification of a change; nil where this client did not ask for it.
    func notification(of change: Change, features: Features) -> RPCNotification? {
        guard isReady else { return nil }
        switch change {
        case .tools: return features.contains(.changingTools) ? .init(method: Change.toolsMethod) : nil
        case .prompts: return features.contains(.changingPrompts) ? .init(method: Change.promptsMethod) : nil
        case .resources:
            return features.contains(.changingResources) ? .init(method: Change.resourcesMethod) : nil
        case .resource(let uri):
            guard subscriptions.contains(uri) else { return nil }
            return .init(method: Change.resourceMethod, parameters: ["uri": .string(uri)])
        case .task: return nil
        }
    }
}

extension Change {
    static let toolsMethod = "notifications/tools/list_changed"
    static let promptsMethod = "notifications/prompts/list_changed"
    static let resourcesMethod = "notifications/resources/list_changed"
    static let resourceMethod = "notifications/resources/updated"
}
