import Basics
import MCP
import Testing

@Suite(.timeLimit(.minutes(5))) struct ModernConversationTests {
    private static let prefix = "io.modelcontextprotocol/"

    @Test func `discovery tells versions, capabilities and how long they hold`() async {
        let result = await TestClient().modern(1, "server/discover")["result"]
        #expect(
            result?["supportedVersions"] == [
                "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05",
            ])
        #expect(result?["resultType"] == "complete")
        #expect(result?["ttlMs"]?.int ?? -1 >= 0)
        #expect(result?["cacheScope"] == "private")
        #expect(result?["_meta"]?[Self.prefix + "serverInfo"]?["name"] == "sample")
        #expect(result?["capabilities"]?["tools"] != nil)
    }

    @Test func `a request without its envelope is refused`() async {
        let client = TestClient()
        let version: JSONValue = "2026-07-28"
        let cases: [(JSONValue, JSONValue)] = [
            (1, ["_meta": [:]]),
            (2, ["_meta": [.init(Self.prefix + "protocolVersion"): version]]),
            (3, ["_meta": .object([Self.prefix + "protocolVersion": version])]),
            (
                4,
                [
                    "_meta": .object([
                        Self.prefix + "protocolVersion": 7, Self.prefix + "clientCapabilities": [:],
                    ])
                ]
            ),
            (
                5,
                [
                    "_meta": .object([
                        Self.prefix + "protocolVersion": version, Self.prefix + "clientCapabilities": 1,
                    ])
                ]
            ),
        ]
        for (id, parameters) in cases {
            #expect(await client.answer(id, "server/discover", parameters)["error"]?["code"] == -32602)
        }
    }

    @Test func `an unknown version is told which there are`() async {
        let meta: JSONValue = .object([
            Self.prefix + "protocolVersion": "2031-01-01", Self.prefix + "clientCapabilities": [:],
        ])
        let error = await TestClient().answer(1, "tools/list", ["_meta": meta])["error"]
        #expect(error?["code"] == -32022)
        #expect(error?["data"]?["requested"] == "2031-01-01")
        #expect(error?["data"]?["supported"]?[0] == "2026-07-28")
    }

    @Test(arguments: [
        "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "tasks/get",
    ])
    func `what was taken away is unknown`(_ method: String) async {
        #expect(await TestClient().modern(1, method)["error"]?["code"] == -32601)
    }

    @Test func `a client may look first and then begin a session on the same pipe`() async {
        let client = TestClient()
        #expect(await client.modern(1, "server/discover")["result"] != nil)
        #expect(await client.initialize()["result"] != nil)
        #expect(await client.modern(2, "tools/call", ["name": "add"])["result"]?["resultType"] == "complete")
        #expect(await client.answer(3, "tools/call", ["name": "add"])["result"]?["resultType"] == nil)
    }

    @Test func `what is not there is a wrong parameter here`() async {
        let error = await TestClient().modern(1, "resources/read", ["uri": "other://"])["error"]
        #expect(error?["code"] == -32602)
        #expect(error?["data"]?["uri"] == "other://")
    }

    @Test func `a question comes back as a result, and the answer with its state goes on`() async throws {
        let client = TestClient()
        let call: [String: JSONValue] = ["name": "ask", "arguments": [:]]
        let refused = await client.modern(1, "tools/call", call)
        #expect(refused["error"]?["code"] == -32021)
        #expect(refused["error"]?["data"]?["requiredCapabilities"]?["elicitation"] != nil)
        let asked = await client.modern(2, "tools/call", call, capabilities: ["elicitation": [:]])["result"]
        #expect(asked?["resultType"] == "input_required")
        #expect(asked?["inputRequests"]?["name"]?["method"] == "elicitation/create")
        #expect(asked?["ttlMs"] == nil)
        let state = try #require(asked?["requestState"])
        var answer = call
        answer["inputResponses"] = ["name": ["action": "accept"], "surplus": [:]]
        answer["requestState"] = state
        let done = await client.modern(3, "tools/call", answer, capabilities: ["elicitation": [:]])["result"]
        #expect(done?["resultType"] == "complete")
        #expect(done?["content"]?[0]?["text"]?.string?.contains("\"round\":1") == true)
        let wrongs: [JSONValue] = ["abc", 5, .string((state.string ?? "") + "AAAA")]
        for (number, wrong) in wrongs.enumerated() {
            answer["requestState"] = wrong
            let tampered = await client.modern(
                .int(Int64(40 + number)), "tools/call", answer, capabilities: ["elicitation": [:]])
            #expect(tampered["error"]?["code"] == -32602)
        }
        answer["requestState"] = state
        answer["arguments"] = ["other": 1]
        let moved = await client.modern(5, "tools/call", answer, capabilities: ["elicitation": [:]])
        #expect(moved["error"]?["code"] == -32602)
    }

    @Test func `log messages come only where the request wants them`() async {
        let client = TestClient()
        _ = await client.modern(1, "tools/call", ["name": "work"])
        #expect(await client.sink.frames(1).count == 1)
        _ = await client.modern(
            2, "tools/call", ["name": "work"], meta: [Self.prefix + "logLevel": "debug"])
        let logs = await client.sink.frames(4).filter { $0["method"] == "notifications/message" }
        #expect(logs.count == 2)
    }

    @Test func `a subscription is acknowledged first and tells only what was asked for`() async {
        let client = TestClient()
        let wishes: [String: JSONValue] = [
            "notifications": [
                "toolsListChanged": true, "promptsListChanged": true,
                "resourceSubscriptions": ["sample://1", "sample://hidden"],
            ]
        ]
        await client.send([
            "jsonrpc": "2.0", "id": "s", "method": "subscriptions/listen",
            "params": .object(TestClient.modern(wishes)),
        ])
        let first = await client.sink.frames(1)[0]
        #expect(first["method"] == "notifications/subscriptions/acknowledged")
        #expect(
            first["params"]?["notifications"] == [
                "toolsListChanged": true, "resourceSubscriptions": ["sample://1"],
            ])
        for change: Change in [.prompts, .resources, .resource("sample://2"), .resource("sample://1")] {
            client.conversation.announce(change)
        }
        let news = await client.sink.frames(2)[1]
        #expect(news["params"]?["uri"] == "sample://1")
        #expect(news["params"]?["_meta"]?[Self.prefix + "subscriptionId"] == "s")
        await client.send([
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "s"],
        ])
        client.conversation.announce(.tools)
        _ = await client.modern(9, "tools/list")
        #expect(await client.sink.frames(3).count <= 4)
    }
}
