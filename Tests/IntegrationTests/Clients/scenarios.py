"""Scenarios of both worlds."""

import base64
import json
import re
import threading

from stage import BOTH, Client, FORM, NEW, OLD, PORT, WAY, scenario, text
from wire import MODERN, PATIENCE, PREFIX, Http, events, modern_fields, modern_message


@scenario("server-initialize", *OLD)
def _(revision):
    with Client(revision) as client:
        result = client.welcome.result
        assert result["protocolVersion"] == revision and result["serverInfo"]["name"] == "holdfast"
        assert {"tools", "resources", "prompts", "completions", "logging"} <= set(result["capabilities"])
        if WAY == "http":
            assert re.fullmatch(r"[\x21-\x7e]{32,}", client.link.session)


@scenario("ping", *OLD)
def _(revision):
    with Client(revision) as client:
        assert client.ask("ping").result == {}


@scenario("logging-set-level", *OLD)
def _(revision):
    with Client(revision) as client:
        assert client.ask("logging/setLevel", {"level": "info"}).result == {}
        assert client.ask("logging/setLevel", {"level": "loud"}).code == -32602


@scenario("completion-complete", *BOTH)
def _(revision):
    with Client(revision) as client:
        found = client.ask("completion/complete", {
            "ref": {"type": "ref/prompt", "name": "test_prompt_with_arguments"},
            "argument": {"name": "arg1", "value": "test"}}).result["completion"]
        assert found["values"] and len(found["values"]) <= 100


@scenario("tools-list", *BOTH)
def _(revision):
    with Client(revision) as client:
        tools = client.ask("tools/list").result["tools"]
        assert len({tool["name"] for tool in tools}) == len(tools)
        for tool in tools:
            assert re.fullmatch(r"[A-Za-z0-9_./-]{1,64}", tool["name"]) and tool["description"]
            assert tool["inputSchema"]["type"] == "object"


@scenario("tools-call-simple-text", *BOTH)
def _(revision):
    with Client(revision) as client:
        result = client.call("test_simple_text").result
        assert result["content"][0]["type"] == "text" and result["content"][0]["text"]


@scenario("tools-call-image", *BOTH)
def _(revision):
    with Client(revision) as client:
        image = client.call("test_image_content").result["content"][0]
        assert image["type"] == "image" and image["mimeType"] == "image/png"
        assert base64.b64decode(image["data"], validate=True)[1:4] == b"PNG"


@scenario("tools-call-audio", *BOTH)
def _(revision):
    with Client(revision) as client:
        sound = client.call("test_audio_content").result["content"][0]
        assert sound["type"] == "audio" and sound["mimeType"] == "audio/wav"
        assert base64.b64decode(sound["data"], validate=True)[:4] == b"RIFF"


@scenario("tools-call-embedded-resource", *BOTH)
def _(revision):
    with Client(revision) as client:
        content = client.call("test_embedded_resource").result["content"][0]
        assert content["type"] == "resource" and content["resource"]["uri"] and content["resource"]["text"]


@scenario("tools-call-mixed-content", *BOTH)
def _(revision):
    with Client(revision) as client:
        kinds = [content["type"] for content in client.call("test_multiple_content_types").result["content"]]
        assert kinds == ["text", "image", "resource"]


@scenario("tools-call-with-logging", *BOTH)
def _(revision):
    with Client(revision) as client:
        if revision != MODERN:
            client.ask("logging/setLevel", {"level": "debug"})
        answer = client.call("test_tool_with_logging", **({"logLevel": "debug"} if revision == MODERN else {}))
        logs = [news for news in answer.news if news["method"] == "notifications/message"]
        assert len(logs) == 3 and all(log["params"]["level"] == "info" for log in logs)


@scenario("tools-call-error", *BOTH)
def _(revision):
    with Client(revision) as client:
        assert client.call("test_error_handling").result["isError"] is True


@scenario("tools-call-with-progress", *BOTH)
def _(revision):
    with Client(revision) as client:
        answer = client.call("test_tool_with_progress", progressToken="p")
        steps = [news["params"] for news in answer.news if news["method"] == "notifications/progress"]
        assert [step["progress"] for step in steps] == [0, 50, 100]
        assert all(step["progressToken"] == "p" and step["total"] == 100 for step in steps)


