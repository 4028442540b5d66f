import Basics

/// A Model Context Protocol server: answers requests of any revision out of one content.
///
/// This module is the protocol and nothing else: it knows no product, opens no socket and keeps no file. Requests come
/// in and messages go out as values; what carries them is a transport, standard input and output or HTTP.
public struct Server: Sendable {
    /// What the server says of itself.
    public let information: Implementation
    /// What a model should know before it uses the server: what it is for, and how its tools go together.
    public let instructions: String
    /// The product.
    public let content: any ServerContent
    /// Seals what clients carry for the server; nil where nothing is given to them to carry.
    public let sealer: (any StateSealer)?
    /// The bounds.
    public let limits: Limits
    /// Where requests run; nil for the system's pool.
    public let executor: (any TaskExecutor)?

    /// The bounds of what one client may take.
    public struct Limits: Sendable {
        /// How many requests of one conversation may be under way.
        public var running = 64
        /// How many subscriptions of one conversation there may be.
        public var subscriptions = 256
        /// How many entries a page of a list holds.
        public var page = 100

        /// The usual bounds.
        public init() {}
    }

    /// A server of that content.
    public init(
        information: Implementation, instructions: String, content: any ServerContent,
        sealer: (any StateSealer)? = nil, limits: Limits = Limits(), executor: (any TaskExecutor)? = nil
    ) {
        self.information = information
        self.instructions = instructions
        self.content = content
        self.sealer = sealer
        self.limits = limits
        self.executor = executor
    }

    /// What it can do, as a client of that revision may be told.
    func capabilities(for revision: Revision) -> JSONValue {
        let features = content.features
        var members: [String: JSONValue] = [:]
        if features.contains(.tools) {
            members["tools"] = features.contains(.changingTools) ? ["listChanged": true] : [:]
        }
        if features.contains(.prompts) {
            members["prompts"] = features.contains(.changingPrompts) ? ["listChanged": true] : [:]
        }
        if features.contains(.resources) {
            var resources: [String: JSONValue] = [:]
            if features.contains(.changingResources) { resources["listChanged"] = true }
            if features.contains(.subscriptions) { resources["subscribe"] = true }
            members["resources"] = .object(resources)
        }
        if features.contains(.completions), revision.hasCompletionCapability { members["completions"] = [:] }
        if features.contains(.logging) { members["logging"] = [:] }
        if features.contains(.tasks), revision.isStateless {
            members["extensions"] = [TaskView.extensionName: [:]]
        }
        return .object(members)
    }
}

/// Seals texts that clients carry, so that they can neither be read nor changed nor used for another request.
public protocol StateSealer: Sendable {
    /// Seals `bytes` for requests that match `purpose`.
    func seal(_ bytes: [UInt8], for purpose: [UInt8]) -> String
    /// What was sealed for `purpose`; nil for anything else.
    func open(_ text: String, for purpose: [UInt8]) -> [UInt8]?
}
