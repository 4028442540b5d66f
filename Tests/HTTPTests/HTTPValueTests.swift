import Basics
import Testing

@testable import HTTP

@Suite struct HTTPValueTests {
    @Test func `the parts of a path may hold slashes`() {
        #expect(HTTPTarget("/zfs/tank%2Fdata@daily/")?.segments == ["zfs", "tank/data@daily"])
        #expect(HTTPTarget("/")?.segments == [])
        #expect(HTTPTarget("*")?.path == "*")
        #expect(HTTPTarget("http://host")?.path == "/")
        #expect(HTTPTarget("ftp://host/") == nil)
        #expect(HTTPTarget("/%C3%28") == nil)
    }

    @Test func `a query has names and values`() throws {
        let parameters = try #require(HTTPTarget("/?a=1+2&b=%26&c&a=")?.parameters)
        #expect(parameters.map(\.name) == ["a", "b", "c", "a"])
        #expect(parameters.map(\.value) == ["1 2", "&", "", ""])
        #expect(HTTPTarget("/?a=%zz")?.parameters == nil)
    }

    @Test func `fields know no case and keep their order`() {
        var fields: HTTPFields = ["Accept": "a, b", "X": "1", "accept": " c,"]
        #expect(fields.members(of: "accept") == ["a", "b", "c"])
        fields.set("X", "2")
        #expect(fields["x"] == "2")
        fields.remove("ACCEPT")
        #expect(fields.all.map(\.name) == ["x"])
    }

    struct Accept: Sendable {
        let field: String?
        let json: Bool
        let events: Bool
    }

    @Test(arguments: [
        Accept(field: nil, json: true, events: true),
        Accept(field: "*/*", json: true, events: true),
        Accept(field: "application/*", json: true, events: false),
        Accept(field: "application/json, text/event-stream", json: true, events: true),
        Accept(field: "APPLICATION/JSON; q=0.5", json: true, events: false),
        Accept(field: "*/*, application/json;q=0", json: false, events: true),
        Accept(field: "text/html", json: false, events: false),
        Accept(field: "nonsense", json: false, events: false),
        Accept(field: "", json: false, events: false),
    ]) func `what a client takes is what it says`(_ accept: Accept) {
        var fields = HTTPFields()
        if let field = accept.field { fields.append("Accept", field) }
        let media = AcceptedMedia(fields)
        #expect(media.allows(.json) == accept.json)
        #expect(media.allows(.events) == accept.events)
    }

    @Test func `media types leave parameters aside`() {
        #expect(MediaType("application/JSON ; charset=utf-8") == .json)
        #expect(MediaType("application") == nil)
        #expect(MediaType("a/b/c") == nil)
        #expect(MediaType("") == nil)
    }

    @Test(
        arguments: [
            ("localhost:80", "localhost", 80), ("[::1]:8080", "::1", 8080), ("A.example.", "a.example", nil),
            ("127.0.0.1", "127.0.0.1", nil),
        ] as [(String, String, Int?)]) func `hosts have a name and perhaps a port`(
            _ text: String, _ name: String, _ port: Int?
        )
    {
        #expect(HTTPHost(text) == HTTPHost(name: name, port: port))
    }

    @Test(arguments: [
        "", ":80", "a:b", "a:0", "a:99999", "a b", "user@host", "[::1", "[]", "[::1]x", "a:80:80", "a/b",
    ])
    func `what is no host is none`(_ text: String) { #expect(HTTPHost(text) == nil) }

    @Test func `a response is framed by what it is and who asked`() {
        let head = HTTPRequestHead(.get, HTTPTarget("/").unsafelyThere)
        let stream = HTTPStream { nil }
        #expect(HTTPResponseEncoder.framing(.text("abc"), to: head) == .length(3))
        #expect(HTTPResponseEncoder.framing(.events(stream), to: head) == .chunked)
        #expect(HTTPResponseEncoder.framing(HTTPResponse(.noContent), to: head) == .none)
        let old = HTTPRequestHead(.get, HTTPTarget("/").unsafelyThere, minorVersion: 0)
        #expect(HTTPResponseEncoder.framing(.events(stream), to: old) == .untilClose)
    }

    @Test func `a value cannot begin a field of its own`() {
        let response = HTTPResponse(.ok, ["X": "a\r\nSet-Cookie: b\u{0}"])
        let text = String(
            decoding: HTTPResponseEncoder.head(response, framing: .none, date: "D", keepsAlive: false),
            as: UTF8.self)
        #expect(text == "HTTP/1.1 200 OK\r\nDate: D\r\nx: a  Set-Cookie: b \r\nConnection: close\r\n\r\n")
    }

    @Test func `dates are those of HTTP`() {
        #expect(HTTPDate.text(seconds: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(HTTPDate.text(seconds: 0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate.text(seconds: -1) == "Wed, 31 Dec 1969 23:59:59 GMT")
    }

    @Test func `a problem is JSON for programs`() throws {
        let problem = HTTPProblem(.conflict, code: "taken", "The name is taken", hint: "Choose another.")
        guard case .bytes(let bytes) = problem.response.body else { return }
        let json = try JSONParser.parse(bytes)
        #expect(json["code"] == "taken")
        #expect(json["status"] == 409)
        #expect(json["title"] == "The name is taken")
        #expect(problem.response.fields["content-type"] == "application/problem+json")
    }

    @Test func `a challenge says what is needed, in characters that may travel`() {
        #expect(BearerChallenge().value == "Bearer")
        let full = BearerChallenge(
            .insufficientScope, description: "say \"x\"\n", scope: "read write", metadata: "https://h/m")
        #expect(
            full.value
                == #"Bearer resource_metadata="https://h/m", error="insufficient_scope", error_description="say \"x\"?", scope="read write""#
        )
    }

    @Test func `events keep their lines`() {
        let event = ServerSentEvent("a\nb\r\ndata", id: "1\n2", name: "n", retry: 5)
        let text = String(decoding: event.bytes, as: UTF8.self)
        #expect(text == "id: 12\nevent: n\nretry: 5\ndata: a\ndata: b\ndata: \ndata: data\n\n")
    }
}

extension HTTPTarget? {
    /// The target of a literal that is one.
    fileprivate var unsafelyThere: HTTPTarget {
        guard let self else { preconditionFailure("the literal is no target") }
        return self
    }
}
