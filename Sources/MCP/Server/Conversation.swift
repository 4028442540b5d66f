import Basics
import Synchronization

/// One client's conversation with the server: the life of a process on standard input and output, or of a session.
///
/// Requests run side by side, each in a task of its own, so that a slow one delays no other. `close` cancels them all.
public final class Conversation: Sendable {
    let server: Server
    /// Where news go that belong to no request.
    let standing: any MessageSink
    private let shared = Mutex(Shared())
    private let changes = ChangeBox()

    private struct Shared {
        var state = ConversationState()
        var runs: [RPCID: Run] = [:]
        var lastRun = 0
        var questions: [RPCID: CheckedContinuation<Result<JSONValue, RPCError>, Never>] = [:]
        var listeners: [RPCID: Listener] = [:]
        var nextQuestion = 1
        var isClosed = false
    }

    /// The work on a request; its task is nil until it is known.
    private struct Run {
        /// Tells it from others under the same id, before and after.
        let number: Int
        var task: Task<Void, Never>?
        var isCancelled = false
    }

    /// A conversation whose unasked-for news go to `standing`.
    public init(with server: Server, standing: any MessageSink) {
        self.server = server
        self.standing = standing
    }

    /// The session, where there is one.
    var session: LegacySession? { shared.withLock(\.state.session) }

    /// How many requests are under way.
    public var runningCount: Int { shared.withLock(\.state.runningCount) }

    /// Takes what was read; what it leads to goes to `sink`.
    ///
    /// Returns when the message is understood; work goes on behind it.
    /// - Parameter done: called once, when all that the message asked for has been answered.
    public func receive(
        _ reading: RPCReader.Reading, through sink: any MessageSink, done: @escaping @Sendable () -> Void
    ) async {
        switch reading {
        case .batch(let readings):
            guard session?.revision.hasBatches == true else {
                await refuse(.invalidRequest("Several messages in one array are not taken here"), sink)
                return done()
            }
            await receive(batch: readings, through: sink, done: done)
        case .ignorable: done()
        case .malformed(let error, let id):
            await sink.send(.message(.response(RPCResponse(id: id, .failure(error)))), about: id)
            done()
        case .message(let message):
            await receive(message, through: sink) { response in
                if let response { await sink.send(.message(.response(response)), about: response.id) }
                done()
            }
        }
    }

    private func refuse(_ error: RPCError, _ sink: any MessageSink) async {
        await sink.send(.message(.response(RPCResponse(id: nil, .failure(error)))), about: nil)
    }

    private func receive(
        batch readings: [RPCReader.Reading], through sink: any MessageSink,
        done: @escaping @Sendable () -> Void
    ) async {
        let collector = BatchCollector(count: readings.count)
        let finish: @Sendable (RPCResponse?) async -> Void = { response in
            guard let all = collector.add(response) else { return }
            if !all.isEmpty { await sink.send(.batch(all), about: nil) }
            done()
        }
        for reading in readings {
            switch reading {
            case .message(let message): await receive(message, through: sink, reply: finish)
            case .malformed(let error, let id): await finish(RPCResponse(id: id, .failure(error)))
            case .batch:
                await finish(RPCResponse(id: nil, .failure(.invalidRequest("A batch inside a batch"))))
            case .ignorable: await finish(nil)
            }
        }
    }

    /// Takes one message; `reply` is called once, with nil where there is nothing to answer.
    private func receive(
        _ message: RPCMessage, through sink: any MessageSink,
        reply: @escaping @Sendable (RPCResponse?) async -> Void
    ) async {
        let step = shared.withLock { $0.state.receive(message, of: server) }
        switch step {
        case .nothing: await reply(nil)
        case .settle(let response):
            settle(response)
            await reply(nil)
        case .cancel(let id):
            cancel(id)
            await reply(nil)
        case .answer(let outcome):
            guard case .request(let request) = message else { return await reply(nil) }
            if let objection = await objection(to: request, outcome) {
                return await reply(RPCResponse(id: request.id, .failure(objection)))
            }
            await reply(RPCResponse(id: request.id, outcome))
        case .work(let world):
            guard case .request(let request) = message else { return await reply(nil) }
            start(request, in: world, through: sink, reply: reply)
        }
    }

    /// What is wrong with a subscription that was entered, which is taken back then: there is no such resource.
    private func objection(
        to request: RPCRequest, _ outcome: Result<JSONValue, RPCError>
    ) async -> RPCError? {
        guard request.method == "resources/subscribe", case .success = outcome,
            let uri = request.parameters["uri"]?.string, let session, !(await server.content.isKnown(uri))
        else { return nil }
        shared.withLock { $0.state.unsubscribe(uri) }
        return RPCError(
            session.revision.unknownResourceCode, "There is no resource at ‘\(uri.prefix(200))’",
            data: ["uri": .string(uri)])
    }

