import HTTP
import MCP
import Synchronization

/// The event streams of a session: one that belongs to no request, and one for each request that needs it.
final class SessionStreams: Sendable {
    private struct State {
        var log = EventLog()
        /// The client's end of each stream that is not over; nil where the client is away.
        var open: [Int: EventFeed?] = [0: nil]
        var lastStream = 0
    }

    /// How soon a client that was let go shall come back, in milliseconds.
    private static let pause = 500

    private let state = Mutex(State())

    /// Sends on a stream, and keeps it for a client that is away.
    func send(_ data: String, on stream: Int) {
        state.withLock { state in
            guard let feed = state.open[stream] else { return }
            let event = state.log.append(data, to: stream)
            if feed?.send(event) == false { state.open[stream] = .some(nil) }
        }
    }

    /// Begins the stream of a request.
    /// - Parameter isPrimed: whether its first event only tells an id to come back with.
    func begin(isPrimed: Bool) -> (stream: Int, feed: EventFeed) {
        state.withLock { state in
            state.lastStream += 1
            let feed = EventFeed()
            state.open[state.lastStream] = feed
            if isPrimed { feed.send(state.log.append("", to: state.lastStream)) }
            return (state.lastStream, feed)
        }
    }

    /// Ends the stream of a request behind what was sent.
    func end(_ stream: Int) {
        let feed = state.withLock { $0.open.removeValue(forKey: stream) ?? nil }
        feed?.end()
    }

    /// Lets the client go for a while: it comes back with the id of the last event it got.
    func rest(_ stream: Int) {
        state.withLock { state in
            guard let feed = state.open[stream] ?? nil else { return }
            state.open[stream] = .some(nil)
            feed.send(ServerSentEvent("", retry: Self.pause))
            feed.end()
        }
    }

    /// The stream that belongs to no request, for a client that has none; an older one ends.
    func stand() -> EventFeed { attach(EventFeed(), to: 0) }

    /// The stream of an event, from that event on; nil where that cannot be told any more.
    func resume(after id: EventLog.ID) -> EventFeed? {
        let feed = EventFeed(limit: 2 << 20)
        let old: EventFeed?? = state.withLock { state in
            guard let events = state.log.events(after: id) else { return nil }
            for event in events { feed.send(event) }
            guard let present = state.open[id.stream] else {
                // The stream is over: this is all there is.
                feed.end()
                return .some(nil)
            }
            state.open[id.stream] = feed
            return present
        }
        guard let old else { return nil }
        old?.end()
        return feed
    }

    /// The client's end of a stream is gone; the stream itself goes on.
    func detach(_ feed: EventFeed) {
        state.withLock { state in
            for (stream, present) in state.open where present === feed { state.open[stream] = .some(nil) }
        }
    }

    /// Ends all of them.
    func close() {
        let feeds = state.withLock { state in
            defer { state.open = [:] }
            return state.open.values.compactMap(\.self)
        }
        for feed in feeds { feed.end() }
    }

    private func attach(_ feed: EventFeed, to stream: Int) -> EventFeed {
        let old = state.withLock { state in
            defer { state.open[stream] = feed }
            return state.open[stream] ?? nil
        }
        old?.end()
        return feed
    }
}

/// Sends what belongs to no request.
struct StandingSink: MessageSink {
    let streams: SessionStreams

    func send(_ frame: OutgoingFrame, about request: RPCID?) async {
        streams.send(String(decoding: frame.bytes, as: UTF8.self), on: 0)
    }
}

/// Sends nothing, where nothing can belong to no request.
struct NoStandingSink: MessageSink {
    func send(_ frame: OutgoingFrame, about request: RPCID?) async {}
}
