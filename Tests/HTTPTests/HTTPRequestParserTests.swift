import Basics
import Testing

@testable import HTTP

@Suite struct HTTPRequestParserTests {
    /// The events of bytes that come at once.
    private func events(_ text: String, limits: HTTPLimits = .init()) -> [HTTPRequestParser.Event] {
        Self.events([Array(text.utf8)], limits: limits)
    }

    static func events(_ pieces: [[UInt8]], limits: HTTPLimits = .init()) -> [HTTPRequestParser.Event] {
        var parser = HTTPRequestParser(limits: limits)
        var events: [HTTPRequestParser.Event] = []
        for piece in pieces {
            parser.append(piece)
            while let event = parser.next() { events.append(event) }
        }
        return events
    }

    private func bodies(_ text: String) -> [String] {
        events(text).compactMap { event in
            guard case .request(_, let body) = event else { return nil }
            return String(decoding: body, as: UTF8.self)
        }
    }

    @Test func `a request without a body is whole with its head`() throws {
        let all = events("GET /a/b?c=d HTTP/1.1\r\nHost: here\r\nX-Thing:  two words \r\n\r\n")
        #expect(all.count == 2)
        guard case .request(let head, let body) = all.last else { throw Problem.other(all) }
        #expect(head.method == .get)
        #expect(head.target.segments == ["a", "b"])
        #expect(head.target.query == "c=d")
        #expect(head.fields["x-thing"] == "two words")
        #expect(head.keepsAlive)
        #expect(body.isEmpty)
    }

    @Test func `bodies come whole, by length and in chunks, and requests follow one another`() {
        let text =
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
            + "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
            + "3;note=\"x\"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: thing\r\n\r\n"
            + "\r\nGET / HTTP/1.0\r\n\r\n"
        #expect(bodies(text) == ["hello", "abc0123456789", ""])
    }

    @Test func `wherever the bytes are cut, the events are the same`() {
        let text =
            "POST /%41 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n1\r\ne\r\n0\r\n\r\n"
            + "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz" + "BROKEN\r\n\r\n"
        let bytes = Array(text.utf8)
        let whole = Self.events([bytes])
        #expect(whole.count == 5)
        #expect(Self.events(bytes.map { [$0] }) == whole)
        for cut in bytes.indices {
            #expect(Self.events([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "cut at \(cut)")
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let status: Int

        init(_ name: String, _ text: String, _ status: Int = 400) {
            (self.name, self.text, self.status) = (name, text, status)
        }

        var testDescription: String { name }
    }

    static let wrong = [
        Wrong("TLS on a plain port", "\u{16}\u{3}\u{1}"),
        Wrong("no version", "GET /\r\nHost: h\r\n\r\n"),
        Wrong("two blanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("HTTP/2", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        Wrong("HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505),
        Wrong("no host", "GET / HTTP/1.1\r\n\r\n"),
        Wrong("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        Wrong("another host in the target", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n"),
        Wrong("relative target", "GET a HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("way up", "GET /a/../b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("way up in disguise", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("zero byte", "GET /a%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("wrong escape", "GET /%4 HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("fragment", "GET /a#b HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong("bare line feed", "GET / HTTP/1.1\nHost: h\n\n"),
        Wrong("bare line feed in the fields", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"),
        Wrong("bare carriage return", "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n"),
        Wrong("blank before the colon", "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n"),
        Wrong("folded line", "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n  z\r\n\r\n"),
        Wrong("no name", "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n"),
        Wrong("no colon", "GET / HTTP/1.1\r\nHost: h\r\nXy\r\n\r\n"),
        Wrong("control character", "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{1}b\r\n\r\n"),
        Wrong("two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"),
        Wrong("lengths in a list", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\na"),
        Wrong("signed length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\na"),
        Wrong("huge length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n"),
        Wrong("length over the limit", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n", 413),
        Wrong(
            "length and chunks",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Wrong("other coding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        Wrong("coding in disguise", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
        Wrong("chunks of HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Wrong("chunk without size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\r\n"),
        Wrong("chunk of 0x1", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n"),
        Wrong(
            "chunk too short", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"),
        Wrong(
            "huge chunk",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            413),
        Wrong(
            "chunk over the limit",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n999999\r\n", 413),
        Wrong(
            "other expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417
        ),
        Wrong("long method", String(repeating: "G", count: 40) + " / HTTP/1.1\r\nHost: h\r\n\r\n"),
        Wrong(
            "long target", "GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\nHost: h\r\n\r\n", 414
        ),
        Wrong("endless request line", "GET /" + String(repeating: "a", count: 20_000), 414),
        Wrong(
            "endless field", "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "a", count: 20_000), 431),
        Wrong(
            "many fields",
            "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "X: y\r\n", count: 101) + "\r\n", 431),
        Wrong(
            "endless chunk line",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;"
                + String(repeating: "a", count: 300),
            431),
        Wrong(
            "endless trailer",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                + String(repeating: "X: \(String(repeating: "y", count: 200))\r\n", count: 100), 431),
    ]

    @Test(arguments: wrong) func `what could be understood in two ways is refused`(_ wrong: Wrong) {
        guard case .refused(let refusal) = events(wrong.text).last else {
            Issue.record("not refused: \(events(wrong.text))")
            return
        }
        #expect(refusal.status.code == wrong.status, "\(refusal.reason)")
    }

    @Test func `behind a refusal nothing is read`() {
        let all = events("BROKEN\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(all.count == 1)
    }

    @Test func `the limit of the body is exact`() {
        var limits = HTTPLimits()
        limits.body = 4
        let head = "POST / HTTP/1.1\r\nHost: h\r\n"
        #expect(events(head + "Content-Length: 4\r\n\r\nabcd", limits: limits).count == 2)
        let chunks = head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
        #expect(events(chunks + "2\r\ncd\r\n0\r\n\r\n", limits: limits).count == 2)
        guard case .refused(let refusal) = events(chunks + "3\r\ncde\r\n", limits: limits).last else {
            Issue.record("a body over the limit was taken")
            return
        }
        #expect(refusal.status == .contentTooLarge)
    }

    @Test func `what it keeps is what is unfinished`() {
        var parser = HTTPRequestParser()
        #expect(!parser.isInside)
        parser.append(Array("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab".utf8))
        _ = parser.next()
        #expect(parser.next() == nil)
        #expect(parser.isInside)
        #expect(parser.keptBytes == 2)
        parser.append(Array("cd".utf8))
        _ = parser.next()
        #expect(!parser.isInside)
        #expect(parser.keptBytes == 0)
    }

    @Test func `the connection's end is the client's choice`() throws {
        func keeps(_ text: String) -> Bool? {
            guard case .head(let head) = events(text).first else { return nil }
            return head.keepsAlive
        }
        #expect(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == true)
        #expect(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n") == false)
        #expect(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") == false)
    }

    private enum Problem: Error { case other([HTTPRequestParser.Event]) }
}
