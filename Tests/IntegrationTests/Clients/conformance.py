"""Plays the scenarios of the official conformance suite against the fixtures of `holdfast mcp --conformance`.

Usage: conformance.py PROGRAM HOME stdio|http
Prints `ok REVISION SCENARIO` for each that passes; ends with a traceback at the first that does not.
"""

import base64
import http.client
import json
import re
import subprocess
import sys
import threading

from wire import MODERN, PATIENCE, PREFIX, Http, Stdio, events, modern_fields, modern_message

PROGRAM, HOME, WAY = sys.argv[1:4]
TASKS = {"extensions": {PREFIX + "tasks": {}}}
SCENARIOS = []
FORM = {"action": "accept", "content": {"response": "fine"}}


def scenario(name, *revisions, http=False):
    """Enters a scenario; `http` for those that only HTTP has."""
    def enter(body):
        for revision in revisions:
            if WAY == "http" or not http:
                SCENARIOS.append((revision, name, body))
        return body
    return enter


OLD, NEW, BOTH = ("2025-11-25",), (MODERN,), ("2025-11-25", MODERN)


class Client:
    """The same questions in both worlds."""

    def __init__(self, revision, **capabilities):
        self.revision, self.capabilities = revision, capabilities
        self.link = Stdio(PROGRAM, HOME, "--conformance") if WAY == "stdio" else Http(PORT)
        self.last = 0
        self.welcome = self.link.begin(**capabilities) if revision != MODERN else None

    def ask(self, method, params=None, reply=None, **meta):
        self.last += 1
        if self.revision == MODERN:
            return self.link.modern(self.last, method, params, self.capabilities, **meta)
        if meta:
            params = {**(params or {}), "_meta": meta}
        return self.link.ask(self.last, method, params, reply)

    def call(self, name, arguments=None, reply=None, **meta):
        return self.ask("tools/call", {"name": name, "arguments": arguments or {}}, reply, **meta)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            self.link.end()


def text(answer, place=0):
    return answer.result["content"][place]["text"]


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


class Rounds:
    """A request that is repeated with what it asked for."""

    def __init__(self, client, name, method="tools/call"):
        self.client, self.method = client, method
        self.params = {"name": name, **({"arguments": {}} if method == "tools/call" else {})}

    def first(self):
        result = self.client.ask(self.method, self.params).result
        assert result["resultType"] == "input_required", result
        self.state = result.get("requestState")
        assert result.get("inputRequests") or self.state
        return result.get("inputRequests", {})

    def again(self, **answers):
        more = {"inputResponses": answers}
        if self.state is not None:
            more["requestState"] = self.state
        return self.client.ask(self.method, {**self.params, **more})


def accept(**content):
    return {"action": "accept", "content": content}


SAMPLE = {"role": "assistant", "content": {"type": "text", "text": "Paris"}, "model": "m"}
ROOTS = {"roots": [{"uri": "file:///a"}, {"uri": "file:///b"}]}
EVERYTHING = {"elicitation": {}, "sampling": {}, "roots": {}}


