import Basics
import HTTP
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct StreamTests {
    private static let host = "Host: localhost\r\n"

    @Test func `events come in chunks, and another request may follow`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            let response = try await client.ask("GET /events?two HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(response.fields["content-type"] == "text/event-stream")
            #expect(response.text == "data: first\n\ndata: second\n\n")
            #expect(try await client.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").text == "hello")
        }
    }

    @Test func `an old client gets events until the connection ends`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            await client.send("GET /events?two HTTP/1.0\r\n\r\n")
            let text = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(text.hasSuffix("\r\n\r\ndata: first\n\ndata: second\n\n"))
            #expect(!text.contains("chunked"))
        }
    }

    @Test func `a stream ends with its client`() async throws {
        let fixture = ServerFixture()
        try await fixture.serve { port in
            do {
                let client = try RawClient(port: port)
                await client.send("GET /events HTTP/1.1\r\n\(Self.host)\r\n")
                _ = try await client.read(until: { String(decoding: $0, as: UTF8.self).contains("first") })
            }
            await fixture.log.wait(for: "stream ended")
        }
    }

    @Test func `a client that never reads is cut, and others are served`() async throws {
        let fixture = ServerFixture()
        try await fixture.serve({ $0.writeTime = .milliseconds(500) }) { port in
            let deaf = try RawClient(port: port, receiveBuffer: 4096)
            await deaf.send("GET /flood HTTP/1.1\r\n\(Self.host)\r\n")
            let other = try RawClient(port: port)
            for _ in 0..<20 {
                #expect(try await other.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
            }
            await fixture.log.wait(for: "flood ended")
            #expect(try await other.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
        }
    }

    /// The system's buffers take what such a client is sent, so that the server has nothing left to write.
    @Test(arguments: [1, 40])
    func `a client that never reads what the system holds for it is cut, and told at once`(
        _ pages: Int
    ) async throws {
        let fixture = ServerFixture()
        try await fixture.serve({
            // By far longer than the suite may take: what ends the connection is the time for what was sent.
            ($0.idleTime, $0.writeTime) = (.seconds(3000), .milliseconds(500))
        }) { port in
            let deaf = try RawClient(port: port, receiveBuffer: 4096)
            await deaf.send(String(repeating: "GET /page HTTP/1.1\r\n\(Self.host)\r\n", count: pages))
            await deaf.waitForEnd()
            let other = try RawClient(port: port)
            #expect(try await other.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
        }
    }

    @Test func `the end lets requests finish, ends streams and takes no more`() async throws {
        let fixture = ServerFixture()
        let clients = Clients()
        try await fixture.serve { port in
            let waiting = try RawClient(port: port)
            await waiting.send("GET /wait HTTP/1.1\r\n\(Self.host)\r\n")
            await fixture.log.wait(for: "waiting")
            let listening = try RawClient(port: port)
            await listening.send("GET /events HTTP/1.1\r\n\(Self.host)\r\n")
            _ = try await listening.read(until: { String(decoding: $0, as: UTF8.self).contains("first") })
            let idle = try RawClient(port: port)
            _ = try await idle.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            await clients.keep(waiting, listening, idle)
            // The server ends when this returns, and the request is let go while it does.
            Task {
                await fixture.log.wait(for: "stream ended")
                fixture.gate.send([1])
            }
        }
        let response = try await clients.waiting?.response()
        #expect(response?.text == "waited")
        #expect(response?.fields["connection"] == "close")
        #expect(try await clients.idle?.readToEnd().isEmpty == true)
        let rest = try await clients.listening?.readToEnd() ?? []
        #expect(String(decoding: rest, as: UTF8.self).hasSuffix("0\r\n\r\n"))
    }

    @Test func `patience has an end`() async throws {
        let fixture = ServerFixture()
        let clients = Clients()
        try await fixture.serve({ $0.patience = .milliseconds(100) }) { port in
            let waiting = try RawClient(port: port)
            let unfinished = try RawClient(port: port)
            await unfinished.send("POST /echo HTTP/1.1\r\n\(Self.host)Content-Length: 5\r\n\r\nabc")
            await waiting.send("GET /wait HTTP/1.1\r\n\(Self.host)\r\n")
            await fixture.log.wait(for: "waiting")
            await clients.keep(waiting, unfinished, waiting)
        }
        await fixture.log.wait(for: "cancelled")
        #expect(try await clients.listening?.response().status == 503)
        let response = try await clients.waiting?.response()
        #expect(response?.status == 503)
        #expect(response?.text.contains("The server ends before this is answered") == true)
    }

    @Test func `what was asked before the end is answered, however many ask`() async throws {
        let fixture = ServerFixture()
        let clients = Many()
        let request = "GET / HTTP/1.1\r\n\(Self.host)\r\n"
        try await fixture.serve { port in
            for _ in 0..<200 {
                let client = try RawClient(port: port)
                _ = try await client.ask(request)
                await clients.keep(client)
            }
            for client in await clients.all { await client.send(request + request) }
        }
        for client in await clients.all {
            // One of the two may have been answered before the end, and the last says that it is the last.
            let text = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect((1...2).contains(text.split(separator: "HTTP/1.1 200").count), "\(text)")
        }
    }

    @Test func `what waits behind an answer that is still on its way is answered at the end`() async throws {
        let fixture = ServerFixture()
        let clients = Many()
        try await fixture.serve { port in
            let listening = try RawClient(port: port)
            await listening.send("GET /events HTTP/1.1\r\n\(Self.host)\r\n")
            _ = try await listening.read(until: { String(decoding: $0, as: UTF8.self).contains("first") })
            // More than the buffers of both sides take, so that the rest of it waits for the client.
            let client = try RawClient(port: port, receiveBuffer: 4096)
            await client.send("GET /volume HTTP/1.1\r\n\(Self.host)\r\nGET / HTTP/1.1\r\n\(Self.host)\r\n")
            _ = try await client.read(until: { $0.count > 500 })
            await clients.keep(listening)
            await clients.expect(
                Task {
                    await fixture.log.wait(for: "stream ended")
                    return try await client.readToEnd()
                })
        }
        let rest = try await clients.rest?.value ?? []
        let answers = String(decoding: rest.suffix(1000), as: UTF8.self).split(separator: "HTTP/1.1 200")
        #expect(answers.count == 2)
        #expect(answers.last?.lowercased().contains("connection: close") == true)
        #expect(answers.last?.hasSuffix("hello") == true)
    }

    @Test func `requests sent before the client ends its half are all answered`() async throws {
        let fixture = ServerFixture()
        try await fixture.serve { port in
            let client = try RawClient(port: port)
            await client.send(String(repeating: "GET / HTTP/1.1\r\n\(Self.host)\r\n", count: 40))
            client.endSending()
            let all = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(all.split(separator: "HTTP/1.1 200").count == 40)
        }
    }

    @Test func `a stream with an end of its own has its time, and last words behind that`() async throws {
        let fixture = ServerFixture()
        let clients = Clients()
        try await fixture.serve({ $0.patience = .seconds(2) }) { port in
            let (waiting, listening) = (try RawClient(port: port), try RawClient(port: port))
            await waiting.send("GET /reply HTTP/1.1\r\n\(Self.host)\r\n")
            await listening.send("GET /reply?short HTTP/1.1\r\n\(Self.host)\r\n")
            await clients.keep(waiting, listening, waiting)
            await fixture.log.wait(for: "replying")
            await fixture.log.wait(for: "replying shortly")
            Task {
                try await Task.sleep(for: .milliseconds(50))
                fixture.gate.send(ServerSentEvent("answer"))
                fixture.gate.end()
            }
        }
        let late = String(decoding: try await clients.waiting?.readToEnd() ?? [], as: UTF8.self)
        #expect(late.contains("data: too late"))
        #expect(late.hasSuffix("0\r\n\r\n"))
        let timely = String(decoding: try await clients.listening?.readToEnd() ?? [], as: UTF8.self)
        #expect(timely.contains("data: answer"))
        #expect(!timely.contains("too late"))
        #expect(timely.hasSuffix("0\r\n\r\n"))
    }

    private actor Many {
        private(set) var all: [RawClient] = []
        private(set) var rest: Task<[UInt8], any Error>?

        func expect(_ rest: Task<[UInt8], any Error>) { self.rest = rest }
        func keep(_ client: RawClient) { all.append(client) }
    }

    /// Clients that outlive a server.
    private actor Clients {
        var waiting: RawClient?
        var listening: RawClient?
        var idle: RawClient?

        func keep(_ waiting: RawClient, _ listening: RawClient, _ idle: RawClient) {
            (self.waiting, self.listening, self.idle) = (waiting, listening, idle)
        }
    }
}
