"""Talks to `holdfast mcp` byte by byte, as no library would.

Usage: raw.py PROGRAM HOME
Prints one line for each thing that held; ends with a traceback at the first that did not.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

PROGRAM, HOME = sys.argv[1:3]
# For a machine that has much else to do.
PATIENCE = 60
PREFIX = "io.modelcontextprotocol/"


def ok(what):
    print("ok", what, flush=True)


class Server:
    """A running server, whose whole standard output must be the protocol."""

    def __init__(self, *words, home=HOME, options=()):
        self.process = subprocess.Popen(
            [PROGRAM, "--home", home, *options, "mcp", *words],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.errors = b""
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        self.errors = self.process.stderr.read()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, **message):
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def read(self):
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), line
        message = json.loads(line)
        for one in message if isinstance(message, list) else [message]:
            assert one["jsonrpc"] == "2.0"
        return message

    def ask(self, identity, method, **params):
        self.send(id=identity, method=method, params=params)
        while True:
            answer = self.read()
            if isinstance(answer, dict) and answer.get("id") == identity and "method" not in answer:
                return answer

    def begin(self, version="2025-11-25", **capabilities):
        answer = self.ask("begin", "initialize", protocolVersion=version, capabilities=capabilities,
                          clientInfo={"name": "raw", "version": "1"})
        self.send(method="notifications/initialized")
        return answer

    def end(self):
        """Closes the input and gives the status, and how long the end took."""
        start = time.monotonic()
        self.process.stdin.close()
        rest = self.process.stdout.read()
        status = self.process.wait(PATIENCE)
        for line in rest.splitlines():
            json.loads(line)
        return status, time.monotonic() - start


def modern(identity, method, **params):
    meta = {PREFIX + "protocolVersion": "2026-07-28", PREFIX + "clientCapabilities": {}}
    return {"id": identity, "method": method, "params": {"_meta": meta, **params}}


def ends():
    server = Server()
    server.begin()
    status, took = server.end()
    assert status == 0 and took < PATIENCE, (status, took)
    server = Server()
    assert server.end()[0] == 0
    server = Server()
    server.write(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
    server.process.stdin.close()
    assert json.loads(server.process.stdout.read())["id"] == 1
    assert server.process.wait(PATIENCE) == 0
    ok("the end of the input ends it, half a line is read")
    for number in (signal.SIGTERM, signal.SIGINT):
        server = Server()
        server.begin()
        server.process.send_signal(number)
        assert server.process.wait(PATIENCE) == 0, number
    ok("signals end it cleanly")
    server = Server()
    server.begin()
    server.process.stdout.close()
    server.send(id=1, method="tools/list")
    assert server.process.wait(PATIENCE) == 0
    ok("it ends when nobody reads")


def purity():
    for home in (HOME, "/nonexistent/home"):
        server = Server("--toolsets", "core,backups,restore,devices,upkeep", home=home, options=("--debug",))
        server.begin()
        for tool in ("list_devices", "get_backup", "read_backup_file", "check_system", "no_tool"):
            server.ask(tool, "tools/call", name=tool, arguments={"backup": "x", "path": "/x", "wrong": 1})
        assert server.end()[0] == 0
    ok("standard output is the protocol alone, also with --debug and without a vault")


def hostile():
    server = Server()
    server.begin()
    wide = b'{"jsonrpc":"2.0","id":"wide","method":"ping","params":{"x":"' + b"a" * (20 << 20) + b'"}}\n'
    server.write(wide)
    answer = server.read()
    assert answer["error"]["code"] == -32600 and answer["id"] == "wide" and "bytes" in answer["error"]["message"]
    server.write(b'{"jsonrpc":"2.0","id":"deep","method":"ping","params":{"x":' + b"[" * 100000 + b"\n")
    answer = server.read()
    assert answer["error"]["code"] == -32700 and answer["id"] == "deep"
    server.write(b'{"jsonrpc":"2.0","id":"half","method":"tools/call","params":{"name":"\\ud800"}}\n')
    assert server.read()["error"]["code"] == -32602
    server.write(b"\xff\xfe\x00\n\n   \n[]\nnull\n")
    assert [server.read()["error"]["code"] for _ in range(3)] == [-32700, -32600, -32600]
    server.write(b'{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}\r\n')
    assert server.read()["id"] == 9007199254740993
    for name in ("apply_restore", "create_backup", "approve", "key_show", "../list_devices", ""):
        assert server.ask("u", "tools/call", name=name, arguments={"approved": True, "confirm": "yes"})["error"]["code"] == -32602
    planner = Server("--level", "propose")
    planner.begin()
    assert planner.ask("w", "tools/call", name="plan_rebuild", arguments={"old": "local", "output": "/tmp/x"})["result"]["isError"]
    assert planner.end()[0] == 0
    ok("hostile messages are refused and the next one is served")
    flood = b"".join(
        json.dumps({"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": {"name": "list_devices"}}).encode() + b"\n"
        for n in range(1000))
    threading.Thread(target=server.write, args=(flood,), daemon=True).start()
    seen = {server.read()["id"] for _ in range(1000)}
    assert seen == set(range(1000))
    assert server.end()[0] == 0
    ok("a thousand calls at once are answered, each once")


def never_reads():
    server = Server("--toolsets", "devices")
    server.begin()
    # Larger answers than a pipe holds: the server waits, reads no more, and does not grow.
    call = {"jsonrpc": "2.0", "id": 0, "method": "tools/list"}
    data = json.dumps(call).encode() + b"\n"
    sent = 0
    os.set_blocking(server.process.stdin.fileno(), False)
    quiet = 0
    while quiet < 40 and sent < 64 << 20:
        try:
            sent += os.write(server.process.stdin.fileno(), data * 100)
            quiet = 0
        except BlockingIOError:
            quiet += 1
            time.sleep(0.05)
    assert sent < 64 << 20, "it read everything"
    with open(f"/proc/{server.process.pid}/status") as status:
        resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    assert resident < 200 << 10, resident
    server.process.stdin.close()
    assert server.process.wait(PATIENCE) == 0
    ok("who never reads is waited for, within bounds, and leaves with the end of the input")


def both_worlds():
    server = Server()
    server.send(**modern(1, "server/discover"))
    found = server.read()["result"]
    assert found["supportedVersions"][0] == "2026-07-28" and found["resultType"] == "complete"
    assert found["ttlMs"] >= 0 and found["cacheScope"] in ("private", "public")
    assert server.begin("2025-06-18")["result"]["protocolVersion"] == "2025-06-18"
    server.send(**modern(2, "tools/list"))
    assert server.read()["result"]["resultType"] == "complete"
    assert "resultType" not in server.ask(3, "tools/list")["result"]
    server.send(**modern(4, "ping"))
    assert server.read()["error"]["code"] == -32601
    assert server.end()[0] == 0
    ok("both worlds on one pipe")


def conformance():
    server = Server("--conformance")
    server.begin(elicitation={}, sampling={})
    names = {tool["name"] for tool in server.ask(1, "tools/list")["result"]["tools"]}
    wanted = "test_simple_text test_image_content test_tool_with_progress test_sampling slow_compute greet".split()
    assert set(wanted) <= names
    assert server.ask(2, "resources/read", uri="test://static-text")["result"]["contents"][0]["text"]
    assert server.ask(3, "prompts/get", name="test_simple_prompt")["result"]["messages"]
    assert server.end()[0] == 0
    ok("fixtures")


for step in (ends, purity, hostile, never_reads, both_worlds, conformance):
    step()
ok("end")
