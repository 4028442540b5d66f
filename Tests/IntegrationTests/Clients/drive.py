"""Drives Holdfast with the official Python SDK and with FastMCP, as assistants' programs do.

Usage: drive.py PROGRAM HOME CLIENT [URL TOKEN], where CLIENT is sdk-legacy, sdk-modern or fastmcp.
Without URL it starts `holdfast mcp`; else it talks to the server there, with a token of the level `write`.
Prints one line for each thing that worked; ends with a traceback at the first that did not.
"""

import asyncio
import contextlib
import json
import sys

import jsonschema

PROGRAM, HOME, CLIENT = sys.argv[1:4]
URL, TOKEN = (sys.argv[4:6] + ["", ""])[:2]
ARGUMENTS = ["--home", HOME, "mcp", "--toolsets", "core,backups,restore,devices,upkeep", "--level", "write"]


def ok(what):
    print("ok", what, flush=True)


def arguments_for(name, backup, path):
    """Arguments with which each reading tool must succeed."""
    return {
        "check_rebuild": [],
        "check_device": [{"device": "local"}],
        "diff_backups": [{"from": backup, "to": "latest:local"}, {"from": backup, "to": backup, "only": ["users"]}],
        "get_backup": [{"backup": backup}, {"backup": "latest:local", "response_format": "detailed"}],
        "get_device": [{"device": "local"}],
        "get_job": [],
        "get_policy": [],
        "get_restore": [],
        "list_audit": [{}, {"limit": 1, "response_format": "detailed"}],
        "list_backup_files": [{"backup": backup, "limit": 3}, {"backup": backup, "glob": "/etc/ssh", "response_format": "detailed"}],
        "list_backups": [{}, {"limit": 1, "response_format": "detailed"}, {"device": ["local"]}],
        "list_devices": [{}, {"response_format": "detailed"}, {"tag": ["none"]}],
        "list_sections": [{}, {"response_format": "detailed", "limit": 200}],
        "plan_rebuild": [{"old": "local"}],
        "read_backup_file": [{"backup": backup, "path": path}],
    }.get(name, [{}])


def field(value, *names):
    for name in names:
        if hasattr(value, name):
            return getattr(value, name)
    raise AttributeError(names)


async def read_everything(call, tools):
    """Calls every tool, validates every output, and follows the calls that answers suggest."""
    schemas = {tool.name: field(tool, "output_schema", "outputSchema") for tool in tools}
    inputs = {tool.name: field(tool, "input_schema", "inputSchema") for tool in tools}
    for schema in list(schemas.values()) + list(inputs.values()):
        jsonschema.Draft202012Validator.check_schema(schema)
    first = await call("list_backups", {})
    backup = first["backups"][-1]["id"]
    for tool in tools:
        for arguments in arguments_for(tool.name, backup, "/etc/passwd"):
            jsonschema.validate(arguments, inputs[tool.name])
            data = await call(tool.name, arguments)
            jsonschema.validate(data, schemas[tool.name])
            for following in data.get("nextCalls", []):
                jsonschema.validate(following["arguments"], inputs[following["tool"]])
        ok("tool " + tool.name)
    page = await call("list_backup_files", {"backup": backup, "limit": 2})
    after = await call("list_backup_files", {"backup": backup, "limit": 2, "cursor": page["nextCursor"]})
    assert page["files"][-1]["path"] < after["files"][0]["path"] or page["files"] != after["files"]
    ok("pages")
    return backup


async def backup_and_cancel(call, follow):
    """A backup with progress to its end, and one that is called off on its way."""
    steps = []

    async def progress(value, total, message):
        steps.append(value)

    # With files that no earlier backup has, so that there is something to tell on the way.
    job = (await call("create_backup", {"device": ["local"], "path": ["/usr/share/doc"]}))["job"]
    state = {"isFinished": False}
    while not state["isFinished"]:
        state = await follow(job, progress)
    assert state["state"] in ("done", "partial") and state["result"]["backups"], state
    assert steps == sorted(steps) and steps, steps
    ok("backup as a job with progress")
    job = (await call("create_backup", {"device": ["local"], "path": ["/usr"]}))["job"]
    begun = asyncio.Event()

    async def hear(value, total, message):
        begun.set()

    following = asyncio.create_task(follow(job, hear))
    await asyncio.wait_for(begun.wait(), 60)
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following
    ended = await call("cancel_job", {"job": job, "wait": 120})
    assert ended["state"] == "cancelled", ended
    ok("cancel, of a request and of a job")


