import Basics

/// What a client of the stateless revisions wants to hear of, on one of its subscriptions.
struct Listener: Sendable {
    let box = ChangeBox()
    /// The wishes that are honoured, as the acknowledgement names them.
    let honoured: JSONValue
    private let kinds: Set<String>
    private let resources: Set<String>
    let tasks: Set<String>

    private static let flags: [(name: String, feature: Features)] = [
        ("toolsListChanged", .changingTools), ("promptsListChanged", .changingPrompts),
        ("resourcesListChanged", .changingResources),
    ]

    /// Reads the wishes of `subscriptions/listen`; what the client cannot see is not honoured.
    init(_ parameters: [String: JSONValue], of server: Server) async throws(RPCError) {
        guard let wishes = parameters["notifications"]?.object else {
            throw .invalidParameters("‘notifications’ must be an object that says what is wanted")
        }
        let features = server.content.features
        var honoured: [String: JSONValue] = [:]
        for (name, feature) in Self.flags where wishes[name] == true && features.contains(feature) {
            honoured[name] = true
        }
        kinds = Set(honoured.keys)
        func texts(
            _ name: String, _ feature: Features, isKnown: (String) async -> Bool
        ) async throws(RPCError) -> Set<String> {
            guard let given = wishes[name], !given.isNull else { return [] }
            guard let texts = given.array?.map(\.string), !texts.contains(nil) else {
                throw .invalidParameters("‘notifications.\(name)’ must be a list of texts")
            }
            guard texts.count <= server.limits.subscriptions else {
                throw .invalidParameters("‘notifications.\(name)’ names too many")
            }
            guard features.contains(feature) else { return [] }
            var wanted: Set<String> = []
            for text in Set(texts.compactMap(\.self)) where await isKnown(text) { wanted.insert(text) }
            honoured[name] = .array(wanted.sorted().map { .string($0) })
            return wanted
        }
        resources = try await texts("resourceSubscriptions", .subscriptions) { uri in
            await server.content.isKnown(uri)
        }
        tasks = try await texts("taskIds", .tasks) { id in
            (try? await server.content.task(id)).flatMap(\.self) != nil
        }
        self.honoured = .object(honoured)
    }

    /// Whether it asked for that change.
    func wants(_ change: Change) -> Bool {
        switch change {
        case .tools: kinds.contains("toolsListChanged")
        case .prompts: kinds.contains("promptsListChanged")
        case .resources: kinds.contains("resourcesListChanged")
        case .resource(let uri): resources.contains(uri)
        case .task(let id): tasks.contains(id)
        }
    }
}
