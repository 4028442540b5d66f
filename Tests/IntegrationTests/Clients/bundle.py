"""Takes a bundle apart as an assistant's program does, checks it, and starts the server it holds.

Usage: bundle.py FILE FOLDER HOME
"""

import json
import os
import re
import stat
import subprocess
import sys
import zipfile

file, folder, home = sys.argv[1:]
with zipfile.ZipFile(file) as archive:
    assert archive.testzip() is None
    names = archive.namelist()
    assert not any(name.startswith("/") or ".." in name.split("/") for name in names), names
    for entry in archive.infolist():
        path = archive.extract(entry, folder)
        os.chmod(path, stat.S_IMODE(entry.external_attr >> 16))
with open(os.path.join(folder, "manifest.json")) as source:
    manifest = json.load(source)
print("ok it can be unpacked")

# What the manifest's specification (version 0.3) asks for, and nothing that it does not know.
known = {"manifest_version", "name", "display_name", "version", "description", "long_description", "author", "repository",
         "homepage", "documentation", "support", "icon", "icons", "screenshots", "server", "tools", "tools_generated",
         "prompts", "prompts_generated", "keywords", "license", "privacy_policies", "compatibility", "user_config", "_meta",
         "localization"}
assert {"manifest_version", "name", "version", "description", "author", "server"} <= set(manifest) <= known, set(manifest) - known
assert manifest["manifest_version"] == "0.3"
assert re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", manifest["version"]), manifest["version"]
assert isinstance(manifest["author"]["name"], str)
server = manifest["server"]
assert set(server) == {"type", "entry_point", "mcp_config"} and server["type"] == "binary"
entry = os.path.join(folder, server["entry_point"])
assert os.access(entry, os.X_OK), "the entry point is no program"
assert set(manifest["compatibility"]["platforms"]) <= {"darwin", "linux", "win32"}
for field in manifest["user_config"].values():
    assert {"type", "title", "description"} <= set(field) and field["type"] in ("string", "number", "boolean", "directory", "file")
assert manifest["tools"] and all(set(tool) == {"name", "description"} for tool in manifest["tools"])
print("ok the manifest is in order")


def filled(text):
    text = text.replace("${__dirname}", folder)
    return re.sub(r"\$\{user_config\.(\w+)\}", lambda found: manifest["user_config"][found[1]]["default"], text)


config = server["mcp_config"]
command = [filled(config["command"]), *map(filled, config["args"])]
assert not any("${" in word for word in command), command
messages = [
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bundle", "version": "1"}}},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
]
process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           env={"HOME": "/nonexistent", "HOLDFAST_HOME": home, **config["env"]})
answers = {}
for message in messages:
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()
    if "id" in message:
        answer = json.loads(process.stdout.readline())
        answers[answer["id"]] = answer["result"]
process.stdin.close()
assert process.wait(10) == 0
assert answers[1]["serverInfo"]["version"] == manifest["version"]
listed = {tool["name"] for tool in answers[2]["tools"]}
assert listed and listed <= {tool["name"] for tool in manifest["tools"]}, listed
print("ok the server in it answers")
print("ok end")
