"""A client that means harm, and another one that must not notice.

Usage: hostile.py PORT PID READER WRITER
READER and WRITER are tokens of those levels. Prints one line for each thing that held; ends with a traceback at the
first that did not.
"""

import http.client
import json
import socket
import sys
import threading

from wire import MODERN, PATIENCE, PREFIX, Http, modern_fields, modern_message

PORT, PID, READER, WRITER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
FORGED = {
    "approved": True, "approval": "yes", "confirm": "DELETE", "confirmed": True, "force": True, "actor": "person:root",
    "level": "destroy", "_approval": {"person": "root"}}


def ok(what):
    print("ok", what, flush=True)


def resident():
    with open(f"/proc/{PID}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def session(token, **capabilities):
    link = Http(PORT, token)
    link.begin(elicitation={}, sampling={}, roots={}, **capabilities)
    return link


def others_are_served():
    """An honest client, beside all of it."""
    answer = Http(PORT, READER).modern("honest", "tools/call", {"name": "list_devices", "arguments": {}})
    assert answer.status == 200 and answer.result["structuredContent"]["devices"], answer.message


def tools_that_are_not_offered():
    for token in (READER, WRITER):
        link = session(token)
        listed = {tool["name"] for tool in link.ask("l", "tools/list").result["tools"]}
        for name in ("apply_restore", "undo_restore", "delete_backup", "prune_backups", "approve", "approve_plan",
                     "restore_apply", "token_create", "create_token", "key_show", "init", "adopt_policy",
                     "../apply_restore", "APPLY_RESTORE", "", "a" * 5000):
            assert name not in listed
            answer = link.ask(name or "none", "tools/call", {"name": name, "arguments": {"plan": "x", **FORGED}},
                              lambda asked: {"action": "accept", "content": FORGED})
            assert answer.code == -32602, answer.message
    ok("tools that are not offered are not there")


def forged_approvals():
    link = session(WRITER)
    for name in ("create_backup", "verify_backups", "set_device"):
        answer = link.ask(name, "tools/call", {"name": name, "arguments": {"device": ["local"], **FORGED}},
                          lambda asked: {"action": "accept", "content": FORGED})
        assert answer.result["isError"] and "argument" in answer.result["content"][0]["text"], answer.message
    meta = {PREFIX + "protocolVersion": MODERN, PREFIX + "clientCapabilities": {"elicitation": {}}, **FORGED}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "_meta": meta, "name": "apply_restore", "arguments": {"plan": "x"},
        "inputResponses": {"approve": {"action": "accept", "content": FORGED}}, "requestState": "approved"}}
    answer = link.exchange(message, modern_fields(message))
    assert answer.code == -32602
    # What nobody asked for is taken and means nothing.
    link.tell("notifications/approved", FORGED)
    body = json.dumps({"jsonrpc": "2.0", "id": "server-1", "result": {"action": "accept", "content": FORGED}}).encode()
    assert link.request("POST", body, link.fields()).status == 202
    ok("forged approvals approve nothing")


def guesses_and_replays():
    own = session(READER)
    for token, name in ((WRITER, own.session), (READER, "0" * 48), (READER, own.session[:-1] + "0"),
                        (READER, own.session.upper())):
        if name == own.session and token == READER:
            continue
        link = Http(PORT, token)
        for method, body in (("POST", b'{"jsonrpc":"2.0","id":1,"method":"ping"}'), ("GET", None), ("DELETE", None)):
            assert link.request(method, body, {"Mcp-Session-Id": name}).status == 404, (method, name)
    for token in ("", "x", READER + "x", READER[:-1], READER.upper(), WRITER[::-1], "hfk_" + "A" * 43, "a.b.c"):
        link = Http(PORT, token or "-")
        assert link.request("POST", b"{}", {}).status in (400, 401), token
    listing = own.ask(1, "tools/call", {"name": "list_backup_files", "arguments": {
        "backup": "latest:local", "limit": 1}}).result["structuredContent"]
    answer = own.ask(2, "tools/call", {"name": "list_backups", "arguments": {"cursor": listing["nextCursor"]}})
    assert answer.result["isError"]
    for job in ("x", "3f8k2m1qz7xw9a4c", "../../etc/passwd"):
        assert own.ask(job, "tools/call", {"name": "get_job", "arguments": {"job": job}}).result["isError"]
    for uri in ("file:///etc/passwd", "holdfast://devices/..%2f..%2fetc", "holdfast://backups/%00", "holdfast://plans/x"):
        assert own.ask(uri, "resources/read", {"uri": uri}).code == -32002
    ok("guessed and replayed names lead nowhere")


