import Synchronization

/// Spreads news to everybody who listens at the moment.
public final class ChangeHub: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Change>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A hub without listeners.
    public init() {}

    /// Tells everybody; who is too slow misses the oldest news.
    public func publish(_ change: Change) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(change) }
    }

    /// News from now on.
    public func stream() -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change.self, bufferingPolicy: .bufferingNewest(256))
        let number = state.withLock { state in
            defer { state.next += 1 }
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[number] = nil }
        }
        return stream
    }
}
