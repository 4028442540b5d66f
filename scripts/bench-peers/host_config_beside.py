"""What keeping an assistant's configuration costs, with few backups and with many; prints one JSON object a figure.

usage: host_config_beside.py HOLDFAST BENCHMARKS FOLDER ROUNDS MANY HATCH

BENCHMARKS is the program that calls Holdfast's operations in a process of its own and tells how long each took. HATCH is the command of Hatch whose module this Python has, or -: then it is left out. Each round meets every contender.
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

HOLDFAST, BENCHMARKS, FOLDER, ROUNDS, MANY, HATCH = (
    sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6])
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


class Calls:
    """Operations of Holdfast, called from one process as a program calls those of Hatch's module from its own."""

    def __init__(self, state):
        self.process = subprocess.Popen(
            [BENCHMARKS, "host-config-calls", state], env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request):
        self.process.stdin.write((json.dumps(request) + "\n").encode())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], answer

    def call(self, operation, **arguments):
        seconds, answer = self.ask({"call": operation, "arguments": arguments})
        return seconds, answer["result"]

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
    calls = Calls(state)
    times = {"list": [], "list as JSON": [], "create": [], "restore": [], "repair": [], "command": [], "floor": []}
    for number in range(offset, offset + ROUNDS):
        times["floor"].append(took(lambda: floor(number))[0])
        put(number)
        seconds, output = calls.call("host-config backup", host=["cursor"])
        assert output["hosts"][0]["outcome"] == "stored", output
        times["create"].append(seconds)
        newest = calls.call("host-config list", host=["cursor"], limit=2)[1]["backups"]
        seconds, output = calls.call("host-config restore", host="cursor", backup=newest[1]["backup"])
        assert output["files"][0]["outcome"] == "restored", output
        times["restore"].append(seconds)
    for number in range(offset, offset + ROUNDS):
        # What is broken comes back without a name, as a watch brings it back.
        with open(FILE, "w") as file:
            file.write('{"mcpServers": ' + str(number))
        seconds, output = calls.call("host-config restore", host="cursor")
        assert output["files"][0]["outcome"] == "restored", output
        times["repair"].append(seconds)
    for _ in range(ROUNDS):
        seconds, output = calls.ask({"list": True})
        assert output["rows"] == FEW, output
        times["list"].append(seconds)
        seconds, output = calls.call("host-config list", host=["cursor"], limit=FEW)
        assert len(output["backups"]) == FEW, output
        times["list as JSON"].append(seconds)
        times["command"].append(
            took(lambda: run(state, "host-config", "list", "cursor", "--limit", str(FEW), "--json"))[0])
    calls.end()
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
    ratio(f"list of {FEW} as JSON: wall, holdfast / hatch", times["list as JSON"], lists)
    ratio(f"command, list of {FEW}: wall, holdfast / hatch", times["command"], commands)
    ratio("create: wall, holdfast / hatch without fsync", times["create"], creates)


os.makedirs(os.path.dirname(FILE))
put(0)
fill(FOLDER + "/few", FEW)
few = measure(FOLDER + "/few", 1_000_000)
for step in ["create", "restore", "repair"]:
    ratio(f"{step}: wall, holdfast / write, fsync and rename", few[step], few["floor"])
for step, name in [("list", f"list of {FEW}"), ("command", f"command, list of {FEW}"), ("create", "create"),
                   ("restore", "restore"), ("floor", "write, fsync and rename")]:
    figure(f"{name}: median ms" + (", holdfast" if step != "floor" else ""), statistics.median(few[step]) * 1000)
if HATCH != "-":
    hatch(few)
if MANY > FEW:
    fill(FOLDER + "/many", MANY)
    many = measure(FOLDER + "/many", 2_000_000)
    for step in ["list", "create", "restore", "command"]:
        ratio(f"{step}: wall, {MANY} backups / {FEW}", many[step], few[step])
shutil.rmtree(FOLDER + "/user")
