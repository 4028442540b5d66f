import Basics

/// What a request of the stateless revisions says of its client, in the member `_meta`.
struct ModernEnvelope: Sendable {
    static let prefix = "io.modelcontextprotocol/"
    static let versionKey = prefix + "protocolVersion"

    let revision: Revision
    let client: ClientFacts
    let logLevel: LogLevel?

    /// Whether a request is of this world; all others belong to a session.
    static func concerns(_ request: RPCRequest) -> Bool {
        request.meta[versionKey] != nil || request.method == "server/discover"
    }

    init(_ request: RPCRequest) throws(RPCError) {
        let meta = request.meta
        guard let version = meta[Self.versionKey]?.string else {
            throw .invalidParameters("‘_meta’ must have ‘\(Self.versionKey)’, a text")
        }
        guard let capabilities = meta[Self.prefix + "clientCapabilities"]?.object else {
            throw .invalidParameters("‘_meta’ must have ‘\(Self.prefix)clientCapabilities’, an object")
        }
        guard let revision = Revision(rawValue: version), revision.isStateless else {
            throw .unsupportedVersion(version)
        }
        self.revision = revision
        client = ClientFacts(information: meta[Self.prefix + "clientInfo"], capabilities: capabilities)
        switch meta[Self.prefix + "logLevel"] {
        case nil: logLevel = nil
        case let level?:
            guard let known = level.string.flatMap({ LogLevel(rawValue: $0) }) else {
                throw .invalidParameters("‘\(Self.prefix)logLevel’ must be a level of RFC 5424")
            }
            logLevel = known
        }
    }
}

/// The stateless revisions: what surrounds results, and the methods that only they have.
struct ModernWorld: Sendable {
    let server: Server
    let revision: Revision

    /// How long a client may keep an answer, in milliseconds.
    private static let lifetimes: [String: Int64] = [
        "server/discover": 3_600_000, "tools/list": 300_000, "prompts/list": 300_000,
        "resources/list": 5_000, "resources/templates/list": 300_000, "resources/read": 0,
    ]

    /// A finished result as the client gets it.
    func complete(_ members: [String: JSONValue], of method: String) -> JSONValue {
        var members = members
        members["resultType"] = "complete"
        if let lifetime = Self.lifetimes[method] {
            members["ttlMs"] = .int(lifetime)
            members["cacheScope"] = "private"
        }
        return .object(signed(members))
    }

    /// The result with the server's name in it.
    func signed(_ members: [String: JSONValue]) -> [String: JSONValue] {
        var members = members
        var meta = members["_meta"]?.object ?? [:]
        meta[ModernEnvelope.prefix + "serverInfo"] = server.information.json(for: revision)
        members["_meta"] = .object(meta)
        return members
    }

    /// What `server/discover` is answered with.
    func discovery() -> [String: JSONValue] {
        [
            "supportedVersions": .array(Revision.newestFirst.map { .string($0.rawValue) }),
            "capabilities": server.capabilities(for: revision),
            "instructions": .string(server.instructions),
        ]
    }

    /// The three methods that may ask the client for something.
    static let askingMethods: Set = ["tools/call", "prompts/get", "resources/read"]

    /// What sealed state is bound to: the method and what it was called with.
    static func purpose(of request: RPCRequest) -> [UInt8] {
        var parameters = request.parameters
        for name in ["_meta", "inputResponses", "requestState"] { parameters[name] = nil }
        return Array(request.method.utf8) + [0x0A] + JSONWriter.bytes(.object(parameters))
    }

    /// A demand as the client gets it.
    /// - Throws: `missingCapability` where the client did not declare what would be asked.
    func demand(
        _ demand: InputDemand, of request: RPCRequest, client: ClientFacts
    ) throws(RPCError) -> JSONValue {
        for asked in demand.requests.sorted(by: { $0.key < $1.key }).map(\.value)
        where !asked.isPossible(for: client) {
            throw .missingCapability(asked.required, "This needs a client that answers ‘\(asked.method)’")
        }
        var members: [String: JSONValue] = ["resultType": "input_required"]
        if !demand.requests.isEmpty {
            members["inputRequests"] = .object(
                demand.requests.mapValues { asked in
                    ["method": .string(asked.method), "params": .object(asked.parameters(for: revision))]
                })
        }
        if let state = demand.state {
            guard let sealer = server.sealer else { throw .internalFailure }
            let expiry = SystemClock().now() + StateSeal.lifetime
            let sealed: JSONValue = ["state": state, "until": .int(expiry.seconds)]
            members["requestState"] = .string(
                sealer.seal(JSONWriter.bytes(sealed), for: Self.purpose(of: request)))
        }
        return .object(signed(members))
    }

    /// The state that the client carried, as it was sealed.
    /// - Throws: `invalidParameters` for a state that was changed, is too old, or belongs to another request.
    func carriedState(of request: RPCRequest) throws(RPCError) -> JSONValue? {
        guard let given = request.parameters["requestState"] else { return nil }
        guard let text = given.string, let sealer = server.sealer,
            let bytes = sealer.open(text, for: Self.purpose(of: request)),
            let sealed = try? JSONParser.parse(bytes), let until = sealed["until"]?.int
        else { throw .invalidParameters("‘requestState’ is not what was given out for this request") }
        guard SystemClock().now().seconds <= until else {
            throw .invalidParameters("‘requestState’ is too old; begin again without it")
        }
        return sealed["state"]
    }
}

/// How long a client may carry state.
enum StateSeal {
    static let lifetime: Duration = .seconds(3600)
}
