"""Drives the tools that have the names of other systems, over standard input and output, with the official Python SDK.

Usage: compat.py PROGRAM HOME DEVICE FILE
FILE is a file of the device that its backups hold, as it can be written from here.
Prints one line for each thing that held; ends with a traceback at the first that did not.
"""

import asyncio
import sys

import jsonschema
from mcp import Client, StdioServerParameters

PROGRAM, HOME, DEVICE, FILE = sys.argv[1:]
NAMES = {"create_infrastructure_backup", "rollback_infrastructure_changes", "server_backup"}


def server(*more):
    return StdioServerParameters(command=PROGRAM, args=["--home", HOME, "mcp", *more], env={"HOME": HOME})


async def names(*more):
    async with Client(server(*more)) as client:
        return {tool.name for tool in (await client.list_tools()).tools}


async def main():
    assert not await names("--level", "write") & NAMES
    assert not await names("--toolsets", "core,compat") & NAMES
    assert await names("--toolsets", "compat", "--level", "propose") == {"rollback_infrastructure_changes"}
    print("ok they are given only where they are asked for")
    async with Client(server("--level", "write", "--toolsets", "core,backups,restore,compat")) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert NAMES <= set(tools)

        async def call(name, **arguments):
            jsonschema.validate(arguments, tools[name].input_schema)
            result = await client.call_tool(name, arguments)
            assert not result.is_error, (name, arguments, result.content)
            jsonschema.validate(result.structured_content, tools[name].output_schema)
            for following in result.structured_content.get("nextCalls", []):
                jsonschema.validate(following["arguments"], tools[following["tool"]].input_schema)
            return result.structured_content

        async def refused(name, **arguments):
            result = await client.call_tool(name, arguments)
            assert result.is_error, (name, arguments, result)
            return result.content[0].text

        async def ended(job):
            while True:
                seen = await call("get_job", job=job, follow=True)
                if seen["isFinished"]:
                    return seen

        begun = await call("create_infrastructure_backup", backup_scope="device_specific", device_ids=[DEVICE],
                           backup_name="before the upgrade")
        assert begun["status"] == "started" and begun["nextCalls"][0]["tool"] == "get_job", begun
        end = await ended(begun["job"])
        assert end["state"] in ("done", "partial") and end["operation"] == "backup create", end
        backup = end["result"]["backups"][0]["backup"]
        begun = await call("server_backup", action="backup-create", server=DEVICE)
        assert (await ended(begun["job"]))["state"] in ("done", "partial")
        print("ok backups")

        page = await call("server_backup", action="backup-list", server=DEVICE, limit=1)
        assert page["backupCount"] == 2 and len(page["backups"]) == 1 and page["nextCursor"], page
        page = await call("server_backup", action="backup-list", server=DEVICE, cursor=page["nextCursor"])
        assert [entry["backupId"] for entry in page["backups"]] == [backup], page
        print("ok the list of a server's backups")

        plan = await call("rollback_infrastructure_changes", backup_id=backup)
        assert plan["status"] == "nothing-to-do" and "plan" not in plan and "nextCalls" not in plan, plan
        with open(FILE, "a") as changed:
            changed.write("# a change that was not wanted\n")
        for plan in (await call("rollback_infrastructure_changes", backup_id=backup),
                     await call("rollback_infrastructure_changes", backup_id=backup, validate_only=True,
                                rollback_scope="device_specific", device_ids=[DEVICE]),
                     await call("server_backup", action="backup-restore", backupId=backup)):
            assert plan["status"] == "approval-needed" and plan["nextCalls"][-1]["tool"] == "get_restore", plan
            shown = await call("get_restore", id=plan["plan"])
            assert shown["plan"]["approvals"] == 0 and shown["plan"]["backup"] == backup, shown
            assert [step["subject"] for step in shown["plan"]["steps"]] == ["/etc/cron.d/sample"], shown
        with open(FILE) as changed:
            assert "not wanted" in changed.read()
        assert (await call("list_restores"))["runs"] == []
        print("ok a roll-back is a plan that nobody approved")

        assert "apply_restore" not in tools
        assert "snapshot" in (await refused("server_backup", action="snapshot-create")).lower()
        await refused("create_infrastructure_backup", backup_scope="partial")
        await refused("create_infrastructure_backup", backup_scope="partial", device_ids=["none"])
        await refused("rollback_infrastructure_changes", backup_id="../../etc/passwd")
        await refused("rollback_infrastructure_changes", backup_id=backup, rollback_scope="partial", device_ids=["x"])
        await refused("server_backup", action="backup-restore")
        print("ok errors")
    print("ok end")


asyncio.run(main())
