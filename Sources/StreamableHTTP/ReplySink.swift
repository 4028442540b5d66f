import HTTP
import MCP
import Synchronization

/// Gathers what one request over HTTP is answered with: one JSON document where that is all, events where more comes.
final class ReplySink: MessageSink {
    /// What the answer turned out to be.
    enum Shape: Sendable {
        /// Nothing is to be said.
        case nothing
        /// `bytes` are those of the frame: written by who answers, and not by who waits.
        case document(OutgoingFrame, bytes: [UInt8])
        case events(EventFeed)
    }

    /// Where events go once there are some.
    struct Channel: Sendable {
        let feed: EventFeed
        let send: @Sendable (String) -> Void
        /// Ends the client's connection for a while, where the client can come back for the rest.
        let rest: @Sendable () -> Void
        let end: @Sendable () -> Void
    }

    private struct State {
        var shape: Shape?
        var channel: Channel?
        var waiting: CheckedContinuation<Shape, Never>?
        var isAnswered = false
    }

    private let state = Mutex(State())
    private let open: @Sendable () -> Channel

    /// - Parameter open: begins a stream of events; called once at most.
    init(open: @escaping @Sendable () -> Channel) { self.open = open }

    func send(_ frame: OutgoingFrame, about request: RPCID?) async {
        let isAnswer =
            switch frame {
            case .batch, .message(.response): true
            case .message: false
            }
        let bytes = frame.bytes
        if isAnswer {
            state.withLock { $0.isAnswered = true }
            if settle(.document(frame, bytes: bytes)) { return }
        }
        channel()?.send(String(decoding: bytes, as: UTF8.self))
    }

    func rest(about request: RPCID?) async { channel()?.rest() }

    /// What a stream ends with where the server ends first: an error for each request that has no answer yet.
    func lastWords(about reading: RPCReader.Reading) -> @Sendable () -> [UInt8] {
        { [self] in
            guard !state.withLock(\.isAnswered) else { return [] }
            return reading.requests.flatMap { request in
                let response = RPCResponse(id: request.id, .failure(.serverEnding))
                return ServerSentEvent(String(decoding: RPCMessage.response(response).bytes, as: UTF8.self))
                    .bytes
            }
        }
    }

    /// All was answered.
    func finish() {
        guard !settle(.nothing) else { return }
        state.withLock(\.channel)?.end()
    }

    /// The answer's shape; a stream when `patience` is over without any, so that the client sees that its connection
    /// lives.
    func shape(within patience: Patience) async -> Shape {
        if let shape = state.withLock(\.shape) { return shape }
        let number = patience.enter(self)
        defer { patience.leave(number) }
        return await withCheckedContinuation { continuation in
            let shape = state.withLock { state in
                if state.shape == nil { state.waiting = continuation }
                return state.shape
            }
            if let shape { continuation.resume(returning: shape) }
        }
    }

    /// Makes a stream of what nobody answered yet.
    func showLife() { _ = channel() }

    /// Decides what the answer is, unless that was decided before.
    private func settle(_ shape: Shape) -> Bool {
        let (isFirst, waiting): (Bool, CheckedContinuation<Shape, Never>?) = state.withLock { state in
            guard state.shape == nil else { return (false, nil) }
            state.shape = shape
            defer { state.waiting = nil }
            return (true, state.waiting)
        }
        waiting?.resume(returning: shape)
        return isFirst
    }

    /// The stream, begun where nothing was decided yet; nil where the answer is no stream.
    private func channel() -> Channel? {
        let (channel, waiting): (Channel?, CheckedContinuation<Shape, Never>?) = state.withLock { state in
            guard state.shape == nil else { return (state.channel, nil) }
            let channel = open()
            state.channel = channel
            state.shape = .events(channel.feed)
            defer { state.waiting = nil }
            return (channel, state.waiting)
        }
        if let channel { waiting?.resume(returning: .events(channel.feed)) }
        return channel
    }
}