@scenario("tools-call-sampling", *OLD)
def _(revision):
    with Client(revision, sampling={}) as client:
        def reply(asked):
            assert asked["method"] == "sampling/createMessage" and asked["params"]["maxTokens"]
            return {"role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m",
                    "stopReason": "endTurn"}
        assert "Paris" in text(client.call("test_sampling", {"prompt": "Capital?"}, reply))


@scenario("tools-call-elicitation", *OLD)
def _(revision):
    with Client(revision, elicitation={}) as client:
        def reply(asked):
            assert asked["method"] == "elicitation/create" and asked["params"]["requestedSchema"]["properties"]
            return FORM
        assert "accept" in text(client.call("test_elicitation", {"message": "Well?"}, reply))


@scenario("elicitation-sep1034-defaults", *OLD)
def _(revision):
    with Client(revision, elicitation={}) as client:
        seen = []
        client.call("test_elicitation_sep1034_defaults", {}, lambda asked: seen.append(asked) or FORM)
        properties = seen[0]["params"]["requestedSchema"]["properties"]
        wanted = {"name": "John Doe", "age": 30, "score": 95.5, "status": "active", "verified": True}
        assert {name: properties[name]["default"] for name in wanted} == wanted


@scenario("elicitation-sep1330-enums", *OLD)
def _(revision):
    with Client(revision, elicitation={}) as client:
        seen = []
        client.call("test_elicitation_sep1330_enums", {}, lambda asked: seen.append(asked) or FORM)
        properties = seen[0]["params"]["requestedSchema"]["properties"]
        assert properties["untitledSingle"]["enum"] and properties["titledSingle"]["oneOf"][0]["const"]
        assert len(properties["legacyEnum"]["enumNames"]) == len(properties["legacyEnum"]["enum"])
        assert properties["untitledMulti"]["items"]["enum"] and properties["titledMulti"]["items"]["anyOf"]


@scenario("server-sse-multiple-streams", *BOTH, http=True)
def _(revision):
    with Client(revision) as client:
        results, threads = [], []

        def one(number):
            if revision == MODERN:
                answer = client.link.modern(f"s{number}", "tools/call", {
                    "name": "test_tool_with_progress", "arguments": {}}, progressToken=number)
            else:
                answer = client.link.ask(f"s{number}", "tools/call", {
                    "name": "test_tool_with_progress", "arguments": {}, "_meta": {"progressToken": number}})
            assert [news["params"]["progressToken"] for news in answer.news] == [number] * 3
            results.append(answer.message["id"])
        for number in range(3):
            threads.append(threading.Thread(target=one, args=(number,)))
            threads[-1].start()
        for thread in threads:
            thread.join(PATIENCE)
        assert sorted(results) == ["s0", "s1", "s2"]


@scenario("resources-list", *BOTH)
def _(revision):
    with Client(revision) as client:
        for resource in client.ask("resources/list").result["resources"]:
            assert resource["uri"] and resource["name"] and resource["description"]


@scenario("resources-read-text", *BOTH)
def _(revision):
    with Client(revision) as client:
        contents = client.ask("resources/read", {"uri": "test://static-text"}).result["contents"][0]
        assert contents["uri"] == "test://static-text" and contents["mimeType"] == "text/plain" and contents["text"]


@scenario("resources-read-binary", *BOTH)
def _(revision):
    with Client(revision) as client:
        contents = client.ask("resources/read", {"uri": "test://static-binary"}).result["contents"][0]
        assert base64.b64decode(contents["blob"], validate=True) and contents["mimeType"] == "image/png"


@scenario("resources-templates-read", *BOTH)
def _(revision):
    with Client(revision) as client:
        templates = client.ask("resources/templates/list").result["resourceTemplates"]
        assert [template["uriTemplate"] for template in templates] == ["test://template/{id}/data"]
        contents = client.ask("resources/read", {"uri": "test://template/123/data"}).result["contents"][0]
        assert contents["uri"] == "test://template/123/data" and "123" in contents["text"]


