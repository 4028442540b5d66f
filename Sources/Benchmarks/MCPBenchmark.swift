import Basics

/// What serving an assistant costs, beside FastMCP with the same tool: from the start, at rest, and for each call, over
/// standard input and output and over HTTP.
///
/// The tool is `list_devices` on both sides. Holdfast's reads its database, checks the mark of the row and hides secrets;
/// FastMCP's answers with the same as a constant.
enum MCPBenchmark: Benchmark {
    static let name = "mcp"

    static func run(_ options: Options, _ report: Report) async throws {
        let python = clients(options)
        if python == nil { report.skipped(name, "fastmcp", "scripts/mcp-clients cannot install it") }
        try await ScratchFile.withFolder(ScratchFile.path("mcp")) { folder in
            let home = folder + "/home"
            try Command(arguments: [options.holdfast, "--home", home, "init"]).run()
            let script = options.scripts + "/bench-peers/mcp_beside.py"
            let rounds = String(options.rounds ?? 5)
            let text = try Command.program(
                "python3", [script, options.holdfast, home, python ?? "-", rounds]
            ).text()
            for line in text.split(separator: "\n") {
                let figure = try JSONParser.parse(String(line))
                report.figure(name, figure["figure"]?.string ?? "", figure["value"]?.double ?? .nan)
            }
        }
    }

    /// The Python that has FastMCP; nil where it cannot be had.
    private static func clients(_ options: Options) -> String? {
        let folder = "/var/tmp/holdfast-mcp-clients"
        guard (try? Command(arguments: [options.scripts + "/mcp-clients", folder]).run()) != nil else {
            return nil
        }
        return folder + "/bin/python"
    }
}
