import Testing

@testable import HTTP

@Suite struct HTTPPolicyTests {
    private static let policy = HostPolicy(
        hosts: [
            HTTPHost(name: "localhost", port: 7420), HTTPHost(name: "::1", port: 7420),
            HTTPHost(name: "nas.lan", port: nil),
        ],
        origins: ["https://tools.example"])

    struct Case: Sendable, CustomTestStringConvertible {
        let host: String
        let origin: String?
        let status: Int?

        init(_ host: String, origin: String? = nil, _ status: Int? = nil) {
            (self.host, self.origin, self.status) = (host, origin, status)
        }

        var testDescription: String { "\(host) \(origin ?? "")" }
    }

    @Test(arguments: [
        Case("localhost:7420"), Case("LOCALHOST:7420"), Case("[::1]:7420"), Case("nas.lan"),
        Case("nas.lan:1"),
        Case("localhost", 421), Case("localhost:80", 421), Case("evil.example:7420", 421),
        Case("localhost.evil:7420", 421), Case("", 421), Case("a b", 421),
        Case("nas.lan", origin: "http://localhost:7420"), Case("nas.lan", origin: "https://tools.example"),
        Case("nas.lan", origin: "https://nas.lan"), Case("nas.lan", origin: "null", 403),
        Case("nas.lan", origin: "http://localhost:7421", 403),
        Case("nas.lan", origin: "http://localhost", 403),
        Case("nas.lan", origin: "http://localhost:7420.evil", 403),
        Case("nas.lan", origin: "file://localhost:7420", 403),
        Case("nas.lan", origin: "https://tools.example:444", 403), Case("nas.lan", origin: "", 403),
    ]) func `only the server's own names and origins pass`(_ test: Case) throws {
        var fields: HTTPFields = ["Host": test.host]
        if let origin = test.origin { fields.append("Origin", origin) }
        let target = try #require(HTTPTarget("/"))
        #expect(Self.policy.objection(to: HTTPRequestHead(.get, target, fields))?.status.code == test.status)
    }

    @Test func `two origins are one too many`() throws {
        let fields: HTTPFields = [
            "Host": "nas.lan", "Origin": "https://nas.lan", "origin": "https://nas.lan",
        ]
        let target = try #require(HTTPTarget("/"))
        #expect(Self.policy.objection(to: HTTPRequestHead(.get, target, fields))?.status == .forbidden)
    }

    struct Token: Sendable, CustomTestStringConvertible {
        let fields: [String]
        var target = "/"
        let token: String?
        let code: String?

        var testDescription: String { "\(fields) \(target)" }
    }

    @Test(arguments: [
        Token(fields: [], token: nil, code: nil),
        Token(fields: ["Bearer abc.DEF-_~+/="], token: "abc.DEF-_~+/=", code: nil),
        Token(fields: ["bearer   x"], token: "x", code: nil),
        Token(fields: ["Basic abc"], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer"], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer a b"], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer ä"], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer a", "Bearer b"], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer " + String(repeating: "a", count: 8193)], token: nil, code: "token-malformed"),
        Token(fields: ["Bearer a"], target: "/?x=1&access_token=a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?ACCESS-TOKEN", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?x=1;token=a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?%61pi_key=a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?authorization=Bearer+a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?x=own_a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?x=Bearer%20own_a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?x=%6Fwn_a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?x=own_%zz", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?own_a", token: nil, code: "token-in-target"),
        Token(fields: [], target: "/?tokens=1&x=known_a&device=nas1", token: nil, code: nil),
    ]) func `a token comes in one field and nowhere else`(_ test: Token) throws {
        var fields = HTTPFields()
        for field in test.fields { fields.append("Authorization", field) }
        let head = HTTPRequestHead(.get, try #require(HTTPTarget(test.target)), fields)
        do throws(HTTPProblem) {
            let token = try BearerToken.token(of: head) { $0.hasPrefix("own_") }
            #expect(token == test.token)
            #expect(test.code == nil)
        } catch { #expect(error.code == test.code) }
    }

    @Test func `routes are found by path and method`() async throws {
        var router = HTTPRouter()
        router.add(.get, "/api/*/files/*") { _, parts in .text(parts.joined(separator: "|")) }
        router.add(.post, "/api/*/files/*") { _, _ in HTTPResponse(.accepted) }
        func ask(_ method: HTTPMethod, _ path: String) async throws -> (Int, String?, String) {
            let request = HTTPRequest(
                HTTPRequestHead(method, try #require(HTTPTarget(path))), peer: HTTPPeer(address: ""))
            let response = await router.respond(to: request)
            guard case .bytes(let bytes) = response.body else { return (0, nil, "") }
            return (response.status.code, response.fields["allow"], String(decoding: bytes, as: UTF8.self))
        }
        #expect(try await ask(.get, "/api/tank%2Fdata/files/b").2 == "tank/data|b")
        #expect(try await ask(.head, "/api/a/files/b").0 == 200)
        #expect(try await ask(.post, "/api/a/files/b").0 == 202)
        #expect(try await ask(.delete, "/api/a/files/b").1 == "GET, HEAD, POST")
        #expect(try await ask(.delete, "/api/a/files/b").0 == 405)
        #expect(try await ask(.get, "/api/a/files").0 == 404)
        let head = HTTPRequestHead(.put, try #require(HTTPTarget("/nothing")))
        #expect(router.refusal(of: head)?.status == .notFound)
    }

    private func head(_ method: HTTPMethod, _ fields: HTTPFields) throws -> HTTPRequestHead {
        HTTPRequestHead(method, try #require(HTTPTarget("/mcp")), fields)
    }

    @Test func `a browser that asks for a page that may is told what it may send`() throws {
        let answer = try #require(
            Self.policy.preflight(
                head(
                    .options,
                    [
                        "Host": "nas.lan", "Origin": "https://tools.example",
                        "Access-Control-Request-Method": "POST",
                        "Access-Control-Request-Headers": "content-type,mcp-protocol-version",
                    ])))
        #expect(answer.status == .noContent)
        #expect(answer.fields["access-control-allow-origin"] == "https://tools.example")
        #expect(answer.fields["access-control-allow-headers"] == "content-type,mcp-protocol-version")
        #expect(answer.fields["access-control-allow-methods"]?.contains("POST") == true)
        #expect(answer.fields["vary"] == "Origin")
    }

    @Test(
        arguments: [
            ["Origin": "https://other.example", "Access-Control-Request-Method": "POST"],
            ["Origin": "http://localhost:7420", "Access-Control-Request-Method": "POST"],
            ["Origin": "https://tools.example"], ["Access-Control-Request-Method": "POST"],
        ] as [HTTPFields]) func `others are told nothing`(_ fields: HTTPFields) throws
    {
        #expect(try Self.policy.preflight(head(.options, fields))?.status.code == nil)
        #expect(try Self.policy.preflight(head(.post, fields))?.status.code == nil)
    }

    @Test func `only pages that were named may read an answer`() throws {
        let mine = try Self.policy.shared(.text("x"), with: head(.get, ["Origin": "https://tools.example"]))
        #expect(mine.fields["access-control-allow-origin"] == "https://tools.example")
        #expect(mine.fields["access-control-expose-headers"]?.contains("Mcp-Session-Id") == true)
        for fields in [[:], ["Origin": "http://localhost:7420"]] as [HTTPFields] {
            let answer = try Self.policy.shared(.text("x"), with: head(.get, fields))
            #expect(answer.fields["access-control-allow-origin"] == nil)
        }
    }
}