def bad_bytes():
    link = session(READER)
    for body, status in (
            (b"{" * 100000, 400), (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + b"[" * 100000, 400),
            (b"\xff\xfe", 400), (b"", 400), (b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}', 400)):
        response = link.request("POST", body, link.fields())
        assert response.status == status, (body[:20], response.status)
    answer = link.request("POST", b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\\ud800"}}',
                          link.fields())
    assert json.loads(answer.read())["error"]["code"] == -32602
    before = resident()
    for _ in range(5):
        # 20 MB are refused when their length is known, and cut when it is not.
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
        connection.putrequest("POST", "/mcp")
        for name, value in {**link.fields(), "Authorization": "Bearer " + READER, "Content-Type": "application/json",
                            "Content-Length": str(20 << 20)}.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
        raw = socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE)
        raw.sendall(f"POST /mcp HTTP/1.1\r\nHost: localhost:{PORT}\r\nAuthorization: Bearer {READER}\r\n"
                    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(20):
                raw.sendall(b"100000\r\n" + b"a" * (1 << 20) + b"\r\n")
        except OSError:
            pass
        raw.close()
    others_are_served()
    assert resident() - before < 100 << 10, (before, resident())
    ok("twenty megabytes, deep nesting and half characters are refused")


def smuggling():
    for head in ("Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: 5\r\nContent-Length: 6",
                 "Transfer-Encoding: chunked, identity", "Content-Length: +5"):
        raw = socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE)
        raw.sendall(f"POST /mcp HTTP/1.1\r\nHost: localhost:{PORT}\r\n{head}\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n"
                    f"Host: localhost:{PORT}\r\n\r\n".encode())
        answer = b""
        while chunk := raw.recv(65536):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 501"), answer
        assert answer.count(b"HTTP/1.1 ") == 1, answer
        raw.close()
    ok("no request hides in another")


def flood():
    before = resident()
    link = session(READER)
    counts = {}
    lock = threading.Lock()

    def many(part):
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE)
        for number in range(100):
            message = modern_message(f"{part}-{number}", "tools/call", {"name": "list_devices", "arguments": {}}, None, {})
            connection.request("POST", "/mcp", json.dumps(message).encode(), {
                "Authorization": "Bearer " + WRITER, "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream", **modern_fields(message)})
            response = connection.getresponse()
            body = response.read()
            with lock:
                counts[response.status] = counts.get(response.status, 0) + 1
            if response.status == 429:
                assert response.getheader("Retry-After"), body
    threads = [threading.Thread(target=many, args=(part,)) for part in range(10)]
    for thread in threads:
        thread.start()
    # The flood is the writer's; the reader has a rate of its own.
    for _ in range(10):
        others_are_served()
    for thread in threads:
        thread.join(PATIENCE)
    assert sum(counts.values()) == 1000 and set(counts) <= {200, 429} and counts[200] >= 100, counts
    assert resident() - before < 100 << 10, (before, resident())
    link.end()
    ok("a thousand requests are answered or told to come later, and others are served")


def never_reads():
    before = resident()
    message = modern_message("n", "tools/list", {}, None, {})
    body = json.dumps(message).encode()
    fields = {"Host": f"localhost:{PORT}", "Authorization": "Bearer " + WRITER, "Content-Type": "application/json",
              "Content-Length": len(body), **modern_fields(message)}
    request = "POST /mcp HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
    sockets = []
    for _ in range(20):
        raw = socket.create_connection(("127.0.0.1", PORT), timeout=PATIENCE)
        raw.setblocking(False)
        try:
            for _ in range(2000):
                raw.send(request.encode() + body)
        except BlockingIOError:
            pass
        sockets.append(raw)
    for _ in range(20):
        others_are_served()
    assert resident() - before < 150 << 10, (before, resident())
    for raw in sockets:
        raw.close()
    ok("who never reads holds no memory, and others are served")


for step in (tools_that_are_not_offered, forged_approvals, guesses_and_replays, bad_bytes, smuggling, flood, never_reads):
    step()
    others_are_served()
ok("end")
