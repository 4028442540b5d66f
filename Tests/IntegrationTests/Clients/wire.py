"""Speaks the protocol byte by byte to the built program, over standard input and output or over HTTP."""

import http.client
import json
import queue
import socket
import subprocess
import threading

# For a machine that has much else to do.
PATIENCE = 60
PREFIX = "io.modelcontextprotocol/"
MODERN = "2026-07-28"


class Answer:
    """What one request led to: its answer, the messages before it, and over HTTP the status and fields."""

    def __init__(self, message, news=(), status=200, fields=None):
        self.message, self.news, self.status, self.fields = message, list(news), status, fields or {}

    @property
    def result(self):
        assert "result" in self.message, self.message
        return self.message["result"]

    @property
    def code(self):
        return self.message["error"]["code"]


def is_answer(message):
    return "method" not in message


class Stdio:
    """A server of one's own, on pipes."""

    name = "stdio"

    def __init__(self, program, home, *words):
        self.process = subprocess.Popen(
            [program, "--home", home, "mcp", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.stray = []

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def write(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def next(self):
        return self.lines.get(timeout=PATIENCE)

    def exchange(self, message, reply=None):
        """Sends a request and waits for its answer; `reply` makes the results for what the server asks."""
        self.write(message)
        news = []
        while True:
            got = self.next()
            if is_answer(got) and got.get("id") == message["id"]:
                return Answer(got, news)
            if "id" in got and not is_answer(got):
                self.write({"jsonrpc": "2.0", "id": got["id"], "result": reply(got)})
            news.append(got)

    def ask(self, identity, method, params=None, reply=None):
        return self.exchange(
            {"jsonrpc": "2.0", "id": identity, "method": method, "params": params or {}}, reply)

    def tell(self, method, params=None):
        self.write({"jsonrpc": "2.0", "method": method, "params": params or {}})

    def begin(self, version="2025-11-25", **capabilities):
        answer = self.ask("begin", "initialize", {
            "protocolVersion": version, "capabilities": capabilities,
            "clientInfo": {"name": "wire", "version": "1"}})
        self.tell("notifications/initialized")
        return answer

    def heard(self):
        """The next message that belongs to no request."""
        return self.next()

    def modern(self, identity, method, params=None, capabilities=None, **meta):
        return self.exchange(modern_message(identity, method, params, capabilities, meta))

    def listen(self, identity, wishes):
        """Begins to listen; gives the messages one by one."""
        self.write(modern_message(identity, "subscriptions/listen", {"notifications": wishes}, None, {}))
        while True:
            yield self.next()

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0


def modern_message(identity, method, params, capabilities, meta):
    envelope = {PREFIX + "protocolVersion": MODERN, PREFIX + "clientCapabilities": capabilities or {}}
    for name, value in meta.items():
        envelope[name if name == "progressToken" else PREFIX + name] = value
    return {"jsonrpc": "2.0", "id": identity, "method": method, "params": {"_meta": envelope, **(params or {})}}


def events(response):
    """The events of a stream as (id, retry, data)."""
    identity = retry = None
    data = []
    for line in response:
        line = line.decode().rstrip("\n")
        if line.startswith("id: "):
            identity = line[4:]
        elif line.startswith("retry: "):
            retry = int(line[7:])
        elif line.startswith("data: "):
            data.append(line[6:])
        elif not line:
            if identity is not None or retry is not None or data:
                yield identity, retry, "\n".join(data)
            identity, retry, data = None, None, []


class Connection(http.client.HTTPConnection):
    """A connection whose chunks come as soon as they are there."""

    def __init__(self, port, host=None):
        super().__init__(host or "127.0.0.1", port, timeout=PATIENCE)


class Http:
    """A client of a server that listens on this machine."""

    name = "http"

    def __init__(self, port, token=None):
        self.port, self.token, self.session = port, token, None
        self.standing = None

    def request(self, method="POST", body=None, fields=None, host=None):
        """One request on a connection of its own; nothing is added but what every client sends."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        usual = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        if self.token:
            usual["Authorization"] = "Bearer " + self.token
        if host:
            usual["Host"] = host
        usual.update(fields or {})
        connection.request(method, "/mcp", body, {k: v for k, v in usual.items() if v is not None})
        response = connection.getresponse()
        response.kept = connection
        return response

    def exchange(self, message, fields=None, reply=None):
        response = self.request("POST", json.dumps(message).encode(), fields)
        headers = {name.lower(): value for name, value in response.getheaders()}
        if "text/event-stream" not in headers.get("content-type", ""):
            body = response.read()
            return Answer(json.loads(body) if body else {}, [], response.status, headers)
        news = []
        for identity, retry, data in events(response):
            if not data:
                continue
            got = json.loads(data)
            if is_answer(got) and got.get("id") == message.get("id"):
                return Answer(got, news, response.status, headers)
            if "id" in got and not is_answer(got):
                answer = self.request("POST", json.dumps(
                    {"jsonrpc": "2.0", "id": got["id"], "result": reply(got)}).encode(), self.fields())
                assert answer.status == 202 and answer.read() == b"", answer.status
            news.append(got)
        raise AssertionError("the stream ended without an answer")

    def fields(self):
        return {"Mcp-Session-Id": self.session, "MCP-Protocol-Version": self.version} if self.session else {}

    def ask(self, identity, method, params=None, reply=None):
        message = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params or {}}
        return self.exchange(message, self.fields(), reply)

    def tell(self, method, params=None):
        response = self.request("POST", json.dumps(
            {"jsonrpc": "2.0", "method": method, "params": params or {}}).encode(), self.fields())
        assert response.status == 202 and response.read() == b"", response.status

    def begin(self, version="2025-11-25", **capabilities):
        answer = self.ask("begin", "initialize", {
            "protocolVersion": version, "capabilities": capabilities,
            "clientInfo": {"name": "wire", "version": "1"}})
        self.version = answer.result["protocolVersion"]
        self.session = answer.fields["mcp-session-id"]
        self.tell("notifications/initialized")
        response = self.request("GET", None, {**self.fields(), "Accept": "text/event-stream"})
        assert response.status == 200
        self.standing = events(response)
        return answer

    def heard(self):
        for _, _, data in self.standing:
            if data:
                return json.loads(data)

    def modern(self, identity, method, params=None, capabilities=None, **meta):
        message = modern_message(identity, method, params, capabilities, meta)
        return self.exchange(message, modern_fields(message))

    def listen(self, identity, wishes):
        message = modern_message(identity, "subscriptions/listen", {"notifications": wishes}, None, {})
        response = self.request("POST", json.dumps(message).encode(), modern_fields(message))
        assert response.status == 200
        for _, _, data in events(response):
            if data:
                yield json.loads(data)

    def end(self):
        if self.session:
            assert self.request("DELETE", None, self.fields()).status == 204


def modern_fields(message, **more):
    params = message["params"]
    fields = {"MCP-Protocol-Version": MODERN, "Mcp-Method": message["method"]}
    for name in ("name", "uri", "taskId"):
        if name in params and message["method"] in (
                "tools/call", "prompts/get", "resources/read", "tasks/get", "tasks/update", "tasks/cancel"):
            fields["Mcp-Name"] = params[name]
    fields.update(more)
    return fields
