import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// The built program in the configurations of assistants' programs.
    @Suite("Host files", .timeLimit(.minutes(5)))
    struct HostFileTests {
        private func text(_ path: String) -> String {
            String(decoding: TestFiles.bytes(at: path) ?? [], as: UTF8.self)
        }

        @Test func `it is put where its user's programs look, before there is any vault`() async throws {
            let home = try HoldfastHome()
            let folder = home.scratch.path
            let missing = try await home.expect(4, "mcp", "install", "--host", "claude-desktop")
            #expect(missing.errorText.contains("seems not to be here"), "\(missing.story)")
            try Shell.run("mkdir -p '\(folder)/.config/Claude'")
            try await home.expect(0, "mcp", "install", "--host", "claude-desktop")
            let path = folder + "/.config/Claude/claude_desktop_config.json"
            let entry = try JSONParser.parse(text(path))["mcpServers"]?["holdfast"]
            #expect(entry?["command"]?.string == HoldfastHome.program)
            #expect(entry?["args"] == ["mcp", "--home", .string(home.path)])
            let again = try await home.expect(0, "mcp", "install", "--host", "claude-desktop")
            #expect(again.text.contains("already, the same"), "\(again.story)")
            let other = try await home.run(
                ["mcp", "install", "--host", "claude-desktop", "--level", "propose"])
            #expect(other.status == 5 && other.errorText.contains("--replace"), "\(other.story)")
            try await home.expect(0, "mcp", "uninstall", "--host", "claude-desktop")
            #expect(text(path) == "{}\n")
            // The folder of the state holds the copies and is still to be set up.
            try await home.expect(0, "init")
        }

        @Test func `what the entry says starts a server`() async throws {
            let home = try await HoldfastHome.initialised()
            let path = home.scratch.path + "/mcp.json"
            try await home.expect(0, "mcp", "install", "--host", "cursor", "--file", path)
            let entry = try #require(try JSONParser.parse(text(path))["mcpServers"]?["holdfast"])
            let words = [entry["command"]?.string ?? ""] + (entry["args"]?.array ?? []).compactMap(\.string)
            let command = words.map { "'\($0)'" }.joined(separator: " ")
            let hello =
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
            let answer = try Shell.output("printf '%s\\n' '\(hello)' | env -i HOME=/nonexistent \(command)")
            #expect(try JSONParser.parse(answer)["result"]?["serverInfo"]?["name"] == "holdfast")
        }

        @Test func `killed at any moment it leaves the old file or the new one`() async throws {
            let home = try await HoldfastHome.initialised()
            let path = home.scratch.path + "/mcp.json"
            let filler = String(repeating: "x", count: 1_000_000)
            let old = "{\n  \"filler\": \"\(filler)\",\n  \"mcpServers\": {\n    \"a\": {} // one\n  }\n}\n"
            let call = ["mcp", "install", "--host", "cursor", "--file", path]
            try TestFiles.write(Array(old.utf8), to: path)
            let whole = try await home.run(call)
            #expect(whole.status == 0, "\(whole.story)")
            let new = text(path)
            var ends: [String: Int] = [:]
            for round in 0..<40 {
                try TestFiles.write(Array(old.utf8), to: path)
                let run = try home.start(call)
                // From before it has begun to a little after it usually ends.
                usleep(UInt32(whole.elapsed / .microseconds(1) * 1.1 * Double(round) / 40))
                run.signal(SIGKILL)
                _ = await run.outcome(within: .seconds(60))
                let present = text(path)
                #expect(present == old || present == new)
                ends[present == old ? "old" : "new", default: 0] += 1
            }
            #expect((ends["old"] ?? 0) > 0, "\(ends)")
            // What a killed one left in the folder is in nobody's way.
            try TestFiles.write(Array(old.utf8), to: path)
            #expect(try await home.run(call).status == 0)
        }

        @Test func `beside another writer nothing of the other's is lost`() async throws {
            let home = try await HoldfastHome.initialised()
            let path = home.scratch.path + "/mcp.json"
            try TestFiles.write(Array(#"{"n": 0, "mcpServers": {"a": {}}}"#.utf8), to: path)
            // Writes as hosts do: reads, counts one more, puts a new file in its place.
            let writer = """
                import json, os, sys, time
                for n in range(1, 400):
                    value = json.load(open(sys.argv[1]))
                    assert value["n"] == n - 1, value["n"]
                    value["n"] = n
                    json.dump(value, open(sys.argv[1] + ".w", "w"))
                    os.rename(sys.argv[1] + ".w", sys.argv[1])
                    time.sleep(0.002)
                """
            try TestFiles.write(Array(writer.utf8), to: home.scratch.path + "/writer.py")
            async let other: Void = BlockingCall.run {
                try Shell.run("python3 '\(home.scratch.path)/writer.py' '\(path)'")
            }
            var statuses: Set<Int> = []
            for number in 0..<15 {
                let call = ["mcp", "install", "--host", "cursor", "--file", path, "--name", "n\(number)"]
                statuses.insert(try await home.run(call).status)
            }
            try await other
            #expect(statuses.isSubset(of: [0, 5]), "\(statuses)")
            #expect(try JSONParser.parse(text(path))["n"] == 399)
        }
    }
}
