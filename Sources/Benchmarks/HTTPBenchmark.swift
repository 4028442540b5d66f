import Basics

/// What serving costs: a request, a connection that lies open, a session, and what one client notices of a crowd.
enum HTTPBenchmark: Benchmark {
    static let name = "http"

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.path("http")) { folder in
            let home = folder + "/home"
            try Command(arguments: [options.holdfast, "--home", home, "init"]).run()
            let script = options.scripts + "/bench-peers/http_load.py"
            let text = try Command.program("python3", [script, options.holdfast, home]).text()
            let figures = try JSONParser.parse(text).object ?? [:]
            for (figure, value) in figures.sorted(by: { $0.key < $1.key }) {
                report.figure(name, figure, value.double ?? .nan)
            }
            try peer(options, report, tools: figures["tools/call: cpu us"]?.double)
        }
    }

    /// The same call of the usual Python server.
    private static func peer(_ options: Options, _ report: Report, tools: Double?) throws {
        guard let tools else { return }
        guard let python = MCPStdioBenchmark.clients(options) else {
            return report.skipped(name, "fastmcp", "scripts/mcp-clients cannot install it")
        }
        let script = options.scripts + "/bench-peers/http_fastmcp.py"
        let figures = try JSONParser.parse(try Command(arguments: [python, script]).text())
        let theirs = figures["tools/call: cpu us"]?.double ?? 0
        report.figure(name, "tools/call: cpu us, fastmcp", theirs)
        report.figure(name, "tools/call: cpu, holdfast / fastmcp", tools / theirs)
    }
}
