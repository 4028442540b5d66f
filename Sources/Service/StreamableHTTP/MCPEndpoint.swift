import Basics
import HTTP
import MCP

/// The Model Context Protocol over HTTP: sessions of the older revisions and the stateless newest one, at one path.
///
/// It judges what HTTP has to say (methods, fields, sessions, shapes of answers); what messages mean is the matter of
/// the module MCP, and what may be done that of the server it is given for each caller.
struct MCPEndpoint: Sendable {
    /// After how long without an answer a client is shown that its connection lives.
    private static let patience = Duration.seconds(10)
    private static let path = "/mcp"

    let gate: AccessGate
    let sessions: MCPSessions
    /// The server as that caller may see it.
    let makeServer: @Sendable (Principal) throws(HTTPProblem) -> Server

    func add(to router: inout HTTPRouter) {
        router.add(.post, Self.path) { request, _ in await answer(request, post) }
        router.add(.get, Self.path) { request, _ in await answer(request, get) }
        router.add(.delete, Self.path) { request, _ in await answer(request, delete) }
    }

    private func answer(
        _ request: HTTPRequest,
        _ body: (HTTPRequest, Principal) async throws(HTTPProblem) -> HTTPResponse
    ) async -> HTTPResponse {
        do throws(HTTPProblem) {
            let principal = try await gate.principal(of: request)
            return try await body(request, principal)
        } catch { return error.response }
    }

    // MARK: POST

    private func post(_ request: HTTPRequest, _ principal: Principal) async throws(HTTPProblem) -> HTTPResponse {
        guard request.fields.values(of: "content-type").count == 1,
            request.fields["content-type"].flatMap({ MediaType($0) }) == .json
        else {
            throw HTTPProblem(
                .unsupportedMediaType, code: "content-type-refused", "The body must be application/json")
        }
        let accepted = AcceptedMedia(request.fields)
        guard accepted.allows(.json), accepted.allows(.events) else {
            throw HTTPProblem(
                .notAcceptable, code: "accept-refused", "The answer may be application/json or text/event-stream",
                hint: "Accept both.")
        }
        let reading = RPCReader.read(request.body)
        let message: RPCMessage? = if case .message(let message) = reading { message } else { nil }
        if ModernHeaders.concern(request.fields, message) {
            return try await modern(request, reading, principal)
        }
        if case .malformed(let error, let id) = reading { return Self.refusal(.badRequest, error, id) }
        if case .request(let call)? = message, call.method == "initialize", request.fields["mcp-session-id"] == nil {
            return try await begin(reading, principal)
        }
        let session = try session(of: request, principal)
        return await inSession(session, reading)
    }

    private static func refusal(_ status: HTTPStatus, _ error: RPCError, _ id: RPCID?) -> HTTPResponse {
        .json(RPCMessage.response(RPCResponse(id: id, .failure(error))).bytes, status)
    }

    // MARK: The stateless revisions

    private func modern(
        _ http: HTTPRequest, _ reading: RPCReader.Reading, _ principal: Principal
    ) async throws(HTTPProblem) -> HTTPResponse {
        let request: RPCRequest
        switch reading {
        case .malformed(let error, let id): return Self.refusal(.badRequest, error, id)
        case .batch:
            return Self.refusal(.badRequest, .invalidRequest("Several messages in one array are not taken here"), nil)
        case .ignorable, .message(.notification), .message(.response): return HTTPResponse(.accepted)
        case .message(.request(let read)): request = read
        }
        if let error = ModernHeaders.objection(to: request, http.fields) {
            return Self.refusal(.badRequest, error, request.id)
        }
        let server = try makeServer(principal)
        let conversation = Conversation(with: server, standing: NoStandingSink())
        let sink = ReplySink {
            let feed = EventFeed()
            return ReplySink.Channel(
                feed: feed, send: { if !feed.send(ServerSentEvent($0)) { conversation.close() } }, end: { feed.end() })
        }
        let watch = request.method == "subscriptions/listen" ? Self.watch(server, conversation) : nil
        // The client that goes calls its request off.
        let shape = await withTaskCancellationHandler {
            await conversation.receive(reading, through: sink) { sink.finish() }
            return await sink.shape(within: Self.patience)
        } onCancel: {
            conversation.close()
            watch?.cancel()
        }
        switch shape {
        case .nothing: return HTTPResponse(.accepted)
        case .document(let frame):
            watch?.cancel()
            return .json(frame.bytes, Self.status(of: frame))
        case .events(let feed):
            return .events(
                feed.stream(finished: {
                    conversation.close()
                    watch?.cancel()
                }))
        }
    }

    /// Tells a conversation of changes until cancelled.
    private static func watch(_ server: Server, _ conversation: Conversation) -> Task<Void, Never> {
        // No task of a caller's: it lives as long as the stream, which cancels it.
        Task { for await change in server.content.changes() { conversation.announce(change) } }
    }

