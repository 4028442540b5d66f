"""Serves the same tool by Holdfast and by FastMCP, and measures both in turn, over standard input and output and HTTP.

Usage: mcp_beside.py HOLDFAST HOME PYTHON ROUNDS; PYTHON is one that has FastMCP, or `-`. Prints one JSON object a line:
`{"figure": …, "value": …}`. A ratio is the median of the ratios of the rounds.
"""
import contextlib, json, os, signal, socket, statistics, subprocess, sys, threading, time

HOLDFAST, HOME, PYTHON, ROUNDS = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
TOOL = "list_devices"
# FastMCP answers with what Holdfast's tool finds in its database: one device.
PEER = f"""
import sys
from fastmcp import FastMCP
server = FastMCP("peer")

@server.tool
def {TOOL}() -> dict:
    "Lists the devices."
    return {{"devices": [{{"name": "local", "address": "local", "tags": []}}]}}

if len(sys.argv) > 1:
    server.run(transport="http", host="127.0.0.1", port=int(sys.argv[1]), show_banner=False, log_level="error")
else:
    server.run(show_banner=False, log_level="error")
"""
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}


def message(number, method, params):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


def call(number):
    return message(number, "tools/call", {"name": TOOL, "arguments": {}})


def cpu(pid):
    """Seconds of processor time of all threads, as exact as the kernel has it (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid):
    """Resident megabytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1000 for line in status if line.startswith("VmRSS"))


class Stdio:
    """A server on standard input and output."""

    def __init__(self, words):
        started = time.perf_counter()
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        self.rest = b""
        self.write(message(0, "initialize", HELLO))
        assert b'"result"' in self.line()
        self.start = time.perf_counter() - started
        self.write(json.dumps(READY).encode())
        self.number = 0
        self.pid = self.process.pid

    def write(self, text):
        self.process.stdin.write(text + b"\n")

    def line(self):
        while b"\n" not in self.rest:
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            assert more, "the server ended"
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return line

    def calls(self, count):
        """One after the other."""
        for _ in range(count):
            self.number += 1
            self.write(call(self.number))
            assert b'"local"' in self.line()

    def pipelined(self, count):
        """All of them at once; the seconds from the first byte to the last answer."""
        text = b"\n".join(call(self.number + place + 1) for place in range(count)) + b"\n"
        self.number += count
        begun = time.perf_counter()
        writer = threading.Thread(target=self.write_all, args=(text,))
        writer.start()
        missing = count
        while missing:
            more = os.read(self.process.stdout.fileno(), 1 << 18)
            assert more, "the server ended"
            missing -= more.count(b"\n")
        took = time.perf_counter() - begun
        writer.join()
        return took

    def write_all(self, text):
        while text:
            text = text[os.write(self.process.stdin.fileno(), text):]

    def end(self):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)
        self.process.kill()
        self.process.wait()


