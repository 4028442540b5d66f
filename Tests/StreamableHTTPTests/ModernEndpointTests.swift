import Basics
import HTTP
import Testing

@testable import MCP
@testable import StreamableHTTP

/// The stateless revision, over HTTP.
@Suite struct ModernEndpointTests {
    private let fixture = EndpointFixture()

    @Test func `a request stands for itself, and mints no session`() async throws {
        let found = try await fixture.modern("server/discover")
        #expect(found.status == .ok)
        #expect(found.fields["mcp-session-id"] == nil)
        #expect(try await found.json()["result"]?["supportedVersions"]?[0] == "2026-07-28")
        #expect(fixture.sessions.count == 0)
    }

    @Test(
        arguments: [
            ("mcp-protocol-version", nil), ("mcp-protocol-version", "2025-11-25"), ("mcp-method", nil),
            ("mcp-method", "Tools/call"), ("mcp-name", nil), ("mcp-name", "greet"),
            ("mcp-name", "=?base64?!!!?="),
        ] as [(String, String?)]) func `fields must say what the body says`(
            _ name: String, _ value: String?
        ) async throws
    {
        var fields: [String: String?] = ["mcp-name": "test_simple_text"]
        fields[name] = .some(value)
        let response = try await fixture.modern("tools/call", #""name":"test_simple_text""#, fields)
        #expect(response.status == .badRequest)
        #expect(try await response.json()["error"]?["code"] == -32020)
    }

    @Test func `a name may be written in base64`() async throws {
        let name = "=?base64?\(Base64.string(Array("test_simple_text".utf8)))?="
        let response = try await fixture.modern(
            "tools/call", #""name":"test_simple_text""#, ["mcp-name": name])
        #expect(response.status == .ok)
    }

    @Test(
        arguments: [
            (#"{"region":"north"}"#, "north", 200), (#"{"region":"north"}"#, nil, 400),
            (#"{"region":"north"}"#, "North", 400), (#"{}"#, nil, 200), (#"{}"#, "north", 400),
            (#"{"region":null}"#, "north", 400), (#"{"region":"north"}"#, "=?base64?bm9ydGg=?=", 200),
            (#"{"region":"north"}"#, "=?base64?bm9ydGg?=", 400),
        ] as [(String, String?, Int)]) func `a marked argument is repeated by its field`(
            _ arguments: String, _ field: String?, _ status: Int
        ) async throws
    {
        let response = try await fixture.modern(
            "tools/call", #""name":"test_header_parameter","arguments":\#(arguments)"#,
            ["mcp-name": "test_header_parameter", "mcp-param-region": field])
        #expect(response.status.code == status)
    }

    @Test func `numbers and truths are repeated by their values`() {
        let schema: JSONValue = [
            "properties": [
                "a": ["type": "integer", "x-mcp-header": "Size"],
                "b": ["type": "object", "properties": ["c": ["type": "boolean", "x-mcp-header": "On"]]],
            ]
        ]
        let tool = Tool(
            name: "t", title: "", description: "", inputSchema: schema, outputSchema: nil, annotations: nil)
        func isGood(_ arguments: JSONValue, _ fields: HTTPFields) -> Bool {
            HeaderParameter.objection(to: arguments, of: tool, fields) == nil
        }
        #expect(isGood(["a": 5, "b": ["c": true]], ["Mcp-Param-Size": "5.0", "Mcp-Param-On": "true"]))
        #expect(!isGood(["a": 5], ["Mcp-Param-Size": "6"]))
        #expect(!isGood(["a": 5], ["Mcp-Param-Size": "5", "mcp-param-size": "5"]))
        #expect(!isGood(["b": ["c": true]], ["Mcp-Param-On": "True"]))
        #expect(!isGood(["b": ["c": [1]]], ["Mcp-Param-On": "1"]))
    }

    @Test func `errors have their status`() async throws {
        let cases: [(HTTPResponse, Int, Int64)] = [
            (try await fixture.modern("no/such"), 404, -32601),
            (try await fixture.modern("ping"), 404, -32601),
            (try await fixture.modern("tools/list", revision: "2099-01-01"), 400, -32022),
            (try await fixture.modern("tools/call", #""name":"none""#, ["mcp-name": "none"]), 400, -32602),
            (
                try await fixture.send(
                    .post, EndpointFixture.call(1, "tools/list"), ["mcp-protocol-version": "2026-07-28"]),
                400, -32602
            ),
            (try await fixture.send(.post, "{", ["mcp-protocol-version": "2026-07-28"]), 400, -32700),
        ]
        for (response, status, code) in cases {
            #expect(response.status.code == status)
            #expect(try await response.json()["error"]?["code"]?.int == code)
        }
        for method in [HTTPMethod.get, .delete] {
            let response = try await fixture.send(method, "", ["mcp-protocol-version": "2026-07-28"])
            #expect(response.status == .methodNotAllowed)
        }
    }

    @Test func `a listener hears first that it is heard, then what it asked for`() async throws {
        let response = try await fixture.modern(
            "subscriptions/listen", #""notifications":{"toolsListChanged":true}"#)
        guard case .stream(let stream) = response.body else {
            Issue.record("no stream")
            return
        }
        let first = try #require(await stream.next())
        #expect(String(decoding: first, as: UTF8.self).contains("subscriptions/acknowledged"))
        _ = try await fixture.modern(
            "tools/call", #""name":"test_trigger_prompt_change""#, ["mcp-name": "test_trigger_prompt_change"])
        _ = try await fixture.modern(
            "tools/call", #""name":"test_trigger_tool_change""#, ["mcp-name": "test_trigger_tool_change"])
        let second = String(decoding: try #require(await stream.next()), as: UTF8.self)
        #expect(second.contains("tools/list_changed") && second.contains("subscriptionId"))
        #expect(!second.contains("prompts/list_changed"))
        stream.finished()
    }

    @Test func `who leaves calls their request off`() async throws {
        let task = Task {
            try await fixture.modern(
                "tools/call", #""name":"slow_compute","arguments":{"seconds":600}"#,
                ["mcp-name": "slow_compute"])
        }
        task.cancel()
        // The tool would answer after ten minutes. Who ended only its own half of the connection is told why there is none.
        let response = try await task.value
        if response.status != .ok {
            #expect(response.status == .badRequest)
            let error = try await response.json()["error"]
            #expect(error?["code"] == -32603)
            #expect(error?["message"]?.string?.contains("called off") == true)
        }
    }
}
