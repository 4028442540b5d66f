"""An assistant whose token is for the device `other` alone, on a server that knows `local` and its backups as well.

Usage: scoped.py PORT TOKEN BACKUP PLAN
BACKUP and PLAN are ids of a backup and of a plan of `local`.
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
assert {"list_devices", "get_device", "create_backup", "get_job", "cancel_job", "list_backups", "plan_restore",
        "get_restore", "list_restores", "drill_restore", "plan_rebuild", "check_rebuild", "verify_backups", "pin_backup",
        "list_approvals"} <= tools, tools
assert not tools & {"check_system", "list_audit", "set_device", "check_vault", "prune_backups"}, tools
print("ok what can reach every device is not offered")

assert [device["name"] for device in call("list_devices")["structuredContent"]["devices"]] == ["other"]
assert call("list_backups")["structuredContent"]["backups"] == []
assert call("list_restores")["structuredContent"]["runs"] == []
assert call("list_approvals")["structuredContent"]["approvals"] == []
backup, plan = sys.argv[3:5]
for name, arguments in (
        ("get_device", {"device": "local"}), ("check_device", {"device": "local"}),
        ("get_backup", {"backup": "latest:local"}), ("get_backup", {"backup": "latest"}), ("get_backup", {"backup": "2"}),
        ("list_backup_files", {"backup": "latest:local"}), ("diff_backups", {"from": "latest:local", "live": True}),
        ("read_backup_file", {"backup": "latest:local", "path": "/etc/passwd"}),
        *((tool, {"backup": name}) for tool in ("get_backup", "pin_backup", "unpin_backup", "plan_restore")
          for name in (backup, backup[:14], "latest:local")),
        ("get_restore", {"id": plan}), ("get_restore", {"id": plan[:6]}), ("plan_rebuild", {"old": "local"}),
        ("check_rebuild", {"old": "local", "device": "other"})):
    result = call(name, **arguments)
    assert result["isError"] and "structuredContent" not in result, (name, result)
for uri in ("holdfast://devices/local", "holdfast://backups/latest:local", "holdfast://audit",
            f"holdfast://backups/{backup}", f"holdfast://backups/{backup}/manifest", f"holdfast://plans/{plan}",
            f"holdfast://plans/{plan[:6]}"):
    assert ask("resources/read", uri=uri).code == -32602, uri
uris = [resource["uri"] for resource in ask("resources/list").result["resources"]]
assert "holdfast://devices/other" in uris and not any("local" in uri for uri in uris), uris
found = ask("completion/complete", ref={"type": "ref/prompt", "name": "device_check"},
            argument={"name": "device", "value": ""}).result["completion"]
assert found["values"] == ["other"], found
for template, name in (("holdfast://plans/{plan}", "plan"), ("holdfast://backups/{backup}", "backup")):
    found = ask("completion/complete", ref={"type": "ref/resource", "uri": template},
                argument={"name": name, "value": ""}).result["completion"]
    assert found["values"] == (["latest:other"] if name == "backup" else []), found
print("ok other devices are not there")

refused = call("create_backup", device=["local"])
assert refused["_meta"]["holdfast/error"]["code"] == "device-unknown", refused
jobs = []
for name, arguments, code in (("verify_backups", {"backup": [backup]}, "backup-unknown"),
                              ("drill_restore", {"backup": backup}, "backup-unknown"),
                              ("verify_backups", {}, None)):
    job = call(name, **arguments)["structuredContent"]["job"]
    jobs.insert(0, job)
    while True:
        seen = call("get_job", job=job, follow=True)["structuredContent"]
        if seen["isFinished"]:
            break
    if code:
        assert seen["state"] == "failed" and seen["error"]["code"] == code, seen
    else:
        assert seen["state"] == "done" and seen["result"]["backups"] == [], seen
assert {one["job"] for one in call("list_jobs")["structuredContent"]["jobs"]} == set(jobs)
print("ok a job reaches no more than who asked for it")
print("ok end")
