import Basics
import HTTP
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ServerTests {
    private static let host = "Host: localhost\r\n"

    @Test func `requests follow one another on one connection`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            for _ in 0..<3 {
                let response = try await client.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n")
                #expect(response.status == 200)
                #expect(response.text == "hello")
                #expect(response.fields["date"]?.hasSuffix(" GMT") == true)
            }
            let response = try await client.ask(
                "POST /echo HTTP/1.1\r\n\(Self.host)Content-Length: 4\r\n\r\nbody")
            #expect(response.text == "body")
        }
    }

    @Test func `requests that come together are answered in their order`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            let numbers = (0..<50).map { "n\($0)" }
            let text = numbers.map {
                "POST /echo HTTP/1.1\r\n\(Self.host)Content-Length: \($0.utf8.count)\r\n\r\n\($0)"
            }
            await client.send(text.joined() + "GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let all = String(decoding: try await client.readToEnd(), as: UTF8.self)
            let bodies = all.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != "H" } }
            #expect(bodies.map(String.init) == numbers + ["hello"])
            #expect(all.hasSuffix("hello"))
        }
    }

    @Test func `answers that the network does not take at once come whole and in their order`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            let requests = (0..<100).map { "GET \($0 % 2 == 0 ? "/page" : "/") HTTP/1.1\r\n\(Self.host)\r\n" }
            await client.send(requests.joined() + "GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let bytes = try await client.readToEnd()
            let bodies = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n").dropFirst()
            let sizes = bodies.map { body in body.utf8.prefix { $0 == 0x70 }.count }
            #expect(sizes == (0..<100).map { $0 % 2 == 0 ? 60_000 : 0 } + [0])
            #expect(bodies.count { $0.hasPrefix("hello") } == 51)
        }
    }

    // Each is refused at once, without leaving the thread: one inside the other they would fill its stack.
    @Test func `any number of requests that are refused at once are answered`() async throws {
        try await ServerFixture().serve({ $0.requests = 0 }) { port in
            let client = try RawClient(port: port)
            let request = "GET / HTTP/1.1\r\n\(Self.host)\r\n"
            let status = Array("HTTP/1.1 503".utf8)
            for _ in 0..<5 {
                await client.send(String(repeating: request, count: 2000))
                var (found, rest): (Int, [UInt8]) = (0, [])
                while found < 2000, let bytes = await client.read(), !bytes.isEmpty {
                    rest += bytes
                    var end = 0
                    while let hit = ByteSearch.first(status, in: rest, from: end) {
                        found += 1
                        end = hit + status.count
                    }
                    rest.removeFirst(max(end, rest.count - status.count))
                }
                #expect(found == 2000)
            }
        }
    }

    @Test func `a client may wait for a word before it sends the body`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            await client.send(
                "POST /echo HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            let word = try await client.read(until: { $0.count >= 25 })
            #expect(String(decoding: word, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try await client.ask("ab").text == "ab")
        }
    }

    @Test func `a head alone gets a head alone`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            await client.send("HEAD / HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let text = String(decoding: try await client.readToEnd(), as: UTF8.self)
            #expect(text.contains("Content-Length: 5\r\n"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let text: String
        let status: Int
        var testDescription: String { String(text.prefix(40)) }
    }

    @Test(arguments: [
        Refused(text: "NONSENSE\r\n\r\n", status: 400),
        Refused(text: "POST /refused HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n", status: 403),
        Refused(text: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99000000\r\n\r\n", status: 413),
        Refused(
            text: "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 20_000), status: 431),
    ]) func `what is refused is told, and the connection ends`(_ refused: Refused) async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            // More than the server wants to read must not cost the client its answer.
            await client.send(refused.text + String(repeating: "y", count: 100_000))
            let bytes = try await client.readToEnd()
            let response = try #require(RawClient.response(in: bytes))
            #expect(response.status == refused.status)
            #expect(response.fields["connection"] == "close")
            #expect(response.fields["content-type"] == "application/problem+json")
        }
    }

    @Test(arguments: ["GET / HT", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n"])
    func `a client that drips is cut when its time is over`(_ beginning: String) async throws {
        try await ServerFixture().serve(
            { settings in
                settings.headTime = .milliseconds(400)
                settings.bodyTime = .milliseconds(400)
            },
            { port in
                let client = try RawClient(port: port)
                await client.send(beginning)
                let dripping = Task {
                    while await client.send("x"), !Task.isCancelled {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                defer { dripping.cancel() }
                // Another connection, as that of the dripping client is busy sending.
                let response = try await client.response()
                #expect(response.status == 408)
            })
    }

    @Test func `a client that says nothing is cut`() async throws {
        try await ServerFixture().serve({ $0.headTime = .milliseconds(200) }) { port in
            let client = try RawClient(port: port)
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `a connection that lies idle is cut`() async throws {
        try await ServerFixture().serve({ $0.idleTime = .milliseconds(200) }) { port in
            let client = try RawClient(port: port)
            _ = try await client.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try await client.readToEnd().isEmpty)
        }
    }

    @Test func `a large answer arrives whole`() async throws {
        try await ServerFixture().serve { port in
            let client = try RawClient(port: port)
            await client.send("GET /big HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
            let bytes = try await client.readToEnd()
            #expect(bytes.suffix(8 << 20).allSatisfy { $0 == 0x62 })
            #expect(bytes.count > 8 << 20)
        }
    }

    @Test func `no more connections than allowed`() async throws {
        try await ServerFixture().serve({ $0.connections = 2 }) { port in
            let clients = try (0..<2).map { _ in try RawClient(port: port) }
            for client in clients {
                #expect(try await client.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
            }
            let third = try RawClient(port: port)
            #expect(try await third.readToEnd().isEmpty)
            for client in clients {
                #expect(try await client.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
            }
        }
    }

    @Test func `all bodies together have a limit`() async throws {
        try await ServerFixture().serve({ $0.bodyBytes = 100_000 }) { port in
            let head = "POST /echo HTTP/1.1\r\n\(Self.host)Content-Length: "
            let greedy = try RawClient(port: port)
            let refused = try await greedy.ask(
                head + "120000\r\n\r\n" + String(repeating: "a", count: 110_000))
            #expect(refused.status == 503)
            #expect(refused.fields["retry-after"] == "5")
            // What the greedy one took is given back.
            for _ in 0..<3 {
                let modest = try RawClient(port: port)
                let taken = try await modest.ask(
                    head + "90000\r\n\r\n" + String(repeating: "a", count: 90_000))
                #expect(taken.body.count == 90_000)
            }
        }
    }

    @Test func `more requests than can be worked on are told to come later`() async throws {
        let fixture = ServerFixture()
        try await fixture.serve({ $0.requests = 1 }) { port in
            let first = try RawClient(port: port)
            await first.send("GET /wait HTTP/1.1\r\n\(Self.host)\r\n")
            await fixture.log.wait(for: "waiting")
            let second = try RawClient(port: port)
            let refused = try await second.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(refused.status == 503)
            #expect(refused.fields["retry-after"] == "1")
            fixture.gate.send([1])
            #expect(try await first.response().text == "waited")
            #expect(try await second.ask("GET / HTTP/1.1\r\n\(Self.host)\r\n").status == 200)
        }
    }

    @Test func `a request ends with its client`() async throws {
        let fixture = ServerFixture()
        try await fixture.serve { port in
            do {
                let client = try RawClient(port: port)
                await client.send("GET /wait HTTP/1.1\r\n\(Self.host)\r\n")
                await fixture.log.wait(for: "waiting")
            }
            await fixture.log.wait(for: "cancelled")
        }
    }
}
