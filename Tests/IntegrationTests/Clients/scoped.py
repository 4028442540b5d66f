"""An assistant whose token is for the device `other` alone, on a server that knows `local` and its backups as well.

Usage: scoped.py PORT TOKEN
Prints one line for each thing that held; ends with a traceback at the first that did not.
"""

import json
import sys

from wire import Http

link = Http(int(sys.argv[1]), sys.argv[2])
number = 0


def ask(method, **params):
    global number
    number += 1
    return link.modern(number, method, params)


def call(name, **arguments):
    return ask("tools/call", name=name, arguments=arguments).result


tools = {tool["name"] for tool in ask("tools/list").result["tools"]}
assert {"list_devices", "get_device", "create_backup", "get_job", "cancel_job", "list_backups"} <= tools, tools
assert not tools & {"check_system", "list_audit", "set_device", "plan_restore", "list_restores", "check_vault"}, tools
print("ok what can reach every device is not offered")

assert [device["name"] for device in call("list_devices")["structuredContent"]["devices"]] == ["other"]
assert call("list_backups")["structuredContent"]["backups"] == []
for name, arguments in (
        ("get_device", {"device": "local"}), ("check_device", {"device": "local"}),
        ("get_backup", {"backup": "latest:local"}), ("get_backup", {"backup": "latest"}), ("get_backup", {"backup": "2"}),
        ("list_backup_files", {"backup": "latest:local"}), ("diff_backups", {"from": "latest:local", "live": True}),
        ("read_backup_file", {"backup": "latest:local", "path": "/etc/passwd"})):
    result = call(name, **arguments)
    assert result["isError"] and "structuredContent" not in result, (name, result)
for uri in ("holdfast://devices/local", "holdfast://backups/latest:local", "holdfast://audit"):
    assert ask("resources/read", uri=uri).code == -32602, uri
uris = [resource["uri"] for resource in ask("resources/list").result["resources"]]
assert "holdfast://devices/other" in uris and not any("local" in uri for uri in uris), uris
found = ask("completion/complete", ref={"type": "ref/prompt", "name": "device_check"},
            argument={"name": "device", "value": ""}).result["completion"]
assert found["values"] == ["other"], found
print("ok other devices are not there")

job = call("create_backup", device=["local"])["structuredContent"]["job"]
while True:
    seen = call("get_job", job=job, follow=True)["structuredContent"]
    if seen["isFinished"]:
        break
assert seen["state"] == "failed" and seen["error"]["code"] == "device-unknown", seen
assert [one["job"] for one in call("list_jobs")["structuredContent"]["jobs"]] == [job]
print("ok a job reaches no more than who asked for it")
print("ok end")
