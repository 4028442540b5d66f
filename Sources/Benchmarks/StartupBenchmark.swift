/// How long a command takes that does next to nothing.
enum StartupBenchmark: Benchmark {
    static let name = "startup"

    static func run(_ options: Options, _ report: Report) async throws {
        try await ScratchFile.withFolder(ScratchFile.path("startup")) { folder in
            let holdfast = try Rig.Holdfast(options.holdfast, home: folder + "/home")
            let peers = [("restic", ["version"]), ("ssh", ["-V"]), ("python3", ["-c", "pass"])]
            let contenders =
                [
                    Rotation.Contender(name: "holdfast version") { try holdfast.command(["version"]).run() },
                    Rotation.Contender(name: "holdfast device list") {
                        try holdfast.command(["device", "list"]).run()
                    },
                ]
                + peers.filter { Command.isInstalled($0.0) }.map { program, words in
                    Rotation.Contender(name: program) { try Command.program(program, words).run() }
                }
            let rotation = try await Rotation.of(contenders, rounds: options.rounds ?? 21)
            for contender in contenders {
                report.costs(name, "start", contender.name, rotation.costs[contender.name] ?? [])
            }
            for verb in ["version", "device list"] {
                let costs = rotation.costs["holdfast " + verb] ?? []
                report.figure(name, "\(verb): cpu ms", costs.median(of: \.cpu) * 1000)
                report.figure(name, "\(verb): best wall ms", (costs.map(\.wall).min() ?? 0) * 1000)
            }
        }
    }
}
