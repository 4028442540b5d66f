"""Scenarios of the world without sessions: rounds of input, tasks, header fields."""

import base64
import re

from stage import Client, NEW, PORT, TASKS, WAY, scenario, text
from wire import PREFIX, Http, modern_fields, modern_message


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
