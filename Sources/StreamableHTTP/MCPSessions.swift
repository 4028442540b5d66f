import Basics
import MCP
import Synchronization

/// The sessions of a server: bounded in number, for each caller and together, and ended when nobody uses them.
package final class MCPSessions: Sendable {
    /// The bounds.
    package struct Limits: Sendable {
        var all = 4096
        var perOwner = 2048
        /// How long a session may lie unused.
        var idleTime = Duration.seconds(1800)
        /// A session that lay unused for so long gives its place to a new one where there is none left.
        var yieldTime = Duration.seconds(60)
        /// How often unused ones are looked for.
        var sweepTime = Duration.seconds(60)

        /// The usual bounds.
        package init() {}
    }

    private struct State {
        var sessions: [String: MCPSession] = [:]
        var counts: [String: Int] = [:]
        var swept: ContinuousClock.Instant?

        mutating func remove(_ session: MCPSession) -> Bool {
            guard sessions.removeValue(forKey: session.id) != nil else { return false }
            let count = counts[session.owner.name, default: 1] - 1
            counts[session.owner.name] = count > 0 ? count : nil
            return true
        }
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(limits: Limits = Limits()) { self.limits = limits }

    /// How many there are.
    var count: Int { state.withLock(\.sessions.count) }

    /// A new session, entered; nil where there is no place for it.
    func begin(
        owner: MCPClient, server: Server, at now: ContinuousClock.Instant = .now
    ) -> MCPSession? {
        let session = MCPSession(id: Self.newID(), owner: owner, server: server, now: now)
        let (isIn, ended): (Bool, [MCPSession]) = state.withLock { state in
            func isFull() -> Bool {
                state.sessions.count >= limits.all || state.counts[owner.name, default: 0] >= limits.perOwner
            }
            var ended: [MCPSession] = []
            if isFull() || state.swept.map({ now - $0 >= limits.sweepTime }) ?? true {
                state.swept = now
                ended = state.sessions.values.filter { $0.idleTime(at: now) > limits.idleTime }
                for session in ended { _ = state.remove(session) }
            }
            if isFull(), let oldest = oldest(of: owner, in: state.sessions, at: now) {
                ended.append(oldest)
                _ = state.remove(oldest)
            }
            guard !isFull() else { return (false, ended) }
            session.enter(as: owner, at: now)
            state.sessions[session.id] = session
            state.counts[owner.name, default: 0] += 1
            return (true, ended)
        }
        for session in ended { session.close() }
        return isIn ? session : nil
    }

    /// The one of a caller's that gives its place to a new one; nobody's place is taken by others.
    private func oldest(
        of owner: MCPClient, in sessions: [String: MCPSession], at now: ContinuousClock.Instant
    ) -> MCPSession? {
        let own = sessions.values.filter { $0.owner.name == owner.name }
        let oldest = own.max { $0.idleTime(at: now) < $1.idleTime(at: now) }
        return oldest.flatMap { $0.idleTime(at: now) > limits.yieldTime ? $0 : nil }
    }

    /// The session of that name, entered; nil for those of others and those that ended.
    func enter(
        _ id: String, owner: MCPClient, at now: ContinuousClock.Instant = .now
    ) -> MCPSession? {
        let (found, ended): (MCPSession?, MCPSession?) = state.withLock { state in
            guard let session = state.sessions[id], session.owner.isSame(as: owner) else { return (nil, nil) }
            guard session.idleTime(at: now) <= limits.idleTime else {
                _ = state.remove(session)
                return (nil, session)
            }
            session.enter(as: owner, at: now)
            return (session, nil)
        }
        ended?.close()
        return found
    }

    /// Ends a session.
    func end(_ session: MCPSession) {
        guard state.withLock({ $0.remove(session) }) else { return }
        session.close()
    }

    /// Ends all of them.
    package func endAll() {
        let all = state.withLock { state in
            defer { state = State() }
            return Array(state.sessions.values)
        }
        for session in all { session.close() }
    }

    private static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return Hex.string((0..<24).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}
