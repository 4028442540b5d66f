import Basics
import Codecs
import Collectors
import RemoteExecution

/// Tries to reach a device and tells what would work there.
package struct CheckDevice: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The device to check.", .operand) var device: DeviceName
        package init() {}
    }

    /// Whether one section could be read.
    package struct SectionOutlook: Codable, Sendable, Equatable {
        package let section: String
        /// `works`, `needs root`, `not installed`, `no answer` where its client is there and no engine answers, or `files
        /// only` where the program is missing and files of it are there.
        package let outlook: String
        /// The programs that are missing.
        package let missing: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let device: String
        package let system: String
        package let account: String
        /// `root`, `sudo without password` or `none`.
        package let root: String
        /// From the first packet to the completed login, in milliseconds.
        package let connectMilliseconds: Int
        package let sections: [SectionOutlook]

        package var display: [DisplayBlock] {
            let rows = sections.map { section in
                [
                    Cell(section.section),
                    Cell(section.outlook, section.outlook == "works" ? .good : .dim),
                    Cell(section.missing.joined(separator: " "), .dim),
                ]
            }
            return [
                .record([
                    ("device", Cell(device)), ("system", Cell(system)), ("account", Cell(account)),
                    ("root", Cell(root, root == "none" ? .warning : .good)),
                    ("login took", Cell("\(connectMilliseconds) ms")),
                ]),
                .table(
                    columns: [Column("SECTION", isWhole: true), "OUTLOOK", "MISSING"], rows: rows,
                    empty: "There are no collectors."),
            ]
        }
    }

    package static let contract = Contract(
        resource: "device", verb: .custom("check"),
        summary: "Try to reach a device; tell latency, root access and which sections would work",
        effect: .reads,
        errors: [.deviceUnknown, .deviceUnreachable, .authenticationFailed, .hostKeyChanged, .timedOut],
        examples: [Contract.Example("holdfast device check web1", "is web1 ready to be backed up?")],
        reach: .scoped,
        guidance: Guidance(
            "check_device", title: "Check a device", in: .core,
            purpose: "Tries to reach a machine and tells what a backup could read there.",
            behaviour: "Opens one SSH connection, changes nothing, and takes seconds, a minute at most.",
            use:
                "Use it when a backup failed or before the first one; for what is registered use get_device; for stored backups use list_backups.",
            returns:
                "Returns system, account, root access, latency, and for each section whether it works; an unreachable machine is an error that says why.",
            essentials: ["section", "outlook"], reachesDevices: true,
            next: [.init("list_backups", ["device": "device"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let device = try await context.device(input.device)
        let plan = CollectionPlan(collectors: [ReadinessProbe.self])
        let boundary = FrameBoundary()
        let reader = CollectionReader(plan: plan, boundary: boundary, sink: NoFiles())
        let job = ShellJob(
            input: plan.script(boundary: boundary),
            limits: ShellJob.Limits(connect: .seconds(15), idle: .seconds(30), total: .seconds(60)))
        let exit: ShellExit
        do { exit = try await context.services.transport.run(job, on: device, into: reader) } catch {
            throw OperationError(error, device: device.name)
        }
        let results = await reader.results()
        guard results.hasRun else { throw OperationError(shellRefused: device.name, noise: results.noise) }
        return output(of: results, device: device.name, connecting: exit.connecting)
    }

    private func output(of results: CollectionResults, device: DeviceName, connecting: Duration) -> Output {
        let captures = results.captures[ReadinessProbe.name] ?? Captures()
        let present = Set(captures.lines("tools"))
        let withFiles = Set(captures.lines("files"))
        let answering = Set(captures.lines("engines"))
        let isRoot = results.uid == "0"
        let hasSudo = captures.byProbe["sudo"]?.outcome == .exited(0)
        let sections = allCollectors.map { collector in
            let tools = Set(collector.probes.compactMap(\.tool))
            let missing = tools.filter { !present.contains($0) }.sorted()
            let needsRoot = collector.probes.contains { $0.rootCommand != nil } && !isRoot && !hasSudo
            func isMissing(_ probe: Probe) -> Bool { probe.tool.map(missing.contains) ?? false }
            let required = collector.probes.filter(\.isRequired)
            let telling = required.isEmpty ? collector.probes : required
            // Of a section with files, a probe without a tool only looks at these.
            let lacksTools =
                !collector.files.patterns.isEmpty && !tools.isEmpty && missing.count == tools.count
            let isAbsent = lacksTools || !telling.isEmpty && telling.allSatisfy(isMissing)
            let asked = telling.filter { !isMissing($0) }.map(\.tool)
            let isUnanswered =
                !asked.isEmpty && asked.allSatisfy { ReadinessProbe.engines.contains($0 ?? "") }
                && !asked.contains { answering.contains($0 ?? "") }
            let outlook =
                isAbsent
                ? withFiles.contains(collector.name) ? "files only" : "not installed"
                : needsRoot ? "needs root" : isUnanswered ? "no answer" : "works"
            return SectionOutlook(section: collector.name, outlook: outlook, missing: missing)
        }
        return Output(
            device: device.text, system: captures.lines("system").joined(separator: " "),
            account: results.account ?? "",
            root: isRoot ? "root" : hasSudo ? "sudo without password" : "none",
            connectMilliseconds: Int(connecting / .milliseconds(1)), sections: sections)
    }
}

/// Asks for the system's name, for root and for the programs that collectors use.
private enum ReadinessProbe: Collector {
    static let name = "readiness"
    static let summary = "What a device has to be read with"

    static var probes: [Probe] {
        let tools = Set(allCollectors.flatMap { $0.probes.compactMap(\.tool) }).sorted()
        return [
            Probe(
                "system",
                script: "( . /etc/os-release 2>/dev/null && printf '%s\\n' \"$PRETTY_NAME\" ); uname -srm"),
            Probe("sudo", tool: "sudo", script: "sudo -n -- /bin/sh -c 'exit 0'"),
            Probe("engines", timeLimit: 15, script: engines.map(ask).joined(separator: "\n") + "\n:"),
            Probe(
                "files", script: Probe.atOnce(allCollectors.compactMap(lookForFiles).joined(separator: "\n"))),
            Probe(
                "tools",
                script: Probe.atOnce(
                    "for t in \(tools.joined(separator: " ")); do command -v \"$t\" >/dev/null && echo \"$t\"; done"
                )
            ),
        ]
    }
}

extension ReadinessProbe {
    /// Clients that are of no use without an engine.
    static let engines = ["docker"]

    /// Prints the client's name where its engine answers.
    private static func ask(_ engine: String) -> String {
        """
        if command -v \(engine) >/dev/null 2>&1; then
        hf_root \(engine) version --format '{{.Server.Version}}' >/dev/null 2>&1 </dev/null && echo \(engine)
        fi
        """
    }

    /// Prints the section's name where one of its files is there; nil for sections without fixed files.
    private static func lookForFiles(_ collector: any Collector.Type) -> String? {
        guard !collector.files.patterns.isEmpty else { return nil }
        return """
            for p in \(collector.files.patterns.joined(separator: " ")); do
            if [ -e "$p" ] || [ -L "$p" ]; then echo \(collector.name); break; fi
            done
            """
    }
}

/// For runs that ask for no files.
struct NoFiles: FileSink {
    func receive(_ events: [TarDecoder.Event], of role: CollectionPlan.Role) async throws {}
}

extension OperationError {
    /// A login worked, and yet the script never ran.
    init(shellRefused device: DeviceName, noise: [UInt8]) {
        let said = Excerpt.firstLine(of: noise)
        self.init(
            .deviceUnreachable,
            "\(device): the login worked, but its shell did not run the script"
                + (said.map { "; it said ‘\($0)’" } ?? ""),
            hint: "The account needs a POSIX shell without a forced command.")
    }
}
