import HTTP
import MCP
import Synchronization

/// Gathers what one request over HTTP is answered with: one JSON document where that is all, events where more comes.
final class ReplySink: MessageSink {
    /// What the answer turned out to be.
    enum Shape: Sendable {
        /// Nothing is to be said.
        case nothing
        case document(OutgoingFrame)
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
        if isAnswer, settle(.document(frame)) { return }
        channel()?.send(String(decoding: frame.bytes, as: UTF8.self))
    }

    func rest(about request: RPCID?) async { channel()?.rest() }

    /// All was answered.
    func finish() {
        guard !settle(.nothing) else { return }
        state.withLock(\.channel)?.end()
    }

    /// The answer's shape; after `patience` without any it is a stream, so that the client sees that its connection lives.
    func shape(within patience: Duration) async -> Shape {
        let timer = Task {
            do { try await Task.sleep(for: patience) } catch { return }
            _ = self.channel()
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            let shape = state.withLock { state in
                if state.shape == nil { state.waiting = continuation }
                return state.shape
            }
            if let shape { continuation.resume(returning: shape) }
        }
    }

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
