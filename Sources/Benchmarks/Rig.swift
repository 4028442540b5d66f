import Basics
import Glibc

/// The device that `scripts/bench-device` provides, and the state of a Holdfast of its own to read it with.
struct Rig: Sendable {
    /// One way to the device.
    struct Link: Sendable {
        let address: String
        /// Round-trip time in milliseconds.
        let rtt: Double

        /// The address of one of up to 128 devices: a client treats those of one address as one machine.
        func address(of number: Int) -> String {
            let network = address.split(separator: ".").dropLast().joined(separator: ".")
            return "\(network).\(128 + number)"
        }

        /// As it stands in figures: `20 ms`.
        var label: String { "\(Int(rtt)) ms" }
    }

    let options: Options
    let links: [Link]
    let skipped: [(rtt: Double, reason: String)]
    let key: String
    let fingerprint: String
    let knownHosts: String
    /// A folder of its own, on the disk.
    let folder: String

    private static let variable = "BENCH_DEVICE"

    /// Runs `body` beside a device; starts the rig, and this program again within it, when it does not run yet.
    static func within(
        _ benchmark: String, roundTrips: [Int], _ options: Options, _ report: Report,
        _ body: (Rig) async throws -> Void
    ) async throws {
        guard let text = ProcessEnvironment.all[variable] else {
            try start(benchmark, roundTrips: roundTrips, options, report)
            return
        }
        let facts = try JSONParser.parse(text)
        try await ScratchFile.withFolder(ScratchFile.path("rig")) { folder in
            let rig = Rig(facts, options, folder)
            for (rtt, reason) in rig.skipped { report.skipped(benchmark, "\(Int(rtt)) ms", reason) }
            try await body(rig)
        }
    }

    private static func start(
        _ benchmark: String, roundTrips: [Int], _ options: Options, _ report: Report
    ) throws {
        var own = options
        own.names = [benchmark]
        let rtt = roundTrips.map(String.init).joined(separator: ",")
        var command = Command(
            arguments: [options.scripts + "/bench-device", "--rtt", rtt, "--", options.program]
                + own.arguments)
        (command.output, command.errors) = (nil, nil)
        switch try command.runAny().status {
        case 0: break
        case ExitStatus.missed: report.missed("\(benchmark): see its figures above")
        case ExitStatus.impossible: throw Skipped(description: "this machine cannot run bench-device")
        case let status: throw Command.Failure(description: "bench-device ended with status \(status)")
        }
    }

    private init(_ facts: JSONValue, _ options: Options, _ folder: String) {
        self.options = options
        self.folder = folder
        key = facts["key"]?.string ?? ""
        fingerprint = facts["fingerprint"]?.string ?? ""
        knownHosts = facts["known_hosts"]?.string ?? ""
        links = (facts["links"]?.array ?? []).map {
            Link(address: $0["address"]?.string ?? "", rtt: $0["rtt_ms"]?.double ?? 0)
        }
        skipped = (facts["skipped"]?.array ?? []).map {
            ($0["rtt_ms"]?.double ?? 0, $0["reason"]?.string ?? "")
        }
    }
}

extension Rig {
    /// A Holdfast with a state of its own, in which `init` was run.
    struct Holdfast: Sendable {
        let program: String
        let home: String

        /// Sets it up.
        init(_ program: String, home: String) throws {
            self.program = program
            self.home = home
            try command(["init"]).run()
        }

        /// A command line of it.
        func command(_ words: [String]) -> Command {
            // Nothing of the account's own configuration.
            Command(
                arguments: [program] + words,
                environment: ["HOLDFAST_HOME": home, "HOME": home, "SSH_AUTH_SOCK": "", "NO_COLOR": "1"])
        }
    }

    /// Sets up a Holdfast below `folder` that knows `count` devices, all at the end of `link`.
    ///
    /// They are called `d0`, `d1` and so on. The tag `first20` is on the first twenty.
    func holdfast(in folder: String, knowing count: Int, at link: Link) throws -> Holdfast {
        let holdfast = try Holdfast(options.holdfast, home: "\(folder)/home-\(Int(link.rtt))-\(count)")
        for number in 0..<count {
            let tags = number < 20 ? ["--tag", "all", "--tag", "first20"] : ["--tag", "all"]
            try holdfast.command(
                [
                    "device", "add", "d\(number)", "root@" + link.address(of: number), "--accept-fingerprint",
                    fingerprint,
                    "--identity", key,
                ] + tags
            ).run()
        }
        return holdfast
    }

    /// OpenSSH's client with curve25519 and compression, running the script at `path`.
    func ssh(_ link: Link, script path: String) -> Command {
        var command = Command.program(
            "ssh",
            [
                "-F", "none", "-C", "-i", key, "-o", "KexAlgorithms=curve25519-sha256", "-o", "BatchMode=yes",
                "-o",
                "IdentitiesOnly=yes", "-o", "UserKnownHostsFile=" + knownHosts, "root@" + link.address,
                "exec /bin/sh",
            ])
        command.environment = ["SSH_AUTH_SOCK": ""]
        command.input = path
        return command
    }

    /// The peer that reads with asyncssh.
    func asyncSSH(_ words: [String]) -> Command {
        Command(arguments: [options.scripts + "/bench-peers/asyncssh-devices"] + words)
    }
}
