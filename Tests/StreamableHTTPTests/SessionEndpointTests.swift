import Basics
import HTTP
import Testing

@testable import MCP
@testable import StreamableHTTP

/// The revisions with sessions, over HTTP.
@Suite struct SessionEndpointTests {
    private let fixture = EndpointFixture()

    @Test func `a session begins, answers, and ends`() async throws {
        let id = try await fixture.begin()
        #expect(id.utf8.count == 48)
        let listed = try await fixture.send(
            .post, EndpointFixture.call(1, "tools/list"), ["mcp-session-id": id])
        #expect(listed.status == .ok)
        #expect(try await listed.json()["result"]?["tools"]?.array?.isEmpty == false)
        let news = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        #expect(try await fixture.send(.post, news, ["mcp-session-id": id]).status == .accepted)
        #expect(try await fixture.send(.delete, "", ["mcp-session-id": id]).status == .noContent)
        #expect(fixture.sessions.count == 0)
        let late = try await fixture.send(.post, EndpointFixture.call(2, "ping"), ["mcp-session-id": id])
        #expect(late.status == .notFound)
    }

    @Test func `a session is its owner's, and with no other rights than it began with`() async throws {
        let id = try await fixture.begin()
        for other in [
            EndpointFixture.Caller(name: "token:2"), .init(rights: "write"), .init(rights: ""),
        ] {
            fixture.become(other)
            for method in [HTTPMethod.post, .get, .delete] {
                let response = try await fixture.send(
                    method, EndpointFixture.call(1, "ping"), ["mcp-session-id": id])
                #expect(response.status == .notFound, "\(method) \(other)")
            }
        }
        fixture.become(.init())
        let own = try await fixture.send(.post, EndpointFixture.call(1, "ping"), ["mcp-session-id": id])
        #expect(own.status == .ok)
    }

    @Test(
        arguments: [
            ("content-type", nil, 415), ("content-type", "text/plain", 415),
            ("accept", "application/json", 406),
            ("accept", "text/event-stream", 406), ("mcp-session-id", nil, 400),
            ("mcp-session-id", "guess", 404),
            ("mcp-protocol-version", "1999-01-01", 400), ("mcp-protocol-version", "2025-06-18", 200),
        ] as [(String, String?, Int)]) func `fields are judged`(
            _ name: String, _ value: String?, _ status: Int
        ) async throws
    {
        let id = try await fixture.begin()
        var fields: [String: String?] = ["mcp-session-id": id]
        fields[name] = .some(value)
        let response = try await fixture.send(.post, EndpointFixture.call(1, "ping"), fields)
        #expect(response.status.code == status)
    }

    @Test func `bodies that are no messages are refused`() async throws {
        let id = try await fixture.begin()
        for body in ["", "{", "[]", "null", "[\(EndpointFixture.call(1, "ping"))]"] {
            let response = try await fixture.send(.post, body, ["mcp-session-id": id])
            #expect(response.status == .badRequest, "\(body)")
            #expect(try await response.json()["error"]?["code"]?.int ?? 0 <= -32600, "\(body)")
        }
        let old = try await fixture.begin("2025-03-26")
        let batch = try await fixture.send(
            .post, "[\(EndpointFixture.call(1, "ping")),\(EndpointFixture.call(2, "ping"))]",
            ["mcp-session-id": old])
        #expect(try await batch.json().array?.count == 2)
    }

    @Test func `a first message that begins nothing leaves no session`() async throws {
        let bad = try await fixture.send(.post, EndpointFixture.call(0, "initialize"))
        #expect(try await bad.json()["error"]?["code"] == -32602)
        #expect(bad.fields["mcp-session-id"] == nil)
        #expect(fixture.sessions.count == 0)
    }

    @Test func `progress comes on the request's own stream, before its answer`() async throws {
        let id = try await fixture.begin()
        let response = try await fixture.send(
            .post,
            EndpointFixture.call(
                5, "tools/call", #"{"name":"test_tool_with_progress","_meta":{"progressToken":"p"}}"#),
            ["mcp-session-id": id])
        let events = try await response.events()
        #expect(events.first?.data == "" && events.first?.id != nil)
        let steps = events.compactMap { $0.json?["params"]?["progress"]?.int }
        #expect(steps == [0, 50, 100])
        #expect(events.last?.json?["id"] == 5)
        let ids = events.compactMap(\.id)
        #expect(Set(ids).count == events.count)
        // What followed an event can be had again, and what nobody sent cannot.
        let again = try await fixture.send(
            .get, "", ["mcp-session-id": id, "last-event-id": ids[ids.count - 2]])
        #expect(try await again.events().map(\.data) == [events.last?.data])
        for wrong in ["x", "1-99999", "", "1--1", "99999999999999999999-1"] {
            let refused = try await fixture.send(
                .get, "", ["mcp-session-id": id, "last-event-id": wrong])
            #expect(refused.status == .badRequest, "\(wrong)")
        }
    }

    @Test func `a client that is let go comes back for the rest`() async throws {
        let id = try await fixture.begin()
        let response = try await fixture.send(
            .post, EndpointFixture.call(6, "tools/call", #"{"name":"test_reconnection"}"#),
            ["mcp-session-id": id])
        let events = try await response.events()
        #expect(events.last?.retry == "500")
        #expect(events.allSatisfy { $0.data.isEmpty })
        let last = try #require(events.compactMap(\.id).last)
        let again = try await fixture.send(.get, "", ["mcp-session-id": id, "last-event-id": last])
        #expect(try await again.json()["id"] == 6)
    }

    @Test func `one stream stands, and a new one takes its place`() async throws {
        let id = try await fixture.begin()
        let first = try await fixture.send(.get, "", ["mcp-session-id": id])
        let second = try await fixture.send(.get, "", ["mcp-session-id": id])
        #expect(try await first.events().isEmpty)
        fixture.sessions.endAll()
        #expect(try await second.events().isEmpty)
        #expect(try await fixture.send(.head, "", ["mcp-session-id": id]).status == .methodNotAllowed)
    }

    @Test func `who would not be let in any more is told nothing more`() async throws {
        let id = try await fixture.begin()
        let response = try await fixture.send(.get, "", ["mcp-session-id": id])
        fixture.become(.init(isAdmitted: false))
        _ = try await fixture.send(
            .post, EndpointFixture.call(1, "tools/call", #"{"name":"test_trigger_tool_change"}"#),
            ["mcp-session-id": id])
        #expect(try await response.events().isEmpty)
        #expect(fixture.sessions.count == 0)
    }

    @Test func `changes come on the standing stream, also after it was opened anew`() async throws {
        let id = try await fixture.begin()
        let news = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        _ = try await fixture.send(.post, news, ["mcp-session-id": id])
        for number in 0..<2 {
            let response = try await fixture.send(.get, "", ["mcp-session-id": id])
            guard case .stream(let stream) = response.body else {
                Issue.record("no stream")
                return
            }
            _ = try await fixture.send(
                .post, EndpointFixture.call(number, "tools/call", #"{"name":"test_trigger_tool_change"}"#),
                ["mcp-session-id": id])
            let bytes = try #require(await stream.next())
            #expect(String(decoding: bytes, as: UTF8.self).contains("notifications/tools/list_changed"))
            stream.finished()
        }
    }
}
