import Basics

/// What keeping an assistant's configuration costs: lists, backups and restores, with 100 backups and with 10,000, beside
/// the least that a durable change of a file costs, and beside Hatch where Python has it.
enum HostConfigBenchmark: Benchmark {
    static let name = "host-config"
    /// How many backups there are at last.
    private static let many = 10_000

    static func run(_ options: Options, _ report: Report) async throws {
        let hatch =
            Command.isInstalledInPython("hatch.mcp_host_config.backup") && Command.isInstalled("hatch")
        if !hatch { report.skipped(name, "hatch", "pip install hatch-xclam") }
        try await ScratchFile.withFolder(ScratchFile.path("host-config")) { folder in
            let script = options.scripts + "/bench-peers/host_config_beside.py"
            let rounds = String(options.rounds ?? 15)
            let text = try Command.program(
                "python3",
                [
                    script, options.holdfast, options.program, folder, rounds, String(many),
                    hatch ? "hatch" : "-",
                ]
            ).text()
            for line in text.split(separator: "\n") {
                let figure = try JSONParser.parse(String(line))
                report.figure(name, figure["figure"]?.string ?? "", figure["value"]?.double ?? .nan)
            }
        }
    }
}
