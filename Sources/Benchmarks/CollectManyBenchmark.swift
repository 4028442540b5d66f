import Basics

/// Twenty and a hundred devices at once: the whole program beside asyncssh with all connections at once.
///
/// All of them are one sshd on this machine, so wall time is bounded by what the devices need, not by the client.
enum CollectManyBenchmark: Benchmark {
    static let name = "collect-many"

    static func run(_ options: Options, _ report: Report) async throws {
        try await Rig.within(name, roundTrips: [0], options, report) { rig in
            let script = rig.folder + "/script"
            try CollectOneBenchmark.writeScript(to: script)
            for link in rig.links {
                let holdfast = try rig.holdfast(in: rig.folder, knowing: 100, at: link)
                // What a first backup costs is told by itself: it happens once in a device's life.
                let first = try holdfast.command(["backup", "create", "--tag", "all"]).run()
                report.costs(name, "100 devices, first backup", "holdfast", [first])
                for (count, tag) in [(20, "first20"), (100, "all")] {
                    try await measure(rig, link, holdfast, tag: tag, count: count, script, report)
                }
            }
        }
    }

    private static func measure(
        _ rig: Rig, _ link: Rig.Link, _ holdfast: Rig.Holdfast, tag: String, count: Int, _ script: String,
        _ report: Report
    ) async throws {
        var contenders = [
            Rotation.Contender(name: "holdfast") {
                try holdfast.command(["backup", "create", "--tag", tag]).run()
            }
        ]
        if Command.isInstalledInPython("asyncssh") {
            contenders.append(
                Rotation.Contender(name: "asyncssh, one exec") {
                    try rig.asyncSSH(["batch", link.address, String(count), script]).run()
                })
        }
        let rotation = try await Rotation.of(contenders, rounds: rig.options.rounds ?? 3)
        let step = "\(count) devices"
        for contender in contenders {
            report.costs(name, step, contender.name, rotation.costs[contender.name] ?? [])
        }
        for (figure, property) in [("cpu", \Cost.cpu), ("wall", \Cost.wall)] {
            guard
                let ratio = rotation.ratio(
                    "holdfast", to: "asyncssh, one exec", of: { $0[keyPath: property] })
            else { continue }
            report.figure(name, "\(step): \(figure), holdfast / asyncssh", ratio)
        }
        let peak = rotation.costs["holdfast"]?.map(\.memory).max() ?? 0
        report.figure(name, "\(step): peak MB, holdfast", Double(peak) / 1_000_000)
    }
}
