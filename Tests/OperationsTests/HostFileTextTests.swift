import Basics
import HostConfig
import Testing

@testable import Operations

@Suite struct HostFileTextTests {
    private static let text = """
        {
          "mcpServers": {
            "h": {
              "url": "http://x/mcp",
              "headers": {"X-Custom": "hunter2Xq", "Zeta": "a hunter2Xq b"}
            },
            "e": {
              "command": "sh",
              "args": ["--header", "X-Foo: hunter2Xq", "-H", "X-Bar: hunter2Xq", "--header=X-Baz:hunter2Xq"],
              "env": {"PLAIN": "shown"}
            },
            "l": {
              "url": "http://x",
              "headers": [{"name": "X-L", "value": "hunter2Xq"}, "X-M: hunter2Xq"],
              "http_headers": {"Q": "hunter2Xq"},
              "requestInit": {"headers": {"W": "hunter2Xq"}}
            }
          }
        }
        """

    @Test(arguments: [
        "/home/ann/.cursor/mcp.json", "/root/.cursor/mcp.json", "/srv/project/.mcp.json",
        "/home/ann/.config/Claude/claude_desktop_config.json",
    ])
    func `header values are hidden in the file of a host, whoever it belongs to`(_ path: String) {
        let shown = Redactor().shown(Self.text, at: path)
        #expect(!shown.contains("hunter2Xq") && shown.contains("\"PLAIN\": \"shown\""), "\(shown)")
        #expect(shown.contains("X-Custom") && shown.contains("X-Foo: "))
        #expect(Redactor().shown(shown, at: path) == shown)
    }

    @Test func `a file of another name is read as any other`() {
        #expect(
            Redactor().shown("\"headers\": {\"X-Custom\": \"plain\"}", at: "/srv/mcp.json").contains("plain"))
        #expect(AssistantHost.keeping("/etc/config.toml").isEmpty)
        #expect(AssistantHost.keeping("/home/ann/.codex/config.toml").map(\.id).contains("codex"))
    }

    @Test func `every place that a host may have is found by its path`() {
        let home = ["HOME": "/home/ann"]
        for host in allHosts {
            for path in host.paths(on: .linux, home) where !path.contains("*") {
                #expect(AssistantHost.keeping(path).contains { $0.id == host.id }, "\(path)")
            }
        }
    }
}
