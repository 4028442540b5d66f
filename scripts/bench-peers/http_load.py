"""Serves a home and measures: http_load.py HOLDFAST HOME. Prints one JSON object, figure by figure."""
import json, multiprocessing, os, resource, socket, subprocess, sys, time

HOLDFAST, HOME = sys.argv[1], sys.argv[2]
OPEN, DRIPPING, ASKED = 5000, 200, 3000
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def serve():
    server = subprocess.Popen(
        [HOLDFAST, "--home", HOME, "serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    line = server.stderr.readline().decode()
    return server, int(line.strip().rsplit(":", 1)[1])


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1000


def connect(port):
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def request(port, method="GET", path="/whoami", body=b"", **fields):
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask(client, text):
    """One request and its answer, status and all."""
    client.sendall(text)
    data = b""
    while b"\r\n\r\n" not in data:
        more = client.recv(65536)
        if not more:
            raise ConnectionError(data)
        data += more
    head, rest = data.split(b"\r\n\r\n", 1)
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    length = int(fields.get(b"content-length", 0))
    while len(rest) < length:
        rest += client.recv(65536)
    return int(head.split()[1]), fields, rest


def crowd(port, ready, stop):
    """Holds connections that lie open, and clients that never come to an end with their heads."""
    text = request(port, path="/healthz")
    clients = []
    for _ in range(OPEN):
        client = connect(port)
        ask(client, text)
        clients.append(client)
    drips, cut = [None] * DRIPPING, 0
    ready.set()
    while not stop.is_set():
        for place, client in enumerate(drips):
            try:
                if client is None:
                    client = drips[place] = connect(port)
                    client.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nX: ".encode())
                else:
                    client.send(b"x")
            except OSError:
                client.close()
                drips[place], cut = None, cut + 1
        time.sleep(0.5)


def quantiles(port, text, count):
    client = connect(port)
    times = []
    for _ in range(count):
        start = time.perf_counter()
        status = ask(client, text)[0]
        times.append((time.perf_counter() - start) * 1000)
        assert status == 200, status
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def mcp(port, method, params, session=None, number=1):
    body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
    fields = dict(Accept="application/json, text/event-stream", Content_Type="application/json")
    if session:
        fields["Mcp_Session_Id"] = session
    return request(port, "POST", "/mcp", body, **fields)


HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}


def measure():
    server, port = serve()
    figures = {}
    figures["at rest: MB"] = memory(server.pid)
    before = cpu(server.pid)
    time.sleep(5)
    figures["idle for 5 s: cpu ms"] = (cpu(server.pid) - before) * 1000

    text = request(port)
    quantiles(port, text, 500)
    before = cpu(server.pid)
    figures["alone: p50 ms"], figures["alone: p99 ms"] = quantiles(port, text, ASKED)
    figures["request: cpu us"] = (cpu(server.pid) - before) / ASKED * 1e6

    ready, stop = multiprocessing.Event(), multiprocessing.Event()
    others = multiprocessing.Process(target=crowd, args=(port, ready, stop))
    small = memory(server.pid)
    others.start()
    assert ready.wait(120), "the crowd could not connect"
    time.sleep(2)
    figures["5000 open: kB each"] = (memory(server.pid) - small) * 1000 / OPEN
    figures["5000 open, 200 dripping: p50 ms"], figures["5000 open, 200 dripping: p99 ms"] = quantiles(
        port, text, ASKED)
    stop.set()
    others.join()

    client = connect(port)
    status = ask(client, mcp(port, "initialize", HELLO))[0]
    if status == 200:
        small = memory(server.pid)
        for _ in range(1000):
            assert ask(client, mcp(port, "initialize", HELLO))[0] == 200
        figures["1000 idle sessions: kB each"] = memory(server.pid) - small
        time.sleep(1)
        before = cpu(server.pid)
        time.sleep(5)
        figures["1000 idle sessions for 5 s: cpu ms"] = (cpu(server.pid) - before) * 1000
    server.terminate()
    figures["exit status"] = server.wait(20)
    print(json.dumps(figures))


measure()
