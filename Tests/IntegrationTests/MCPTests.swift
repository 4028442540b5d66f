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

        @Test func `raw bytes, hostile ones too`() async throws {
            try drive("python3", "raw.py", try await homeWithBackups())
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
