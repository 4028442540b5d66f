import Basics

/// What serving an assistant over standard input and output costs, beside FastMCP with one tool.
enum MCPStdioBenchmark: Benchmark {
    static let name = "mcp-stdio"

    private static let calls = 5000
    private static let peerCalls = 500

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.path("mcp")) { folder in
            let holdfast = try Rig.Holdfast(options.holdfast, home: folder + "/home")
            let one = try input(of: 0, calling: "list_devices", in: folder, "one")
            let many = try input(of: calls, calling: "list_devices", in: folder, "many")
            func serve(_ input: String) -> Command {
                var command = holdfast.command(["mcp"])
                command.input = input
                command.output = folder + "/answers"
                return command
            }
            var contenders = [
                Rotation.Contender(name: "holdfast version") { try holdfast.command(["version"]).run() },
                Rotation.Contender(name: "holdfast one") { try serve(one).run() },
                Rotation.Contender(name: "holdfast many") {
                    let cost = try serve(many).run()
                    try expect(calls + 1, in: folder + "/answers")
                    return cost
                },
            ]
            if let python = clients(options) {
                contenders += try peers(python, in: folder)
            } else {
                report.skipped(name, "fastmcp", "scripts/mcp-clients cannot install it")
            }
            let rotation = try await Rotation.of(contenders, rounds: options.rounds ?? 7)
            for contender in contenders {
                report.costs(name, "serve", contender.name, rotation.costs[contender.name] ?? [])
            }
            figures(rotation, report)
        }
    }

    /// Messages of a session with that many calls, as a file that ends.
    private static func input(
        of count: Int, calling tool: String, in folder: String, _ file: String
    ) throws -> String {
        var text =
            #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","#
            + #""capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"# + "\n"
            + #"{"jsonrpc":"2.0","method":"notifications/initialized"}"# + "\n"
        for number in 0..<count {
            text +=
                #"{"jsonrpc":"2.0","id":\#(number + 1),"method":"tools/call","params":{"name":"\#(tool)","arguments":{}}}"#
                + "\n"
        }
        let path = folder + "/" + file
        try ScratchFile.write(Array(text.utf8), to: path)
        return path
    }

    private static func expect(_ lines: Int, in file: String) throws {
        let found = try ScratchFile.read(file).utf8.count { $0 == 0x0A }
        guard found == lines else {
            throw Command.Failure(description: "\(found) answers instead of \(lines)")
        }
    }

    /// The Python that has FastMCP; nil where it cannot be had.
    static func clients(_ options: Options) -> String? {
        let folder = "/var/tmp/holdfast-mcp-clients"
        guard (try? Command(arguments: [options.scripts + "/mcp-clients", folder]).run()) != nil else {
            return nil
        }
        return folder + "/bin/python"
    }

    /// FastMCP, which leaves unanswered what the end of its input cuts off: its input ends after its last answer.
    private static func peers(_ python: String, in folder: String) throws -> [Rotation.Contender] {
        let server = folder + "/server.py"
        try ScratchFile.write(
            Array(
                """
                from fastmcp import FastMCP
                server = FastMCP("peer")
                @server.tool
                def list_devices() -> dict:
                    return {"devices": []}
                server.run(show_banner=False)
                """.utf8), to: server)
        let few = try input(of: 0, calling: "list_devices", in: folder, "peer-one")
        let more = try input(of: peerCalls, calling: "list_devices", in: folder, "peer-many")
        return [(few, 1, "fastmcp one"), (more, peerCalls + 1, "fastmcp many")].map { input, lines, name in
            Rotation.Contender(name: name) {
                try Command.shell(
                    "rm -f '\(folder)/over'; "
                        + "{ cat '\(input)'; while [ ! -e '\(folder)/over' ]; do sleep 0.02; done; } | "
                        + "'\(python)' '\(server)' | "
                        + "{ head -n \(lines) >/dev/null; : >'\(folder)/over'; cat >/dev/null; }"
                ).run()
            }
        }
    }

    private static func figures(_ rotation: Rotation, _ report: Report) {
        func costs(_ who: String) -> [Cost] { rotation.costs[who] ?? [] }
        let start = costs("holdfast one").median(of: \.wall)
        let version = costs("holdfast version").median(of: \.wall)
        let cpu =
            (costs("holdfast many").median(of: \.cpu) - costs("holdfast one").median(of: \.cpu))
            / Double(calls)
        report.figure(name, "start to end: wall, holdfast mcp / version", start / version)
        report.figure(name, "call: cpu us", cpu * 1_000_000)
        let wall = costs("holdfast many").map(\.wall).min() ?? 0
        let best = costs("holdfast one").map(\.wall).min() ?? 0
        report.figure(name, "pipelined calls: per s", Double(calls) / max(wall - best, 0.000_1))
        report.figure(
            name, "peak MB", Double(costs("holdfast one").map(\.memory).max() ?? 0) / 1_000_000)
        guard let peer = rotation.costs["fastmcp one"] else { return }
        let peerCPU =
            (costs("fastmcp many").median(of: \.cpu) - peer.median(of: \.cpu)) / Double(peerCalls)
        report.figure(
            name, "start: cpu, holdfast / fastmcp",
            costs("holdfast one").median(of: \.cpu) / peer.median(of: \.cpu))
        report.figure(name, "call: cpu, holdfast / fastmcp", cpu / peerCPU)
    }
}
