/// One kind of thing read from a device: what to run, which files belong to it, and how the output is understood.
///
/// A collector is pure: it gives texts for the device to run and turns recorded output into values. It never runs
/// anything itself, so that each can be tested with the recorded output of real machines.
package protocol Collector: Sendable {
    /// The section's name: lower-case words joined by `-`, unique among all collectors.
    static var name: String { get }
    /// What the section holds, as one sentence for people.
    static var summary: String { get }
    /// What is run on the device, in order.
    static var probes: [Probe] { get }
    /// The files and folders that belong to this section.
    static var files: FileSet { get }
    /// Understands the recorded output of `probes`.
    /// - Throws: `CollectorError` when the output of a probe that succeeded cannot be understood.
    static func parse(_ captures: Captures) throws(CollectorError) -> Inventory
    /// Why output that came without an error cannot be all there is: every Linux has a kernel, and some user is root.
    ///
    /// A shell or a tool that answers everything with nothing is told by this.
    /// - Returns: what is lacking, as a clause; nil when nothing is, or where a probe failed and says so itself.
    static func doubt(_ captures: Captures) -> CollectorError?
}

extension Collector {
    package static var probes: [Probe] { [] }
    package static var files: FileSet { FileSet() }
    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory { Inventory() }
    package static func doubt(_ captures: Captures) -> CollectorError? { nil }

    /// A doubt where `probe` went well and printed nothing but blank space.
    static func doubtIfEmpty(_ probe: String, _ captures: Captures, _ reason: String) -> CollectorError? {
        guard let capture = captures.byProbe[probe], capture.outcome == .exited(0),
            capture.output.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) })
        else { return nil }
        return CollectorError(probe: probe, reason)
    }
}

/// One command, or a few that belong together, run on the device under a time limit of its own.
package struct Probe: Sendable, Equatable {
    /// Unique within the collector; lower-case words joined by `-`.
    package let name: String
    /// The program without which the probe does not run and counts as absent; nil when only the shell is needed.
    package let tool: String?
    /// POSIX shell text: fixed words only.
    ///
    /// Names found on the device are expanded there, always inside double quotes. `hf_root COMMAND …` runs a
    /// command as root, through `sudo -n` where needed.
    package let script: String
    /// Seconds after which the probe is ended.
    package let timeLimit: Int
    /// Exit statuses that mean success.
    package let accepted: [Int32]
    /// For a probe that needs root: the exact command line of a sudoers rule that allows it; nil when root is not needed.
    package let rootCommand: String?
    /// Whether the section is worth nothing without this probe.
    ///
    /// A section whose required probes are all absent is absent.
    package let isRequired: Bool

    package init(
        _ name: String, tool: String? = nil, timeLimit: Int = 20, accepted: [Int32] = [0],
        rootCommand: String? = nil,
        isRequired: Bool = false, script: String
    ) {
        self.name = name
        self.tool = tool
        self.script = script
        self.timeLimit = timeLimit
        self.accepted = accepted
        self.rootCommand = rootCommand
        self.isRequired = isRequired
    }

    /// Shell text that says in one piece what `script` says line by line; its status is 0.
    ///
    /// What a server sends it sends as it comes, each line in a packet of its own, and of these a new connection takes ten or so
    /// before it waits for the other side, however small they are.
    /// - Parameter script: leaves nothing running behind it and prints text, not much.
    package static func atOnce(_ script: String) -> String {
        "hf_said=$(\n\(script)\n)\n[ -z \"$hf_said\" ] || printf '%s\\n' \"$hf_said\"\n"
    }
}

/// Files and folders on the device, by pattern.
package struct FileSet: Sendable, Equatable {
    /// Absolute paths; `*`, `?` and `[…]` are expanded on the device.
    ///
    /// A folder brings everything below it.
    package let patterns: [String]
    /// tar exclude globs, matched against the whole absolute path.
    package let excludes: [String]
    /// Shell text that prints further absolute paths, one a line, found on the device (compose files, for example).
    package let discovery: String?
    /// A folder in which the discovery finds much that the patterns of other sections have too; it is not sent twice.
    package let overlap: String?

    package init(
        _ patterns: [String] = [], excludes: [String] = [], discovery: String? = nil, overlap: String? = nil
    ) {
        self.patterns = patterns
        self.excludes = excludes
        self.discovery = discovery
        self.overlap = overlap
    }
}

/// Output of a successful probe that could not be understood.
package struct CollectorError: Error, Equatable, CustomStringConvertible {
    /// The probe's name.
    package let probe: String
    /// What was expected and what was found, without quoting the output itself.
    package let reason: String

    package init(probe: String, _ reason: String) {
        self.probe = probe
        self.reason = reason
    }

    package var description: String { "the output of \(probe) could not be understood: \(reason)" }
}
