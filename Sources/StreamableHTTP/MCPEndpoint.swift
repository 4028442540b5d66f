import Basics
package import HTTP
package import MCP

/// The Model Context Protocol over HTTP: sessions of the older revisions and the stateless newest one, at one path.
///
/// It judges what HTTP has to say (methods, fields, sessions, shapes of answers); what messages mean is the matter of
/// the module MCP, and what may be done that of the server it is given for each caller.
package struct MCPEndpoint: Sendable {
    private static let path = "/mcp"

    /// Tells who sent a request, or refuses it.
    package typealias Admission = @Sendable (HTTPRequest) async throws(HTTPProblem) -> MCPClient

    private let sessions: MCPSessions
    private let admit: Admission
    private let patience = Patience(.seconds(10))

    package init(sessions: MCPSessions, admit: @escaping Admission) {
        self.sessions = sessions
        self.admit = admit
    }

    package func add(to router: inout HTTPRouter) {
        router.add(.post, Self.path) { request, _ in await respond(to: request) }
        router.add(.get, Self.path) { request, _ in await respond(to: request) }
        router.add(.delete, Self.path) { request, _ in await respond(to: request) }
    }

    private func respond(to request: HTTPRequest) async -> HTTPResponse {
        do throws(HTTPProblem) {
            let client = try await admit(request)
            switch request.method {
            case .post: return try await post(request, client)
            case .delete: return try delete(request, client)
            case .get: return try get(request, client)
            // A stream has no head of its own that could be asked for.
            default:
                throw HTTPProblem(
                    .methodNotAllowed, code: "method-refused", "There is no \(request.method.name) here",
                    fields: ["Allow": "DELETE, GET, POST"])
            }
        } catch { return error.response }
    }

    // MARK: POST

    private func post(
        _ request: HTTPRequest, _ client: MCPClient
    ) async throws(HTTPProblem) -> HTTPResponse {
        try checkMedia(request.fields)
        let reading = RPCReader.read(request.body)
        let message: RPCMessage? = if case .message(let message) = reading { message } else { nil }
        if ModernHeaders.concern(request.fields, message) {
            return await modern(request, reading, try client.makeServer(), client)
        }
        if case .malformed(let error, let id) = reading { return Self.refusal(error, id) }
        if case .request(let call)? = message, call.method == "initialize",
            request.fields["mcp-session-id"] == nil
        {
            return try await begin(reading, client)
        }
        return await inSession(try session(of: request, client), reading)
    }

    private func checkMedia(_ fields: HTTPFields) throws(HTTPProblem) {
        guard fields.values(of: "content-type").count == 1,
            fields["content-type"].flatMap({ MediaType($0) }) == .json
        else {
            throw HTTPProblem(
                .unsupportedMediaType, code: "content-type-refused", "The body must be application/json")
        }
        let accepted = AcceptedMedia(fields)
        guard accepted.allows(.json), accepted.allows(.events) else {
            throw HTTPProblem(
                .notAcceptable, code: "accept-refused",
                "The answer may be application/json or text/event-stream", hint: "Accept both.")
        }
    }

    private static func refusal(_ error: RPCError, _ id: RPCID?) -> HTTPResponse {
        .json(RPCMessage.response(RPCResponse(id: id, .failure(error))).bytes, .badRequest)
    }

    // MARK: The stateless revisions

    private func modern(
        _ http: HTTPRequest, _ reading: RPCReader.Reading, _ server: Server, _ client: MCPClient
    ) async -> HTTPResponse {
        let request: RPCRequest
        switch reading {
        case .malformed(let error, let id): return Self.refusal(error, id)
        case .batch:
            return Self.refusal(.invalidRequest("Several messages in one array are not taken here"), nil)
        case .ignorable, .message(.notification), .message(.response): return HTTPResponse(.accepted)
        case .message(.request(let read)): request = read
        }
        if let error = await ModernHeaders.objection(to: request, http.fields, of: server) {
            return Self.refusal(error, request.id)
        }
        let conversation = Conversation(with: server, standing: NoStandingSink())
        let sink = ReplySink {
            let feed = EventFeed()
            return ReplySink.Channel(
                feed: feed,
                send: { if !feed.send(ServerSentEvent($0)) { conversation.close() } },
                rest: {}, end: { feed.end() })
        }
        let isStanding = request.method == "subscriptions/listen"
        let watch = isStanding ? Self.watch(server, conversation, client) : nil
        // The client that goes calls its request off.
        let shape = await withTaskCancellationHandler {
            await conversation.receive(reading, through: sink) { sink.finish() }
            return await sink.shape(within: patience)
        } onCancel: {
            conversation.close()
            watch?.cancel()
        }
        switch shape {
        case .nothing:
            watch?.cancel()
            return Task.isCancelled ? Self.refusal(.calledOff, request.id) : HTTPResponse(.accepted)
        case .document(let frame, let bytes):
            watch?.cancel()
            return .json(bytes, Self.status(of: frame))
        case .events(let feed):
            return .events(
                feed.stream(lastWords: isStanding ? nil : sink.lastWords(about: reading)) {
                    conversation.close()
                    watch?.cancel()
                })
        }
    }

    /// Tells a conversation of changes until cancelled, of those from this very moment on.
    private static func watch(
        _ server: Server, _ conversation: Conversation, _ client: MCPClient
    ) -> Task<Void, Never> {
        let changes = server.content.changes()
        // No task of a caller's: it lives as long as the stream, which cancels it.
        return Task {
            for await change in changes {
                guard await client.isAdmitted() else { return conversation.close() }
                conversation.announce(change)
            }
        }
    }

    /// The status that goes with an answer of the stateless revisions.
    private static func status(of frame: OutgoingFrame) -> HTTPStatus {
        guard case .message(.response(let response)) = frame, case .failure(let error) = response.outcome
        else {
            return .ok
        }
        switch error.code {
        case -32601: return .notFound
        case -32700, -32600, -32602, -32020, -32021, -32022: return .badRequest
        default: return .ok
        }
    }

    // MARK: Sessions

    private func begin(
        _ reading: RPCReader.Reading, _ client: MCPClient
    ) async throws(HTTPProblem) -> HTTPResponse {
        let server = try client.makeServer()
        guard let session = sessions.begin(owner: client, server: server) else {
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

    /// The session that a request names, entered: whoever is done with it leaves it.
    private func session(
        of request: HTTPRequest, _ client: MCPClient
    ) throws(HTTPProblem) -> MCPSession {
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
        guard let session = sessions.enter(names[0], owner: client) else {
            throw HTTPProblem(
                .notFound, code: "session-unknown", "There is no such session",
                hint: "Begin a new one with ‘initialize’.")
        }
        return session
    }

    /// Takes a message in an entered session; a client that goes calls nothing off.
    private func inSession(_ session: MCPSession, _ reading: RPCReader.Reading) async -> HTTPResponse {
        let streams = session.streams
        let isPrimed = session.revision.map { $0 >= .november2025 } ?? false
        let sink = ReplySink {
            let (stream, feed) = streams.begin(isPrimed: isPrimed)
            return ReplySink.Channel(
                feed: feed, send: { streams.send($0, on: stream) }, rest: { streams.rest(stream) },
                end: { streams.end(stream) })
        }
        await session.conversation.receive(reading, through: sink) {
            sink.finish()
            session.leave()
        }
        switch await sink.shape(within: patience) {
        case .nothing: return HTTPResponse(.accepted)
        case .document(let frame, let bytes):
            // What has no id answers no request: the body itself was refused.
            guard case .message(.response(let response)) = frame, response.id == nil else {
                return .json(bytes)
            }
            return .json(bytes, .badRequest)
        case .events(let feed):
            return .events(feed.stream(lastWords: sink.lastWords(about: reading)) { streams.detach(feed) })
        }
    }

    // MARK: GET and DELETE

    private func get(_ request: HTTPRequest, _ client: MCPClient) throws(HTTPProblem) -> HTTPResponse {
        if ModernHeaders.concern(request.fields, nil) { throw Self.noMethod }
        guard AcceptedMedia(request.fields).allows(.events) else {
            throw HTTPProblem(
                .notAcceptable, code: "accept-refused", "The answer is text/event-stream", hint: "Accept it.")
        }
        let session = try session(of: request, client)
        let feed: EventFeed
        if let text = request.fields["last-event-id"] {
            guard let id = EventLog.ID(text), let resumed = session.streams.resume(after: id) else {
                session.leave()
                throw HTTPProblem(
                    .badRequest, code: "event-unknown", "What followed that event cannot be told any more",
                    hint: "Open the stream without Last-Event-ID.")
            }
            feed = resumed
        } else {
            feed = session.streams.stand()
        }
        session.listen { [sessions] in sessions.end(session) }
        return .events(
            feed.stream(finished: {
                session.streams.detach(feed)
                session.leave()
            }))
    }

    private func delete(_ request: HTTPRequest, _ client: MCPClient) throws(HTTPProblem) -> HTTPResponse {
        if ModernHeaders.concern(request.fields, nil) { throw Self.noMethod }
        let session = try session(of: request, client)
        sessions.end(session)
        return HTTPResponse(.noContent)
    }

    private static let noMethod = HTTPProblem(
        .methodNotAllowed, code: "method-refused", "This revision of the protocol has only POST",
        fields: ["Allow": "POST"])
}

/// Who is at the other end, as far as sessions need to know: what tells callers apart, and their server.
package struct MCPClient: Sendable {
    /// Names the caller; what one caller may hold is counted by it.
    package let name: String
    /// All that decides what the caller may see and do, as a text: a session is for exactly these rights.
    package let rights: String
    /// Makes the server as this caller may see it.
    package let makeServer: @Sendable () throws(HTTPProblem) -> Server
    /// Whether the caller would still be let in: asked before news are told on a stream that may be open for days.
    package let isAdmitted: @Sendable () async -> Bool

    package init(
        name: String, rights: String, isAdmitted: @escaping @Sendable () async -> Bool = { true },
        makeServer: @escaping @Sendable () throws(HTTPProblem) -> Server
    ) {
        self.name = name
        self.rights = rights
        self.isAdmitted = isAdmitted
        self.makeServer = makeServer
    }

    /// Whether it is the same caller with the same rights.
    func isSame(as other: MCPClient) -> Bool { name == other.name && rights == other.rights }
}
