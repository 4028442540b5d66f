import Basics
import MCP
import Synchronization

/// The sessions of a server: bounded in number, for each caller and together, and ended when nobody uses them.
final class MCPSessions: Sendable {
    /// The bounds.
    struct Limits: Sendable {
        var all = 4096
        var perOwner = 2048
        /// How long a session may lie unused.
        var idleTime = Duration.seconds(1800)
        /// A session that lay unused for so long gives its place to a new one where there is none left.
        var yieldTime = Duration.seconds(60)
    }

    private let limits: Limits
    private let sessions = Mutex<[String: MCPSession]>([:])

    init(limits: Limits = Limits()) { self.limits = limits }

    /// How many there are.
    var count: Int { sessions.withLock(\.count) }

    /// A new session; nil where there is no place for it.
    func begin(owner: String, server: Server, at now: ContinuousClock.Instant = .now) -> MCPSession? {
        let session = MCPSession(id: Self.newID(), owner: owner, server: server, now: now)
        let (isIn, ended): (Bool, [MCPSession]) = sessions.withLock { sessions in
            var ended: [MCPSession] = []
            let isFull = sessions.count >= limits.all || sessions.values.count(where: { $0.owner == owner }) >= limits.perOwner
            if isFull {
                ended = sessions.values.filter { $0.idleTime(at: now) > limits.idleTime }
                if ended.isEmpty, let oldest = oldest(of: owner, in: sessions, at: now) { ended = [oldest] }
                for session in ended { sessions[session.id] = nil }
            }
            guard sessions.count < limits.all, sessions.values.count(where: { $0.owner == owner }) < limits.perOwner else {
                return (false, ended)
            }
            sessions[session.id] = session
            return (true, ended)
        }
        for session in ended { session.close() }
        return isIn ? session : nil
    }

    private func oldest(
        of owner: String, in sessions: [String: MCPSession], at now: ContinuousClock.Instant
    ) -> MCPSession? {
        let own = sessions.values.filter { $0.owner == owner }
        let oldest = own.max { $0.idleTime(at: now) < $1.idleTime(at: now) }
        return oldest.flatMap { $0.idleTime(at: now) > limits.yieldTime ? $0 : nil }
    }

    /// The session of that name, in use from now on; nil for those of others and those that ended.
    func enter(_ id: String, owner: String, at now: ContinuousClock.Instant = .now) -> MCPSession? {
        let (found, ended): (MCPSession?, MCPSession?) = sessions.withLock { sessions in
            guard let session = sessions[id], session.owner == owner else { return (nil, nil) }
            guard session.idleTime(at: now) <= limits.idleTime else {
                sessions[id] = nil
                return (nil, session)
            }
            session.enter(at: now)
            return (session, nil)
        }
        ended?.close()
        return found
    }

    /// Ends a session.
    func end(_ session: MCPSession) {
        sessions.withLock { $0[session.id] = nil }
        session.close()
    }

    /// Ends all of them.
    func endAll() {
        let all = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for session in all { session.close() }
    }

    private static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return Hex.string((0..<24).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}
