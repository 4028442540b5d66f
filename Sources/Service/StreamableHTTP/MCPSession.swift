import HTTP
import MCP
import Synchronization

/// One session of a client that began with `initialize`.
final class MCPSession: Sendable {
    /// Names it; 192 random bits.
    let id: String
    /// Whose it is: nobody else may use it.
    let owner: String
    let conversation: Conversation
    let streams: SessionStreams
    private let state: Mutex<State>

    private struct State {
        var revision: Revision?
        var lastUse: ContinuousClock.Instant
        /// Streams and requests that are open.
        var users = 0
    }

    init(id: String, owner: String, server: Server, now: ContinuousClock.Instant) {
        self.id = id
        self.owner = owner
        streams = SessionStreams()
        conversation = Conversation(with: server, standing: StandingSink(streams: streams))
        state = Mutex(State(lastUse: now))
    }

    /// The revision agreed on; nil before that.
    var revision: Revision? {
        get { state.withLock(\.revision) }
        set { state.withLock { $0.revision = newValue } }
    }

    /// Somebody begins to use it.
    func enter(at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.users += 1
            state.lastUse = now
        }
    }

    /// Somebody ends using it.
    func leave(at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.users -= 1
            state.lastUse = now
        }
    }

    /// How long nobody has used it.
    func idleTime(at now: ContinuousClock.Instant) -> Duration {
        state.withLock { $0.users > 0 ? .zero : now - $0.lastUse }
    }

    /// Ends whatever goes on in it.
    func close() {
        conversation.close()
        streams.close()
    }
}