@scenario("resources-subscribe", *OLD)
def _(revision):
    with Client(revision) as client:
        assert client.ask("resources/subscribe", {"uri": "test://watched-resource"}).result == {}


@scenario("resources-unsubscribe", *OLD)
def _(revision):
    with Client(revision) as client:
        client.ask("resources/subscribe", {"uri": "test://watched-resource"})
        assert client.ask("resources/unsubscribe", {"uri": "test://watched-resource"}).result == {}


@scenario("prompts-list", *BOTH)
def _(revision):
    with Client(revision) as client:
        prompts = client.ask("prompts/list").result["prompts"]
        assert len(prompts) >= 4 and all(prompt["name"] and prompt["description"] for prompt in prompts)


@scenario("prompts-get-simple", *BOTH)
def _(revision):
    with Client(revision) as client:
        message = client.ask("prompts/get", {"name": "test_simple_prompt"}).result["messages"][0]
        assert message["role"] == "user" and message["content"]["text"]


@scenario("prompts-get-with-args", *BOTH)
def _(revision):
    with Client(revision) as client:
        said = client.ask("prompts/get", {
            "name": "test_prompt_with_arguments", "arguments": {"arg1": "hello", "arg2": "world"}}).result
        assert "hello" in said["messages"][0]["content"]["text"] and "world" in said["messages"][0]["content"]["text"]
        assert client.ask("prompts/get", {"name": "test_prompt_with_arguments"}).code == -32602


@scenario("prompts-get-embedded-resource", *BOTH)
def _(revision):
    with Client(revision) as client:
        said = client.ask("prompts/get", {
            "name": "test_prompt_with_embedded_resource", "arguments": {"resourceUri": "test://x"}}).result
        assert said["messages"][0]["content"]["resource"]["uri"] == "test://x"


@scenario("prompts-get-with-image", *BOTH)
def _(revision):
    with Client(revision) as client:
        said = client.ask("prompts/get", {"name": "test_prompt_with_image"}).result
        assert said["messages"][0]["content"]["type"] == "image"


@scenario("dns-rebinding-protection", *BOTH, http=True)
def _(revision):
    link = Http(PORT)
    message = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}}
    fields = {}
    if revision == MODERN:
        message = modern_message(1, "server/discover", {}, None, {})
        fields = modern_fields(message)
    body = json.dumps(message).encode()
    own = f"localhost:{PORT}"
    assert link.request("POST", body, {**fields, "Origin": "http://" + own}, own).status == 200
    evil = link.request("POST", body, {**fields, "Origin": "http://evil.example"}, "evil.example")
    assert 400 <= evil.status < 500
    assert link.request("POST", body, {**fields, "Origin": "null"}, own).status == 403
    assert 400 <= link.request("POST", body, fields, f"localhost.evil.example:{PORT}").status < 500


@scenario("session-lifecycle", *OLD, http=True)
def _(revision):
    with Client(revision) as client:
        link = client.link
        ask = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
        assert link.request("POST", ask, {"MCP-Protocol-Version": revision}).status == 400
        assert link.request("POST", ask, {**link.fields(), "Mcp-Session-Id": "0" * 48}).status == 404
        assert link.request("POST", ask, {**link.fields(), "MCP-Protocol-Version": "1.0"}).status == 400
        assert link.request("DELETE", None, link.fields()).status == 204
        assert link.request("POST", ask, link.fields()).status == 404
        link.session = None


@scenario("json-schema-2020-12", *BOTH)
def _(revision):
    with Client(revision) as client:
        tools = {tool["name"]: tool for tool in client.ask("tools/list").result["tools"]}
        schema = tools["json_schema_2020_12_tool"]["inputSchema"]
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$defs"]["address"]["$anchor"] == "addressDef" and schema["additionalProperties"] is False
        assert schema["allOf"][0]["anyOf"] and schema["if"] and schema["then"] and schema["else"]
        assert schema["properties"]["address"]["$ref"] == "#/$defs/address"


