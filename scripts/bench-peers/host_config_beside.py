"""What keeping an assistant's configuration costs, with few backups and with many; prints one JSON object a figure.

usage: host_config_beside.py HOLDFAST FOLDER ROUNDS MANY HATCH

HATCH is the command of Hatch whose module this Python has, or -: then it is left out. Each round meets every contender.
"""

import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HOLDFAST, FOLDER, ROUNDS, MANY, HATCH = (
    sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
FEW = 100
HOME = FOLDER + "/user"
FILE = HOME + "/.cursor/mcp.json"
# No registry is asked for a newer version.
ENVIRONMENT = {"HOME": HOME, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8",
               "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
               "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}


def text(number):
    """A configuration of 45 servers, other for each number."""
    servers = {f"s{i}": {"command": "/usr/bin/run", "args": ["--n", str(number), str(i)], "env": {"K": "v" * 20}}
               for i in range(45)}
    return json.dumps({"mcpServers": servers}, indent=2)


def put(number):
    with open(FILE, "w") as file:
        file.write(text(number))


def took(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def figure(name, value):
    print(json.dumps({"figure": name, "value": value}))


def ratio(name, ours, theirs):
    figure(name, statistics.median(one / other for one, other in zip(ours, theirs)))


class Server:
    """`holdfast mcp` over standard input and output."""

    def __init__(self, state):
        command = [HOLDFAST, "--home", state, "mcp", "--level", "write", "--toolsets", "host_configs"]
        self.process = subprocess.Popen(
            command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.number = 0
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {},
                                "clientInfo": {"name": "bench", "version": "1"}})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write((json.dumps(message) + "\n").encode())
        self.process.stdin.flush()

    def ask(self, method, parameters):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters})
        while True:
            answer = json.loads(self.process.stdout.readline())
            if answer.get("id") == self.number:
                return answer

    def call(self, tool, **arguments):
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert not answer.get("error") and not answer["result"].get("isError"), answer
        return answer["result"]["structuredContent"]

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def run(state, *words):
    return subprocess.run([HOLDFAST, "--home", state, *words], env=ENVIRONMENT, check=True, capture_output=True)


def floor(number):
    """The least that a durable change of the file costs: written beside it, synced, renamed."""
    temporary = FILE + ".new"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(handle, text(number).encode())
    os.fsync(handle)
    os.close(handle)
    os.rename(temporary, HOME + "/.cursor/other.json")


def fill(state, count):
    """Makes a state with so many backups of one program, taken in from a store of Hatch's."""
    store = f"{FOLDER}/store-{count}/cursor"
    os.makedirs(store)
    start = datetime.datetime(2026, 1, 1)
    for number in range(count):
        stamp = (start + datetime.timedelta(seconds=97 * number)).strftime("%Y%m%d_%H%M%S_%f")
        with open(f"{store}/mcp.json.cursor.{stamp}", "w") as file:
            file.write(text(number))
    run(state, "init")
    run(state, "host-config", "import", "hatch", os.path.dirname(store))


def measure(state, offset):
    """Seconds of each step in each round, and of the bare write beside it."""
    server = Server(state)
    times = {"list": [], "create": [], "restore": [], "command": [], "floor": []}
    for number in range(offset, offset + ROUNDS):
        times["floor"].append(took(lambda: floor(number))[0])
        put(number)
        times["create"].append(took(lambda: server.call("backup_host_config", host=["cursor"]))[0])
        newest = server.call("list_host_configs", host=["cursor"], limit=2)["backups"]
        seconds, output = took(
            lambda: server.call("restore_host_config", host="cursor", backup=newest[1]["backup"]))
        assert output["files"][0]["outcome"] == "restored", output
        times["restore"].append(seconds)
    for _ in range(ROUNDS):
        seconds, output = took(lambda: server.call("list_host_configs", host=["cursor"], limit=FEW))
        assert len(output["backups"]) == FEW, output
        times["list"].append(seconds)
        times["command"].append(
            took(lambda: run(state, "host-config", "list", "cursor", "--limit", str(FEW), "--json"))[0])
    server.end()
    return times


def hatch(times):
    """The same steps by Hatch, which syncs nothing."""
    from hatch.mcp_host_config.backup import MCPHostConfigBackupManager

    manager = MCPHostConfigBackupManager(pathlib.Path(HOME + "/.hatch/mcp_host_config_backups"))
    lists, commands, creates = [], [], []
    for number in range(FEW):
        put(number)
        creates.append(took(lambda: manager.create_backup(pathlib.Path(FILE), "cursor"))[0])
    for _ in range(ROUNDS):
        seconds, backups = took(lambda: manager.list_backups("cursor"))
        assert len(backups) == FEW, len(backups)
        lists.append(seconds)
        commands.append(took(lambda: subprocess.run(
            [HATCH, "mcp", "backup", "list", "cursor", "--json"], env=ENVIRONMENT, check=True,
            capture_output=True))[0])
    ratio(f"list of {FEW}: wall, holdfast / hatch", times["list"], lists)
    ratio(f"command, list of {FEW}: wall, holdfast / hatch", times["command"], commands)
    ratio("create: wall, holdfast / hatch without fsync", times["create"], creates)


os.makedirs(os.path.dirname(FILE))
put(0)
fill(FOLDER + "/few", FEW)
few = measure(FOLDER + "/few", 1_000_000)
for step in ["create", "restore"]:
    ratio(f"{step}: wall, holdfast / write, fsync and rename", few[step], few["floor"])
for step, name in [("list", f"list of {FEW}"), ("command", f"command, list of {FEW}")]:
    figure(f"{name}: median ms, holdfast", statistics.median(few[step]) * 1000)
if HATCH != "-":
    hatch(few)
if MANY > FEW:
    fill(FOLDER + "/many", MANY)
    many = measure(FOLDER + "/many", 2_000_000)
    for step in ["list", "create", "restore", "command"]:
        ratio(f"{step}: wall, {MANY} backups / {FEW}", many[step], few[step])
shutil.rmtree(FOLDER + "/user")
