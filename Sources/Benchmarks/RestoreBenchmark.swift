import Basics

/// A restore of a hundred files, from the approved plan to its end, over wires of several lengths, beside scp and ssh.
///
/// How many times a contender waits for the wire, one after another, is told by how much longer it takes far away.
enum RestoreBenchmark: Benchmark {
    static let name = "restore"

    private static let roundTrips = [0, 20]
    private static let files = 100
    private static let folder = "/srv/restore"

    static func run(_ options: Options, _ report: Report) async throws {
        guard Command.isInstalled("script") else {
            throw Skipped(description: "no terminal: script is missing")
        }
        try await Rig.within(name, roundTrips: roundTrips, options, report) { rig in
            report.facts(name, ["files": .int(Int64(files))])
            var rotations: [(link: Rig.Link, rotation: Rotation)] = []
            for link in rig.links { rotations.append((link, try await measure(rig, link, report))) }
            tellRoundTrips(rotations, report)
        }
    }

    /// Tells the serial round trips by the wire without delay and the shortest one with, and by the slope between that and the
    /// longest: what takes longer for the processor's sake on any wire with delay is left out of the latter.
    private static func tellRoundTrips(
        _ rotations: [(link: Rig.Link, rotation: Rotation)], _ report: Report
    ) {
        let delayed = rotations.filter { $0.link.rtt >= 20 }
        guard let short = delayed.min(by: { $0.link.rtt < $1.link.rtt }),
            let long = delayed.max(by: { $0.link.rtt < $1.link.rtt })
        else { return }
        func tell(
            _ name: String, from near: (link: Rig.Link, rotation: Rotation),
            to far: (link: Rig.Link, rotation: Rotation)
        ) {
            for contender in near.rotation.costs.keys.sorted() {
                let extra = far.rotation.best(contender) - near.rotation.best(contender)
                report.figure(
                    Self.name, "\(name), \(contender)", extra * 1000 / (far.link.rtt - near.link.rtt))
            }
        }
        if let near = rotations.first(where: { $0.link.rtt == 0 }) {
            tell("serial round trips", from: near, to: short)
        }
        if long.link.rtt > short.link.rtt { tell("serial round trips by slope", from: short, to: long) }
    }

    private static func measure(
        _ rig: Rig, _ link: Rig.Link, _ report: Report
    ) async throws -> Rotation {
        try onDevice(rig, link, "mkdir -p \(folder)\n" + writing("sound"))
        let holdfast = try rig.holdfast(in: rig.folder, knowing: 1, at: link)
        let made = try JSONParser.parse(
            holdfast.command(
                [
                    "backup", "create", "d0", "--only", "identity", "--only", "users", "--path", folder,
                    "--json",
                ]
            ).text())
        guard let backup = made["backups"]?.array?.first?["backup"]?.string else {
            throw Command.Failure(description: "no backup was made")
        }
        let copy = rig.folder + "/copy-\(Int(link.rtt))"
        try Command.shell("mkdir -p '\(copy)' && cd '\(copy)' && \(writing("sound", in: "."))").run()
        let rotation = try await Rotation.of(
            [
                Rotation.Contender(name: "holdfast") { try restore(rig, link, holdfast, backup) },
                Rotation.Contender(name: "scp and ssh") { try byHand(rig, link, copy) },
                // The least that a new connection can do.
                Rotation.Contender(name: "one login") {
                    try holdfast.command(["device", "check", "d0"]).run()
                },
            ], rounds: rig.options.rounds ?? 5)
        for contender in rotation.costs.keys.sorted() {
            report.costs(name, link.label, contender, rotation.costs[contender] ?? [])
        }
        return rotation
    }

    /// Shell text that writes all files.
    private static func writing(_ text: String, in place: String = folder) -> String {
        "for i in $(seq \(files)); do printf '\(text) %s\\n' $i >\(place)/file$i; done\n"
    }

    private static func onDevice(_ rig: Rig, _ link: Rig.Link, _ text: String) throws {
        let path = rig.folder + "/script"
        try ScratchFile.write(Array(text.utf8), to: path)
        try rig.ssh(link, script: path).run()
    }

    /// Lets the files drift, plans, says yes as a person does; what is told is the cost of carrying the plan out.
    private static func restore(
        _ rig: Rig, _ link: Rig.Link, _ holdfast: Rig.Holdfast, _ backup: String
    ) throws -> Cost {
        try onDevice(rig, link, writing("drift"))
        let planned = try JSONParser.parse(
            holdfast.command(
                ["restore", "plan", backup, "--section", "paths", "--in-place", "--json"]
            ).text())
        guard let plan = planned["plan"]?.string, (planned["steps"]?.array?.count ?? 0) >= files else {
            throw Command.Failure(description: "the plan has fewer than \(files) steps")
        }
        var approval = Command(
            arguments: [
                "/bin/sh", "-c", typist, holdfast.program, plan, rig.folder + "/screen",
            ])
        approval.environment = holdfast.command([]).environment
        try approval.run()
        return try holdfast.command(["restore", "apply", plan]).run()
    }

    /// Types the device's name once the screen ends with the question for it.
    private static let typist = #"""
        rm -f "$2" "$2.end"
        { until [ -e "$2.end" ]; do
              case $(tail -c 2 "$2" 2>/dev/null; echo x) in ": x"*) echo d0; break ;; esac
              sleep 0.05
          done
          until [ -e "$2.end" ]; do sleep 0.05; done
        } | { script -qefc "'$0' approve $1" "$2" >/dev/null; status=$?; : >"$2.end"; exit $status; }
        """#

    /// What somebody does without a plan: a copy beside, the old files aside, the new ones into their place.
    private static func byHand(_ rig: Rig, _ link: Rig.Link, _ copy: String) throws -> Cost {
        try onDevice(rig, link, writing("drift"))
        let script = rig.folder + "/swap"
        try ScratchFile.write(
            Array(
                "cp -a \(folder) \(folder).old && cp -a \(folder).new/. \(folder) && rm -r \(folder).new \(folder).old\n"
                    .utf8),
            to: script)
        let options = rig.ssh(link, script: script).arguments.dropFirst(2).dropLast(2)
        let words = options.map { "'\($0)'" }.joined(separator: " ")
        var both = Command(
            arguments: [
                "/bin/sh", "-c",
                "scp -O -q -r \(words) '\(copy)' root@\(link.address):\(folder).new && ssh \(words) root@\(link.address) 'exec /bin/sh' <'\(script)'",
            ])
        both.environment = ["SSH_AUTH_SOCK": ""]
        return try both.run()
    }
}
