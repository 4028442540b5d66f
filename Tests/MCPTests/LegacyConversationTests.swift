import Basics
import MCP
import Testing

@Suite(.timeLimit(.minutes(5))) struct LegacyConversationTests {
    @Test(arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
    ]) func `the revision is agreed on`(_ asked: String, _ spoken: String) async {
        let answer = await TestClient().initialize(asked)
        #expect(answer["result"]?["protocolVersion"]?.string == spoken)
        #expect(answer["result"]?["serverInfo"]?["name"] == "sample")
        #expect(answer["result"]?["resultType"] == nil)
    }

    @Test func `before initialize only ping is answered`() async {
        let client = TestClient()
        #expect(await client.answer(1, "ping")["result"] == [:])
        #expect(await client.answer(2, "tools/list")["error"]?["code"] == -32600)
        _ = await client.initialize()
        #expect(await client.answer(3, "tools/list")["result"]?["tools"]?.array?.count == 5)
    }

    @Test func `a second initialize is refused and changes nothing`() async {
        let client = TestClient()
        _ = await client.initialize("2025-06-18")
        let again = await client.answer(
            9, "initialize", ["protocolVersion": "2024-11-05", "capabilities": [:]])
        #expect(again["error"]?["code"] == -32600)
        #expect(await client.answer(10, "tools/list")["result"]?["tools"]?[0]?["title"] == "ADD")
    }

    @Test func `older clients are told only what they know`() async {
        let client = TestClient()
        _ = await client.initialize("2024-11-05")
        let tool = await client.answer(1, "tools/list")["result"]?["tools"]?[0]
        #expect(Set(tool?.object?.keys.map(\.self) ?? []) == ["name", "description", "inputSchema"])
        let result = await client.answer(2, "tools/call", ["name": "add", "arguments": ["a": 1, "b": 2]])
        #expect(result["result"]?["structuredContent"] == nil)
        #expect(result["result"]?["content"]?[0]?["text"] == "3")
    }

    @Test func `calls are answered with data, failures with isError, faults with a code`() async {
        let client = TestClient()
        _ = await client.initialize()
        let sum = await client.answer(1, "tools/call", ["name": "add", "arguments": ["a": 1, "b": 2]])
        #expect(sum["result"]?["structuredContent"] == ["sum": 3])
        #expect(await client.answer(2, "tools/call", ["name": "fail"])["result"]?["isError"] == true)
        #expect(await client.answer(3, "tools/call", ["name": "no"])["error"]?["code"] == -32602)
        #expect(await client.answer(4, "tools/call", ["name": 3])["error"]?["code"] == -32602)
        #expect(
            await client.answer(5, "tools/call", ["name": "add", "arguments": [1]])["error"]?["code"]
                == -32602)
        #expect(await client.answer(6, "no/method")["error"]?["code"] == -32601)
        #expect(await client.answer(7, "tasks/list")["error"]?["code"] == -32601)
    }

    @Test func `batches are taken by the one revision that has them`() async {
        let batch: JSONValue = [
            ["jsonrpc": "2.0", "id": 1, "method": "ping"], ["jsonrpc": "2.0", "method": "notifications/x"], 7,
        ]
        let old = TestClient()
        _ = await old.initialize("2025-03-26")
        await old.send(batch)
        let answers = await old.sink.frames(2)[1].array
        #expect(answers?.count == 2)
        let newer = TestClient()
        _ = await newer.initialize("2025-06-18")
        await newer.send(batch)
        #expect(await newer.sink.frames(2)[1]["error"]?["code"] == -32600)
    }

    @Test func `progress rises, log messages have their level, and both come before the answer`() async {
        let client = TestClient()
        _ = await client.initialize()
        #expect(await client.answer(1, "logging/setLevel", ["level": "info"])["result"] == [:])
        #expect(await client.answer(2, "logging/setLevel", ["level": "loud"])["error"]?["code"] == -32602)
        _ = await client.answer(
            3, "tools/call", ["name": "work", "_meta": ["progressToken": "t"]])
        let news = await client.sink.frames(8).dropFirst(3)
        let progress = news.filter { $0["method"] == "notifications/progress" }.compactMap { $0["params"] }
        #expect(progress.map { $0["progress"]?.double } == [0, 50, 50.001])
        #expect(progress.allSatisfy { $0["progressToken"] == "t" })
        let logs = news.filter { $0["method"] == "notifications/message" }.compactMap {
            $0["params"]?["data"]
        }
        #expect(logs == ["half"])
        #expect(news.last?["id"] == 3)
    }

    @Test func `cancelling reaches the work, and it is not answered`() async {
        let content = SampleContent()
        let client = TestClient(content)
        _ = await client.initialize()
        await client.send(["jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": ["name": "wait"]])
        for await _ in content.began.stream { break }
        let doubled = await client.answer(5, "ping")
        #expect(doubled["error"]?["code"] == -32600)
        await client.send([
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 5],
        ])
        for await _ in content.cancelled.stream {}
        #expect(await client.answer(6, "ping")["result"] == [:])
        let answers = await client.sink.frames(3).filter { $0["id"] == 5 }
        #expect(answers == [doubled])
    }

    @Test func `a question goes to the client and its answer to the tool`() async throws {
        let client = TestClient()
        _ = await client.initialize("2025-11-25", ["elicitation": [:]])
        await client.send(["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ["name": "ask"]])
        let question = await client.sink.frames(2)[1]
        #expect(question["method"] == "elicitation/create")
        #expect(question["params"]?["requestedSchema"]?["type"] == "object")
        let id = try #require(question["id"])
        await client.send([
            "jsonrpc": "2.0", "id": id, "result": ["action": "accept", "content": ["name": "Ann"]],
        ])
        let answer = await client.sink.frames(3)[2]
        #expect(answer["result"]?["content"]?[0]?["text"]?.string?.contains("Ann") == true)
    }

    @Test func `a client that cannot ask is not asked`() async {
        let client = TestClient()
        _ = await client.initialize()
        #expect(await client.answer(1, "tools/call", ["name": "ask"])["error"] != nil)
    }

    @Test func `pages go on where the last one ended, and wrong cursors are refused`() async throws {
        var limits = Server.Limits()
        limits.page = 2
        let client = TestClient(limits: limits)
        _ = await client.initialize()
        var uris: [String] = []
        var cursor: JSONValue?
        var id: Int64 = 0
        repeat {
            id += 1
            let page = await client.answer(
                .int(id), "resources/list", cursor.map { ["cursor": $0] } ?? [:])["result"]
            uris += page?["resources"]?.array?.compactMap { $0["uri"]?.string } ?? []
            cursor = page?["nextCursor"]
        } while cursor != nil
        #expect(uris == (0..<5).map { "sample://\($0)" })
        for wrong: JSONValue in ["", "abc", 4] {
            id += 1
            #expect(
                await client.answer(.int(id), "resources/list", ["cursor": wrong])["error"]?["code"] == -32602
            )
        }
    }

    @Test func `resources are read, and what is not there has the code of its revision`() async {
        let client = TestClient()
        _ = await client.initialize()
        let read = await client.answer(1, "resources/read", ["uri": "sample://3"])
        #expect(read["result"]?["contents"]?[0]?["text"] == "text of sample://3")
        let missing = await client.answer(2, "resources/read", ["uri": "other://3"])
        #expect(missing["error"]?["code"] == -32002)
    }

    @Test func `prompts want what they require, completion offers what begins so`() async {
        let client = TestClient()
        _ = await client.initialize()
        #expect(await client.answer(1, "prompts/get", ["name": "greet"])["error"]?["code"] == -32602)
        let filled = await client.answer(2, "prompts/get", ["name": "greet", "arguments": ["who": "Ann"]])
        #expect(filled["result"]?["messages"]?[0]?["content"]?["text"] == "Hello Ann")
        #expect(
            await client.answer(3, "prompts/get", ["name": "greet", "arguments": ["who": 3]])["error"]?[
                "code"]
                == -32602)
        let reference: JSONValue = ["type": "ref/prompt", "name": "greet"]
        let completed = await client.answer(
            4, "completion/complete", ["ref": reference, "argument": ["name": "who", "value": "a"]])
        #expect(completed["result"]?["completion"]?["values"] == ["anna"])
        let wrong = await client.answer(
            5, "completion/complete", ["ref": reference, "argument": ["name": "x", "value": "a"]])
        #expect(wrong["error"]?["code"] == -32602)
    }

    @Test func `news come to who subscribed`() async {
        let client = TestClient()
        _ = await client.initialize()
        #expect(await client.answer(1, "resources/subscribe", ["uri": "sample://1"])["result"] == [:])
        let refused = await client.answer(2, "resources/subscribe", ["uri": "sample://hidden"])
        #expect(refused["error"]?["code"] == -32002)
        let telling = Task { await client.conversation.sendChanges() }
        client.conversation.announce(.resource("sample://hidden"))
        client.conversation.announce(.resource("sample://2"))
        client.conversation.announce(.resource("sample://1"))
        let news = await client.sink.frames(4)[3]
        #expect(news["method"] == "notifications/resources/updated")
        #expect(news["params"]?["uri"] == "sample://1")
        client.conversation.close()
        await telling.value
    }
}