    /// The status that goes with an error of the stateless revisions.
    private static func status(of frame: OutgoingFrame) -> HTTPStatus {
        guard case .message(.response(let response)) = frame, case .failure(let error) = response.outcome else {
            return .ok
        }
        switch error.code {
        case -32601: return .notFound
        case -32700, -32600, -32602, -32020, -32021, -32022: return .badRequest
        case -32603: return .internalServerError
        default: return .ok
        }
    }

    // MARK: Sessions

    private func begin(
        _ reading: RPCReader.Reading, _ principal: Principal
    ) async throws(HTTPProblem) -> HTTPResponse {
        let server = try makeServer(principal)
        guard let session = sessions.begin(owner: principal.actor, server: server) else {
            throw HTTPProblem(
                .serviceUnavailable, code: "too-many-sessions", "There are too many sessions",
                hint: "End some, or wait.", fields: ["Retry-After": "60"])
        }
        var response = await inSession(session, reading)
        guard case .bytes(let bytes) = response.body, let answer = try? JSONParser.parse(bytes),
            let version = answer["result"]?["protocolVersion"]?.string
        else {
            sessions.end(session)
            return response
        }
        session.revision = Revision(rawValue: version)
        response.fields.set("Mcp-Session-Id", session.id)
        return response
    }

    /// The session that a request names.
    private func session(of request: HTTPRequest, _ principal: Principal) throws(HTTPProblem) -> MCPSession {
        let versions = request.fields.values(of: ModernHeaders.version)
        guard versions.count <= 1, versions.allSatisfy({ Revision(rawValue: $0) != nil }) else {
            throw HTTPProblem(
                .badRequest, code: "version-unsupported", "That revision of the protocol is not spoken here",
                hint: "Revisions: " + Revision.newestFirst.map(\.rawValue).joined(separator: ", ") + ".")
        }
        let names = request.fields.values(of: "mcp-session-id")
        guard names.count == 1 else {
            throw HTTPProblem(
                .badRequest, code: "session-missing", "The field Mcp-Session-Id names no session, or several",
                hint: "Begin with ‘initialize’.")
        }
        guard let session = sessions.enter(names[0], owner: principal.actor) else {
            throw HTTPProblem(
                .notFound, code: "session-unknown", "There is no such session", hint: "Begin a new one with ‘initialize’.")
        }
        session.leave()
        return session
    }

    /// Takes a message of a session; a client that goes calls nothing off.
    private func inSession(_ session: MCPSession, _ reading: RPCReader.Reading) async -> HTTPResponse {
        session.enter()
        let streams = session.streams
        let isPrimed = session.revision.map { $0 >= .november2025 } ?? false
        let sink = ReplySink {
            let (stream, feed) = streams.begin(isPrimed: isPrimed)
            return ReplySink.Channel(
                feed: feed, send: { streams.send($0, on: stream) }, end: { streams.end(stream) })
        }
        await session.conversation.receive(reading, through: sink) {
            sink.finish()
            session.leave()
        }
        switch await sink.shape(within: Self.patience) {
        case .nothing: return HTTPResponse(.accepted)
        case .document(let frame): return .json(frame.bytes)
        case .events(let feed): return .events(feed.stream(finished: { streams.detach(feed) }))
        }
    }

    // MARK: GET and DELETE

    private func get(_ request: HTTPRequest, _ principal: Principal) async throws(HTTPProblem) -> HTTPResponse {
        if ModernHeaders.concern(request.fields, nil) { throw Self.noMethod }
        guard AcceptedMedia(request.fields).allows(.events) else {
            throw HTTPProblem(
                .notAcceptable, code: "accept-refused", "The answer is text/event-stream", hint: "Accept it.")
        }
        let session = try session(of: request, principal)
        let feed: EventFeed
        if let text = request.fields["last-event-id"] {
            guard let id = EventLog.ID(text), let resumed = session.streams.resume(after: id) else {
                throw HTTPProblem(
                    .badRequest, code: "event-unknown", "What followed that event cannot be told any more",
                    hint: "Open the stream without Last-Event-ID.")
            }
            feed = resumed
        } else {
            feed = session.streams.stand()
        }
        session.enter()
        let watch = Self.watch(session.conversation.server, session.conversation)
        // No task of a caller's: it lives as long as the stream, which cancels it.
        let telling = Task { await session.conversation.sendChanges() }
        return .events(
            feed.stream(finished: {
                watch.cancel()
                telling.cancel()
                session.streams.detach(feed)
                session.leave()
            }))
    }

    private func delete(_ request: HTTPRequest, _ principal: Principal) async throws(HTTPProblem) -> HTTPResponse {
        if ModernHeaders.concern(request.fields, nil) { throw Self.noMethod }
        sessions.end(try session(of: request, principal))
        return HTTPResponse(.noContent)
    }

    private static let noMethod = HTTPProblem(
        .methodNotAllowed, code: "method-refused", "This revision of the protocol has only POST", fields: ["Allow": "POST"])
}
