import Basics
import HTTP
import Testing

@testable import MCP
@testable import StreamableHTTP

/// What a client hears whose request is not answered when the server ends.
@Suite struct LastWordsTests {
    private let reading = RPCReader.read(
        Array(
            """
            [\(EndpointFixture.call(3, "tools/call")),\(EndpointFixture.call(4, "ping")),\
            {"jsonrpc":"2.0","method":"notifications/initialized"}]
            """.utf8))

    private func sink() -> ReplySink {
        let feed = EventFeed()
        return ReplySink {
            ReplySink.Channel(
                feed: feed, send: { feed.send(ServerSentEvent($0)) }, rest: {}, end: { feed.end() })
        }
    }

    @Test func `each request that waits gets an error`() async throws {
        let sink = sink()
        sink.showLife()
        let words = sink.lastWords(about: reading)
        let text = String(decoding: words(), as: UTF8.self)
        let answers = try text.split(separator: "\n\n").map {
            try JSONParser.parse(Array($0.utf8.dropFirst(6)))
        }
        #expect(answers.map { $0["id"]?.int } == [3, 4])
        #expect(answers.allSatisfy { $0["error"]?["code"]?.int == -32603 })
        #expect(answers.allSatisfy { $0["error"]?["message"]?.string?.contains("server ends") == true })
    }

    @Test func `what was answered gets none`() async {
        let sink = sink()
        sink.showLife()
        let words = sink.lastWords(about: reading)
        await sink.send(.message(.response(RPCResponse(id: .int(3), .success([:])))), about: .int(3))
        #expect(words().isEmpty)
    }

    @Test func `only streams of requests have last words`() async throws {
        let fixture = EndpointFixture()
        let id = try await fixture.begin()
        let answering = try await fixture.send(
            .post, EndpointFixture.call(6, "tools/call", #"{"name":"test_reconnection"}"#),
            ["mcp-session-id": id])
        let standing = try await fixture.send(.get, "", ["mcp-session-id": id])
        let listening = try await fixture.modern(
            "subscriptions/listen", #""notifications":{"toolsListChanged":true}"#)
        #expect(try Self.stream(answering).lastWords != nil)
        #expect(try Self.stream(standing).lastWords == nil)
        let listen = try Self.stream(listening)
        #expect(listen.lastWords == nil)
        for stream in try [Self.stream(standing), listen] { stream.finished() }
        fixture.sessions.endAll()
    }

    private static func stream(_ response: HTTPResponse) throws -> HTTPStream {
        guard case .stream(let stream) = response.body else {
            Issue.record("no stream: \(response.status)")
            throw CancellationError()
        }
        return stream
    }
}