    private func start(
        _ request: RPCRequest, in world: ConversationState.World, through sink: any MessageSink,
        reply: @escaping @Sendable (RPCResponse?) async -> Void
    ) {
        let number = shared.withLock { shared in
            shared.lastRun += 1
            shared.runs[request.id] = Run(number: shared.lastRun)
            return shared.lastRun
        }
        // Not structured, as a request must be cancelled by its id and outlives the call that began it; it is entered
        // below, and `close` ends it. It begins here and now: most requests get far before they wait for anything.
        let task = Task.immediate(executorPreference: server.executor) {
            let outcome = await RequestRun(self, request, in: world, sink: sink).outcome()
            let isWanted = ended(request.id)
            await reply(isWanted ? RPCResponse(id: request.id, outcome) : nil)
        }
        let isOver = shared.withLock { shared in
            guard shared.runs[request.id]?.number == number else { return false }
            shared.runs[request.id]?.task = task
            return shared.isClosed || shared.runs[request.id]?.isCancelled == true
        }
        if isOver { task.cancel() }
    }

    private func cancel(_ id: RPCID) {
        let task = shared.withLock { shared in
            shared.runs[id]?.isCancelled = true
            return shared.runs[id]?.task
        }
        task?.cancel()
    }

    private func ended(_ id: RPCID) -> Bool {
        shared.withLock { shared in
            shared.runs[id] = nil
            return shared.state.finish(id) && !shared.isClosed
        }
    }

    /// Ends everything that is under way; nothing more is sent.
    public func close() {
        let (tasks, questions) = shared.withLock { shared in
            shared.isClosed = true
            defer { shared.questions = [:] }
            return (shared.runs.values.compactMap(\.task), shared.questions.values)
        }
        for task in tasks { task.cancel() }
        for question in questions { question.resume(returning: .failure(.invalidRequest("The client left"))) }
        changes.close()
    }
}

// MARK: - News

extension Conversation {
    /// Whether anybody here wants to hear of changes.
    public var wantsChanges: Bool {
        shared.withLock { $0.state.session?.isReady == true || !$0.listeners.isEmpty }
    }

    /// Tells the client of a change, where it asked for such news.
    public func announce(_ change: Change) {
        changes.add(change)
        let listeners = shared.withLock { Array($0.listeners.values) }
        for listener in listeners where listener.wants(change) { listener.box.add(change) }
    }

    /// Sends the news of the session, until closed or the task is cancelled.
    public func sendChanges() async {
        await changes.read { change in
            guard let news = session?.notification(of: change, features: server.content.features) else {
                return
            }
            await standing.send(.message(.notification(news)), about: nil)
        }
    }

    /// Enters a listener.
    /// - Returns: false where there are too many.
    func enter(_ listener: Listener, for id: RPCID) -> Bool {
        shared.withLock { shared in
            guard shared.listeners.count < 16 else { return false }
            shared.listeners[id] = listener
            return true
        }
    }

    /// Takes a listener out.
    func leave(_ id: RPCID) { shared.withLock { $0.listeners[id] = nil } }
}

// MARK: - Questions to the client, in sessions only

extension Conversation {
    /// Asks the client, on the way of the request that needs it.
    ///
    /// Cancelling the task ends the wait with an error.
    func ask(
        _ method: String, _ parameters: [String: JSONValue], for request: RPCID, through sink: any MessageSink
    ) async throws(RPCError) -> JSONValue {
        let id = shared.withLock { shared in
            defer { shared.nextQuestion += 1 }
            return RPCID.string("server-\(shared.nextQuestion)")
        }
        let question = RPCMessage.request(RPCRequest(id: id, method: method, parameters: parameters))
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isClosed = shared.withLock { shared in
                    guard !shared.isClosed, !Task.isCancelled else { return true }
                    shared.questions[id] = continuation
                    return false
                }
                if isClosed {
                    return continuation.resume(returning: .failure(.invalidRequest("It was ended")))
                }
                // The question must be entered before it is sent: its answer may be faster than the sending.
                Task { await sink.send(.message(question), about: request) }
            }
        } onCancel: {
            settle(RPCResponse(id: id, .failure(.invalidRequest("It was ended"))))
        }
        return try outcome.get()
    }

    private func settle(_ response: RPCResponse) {
        guard let id = response.id else { return }
        let question = shared.withLock { $0.questions.removeValue(forKey: id) }
        question?.resume(returning: response.outcome)
    }
}
