"""What the scenarios of the conformance suite share: the server, a client of both worlds, and the list of scenarios."""

import subprocess
import sys
import threading

from wire import MODERN, PATIENCE, PREFIX, Http, Stdio

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


PORT = 0
server = None
if WAY == "http":
    server = subprocess.Popen(
        [PROGRAM, "--home", HOME, "mcp", "--conformance", "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL)
    PORT = int(server.stderr.readline().decode().strip().rsplit(":", 1)[1])
    threading.Thread(target=server.stderr.read, daemon=True).start()


def play():
    """Plays what was entered, in its order."""
    for revision, name, body in SCENARIOS:
        body(revision)
        print("ok", revision, name, flush=True)
    if server:
        server.terminate()
        assert server.wait(PATIENCE) == 0
    print("ok end")