@scenario("input-required-result-basic-elicitation", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_elicitation")
        asked = rounds.first()["user_name"]
        assert asked["method"] == "elicitation/create" and asked["params"]["requestedSchema"]["properties"]["name"]
        answer = rounds.again(user_name=accept(name="Ann"))
        assert answer.result["resultType"] == "complete" and "Ann" in text(answer)


@scenario("input-required-result-basic-sampling", *NEW)
def _(revision):
    with Client(revision, sampling={}) as client:
        rounds = Rounds(client, "test_input_required_result_sampling")
        assert rounds.first()["sample_request"]["method"] == "sampling/createMessage"
        assert "Paris" in text(rounds.again(sample_request=SAMPLE))


@scenario("input-required-result-basic-list-roots", *NEW)
def _(revision):
    with Client(revision, roots={}) as client:
        rounds = Rounds(client, "test_input_required_result_list_roots")
        assert rounds.first()["roots_request"]["method"] == "roots/list"
        assert "2" in text(rounds.again(roots_request=ROOTS))


@scenario("input-required-result-request-state", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_request_state")
        rounds.first()
        assert rounds.state and "state-ok" in text(rounds.again(confirm=accept(ok=True)))


@scenario("input-required-result-multiple-input-requests", *NEW)
def _(revision):
    with Client(revision, **EVERYTHING) as client:
        rounds = Rounds(client, "test_input_required_result_multiple_inputs")
        methods = {asked["method"] for asked in rounds.first().values()}
        assert methods == {"elicitation/create", "sampling/createMessage", "roots/list"}
        said = text(rounds.again(user_name=accept(name="Ann"), greeting=SAMPLE, client_roots=ROOTS))
        assert "Ann" in said and "Paris" in said


@scenario("input-required-result-multi-round", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_multi_round")
        rounds.first()
        second = rounds.again(step1=accept(name="Ann")).result
        assert second["resultType"] == "input_required" and "step2" in second["inputRequests"]
        assert second["requestState"] != rounds.state
        rounds.state = second["requestState"]
        said = text(rounds.again(step2=accept(color="red")))
        assert "Ann" in said and "red" in said


@scenario("input-required-result-missing-input-response", *NEW)
def _(revision):
    with Client(revision, **EVERYTHING) as client:
        rounds = Rounds(client, "test_input_required_result_multiple_inputs")
        rounds.first()
        assert rounds.again(user_name=accept(name="Ann")).result["resultType"] == "input_required"


@scenario("input-required-result-ignore-extra-params", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_elicitation")
        rounds.first()
        answer = rounds.again(user_name=accept(name="Ann"), surplus=accept(name="Bob"))
        assert "Ann" in text(answer)


@scenario("input-required-result-validate-input", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_elicitation")
        rounds.first()
        for wrong in ("text", 5, {"action": "accept"}, accept(name=7), accept(other="x")):
            answer = rounds.again(user_name=wrong)
            assert answer.message.get("error") or answer.result["resultType"] == "input_required", wrong


@scenario("input-required-result-non-tool-request", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_prompt", "prompts/get")
        rounds.first()
        said = rounds.again(user_context=accept(context="garden")).result
        assert "garden" in said["messages"][0]["content"]["text"]


@scenario("input-required-result-result-type", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_elicitation")
        rounds.first()
        assert rounds.again(user_name=accept(name="Ann")).result["resultType"] == "complete"
        assert client.call("test_simple_text").result["resultType"] == "complete"


@scenario("input-required-result-unsupported-methods", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        for method in ("tools/list", "prompts/list", "resources/list", "server/discover"):
            assert client.ask(method).result["resultType"] == "complete"


@scenario("input-required-result-tampered-state", *NEW)
def _(revision):
    with Client(revision, elicitation={}) as client:
        rounds = Rounds(client, "test_input_required_result_tampered_state")
        rounds.first()
        good = rounds.state
        for wrong in (good[:-2] + ("AA" if good[-2:] != "AA" else "BB"), "x", good + "A", ""):
            rounds.state = wrong
            assert rounds.again(confirm=accept(ok=True)).code == -32602, wrong
        other = Rounds(client, "test_input_required_result_request_state")
        other.state = good
        assert other.again(confirm=accept(ok=True)).code == -32602
        rounds.state = good
        assert "integrity-ok" in text(rounds.again(confirm=accept(ok=True)))


@scenario("input-required-result-capability-check", *NEW)
def _(revision):
    for capabilities, methods in (
            ({"elicitation": {}}, {"elicitation/create"}), ({"sampling": {}}, {"sampling/createMessage"})):
        with Client(revision, **capabilities) as client:
            asked = Rounds(client, "test_input_required_result_capabilities").first()
            assert {one["method"] for one in asked.values()} == methods
    with Client(revision) as client:
        answer = client.call("test_missing_capability")
        assert answer.code == -32021 and "sampling" in answer.message["error"]["data"]["requiredCapabilities"]
        assert WAY == "stdio" or answer.status == 400
        assert client.call("test_input_required_result_elicitation").code == -32021


def task(client, name, **arguments):
    result = client.call(name, arguments).result
    assert result["resultType"] == "task", result
    return result


def get(client, identity):
    return client.ask("tasks/get", {"taskId": identity}).result


def ended(client, identity, *states):
    while True:
        state = get(client, identity)
        if state["status"] in states:
            return state
        assert state["status"] == "working", state


@scenario("tasks-capability-negotiation", *NEW)
def _(revision):
    with Client(revision) as client:
        assert PREFIX + "tasks" in client.ask("server/discover").result["capabilities"]["extensions"]
        assert client.ask("tasks/get", {"taskId": "x"}).code == -32021
        assert client.call("slow_compute", {"seconds": 0}).result["resultType"] == "complete"


@scenario("tasks-dispatch-and-envelope", *NEW)
def _(revision):
    with Client(revision, **TASKS) as client:
        begun = task(client, "slow_compute", seconds=0.1, label="x")
        assert begun["taskId"] and begun["status"] in ("working", "completed")
        assert get(client, begun["taskId"])["taskId"] == begun["taskId"]
        assert client.call("greet", {"name": "Ann"}).result["resultType"] == "complete"


@scenario("tasks-request-headers", *NEW, http=True)
def _(revision):
    with Client(revision, **TASKS) as client:
        begun = task(client, "slow_compute", seconds=0)
        message = modern_message(77, "tasks/get", {"taskId": begun["taskId"]}, TASKS, {})
        for wrong in ({"Mcp-Name": "other"}, {"Mcp-Name": None}):
            answer = client.link.exchange(message, {**modern_fields(message), **wrong})
            assert answer.status == 400 and answer.code == -32020
        assert client.link.exchange(message, modern_fields(message)).status == 200


@scenario("tasks-lifecycle", *NEW)
def _(revision):
    with Client(revision, **TASKS) as client:
        done = ended(client, task(client, "slow_compute", seconds=0.1, label="x")["taskId"], "completed")
        assert done["result"]["content"][0]["text"] == "Computed x"
        failed = ended(client, task(client, "failing_job")["taskId"], "completed")
        assert failed["result"]["isError"] is True
        broken = ended(client, task(client, "protocol_error_job")["taskId"], "failed")
        assert broken["error"]["code"] == -32603
        long = task(client, "slow_compute", seconds=600)["taskId"]
        for _ in range(2):
            assert client.ask("tasks/cancel", {"taskId": long}).result["resultType"] == "complete"
        assert get(client, long)["status"] == "cancelled"
        assert client.ask("tasks/get", {"taskId": "nothing"}).code == -32602


@scenario("tasks-input", *NEW)
def _(revision):
    with Client(revision, elicitation={}, **TASKS) as client:
        one = task(client, "confirm_delete", filename="a.txt")["taskId"]
        waiting = ended(client, one, "input_required")
        assert list(waiting["inputRequests"]) == ["confirm"]
        client.ask("tasks/update", {"taskId": one, "inputResponses": {"confirm": accept(confirm=True)}})
        assert "Deleted" in ended(client, one, "completed")["result"]["content"][0]["text"]
        two = task(client, "multi_input")["taskId"]
        assert set(ended(client, two, "input_required")["inputRequests"]) == {"first", "second"}
        client.ask("tasks/update", {"taskId": two, "inputResponses": {"first": accept(value="1")}})
        assert set(ended(client, two, "input_required")["inputRequests"]) == {"second"}
        client.ask("tasks/update", {"taskId": two, "inputResponses": {"second": accept(value="2")}})
        ended(client, two, "completed")


@scenario("tasks-composition-with-mrtr", *NEW)
def _(revision):
    with Client(revision, elicitation={}, **TASKS) as client:
        rounds = Rounds(client, "test_tool_with_task")
        rounds.first()
        begun = rounds.again(user_name=accept(name="Ann")).result
        assert begun["resultType"] == "task"
        assert "Ann" in ended(client, begun["taskId"], "completed")["result"]["content"][0]["text"]


@scenario("tasks-status-notifications", *NEW)
def _(revision):
    with Client(revision, **TASKS) as client:
        begun = task(client, "slow_compute", seconds=0.5)["taskId"]
        listening = client.link.listen("tasks", {"taskIds": [begun]})
        assert next(listening)["params"]["notifications"]["taskIds"] == [begun]
        news = next(listening)
        assert news["method"] == "notifications/tasks" and news["params"]["taskId"] == begun
        assert news["params"]["status"] == "completed"


@scenario("tasks-request-state-removed", *NEW)
def _(revision):
    with Client(revision, elicitation={}, **TASKS) as client:
        begun = task(client, "confirm_delete", filename="a")["taskId"]
        assert "requestState" not in ended(client, begun, "input_required")


@scenario("tasks-required-task-error", *NEW)
def _(revision):
    with Client(revision) as client:
        answer = client.call("failing_job")
        assert answer.code == -32021
        assert PREFIX + "tasks" in answer.message["error"]["data"]["requiredCapabilities"]["extensions"]


@scenario("tasks-wire-fields", *NEW)
def _(revision):
    with Client(revision, **TASKS) as client:
        begun = task(client, "slow_compute", seconds=0)
        for name in ("taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs", "pollIntervalMs"):
            assert name in begun, name
        assert isinstance(begun["pollIntervalMs"], int) and re.match(r"\d{4}-\d\d-\d\dT.*Z$", begun["createdAt"])


@scenario("http-header-validation", *NEW, http=True)
def _(revision):
    link = Http(PORT)
    message = modern_message(1, "tools/call", {"name": "test_simple_text", "arguments": {}}, None, {})
    good = modern_fields(message)
    assert link.exchange(message, {name.upper(): f" {value}\t" for name, value in good.items()}).status == 200
    for name in good:
        for wrong in (None, "other", good[name].upper() + "x"):
            answer = link.exchange(message, {**good, name: wrong})
            assert answer.status == 400 and answer.code == -32020, (name, wrong)


@scenario("http-custom-header-server-validation", *NEW, http=True)
def _(revision):
    link = Http(PORT)

    def status(arguments, field):
        message = modern_message(1, "tools/call", {"name": "test_header_parameter", "arguments": arguments}, None, {})
        answer = link.exchange(message, {**modern_fields(message), "Mcp-Param-Region": field})
        assert answer.status == 200 or answer.code == -32020
        return answer.status
    assert status({"region": "north"}, "north") == 200
    assert status({"region": "north"}, "=?base64?" + base64.b64encode(b"north").decode() + "?=") == 200
    assert status({}, None) == 200
    for arguments, field in (({"region": "north"}, None), ({"region": "north"}, "south"), ({}, "north"),
                             ({"region": "north"}, "=?base64?bm9ydGg?=")):
        assert status(arguments, field) == 400, (arguments, field)


PORT = 0
server = None
if WAY == "http":
    server = subprocess.Popen(
        [PROGRAM, "--home", HOME, "mcp", "--conformance", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL)
    PORT = int(server.stderr.readline().decode().strip().rsplit(":", 1)[1])
    threading.Thread(target=server.stderr.read, daemon=True).start()
for revision, name, body in SCENARIOS:
    body(revision)
    print("ok", revision, name, flush=True)
if server:
    server.terminate()
    assert server.wait(PATIENCE) == 0
print("ok end")