@scenario("sse-polling", *OLD, http=True)
def _(revision):
    with Client(revision) as client:
        link = client.link
        message = {"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {
            "name": "test_reconnection", "arguments": {}}}
        seen = list(events(link.request("POST", json.dumps(message).encode(), link.fields())))
        assert seen[0][0] and seen[0][2] == "", seen
        assert any(retry for _, retry, _ in seen) and not any("result" in data for _, _, data in seen), seen
        last = [identity for identity, _, _ in seen if identity][-1]
        response = link.request("GET", None, {
            **link.fields(), "Accept": "text/event-stream", "Last-Event-ID": last})
        assert response.status == 200
        answers = [json.loads(data) for _, _, data in events(response) if data]
        assert [answer["id"] for answer in answers] == [9] and "result" in answers[0]


# The stateless revision.


@scenario("server-stateless", *NEW)
def _(revision):
    with Client(revision) as client:
        link = client.link
        found = client.ask("server/discover")
        assert found.result["supportedVersions"][0] == MODERN and found.result["resultType"] == "complete"
        assert found.result["capabilities"]["tools"] is not None and "mcp-session-id" not in found.fields
        assert found.result["_meta"][PREFIX + "serverInfo"]["name"] == "holdfast"
        for missing in ("protocolVersion", "clientCapabilities"):
            message = modern_message(f"m{missing}", "tools/list", {}, None, {})
            del message["params"]["_meta"][PREFIX + missing]
            if WAY == "stdio":
                # A request without a revision belongs to a session, of which there is none.
                code = link.exchange(message).code
                assert code == (-32600 if missing == "protocolVersion" else -32602)
            else:
                answer = link.exchange(message, modern_fields(message))
                assert answer.code == -32602 and answer.status == 400
        message = modern_message("v", "tools/list", {}, None, {})
        message["params"]["_meta"][PREFIX + "protocolVersion"] = "2099-01-01"
        answer = link.exchange(
            message, *([{"MCP-Protocol-Version": "2099-01-01", "Mcp-Method": "tools/list"}] if WAY == "http" else []))
        assert answer.code == -32022 and answer.message["error"]["data"]["requested"] == "2099-01-01"
        assert answer.message["error"]["data"]["supported"][0] == MODERN and answer.status in (200, 400)
        for removed in ("ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "initialize",
                        "tasks/list", "tasks/result", "no/such"):
            answer = client.ask(removed)
            assert answer.code == -32601 and (WAY == "stdio" or answer.status == 404), removed
        assert not client.call("test_tool_with_logging").news
        listening = link.listen("one", {"toolsListChanged": True, "resourceSubscriptions": ["test://watched-resource"]})
        first = next(listening)
        assert first["method"] == "notifications/subscriptions/acknowledged"
        assert first["params"]["notifications"]["toolsListChanged"] is True
        assert first["params"]["_meta"][PREFIX + "subscriptionId"] == "one"
        if WAY == "stdio":
            link.write(modern_message("t", "tools/call", {"name": "test_trigger_tool_change", "arguments": {}}, None, {}))
        else:
            client.call("test_trigger_tool_change")
        news = next(message for message in listening if not ("id" in message and "result" in message))
        assert news["method"] == "notifications/tools/list_changed"
        assert news["params"]["_meta"][PREFIX + "subscriptionId"] == "one"


@scenario("sep-2164-resource-not-found", *NEW)
def _(revision):
    with Client(revision) as client:
        answer = client.ask("resources/read", {"uri": "test://nothing"})
        assert answer.code == -32602 and answer.message["error"]["data"]["uri"] == "test://nothing"


@scenario("caching", *NEW)
def _(revision):
    with Client(revision) as client:
        scopes = set()
        for method in ("server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list"):
            result = client.ask(method).result
            assert isinstance(result["ttlMs"], int) and result["ttlMs"] >= 0
            scopes.add(result["cacheScope"])
        result = client.ask("resources/read", {"uri": "test://static-text"}).result
        assert result["ttlMs"] >= 0 and scopes | {result["cacheScope"]} <= {"public", "private"}