async def with_sdk(mode):
    import mcp
    from mcp import Client, StdioServerParameters

    news = []

    async def hear(message):
        news.append(message)

    server = StdioServerParameters(command=PROGRAM, args=ARGUMENTS, env={"HOME": HOME})
    if URL:
        from mcp.client.streamable_http import streamable_http_client
        from mcp.shared._httpx_utils import create_mcp_http_client

        server = streamable_http_client(
            URL, http_client=create_mcp_http_client(headers={"Authorization": "Bearer " + TOKEN}))
    async with Client(server, mode=mode, message_handler=hear) as client:
        ok("connected " + str(client.session.protocol_version))
        tools = (await client.list_tools()).tools
        assert "create_backup" in [tool.name for tool in tools] and "apply_restore" not in [tool.name for tool in tools]

        async def call(name, arguments):
            result = await client.call_tool(name, arguments)
            assert not field(result, "is_error", "isError"), (name, arguments, result.content)
            data = field(result, "structured_content", "structuredContent")
            assert json.loads(result.content[0].text) == data
            return data

        reading = [tool for tool in tools if field(tool.annotations, "read_only_hint", "readOnlyHint")]
        backup = await read_everything(call, reading)
        failed = await client.call_tool("get_device", {"device": "none"})
        assert field(failed, "is_error", "isError") and "list_devices" in failed.content[0].text
        try:
            await client.call_tool("apply_restore", {"plan": "x"})
            raise AssertionError("a tool that is not listed was called")
        except mcp.MCPError as error:
            assert field(error, "error").code == -32602
        ok("errors")
        async def follow(job, hear):
            result = await client.call_tool("get_job", {"job": job, "follow": True}, progress_callback=hear)
            return field(result, "structured_content", "structuredContent")

        await backup_and_cancel(call, follow)
        resources = (await client.list_resources()).resources
        for resource in resources:
            contents = (await client.read_resource(resource.uri)).contents
            assert json.loads(contents[0].text) is not None
        ok("resources")
        templates = (await client.list_resource_templates()).resource_templates
        assert len(templates) == 4, templates
        manifest = await client.read_resource(f"holdfast://backups/{backup}/manifest")
        assert "files" in json.loads(manifest.contents[0].text)
        try:
            await client.read_resource("holdfast://devices/..%2f")
            raise AssertionError("an address that means nothing was read")
        except mcp.MCPError as error:
            assert field(error, "error").code == (-32602 if mode == "auto" else -32002), error
        prompts = (await client.list_prompts()).prompts
        for prompt in prompts:
            filled = await client.get_prompt(prompt.name, {"device": "local"} if prompt.arguments else {})
            assert "list_" in filled.messages[0].content.text or "check_" in filled.messages[0].content.text
        ok("prompts")
        found = await client.complete(
            mcp.types.PromptReference(type="ref/prompt", name="device_check"), {"name": "device", "value": "lo"})
        assert found.completion.values == ["local"], found
        ok("completion")
        await hear_of_backup(client, mode, news)
        if mode == "legacy":
            await client.send_ping()
            ok("ping")


async def hear_of_backup(client, mode, news):
    """Subscribes to the list of backups, makes one, and waits for the news."""
    if mode == "legacy":
        await client.subscribe_resource("holdfast://backups")
        await client.call_tool("create_backup", {"device": ["local"], "only": ["users"]})
        for _ in range(600):
            if any("holdfast://backups" in str(message) for message in news):
                return ok("subscription")
            await asyncio.sleep(0.1)
        raise AssertionError("no news of the backup")
    async with client.listen(resource_subscriptions=["holdfast://backups"]) as subscription:
        await client.call_tool("create_backup", {"device": ["local"], "only": ["users"]})
        async with asyncio.timeout(60):
            async for event in subscription:
                assert "holdfast://backups" in str(event), event
                return ok("subscription")


async def with_fastmcp():
    from fastmcp import Client
    from fastmcp.client.transports import StdioTransport, StreamableHttpTransport

    def transport():
        if URL:
            return StreamableHttpTransport(URL, headers={"Authorization": "Bearer " + TOKEN})
        return StdioTransport(command=PROGRAM, args=ARGUMENTS, env={"HOME": HOME})

    async with Client(transport()) as client:
        ok("connected " + str(client.protocol_version))
        tools = await client.list_tools()
        reading = [tool for tool in tools if field(tool.annotations, "read_only_hint", "readOnlyHint")]

        async def call(name, arguments):
            result = await client.call_tool(name, arguments)
            return field(result, "structured_content", "structuredContent")

        async def follow(job, hear):
            result = await client.call_tool("get_job", {"job": job, "follow": True}, progress_handler=hear)
            return field(result, "structured_content", "structuredContent")

        await read_everything(call, reading)
        await backup_and_cancel(call, follow)
        for resource in await client.list_resources():
            await client.read_resource(resource.uri)
        ok("resources")
        assert len(await client.list_prompts()) == 4
        await client.get_prompt("backup_review", {})
        ok("prompts")
        reference = {"type": "ref/prompt", "name": "device_check"}
        import mcp.types

        found = await client.complete(
            mcp.types.PromptReference(**reference), {"name": "device", "value": "lo"})
        assert found.values == ["local"], found
        ok("completion")
    news = []

    async def hear(message):
        news.append(message)

    # Subscriptions are the matter of the session below; this client shows them for sessions alone.
    async with Client(transport(), mode="legacy", message_handler=hear) as client:
        await client.session.subscribe_resource("holdfast://backups")
        await client.call_tool("create_backup", {"device": ["local"], "only": ["users"]})
        for _ in range(600):
            if any("holdfast://backups" in str(message) for message in news):
                return ok("subscription")
            await asyncio.sleep(0.1)
        raise AssertionError("no news of the backup")


if CLIENT == "fastmcp":
    asyncio.run(with_fastmcp())
else:
    asyncio.run(with_sdk("legacy" if CLIENT == "sdk-legacy" else "auto"))
ok("end")
