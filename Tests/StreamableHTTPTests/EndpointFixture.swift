import Basics
import HTTP
import Synchronization
import Testing

@testable import MCP
@testable import StreamableHTTP

/// The protocol's endpoint over the fixtures of the conformance suite, without a socket.
struct EndpointFixture {
    /// A caller of that name, with those rights.
    struct Caller: Sendable, Equatable {
        var name = "token:1"
        var rights = "read"
        var isAdmitted = true
    }

    let sessions: MCPSessions
    private let router: HTTPRouter
    private let caller = LockedValue(Caller())

    init(limits: MCPSessions.Limits = .init()) {
        let sessions = MCPSessions(limits: limits)
        let caller = caller
        var router = HTTPRouter()
        let server = Server(information: .sample, instructions: "", content: ConformanceContent())
        MCPEndpoint(sessions: sessions) { (_) async throws(HTTPProblem) in
            let present = caller.value
            return MCPClient(
                name: present.name, rights: present.rights, isAdmitted: { caller.value.isAdmitted },
                makeServer: { () throws(HTTPProblem) in server })
        }.add(to: &router)
        (self.sessions, self.router) = (sessions, router)
    }

    func become(_ next: Caller) { caller.value = next }

    /// Sends a request; fields given replace the usual ones, and nil takes one away.
    func send(
        _ method: HTTPMethod = .post, _ body: String = "", _ fields: [String: String?] = [:]
    ) async throws -> HTTPResponse {
        var all: [String: String?] = [
            "content-type": "application/json", "accept": "application/json, text/event-stream",
        ]
        for (name, value) in fields { all[name] = .some(value) }
        var sent = HTTPFields()
        for (name, value) in all { if let value { sent.append(name, value) } }
        let head = HTTPRequestHead(method, try #require(HTTPTarget("/mcp")), sent)
        let peer = HTTPPeer(address: "127.0.0.1")
        return await router.respond(to: HTTPRequest(head, body: Array(body.utf8), peer: peer))
    }

    /// Begins a session; its name.
    func begin(_ revision: String = "2025-11-25") async throws -> String {
        let response = try await send(.post, Self.hello(revision))
        #expect(response.status == .ok)
        return try #require(response.fields["mcp-session-id"])
    }

    static func hello(_ revision: String = "2025-11-25") -> String {
        call(
            0, "initialize",
            #"{"protocolVersion":"\#(revision)","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#)
    }

    static func call(_ id: Int, _ method: String, _ parameters: String = "{}") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(parameters)}"#
    }

    /// A request of the stateless revision, with all its fields.
    func modern(
        _ method: String, _ more: String = "", revision: String = "2026-07-28",
        _ fields: [String: String?] = [:]
    ) async throws -> HTTPResponse {
        let meta =
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"\#(revision)","#
            + #""io.modelcontextprotocol/clientCapabilities":{}}"#
        let body = Self.call(1, method, "{\(meta)\(more.isEmpty ? "" : ",")\(more)}")
        let usual: [String: String?] = ["mcp-protocol-version": revision, "mcp-method": method]
        return try await send(.post, body, usual.merging(fields) { $1 })
    }
}

/// A value behind a lock.
final class LockedValue<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value {
        get { state.withLock(\.self) }
        set { state.withLock { $0 = newValue } }
    }
}

extension HTTPResponse {
    /// The body as JSON; of a stream the last event.
    func json() async throws -> JSONValue {
        switch body {
        case .bytes(let bytes): try JSONParser.parse(bytes)
        case .stream: try #require(try await events().last?.json)
        }
    }

    /// The events of a stream to its end.
    func events() async throws -> [Event] {
        guard case .stream(let stream) = body else { return [] }
        var bytes: [UInt8] = []
        while let piece = await stream.next() { bytes += piece }
        stream.finished()
        return Event.all(in: String(decoding: bytes, as: UTF8.self))
    }

    /// One event as a client reads it.
    struct Event {
        var id: String?
        var retry: String?
        var data = ""

        var json: JSONValue? { try? JSONParser.parse(Array(data.utf8)) }

        static func all(in text: String) -> [Event] {
            var all: [Event] = []
            var present = Event()
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.isEmpty {
                    if present.id != nil || !present.data.isEmpty || present.retry != nil {
                        all.append(present)
                    }
                    present = Event()
                }
                if line.hasPrefix("id: ") { present.id = String(line.dropFirst(4)) }
                if line.hasPrefix("retry: ") { present.retry = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { present.data += line.dropFirst(6) }
            }
            return all
        }
    }
}

extension Implementation {
    static let sample = Implementation(
        name: "sample", title: "Sample", version: "1", description: "A server for tests.")
}
