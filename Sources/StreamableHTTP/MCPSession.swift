import HTTP
import MCP
import Synchronization

/// One session of a client that began with `initialize`.
final class MCPSession: Sendable {
    /// Names it; 192 random bits.
    let id: String
    /// Whose it is, with all their rights: nobody else may use it, nor they themselves with other rights.
    var owner: MCPClient { state.withLock(\.owner) }
    let conversation: Conversation
    let streams: SessionStreams
    private let server: Server
    private let state: Mutex<State>

    private struct State {
        /// As they showed themselves last.
        var owner: MCPClient
        var revision: Revision?
        var lastUse: ContinuousClock.Instant
        /// Streams and requests that are open.
        var users = 0
        /// What hears of changes and tells them; nil before the first stream of events.
        var listening: [Task<Void, Never>]?
        var isClosed = false
    }

    init(id: String, owner: MCPClient, server: Server, now: ContinuousClock.Instant) {
        self.id = id
        self.server = server
        streams = SessionStreams()
        conversation = Conversation(with: server, standing: StandingSink(streams: streams))
        state = Mutex(State(owner: owner, lastUse: now))
    }

    /// The revision agreed on; nil before that.
    var revision: Revision? {
        get { state.withLock(\.revision) }
        set { state.withLock { $0.revision = newValue } }
    }

    /// Its owner begins to use it.
    func enter(as owner: MCPClient, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.owner = owner
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

    /// Begins to hear of changes, from the first stream of events on and until the session ends.
    ///
    /// - Parameter refused: called when the owner would not be let in any more; nothing is told then.
    func listen(refused: @escaping @Sendable () -> Void) {
        state.withLock { state in
            guard state.listening == nil, !state.isClosed else { return }
            let changes = server.content.changes()
            // No tasks of a caller's: they live as long as the session, whose end cancels them.
            state.listening = [
                Task { [weak self, conversation] in
                    for await change in changes {
                        guard let self, await self.owner.isAdmitted() else { return refused() }
                        conversation.announce(change)
                    }
                },
                Task { [conversation] in await conversation.sendChanges() },
            ]
        }
    }

    /// Ends whatever goes on in it.
    func close() {
        let listening = state.withLock { state in
            state.isClosed = true
            defer { state.listening = nil }
            return state.listening ?? []
        }
        for task in listening { task.cancel() }
        conversation.close()
        streams.close()
    }
}
