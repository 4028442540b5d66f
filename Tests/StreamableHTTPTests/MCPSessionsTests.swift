import HTTP
import Testing

@testable import MCP
@testable import StreamableHTTP

@Suite struct MCPSessionsTests {
    private let server = Server(
        information: .sample, instructions: "", content: ConformanceContent())

    private func owner(_ name: String) -> MCPClient {
        let server = server
        return MCPClient(name: name, rights: "", makeServer: { () throws(HTTPProblem) in server })
    }

    private func limits(_ all: Int, _ perOwner: Int) -> MCPSessions.Limits {
        var limits = MCPSessions.Limits()
        (limits.all, limits.perOwner) = (all, perOwner)
        return limits
    }

    @Test func `their number is bounded, for each and together`() {
        let sessions = MCPSessions(limits: limits(4, 2))
        let now = ContinuousClock.now
        #expect(sessions.begin(owner: owner("a"), server: server, at: now) != nil)
        #expect(sessions.begin(owner: owner("a"), server: server, at: now) != nil)
        #expect(sessions.begin(owner: owner("a"), server: server, at: now) == nil)
        #expect(sessions.begin(owner: owner("b"), server: server, at: now) != nil)
        #expect(sessions.begin(owner: owner("c"), server: server, at: now) != nil)
        #expect(sessions.begin(owner: owner("d"), server: server, at: now) == nil)
        #expect(sessions.count == 4)
    }

    @Test func `one that lies about gives its place to a new one of the same owner`() {
        let sessions = MCPSessions(limits: limits(2, 2))
        let now = ContinuousClock.now
        let old = sessions.begin(owner: owner("a"), server: server, at: now)
        old?.leave(at: now)
        _ = sessions.begin(owner: owner("b"), server: server, at: now)
        #expect(sessions.begin(owner: owner("c"), server: server, at: now + .seconds(61)) == nil)
        #expect(sessions.begin(owner: owner("a"), server: server, at: now + .seconds(61)) != nil)
        #expect(sessions.count == 2)
        #expect(sessions.enter(old?.id ?? "", owner: owner("a")) == nil)
    }

    @Test func `one that nobody uses ends by itself, one in use does not`() {
        let sessions = MCPSessions()
        let now = ContinuousClock.now
        let idle = sessions.begin(owner: owner("a"), server: server, at: now)
        idle?.leave(at: now)
        let used = sessions.begin(owner: owner("a"), server: server, at: now)
        let later = now + .seconds(1801)
        _ = sessions.begin(owner: owner("b"), server: server, at: later)
        #expect(sessions.count == 2)
        #expect(sessions.enter(idle?.id ?? "", owner: owner("a"), at: later) == nil)
        #expect(sessions.enter(used?.id ?? "", owner: owner("a"), at: later) != nil)
    }
}
