import Basics

/// A piece of work that goes on after its request was answered (extension `io.modelcontextprotocol/tasks`).
public struct TaskView: Sendable, Equatable {
    /// The name of the extension.
    public static let extensionName = "io.modelcontextprotocol/tasks"

    /// How it stands, with what belongs to that.
    public enum State: Sendable, Equatable {
        case working
        case inputRequired([String: InputRequest])
        /// Done; a tool that failed is done as well. The result as the request would have had it.
        case completed(ToolResult)
        case failed(RPCError)
        case cancelled

        /// The word of the protocol.
        public var word: String {
            switch self {
            case .working: "working"
            case .inputRequired: "input_required"
            case .completed: "completed"
            case .failed: "failed"
            case .cancelled: "cancelled"
            }
        }
    }

    /// Names it; hard to guess.
    public let id: String
    /// How it stands.
    public let state: State
    /// What it does at the moment, for people; empty when there is nothing to say.
    public let message: String
    /// When it began, RFC 3339.
    public let created: String
    /// When it last changed, RFC 3339.
    public let updated: String
    /// How long it is kept, in milliseconds; nil for good.
    public let lifetime: Int?
    /// How long to wait before asking again, in milliseconds.
    public let pollInterval: Int

    /// A task.
    public init(
        id: String, state: State, message: String = "", created: String, updated: String, lifetime: Int?,
        pollInterval: Int
    ) {
        self.id = id
        self.state = state
        self.message = message
        self.created = created
        self.updated = updated
        self.lifetime = lifetime
        self.pollInterval = pollInterval
    }

    /// What the request that began it is answered with.
    var seed: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "taskId": .string(id), "status": .string(state.word), "createdAt": .string(created),
            "lastUpdatedAt": .string(updated), "pollIntervalMs": .int(Int64(pollInterval)),
            "ttlMs": lifetime.map { .int(Int64($0)) } ?? .null,
        ]
        if !message.isEmpty { members["statusMessage"] = .string(message) }
        return members
    }

    /// What `tasks/get` is answered with.
    func details(for revision: Revision) -> [String: JSONValue] {
        var members = seed
        switch state {
        case .working, .cancelled: break
        case .inputRequired(let requests):
            members["inputRequests"] = .object(
                requests.mapValues { request in
                    [
                        "method": .string(request.method),
                        "params": .object(request.parameters(for: revision)),
                    ]
                })
        case .completed(let result):
            members["result"] = .object(
                result.json(for: revision).merging(["resultType": "complete"]) { $1 })
        case .failed(let error): members["error"] = error.json
        }
        return members
    }
}
