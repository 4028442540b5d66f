import Synchronization

/// Events on their way to one client: kept while the client is slow, up to a limit, and never beyond it.
///
/// Whoever sends never waits. A client for which more would have to be kept is cut: the feed ends.
public final class EventFeed: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        var keptBytes = 0
        var isEnded = false
        var isOverflown = false
        var waiting: CheckedContinuation<[UInt8]?, Never>?
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: the most bytes that are kept.
    public init(limit: Int = 256 * 1024) { self.limit = limit }

    /// Whether it ended because its client took too little.
    public var isOverflown: Bool { state.withLock(\.isOverflown) }

    /// Puts an event behind those that wait.
    ///
    /// - Returns: false when the feed has ended, also by this very event.
    @discardableResult
    public func send(_ event: ServerSentEvent) -> Bool { send(event.bytes) }

    /// Puts bytes behind those that wait.
    ///
    /// - Returns: false when the feed has ended, also by these very bytes.
    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        let (waiting, isTaken): (CheckedContinuation<[UInt8]?, Never>?, Bool) = state.withLock { state in
            guard !state.isEnded else { return (nil, false) }
            if let waiting = state.waiting {
                state.waiting = nil
                return (waiting, true)
            }
            guard state.keptBytes + bytes.count <= limit else {
                state = State(isEnded: true, isOverflown: true)
                return (nil, false)
            }
            state.pieces.append(bytes)
            state.keptBytes += bytes.count
            return (nil, true)
        }
        waiting?.resume(returning: bytes)
        return isTaken
    }

    /// Ends the feed behind what waits.
    public func end() {
        let waiting = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }

    /// All that waits, as soon as something does; nil at the end, and when the calling task is cancelled.
    public func next() async -> [UInt8]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (result, isDone): ([UInt8]?, Bool) = state.withLock { state in
                    if !state.pieces.isEmpty {
                        let all = state.pieces.count == 1 ? state.pieces[0] : Array(state.pieces.joined())
                        state.pieces = []
                        state.keptBytes = 0
                        return (all, true)
                    }
                    if state.isEnded { return (nil, true) }
                    state.waiting = continuation
                    return (nil, false)
                }
                if isDone { continuation.resume(returning: result) }
            }
        } onCancel: {
            end()
        }
    }

    /// The feed as the body of a response.
    /// - Parameter lastWords: what is sent where the server ends first; nil where the feed has no end of its own.
    public func stream(
        keepAlive: HTTPStream.KeepAlive? = .comment, lastWords: (@Sendable () -> [UInt8])? = nil,
        finished: @escaping @Sendable () -> Void = {}
    ) -> HTTPStream {
        HTTPStream(keepAlive: keepAlive, lastWords: lastWords, finished: finished) { await self.next() }
    }
}
