import Basics
import TestSupport
import Testing

extension Integration {
    /// `holdfast mcp` as programs of assistants use it: the official clients, and raw bytes.
    @Suite("MCP", .timeLimit(.minutes(15)))
    struct MCPTests {
        private static let scripts = TestFiles.folder(of: #filePath) + "/Clients/"

        /// The Python that has the official clients.
        private static func clients() throws -> String {
            let root = TestFiles.folder(of: #filePath) + "/../.."
            let output = String(decoding: try Shell.output("\(root)/scripts/mcp-clients"), as: UTF8.self)
            return String(output.split(separator: "\n").last ?? "")
        }

        /// Runs one of the scripts and expects it to reach its end.
        private func drive(_ python: String, _ script: String, _ home: HoldfastHome, _ more: String = "")
            throws
        {
            let program = try #require(HoldfastHome.program)
            let command =
                "\(python) \(Self.scripts)\(script) '\(program)' '\(home.path)' \(more) 2>&1 || true"
            let output = String(decoding: try Shell.output(command), as: UTF8.self)
            #expect(output.hasSuffix("ok end\n"), "\(output.suffix(4000))")
        }

        private func homeWithBackups() async throws -> HoldfastHome {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "users", "--only", "sshd")
            _ = try await home.run(["backup", "create", "local"])
            return home
        }

        @Test(
            .enabled("the official clients cannot be installed (scripts/mcp-clients says why)") {
                (try? clients()) != nil
            },
            arguments: ["sdk-legacy", "sdk-modern", "fastmcp"])
        func `the official clients use everything, and every output fits its schema`(
            _ client: String
        ) async throws {
            try drive(Self.clients(), "drive.py", try await homeWithBackups(), client)
        }

        @Test(
            .enabled("the official clients cannot be installed (scripts/mcp-clients says why)") {
                (try? clients()) != nil
            },
            arguments: ["sdk-legacy", "sdk-modern", "fastmcp"])
        func `the official clients use everything over HTTP`(_ client: String) async throws {
            let home = try await homeWithBackups()
            let made = try await home.json(0, "token", "create", "assistant", "--level", "write")
            let token = try #require(made["showOnce"]?.string)
            let server = try await ServedHome(
                home, "--listen", "127.0.0.1:0", "--without-token", "none", "--toolsets",
                "core,backups,restore,devices,upkeep")
            let url = "http://127.0.0.1:\(server.port ?? 0)/mcp"
            try drive(Self.clients(), "drive.py", home, "\(client) \(url) \(token)")
            let outcome = await server.end()
            #expect(outcome.status == 0, "\(outcome.story)")
            let records = try await home.json(0, "audit", "list", "--limit", "200")["records"]?.array ?? []
            let record = records.first { $0["operation"] == "backup create" }
            let id = made["grant"]?["id"]?.string ?? ""
            #expect(record?["actor"]?.string == "grant:\(id)", "\(record ?? .null)")
        }

        @Test(
            .enabled("the official clients cannot be installed (scripts/mcp-clients says why)") {
                (try? clients()) != nil
            })
        func `the official client uses the tools that have other systems' names`() async throws {
            let home = try await HoldfastHome.initialised()
            let world = try DeviceWorld()
            try world.write(Array("0 3 * * * root /bin/true\n".utf8), to: "/etc/cron.d/sample")
            try await home.add(world, as: "box")
            try drive(Self.clients(), "compat.py", home, "box '\(world.root)/etc/cron.d/sample'")
        }

        @Test func `raw bytes, hostile ones too`() async throws {
            try drive("python3", "raw.py", try await homeWithBackups())
        }

        @Test func `a hostile client over HTTP harms nobody`() async throws {
            let home = try await homeWithBackups()
            var tokens: [String] = []
            for level in ["read", "write"] {
                let made = try await home.json(0, "token", "create", level, "--level", level)
                tokens.append(try #require(made["showOnce"]?.string))
            }
            let before = try await home.json(0, "device", "list")
            let server = try await ServedHome(
                home, "--listen", "127.0.0.1:0", "--without-token", "none", "--toolsets",
                "core,backups,restore,devices,upkeep")
            let command =
                "PYTHONDONTWRITEBYTECODE=1 python3 \(Self.scripts)hostile.py \(server.port ?? 0) \(server.run.process)"
                + " \(tokens.joined(separator: " ")) 2>&1 || true"
            let output = String(decoding: try Shell.output(command), as: UTF8.self)
            #expect(output.hasSuffix("ok end\n"), "\(output.suffix(4000))")
            #expect(await server.end().status == 0)
            #expect(try await home.json(0, "device", "list") == before)
            let records = try await home.json(0, "audit", "list", "--limit", "1000")["records"]?.array ?? []
            let done = records.filter { $0["phase"] == "outcome" && $0["result"] == "ok" }
            let operations = Set(
                done.filter { $0["actor"]?.string?.hasPrefix("grant:") == true }
                    .compactMap { $0["operation"]?.string })
            #expect(operations.isEmpty, "\(operations)")
            try await home.expect(0, "audit", "verify")
        }

        @Test func `what an assistant changed is on the record with its client's name`() async throws {
            let home = try await HoldfastHome.initialised()
            let program = try #require(HoldfastHome.program)
            let messages = [
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
                    + #""capabilities":{},"clientInfo":{"name":"sample-client","version":"7"}}}"#,
                #"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"set_device","#
                    + #""arguments":{"device":"local","add_tag":["seen"]}}}"#,
            ]
            let lines = messages.map { "'\($0)'" }.joined(separator: " ")
            let serve = "'\(program)' --home '\(home.path)' mcp --level write --toolsets devices"
            // The input stays open until the answer to the second request came.
            let answered = "for i in $(seq 600); do grep -q '\"id\":2' \"$out\" && break; sleep 0.1; done"
            let command =
                "out=$(mktemp); { printf '%s\\n' \(lines); \(answered); } | \(serve) >\"$out\"; cat \"$out\"; rm \"$out\""
            let output = String(decoding: try Shell.output(command), as: UTF8.self)
            #expect(output.contains("seen"), "\(output)")
            let records = try await home.run(["audit", "list", "--json"]).json()["records"]?.array ?? []
            let record = try #require(
                records.first { $0["operation"] == "device set" && $0["phase"] == "outcome" })
            #expect(record["surface"] == "mcp sample-client 7")
            #expect(record["actor"]?.string?.hasPrefix("assistant:") == true)
        }

        @Test func `the tools and their tokens are described`() async throws {
            let home = try HoldfastHome()
            let outcome = try await home.run(["mcp", "--describe", "--json"])
            #expect(outcome.status == 0, "\(outcome.story)")
            let described = try outcome.json()
            #expect(described["entryTokens"]?.int ?? .max < 6000)
            #expect(described["tools"]?.array?.isEmpty == false)
            let wrong = try await home.run(["mcp", "--toolsets", "everything"])
            #expect(wrong.status == 2, "\(wrong.story)")
        }
    }
}