class HTTP:
    """A server over HTTP, with some sessions of one connection each."""

    def __init__(self, words, port=None):
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE if port is None else subprocess.DEVNULL)
        self.pid = self.process.pid
        if port is None:
            line = self.process.stderr.readline().decode()
            port = int(line.strip().rsplit(":", 1)[1])
        self.port = port
        self.clients = []
        self.open(1)

    def close(self):
        """Connections that lay idle may have been ended."""
        for client, _ in self.clients:
            client.close()
        self.clients = []

    def open(self, count):
        while len(self.clients) < count:
            for _ in range(600):
                with contextlib.suppress(OSError):
                    client = socket.create_connection(("127.0.0.1", self.port))
                    break
                time.sleep(0.05)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.ask(client, message(0, "initialize", HELLO), None)
            session = self.answer(client)[0][b"mcp-session-id"].decode()
            self.ask(client, json.dumps(READY).encode(), session)
            self.answer(client)
            self.clients.append((client, session))

    def ask(self, client, body, session):
        lines = [
            "POST /mcp HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Accept: application/json, text/event-stream",
            "Content-Type: application/json", f"Content-Length: {len(body)}"]
        if session:
            lines += [f"Mcp-Session-Id: {session}", "MCP-Protocol-Version: 2025-11-25"]
        client.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def answer(self, client):
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            assert more, "the server ended the connection"
            data += more
        head, rest = data.split(b"\r\n\r\n", 1)
        assert head.split()[1] in (b"200", b"202"), head
        fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
        if fields.get(b"transfer-encoding") == b"chunked":
            while not rest.endswith(b"0\r\n\r\n"):
                rest += client.recv(65536)
        else:
            while len(rest) < int(fields.get(b"content-length", 0)):
                rest += client.recv(65536)
        return fields, rest

    def calls(self, count, together=1):
        """So many, of which `together` are under way at each moment but the ends."""
        self.open(together)
        clients = self.clients[:together]
        for turn in range(count // together):
            for client, session in clients:
                self.ask(client, call(turn + 1), session)
            for client, _ in clients:
                assert b'local' in self.answer(client)[1]

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


OURS = [HOLDFAST, "--home", HOME]
THEIRS = [PYTHON, "-c", PEER]


def ours_http():
    return HTTP(OURS + ["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"])


def theirs_http():
    port = free_port()
    return HTTP(THEIRS + [str(port)], port)


def cost(server, count, run):
    """Microseconds of processor time a call."""
    before = cpu(server.pid)
    run()
    return (cpu(server.pid) - before) / count * 1e6


def figure(name, value):
    print(json.dumps({"figure": name, "value": value}), flush=True)


def beside(name, unit, ours, theirs):
    """What the rounds gave for both, and the ratio."""
    figure(f"{name}: {unit}, holdfast", statistics.median(ours))
    if theirs:
        figure(f"{name}: {unit}, fastmcp", statistics.median(theirs))
        ratio = statistics.median(one / other for one, other in zip(ours, theirs))
        figure(f"{name}: {unit.split()[0]}, holdfast / fastmcp", ratio)


def version():
    started = time.perf_counter()
    subprocess.run([HOLDFAST, "version"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def starts():
    ours, theirs, versions = [], [], []
    for _ in range(max(5, 2 * ROUNDS)):
        versions.append(version() * 1000)
        for words, times in ((OURS + ["mcp"], ours), (THEIRS, theirs)):
            if words is THEIRS and (PYTHON == "-" or len(theirs) >= ROUNDS):
                continue
            server = Stdio(words)
            times.append(server.start * 1000)
            server.end()
    beside("start to initialize result", "wall ms", ours[:len(theirs)] if theirs else ours, theirs)
    figure("version: wall ms, holdfast", statistics.median(versions))
    figure("start to initialize result: wall, holdfast / version",
           statistics.median(one / other for one, other in zip(ours, versions)))


def resting(name, ours, theirs):
    beside(f"{name} at rest", "memory MB", [memory(ours.pid)], [memory(theirs.pid)] if theirs else [])
    # What a start leaves to be done is done by then, such as the end of threads that nobody needs any more.
    time.sleep(8)
    before = cpu(ours.pid)
    time.sleep(5)
    figure(f"{name} idle for 5 s: cpu ms, holdfast", (cpu(ours.pid) - before) * 1000)


def stdio():
    ours = Stdio(OURS + ["mcp"])
    theirs = Stdio(THEIRS) if PYTHON != "-" else None
    servers = [(ours, 2000, 5000), (theirs, 400, 400)] if theirs else [(ours, 2000, 5000)]
    try:
        resting("stdio", ours, theirs)
        single, piped, rates = {}, {}, []
        for server, _, _ in servers:
            server.calls(200)
        for _ in range(ROUNDS):
            for server, count, many in servers:
                single.setdefault(server, []).append(cost(server, count, lambda: server.calls(count)))
                before = cpu(server.pid)
                took = server.pipelined(many)
                piped.setdefault(server, []).append((cpu(server.pid) - before) / many * 1e6)
                if server is ours:
                    rates.append(many / took)
        beside("stdio call", "cpu us", single[ours], single.get(theirs))
        beside("stdio call, pipelined", "cpu us", piped[ours], piped.get(theirs))
        figure("stdio calls, pipelined: best per s, holdfast", max(rates))
    finally:
        for server, _, _ in servers:
            server.end()


def http():
    ours = ours_http()
    theirs = theirs_http() if PYTHON != "-" else None
    servers = [(ours, 1920), (theirs, 384)] if theirs else [(ours, 1920)]
    try:
        resting("http", ours, theirs)
        for server, _ in servers:
            server.close()
        for together in (1, 16, 64):
            costs = {}
            for server, count in servers:
                server.calls(count // 4, together)
            for _ in range(ROUNDS):
                for server, count in servers:
                    costs.setdefault(server, []).append(
                        cost(server, count, lambda: server.calls(count, together)))
            beside("http call" + (f", {together} at once" if together > 1 else ""), "cpu us",
                   costs[ours], costs.get(theirs))
    finally:
        for server, _ in servers:
            server.end()


starts()
stdio()
http()
