import Basics

/// What one client and the server agreed on, and which requests are under way: pure, one step per message.
struct ConversationState: Sendable {
    /// The session; nil before `initialize`, and for clients that need none.
    private(set) var session: LegacySession?
    private var running: [RPCID: Bool] = [:]

    /// What to do about a message.
    enum Step: Sendable {
        /// Answer at once.
        case answer(Result<JSONValue, RPCError>)
        /// Work on it, in the world it came from.
        case work(World)
        /// End the work on that request, and send nothing more for it.
        case cancel(RPCID)
        /// A client answered what it was asked.
        case settle(RPCResponse)
        case nothing
    }

    /// The world a request came from.
    enum World: Sendable {
        case legacy(LegacySession)
        case modern(ModernEnvelope)
    }

    /// How many requests are under way.
    var runningCount: Int { running.count }

    /// Takes a message.
    mutating func receive(_ message: RPCMessage, of server: Server) -> Step {
        switch message {
        case .notification(let notification): return receive(notification)
        case .response(let response): return .settle(response)
        case .request(let request):
            do throws(RPCError) { return try receive(request, of: server) } catch {
                return .answer(.failure(error))
            }
        }
    }

    private mutating func receive(_ notification: RPCNotification) -> Step {
        switch notification.method {
        case "notifications/initialized":
            session?.isReady = true
            return .nothing
        case "notifications/cancelled":
            guard let id = RPCID(notification.parameters["requestId"]), running[id] == false else {
                return .nothing
            }
            running[id] = true
            return .cancel(id)
        default: return .nothing
        }
    }

    private mutating func receive(_ request: RPCRequest, of server: Server) throws(RPCError) -> Step {
        guard running[request.id] == nil else {
            throw .invalidRequest("A request with the id \(request.id) is still under way")
        }
        let world: World
        if ModernEnvelope.concerns(request) {
            world = .modern(try ModernEnvelope(request))
        } else if request.method == "initialize" {
            guard session == nil else { throw .invalidRequest("This session was initialized already") }
            let begun = try LegacySession(request.parameters)
            session = begun
            return .answer(.success(begun.welcome(from: server)))
        } else {
            guard var session else {
                if request.method == "ping" { return .answer(.success([:])) }
                throw .invalidRequest(
                    "Begin with ‘initialize’, or name the revision in ‘_meta’ (\(ModernEnvelope.versionKey))")
            }
            if let answer = try session.answer(request, of: server) {
                self.session = session
                return .answer(.success(answer))
            }
            world = .legacy(session)
        }
        guard running.count < server.limits.running + server.limits.subscriptions else {
            throw .invalidRequest("\(running.count) requests are under way already; wait for their answers")
        }
        running[request.id] = false
        return .work(world)
    }

    /// Takes a subscription back.
    mutating func unsubscribe(_ uri: String) { session?.unsubscribe(uri) }

    /// The work on a request ended.
    /// - Returns: whether its answer is still wanted.
    mutating func finish(_ id: RPCID) -> Bool { running.removeValue(forKey: id) == false }
}
