import Basics

/// The work on one request, from its parameters to its answer, in the world it came from.
struct RequestRun: Sendable {
    /// How often one request may ask its client.
    private static let roundLimit = 16

    let conversation: Conversation
    let request: RPCRequest
    let world: ConversationState.World
    let sink: any MessageSink

    private var server: Server { conversation.server }

    init(
        _ conversation: Conversation, _ request: RPCRequest, in world: ConversationState.World,
        sink: any MessageSink
    ) {
        self.conversation = conversation
        self.request = request
        self.world = world
        self.sink = sink
    }

    /// What the request is answered with.
    func outcome() async -> Result<JSONValue, RPCError> {
        do throws(RPCError) {
            switch world {
            case .legacy(let session): return .success(try await legacy(session))
            case .modern(let envelope): return .success(try await modern(envelope))
            }
        } catch { return .failure(error) }
    }

    /// Runs `body` while news of it are sent, and closes their way before the answer.
    private func reporting<Value: Sendable>(
        through outlet: Outlet, _ body: () async throws(RPCError) -> Value
    ) async throws(RPCError) -> Value {
        guard outlet.wantsNews else {
            defer { outlet.close() }
            return try await body()
        }
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await outlet.pump() }
            let outcome: Result<Value, RPCError>
            do throws(RPCError) { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            group.cancelAll()
            return outcome
        }
        await outlet.sendNotes()
        outlet.close()
        return try outcome.get()
    }

    // MARK: Sessions

    private func legacy(_ session: LegacySession) async throws(RPCError) -> JSONValue {
        let outlet = Outlet(
            sink: sink, request: request, revision: session.revision, leastLevel: session.logLevel)
        let context = RequestContext(revision: session.revision, client: session.client, outlet: outlet)
        return try await reporting(through: outlet) { () throws(RPCError) in
            try await answered(context)
        }
    }

    /// Runs the request again with each answer that the client gives, until it asks no more.
    private func answered(_ first: RequestContext) async throws(RPCError) -> JSONValue {
        var context = first
        for _ in 0..<Self.roundLimit {
            switch try await MethodRunner(server: server).run(request, in: context) {
            case .complete(let members): return .object(members)
            case .task: throw .internalFailure
            case .inputRequired(let demand):
                var answers = context.answers
                for (name, asked) in demand.requests.sorted(by: { $0.key < $1.key }) {
                    guard asked.isPossible(for: context.client),
                        context.revision.hasElicitation || asked.isOld
                    else {
                        throw .invalidRequest("This needs a client that answers ‘\(asked.method)’")
                    }
                    answers[name] = try await conversation.ask(
                        asked.method, asked.parameters(for: context.revision), for: request.id, through: sink)
                }
                context = context.with(answers: answers, state: demand.state)
            }
        }
        throw .internalFailure
    }

    // MARK: The stateless world

    private func modern(_ envelope: ModernEnvelope) async throws(RPCError) -> JSONValue {
        let world = ModernWorld(server: server, revision: envelope.revision)
        switch request.method {
        case "server/discover": return world.complete(world.discovery(), of: request.method)
        case "subscriptions/listen": return try await listen(world)
        case "tasks/get", "tasks/update", "tasks/cancel":
            return try await TaskMethods(server: server, world: world).run(request, client: envelope.client)
        default: break
        }
        let outlet = Outlet(
            sink: sink, request: request, revision: envelope.revision, leastLevel: envelope.logLevel)
        let context = RequestContext(
            revision: envelope.revision, client: envelope.client,
            answers: request.parameters["inputResponses"]?.object ?? [:],
            state: try world.carriedState(of: request), outlet: outlet)
        let outcome = try await reporting(through: outlet) { () throws(RPCError) in
            try await MethodRunner(server: server).run(request, in: context)
        }
        switch outcome {
        case .complete(let members): return world.complete(members, of: request.method)
        case .inputRequired(let demand):
            return try world.demand(demand, of: request, client: envelope.client)
        case .task(let task):
            guard context.takesTasks else { throw .internalFailure }
            return .object(world.signed(task.seed.merging(["resultType": "task"]) { $1 }))
        }
    }

    /// Tells of changes until the client, or the server, has enough.
    private func listen(_ world: ModernWorld) async throws(RPCError) -> JSONValue {
        let listener = try await Listener(request.parameters, of: server)
        guard conversation.enter(listener, for: request.id) else {
            throw .invalidRequest("There are too many subscriptions already; end some first")
        }
        defer { conversation.leave(request.id) }
        let mark: JSONValue = [ModernEnvelope.prefix + "subscriptionId": request.id.json]
        await send(
            "notifications/subscriptions/acknowledged", ["notifications": listener.honoured, "_meta": mark])
        // What ended before has no news to come.
        for id in listener.tasks.sorted() {
            guard let task = try? await server.content.task(id), task.state != .working else { continue }
            await tell(.task(id), mark, world.revision)
        }
        await withTaskCancellationHandler {
            await listener.box.read { await tell($0, mark, world.revision) }
        } onCancel: {
            listener.box.close()
        }
        return .object(["resultType": "complete", "_meta": mark])
    }

    private func tell(_ change: Change, _ mark: JSONValue, _ revision: Revision) async {
        switch change {
        case .tools: await send(Change.toolsMethod, ["_meta": mark])
        case .prompts: await send(Change.promptsMethod, ["_meta": mark])
        case .resources: await send(Change.resourcesMethod, ["_meta": mark])
        case .resource(let uri): await send(Change.resourceMethod, ["uri": .string(uri), "_meta": mark])
        case .task(let id):
            guard let task = try? await server.content.task(id) else { return }
            await send("notifications/tasks", task.details(for: revision).merging(["_meta": mark]) { $1 })
        }
    }

    private func send(_ method: String, _ parameters: [String: JSONValue]) async {
        let news = RPCNotification(method: method, parameters: parameters)
        await sink.send(.message(.notification(news)), about: request.id)
    }
}

extension InputRequest {
    /// Whether revisions before elicitation knew it.
    fileprivate var isOld: Bool {
        switch self {
        case .sampling, .roots: true
        case .form, .url: false
        }
    }
}
