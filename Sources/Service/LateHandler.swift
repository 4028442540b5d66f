import HTTP
import Synchronization

/// A handler that is known only when the server listens, as its port is part of what it answers to.
final class LateHandler: HTTPHandler {
    private let handler = Mutex<(any HTTPHandler)?>(nil)

    private static let early = HTTPProblem(.serviceUnavailable, code: "starting", "The server is starting")

    func set(_ handler: any HTTPHandler) { self.handler.withLock { $0 = handler } }

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? {
        guard let handler = handler.withLock(\.self) else { return Self.early.response }
        return handler.refusal(of: head, from: peer)
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        guard let handler = handler.withLock(\.self) else { return Self.early.response }
        return await handler.respond(to: request)
    }
}
