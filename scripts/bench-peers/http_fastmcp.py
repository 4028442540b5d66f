"""The usual Python server with one small tool, measured as http_load.py measures Holdfast. Prints one JSON object."""
import json, os, socket, subprocess, sys, time

SERVER = """
import sys
from fastmcp import FastMCP
server = FastMCP("peer")

@server.tool
def list_devices() -> dict:
    "Lists the devices."
    return {"devices": [{"name": "local", "address": "local", "tags": []}]}

server.run(transport="http", host="127.0.0.1", port=int(sys.argv[1]), show_banner=False, log_level="error")
"""
ASKED = 1000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


port = free_port()
server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
for _ in range(600):
    try:
        client = socket.create_connection(("127.0.0.1", port))
        break
    except OSError:
        time.sleep(0.05)


def post(method, params, session=None, number=1):
    message = {"jsonrpc": "2.0", "method": method, "params": params}
    if number:
        message["id"] = number
    body = json.dumps(message).encode()
    head = (f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json, text/event-stream\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n")
    if session:
        head += f"Mcp-Session-Id: {session}\r\n"
    client.sendall(head.encode() + b"\r\n" + body)
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, rest = data.split(b"\r\n\r\n", 1)
    fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:])
    if fields.get(b"transfer-encoding") == b"chunked":
        while not rest.endswith(b"0\r\n\r\n"):
            rest += client.recv(65536)
    else:
        while len(rest) < int(fields.get(b"content-length", 0)):
            rest += client.recv(65536)
    return int(head.split()[1]), fields


hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "load", "version": "1"}}
session = post("initialize", hello)[1][b"mcp-session-id"].decode()
post("notifications/initialized", {}, session, None)
call = {"name": "list_devices", "arguments": {}}
for _ in range(100):
    post("tools/call", call, session)
before = cpu(server.pid)
for _ in range(ASKED):
    assert post("tools/call", call, session)[0] == 200
print(json.dumps({"tools/call: cpu us": (cpu(server.pid) - before) / ASKED * 1e6}))
server.kill()
