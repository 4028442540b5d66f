import Basics
import Collectors
import RemoteExecution

/// One device over wires of several lengths: the whole program beside OpenSSH, and beside asyncssh in two ways.
enum CollectOneBenchmark: Benchmark {
    static let name = "collect-one"

    /// As the first argument of this program: writes the script to the second, and nothing else.
    static let writing = "write-script"

    private static let roundTrips = [0, 5, 20]

    static func run(_ options: Options, _ report: Report) async throws {
        try await Rig.within(name, roundTrips: roundTrips, options, report) { rig in
            let script = rig.folder + "/script"
            try writeScript(to: script)
            report.facts(name, ["steps": .int(Int64(CollectionPlan(collectors: allCollectors).steps.count))])
            var rotations: [(link: Rig.Link, rotation: Rotation)] = []
            for link in rig.links {
                rotations.append((link, try await measure(rig, link, script, report)))
            }
            serialRoundTrips(rotations, report)
        }
    }

    /// Writes the script that Holdfast sends to a device.
    static func writeScript(to path: String) throws {
        let plan = CollectionPlan(collectors: allCollectors)
        try ScratchFile.write(plan.script(boundary: FrameBoundary()), to: path)
    }

    private static func measure(
        _ rig: Rig, _ link: Rig.Link, _ script: String, _ report: Report
    ) async throws -> Rotation {
        let disk = try rig.holdfast(in: rig.folder, knowing: 1, at: link)
        try check(disk, report, link)
        var contenders = [
            Rotation.Contender(name: "holdfast") { try disk.command(["backup", "create", "d0"]).run() },
            Rotation.Contender(name: "ssh") { try rig.ssh(link, script: script).run() },
        ]
        if Command.isInstalledInPython("asyncssh") {
            contenders += [
                Rotation.Contender(name: "asyncssh, one exec") {
                    try rig.asyncSSH(["batch", link.address, "1", script]).run()
                },
                Rotation.Contender(name: "asyncssh, one exec an item") {
                    try rig.asyncSSH(["items", link.address]).run()
                },
            ]
        } else {
            report.skipped(name, "asyncssh", "Python has no module asyncssh")
        }
        let rotation = try await Rotation.of(contenders, rounds: rig.options.rounds ?? 5)
        for contender in contenders {
            report.costs(name, link.label, contender.name, rotation.costs[contender.name] ?? [])
        }
        let ratios: [(String, Double?)] = [
            ("wall, holdfast / ssh", rotation.ratio("holdfast", to: "ssh") { $0.wall }),
            (
                "wall, holdfast / asyncssh, one exec",
                rotation.ratio("holdfast", to: "asyncssh, one exec") { $0.wall }
            ),
            (
                "wall, one exec an item / holdfast",
                rotation.ratio("asyncssh, one exec an item", to: "holdfast") { $0.wall }
            ),
            ("cpu, holdfast / ssh", rotation.ratio("holdfast", to: "ssh") { $0.cpu }),
        ]
        for case (let ratio, let value?) in ratios { report.figure(name, "\(link.label): \(ratio)", value) }
        return rotation
    }

    /// Makes the first backup and looks whether it holds what the device has.
    private static func check(_ holdfast: Rig.Holdfast, _ report: Report, _ link: Rig.Link) throws {
        try holdfast.command(["backup", "create", "d0"]).run()
        let shown = try JSONParser.parse(
            try holdfast.command(["backup", "show", "latest:d0", "--json"]).text())
        let sections = (shown["sections"]?.array ?? []).filter { $0["status"]?.string != "absent" }
        let incomplete = sections.filter { $0["status"]?.string != "ok" }.compactMap { $0["name"]?.string }
        let unit = try holdfast.command(
            ["backup", "cat", "latest:d0", "/etc/systemd/system/workload-149.service"]
        ).text()
        report.facts(
            name,
            [
                "step": .string(link.label), "sections": .int(Int64(sections.count)),
                "not_ok": .array(incomplete.map { .string($0) }),
                "files": shown["files"] ?? .null, "bytes": shown["bytes"] ?? .null,
            ])
        for wanted in ["docker-containers", "systemd-units", "lxd"]
        where !sections.contains(where: { $0["name"]?.string == wanted && $0["status"]?.string == "ok" }) {
            throw Command.Failure(description: "the backup lacks the section \(wanted)")
        }
        guard unit.contains("Workload 149") else {
            throw Command.Failure(description: "the backup lacks the last unit")
        }
    }

    /// How many times a contender waits for the wire, one after another: by the best of each length.
    private static func serialRoundTrips(
        _ rotations: [(link: Rig.Link, rotation: Rotation)], _ report: Report
    ) {
        guard let near = rotations.first(where: { $0.link.rtt == 0 }),
            let far = rotations.last(where: { $0.link.rtt >= 20 })
        else { return }
        for contender in near.rotation.costs.keys.sorted() {
            let extra = far.rotation.best(contender) - near.rotation.best(contender)
            report.figure(name, "serial round trips, \(contender)", extra * 1000 / far.link.rtt)
        }
    }
}
