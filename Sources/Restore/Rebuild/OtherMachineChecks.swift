import Basics

/// What speaks against making one machine into another one; a pure function of what both are.
package struct OtherMachineChecks: Sendable {
    /// Reasons to refuse, and things that a person should know.
    package struct Findings: Sendable, Equatable {
        package var conflicts: [String] = []
        package var warnings: [String] = []
    }

    /// Ports from here on are dealt out by the kernel.
    static let passingPorts = 32_768
    /// Sections of services, and packages of which one brings the program.
    private static let programs: [(section: String, packages: Set<String>)] = [
        ("apache", ["apache2", "httpd"]), ("caddy", ["caddy"]),
        ("docker-daemon", ["docker.io", "docker-ce", "docker", "moby-engine"]), ("fail2ban", ["fail2ban"]),
        ("haproxy", ["haproxy"]),
        ("nginx", ["nginx", "nginx-core", "nginx-light", "nginx-full", "nginx-mainline"]),
    ]

    private let wanted: [String: [RebuildFacts.Thing]]
    private let present: [String: [RebuildFacts.Thing]]
    private let installs: Bool
    private let installed: Set<String>

    /// - Parameters:
    ///   - wanted: things of the backup by section.
    ///   - present: things of the other machine by section.
    ///   - installs: whether the plan installs packages.
    ///   - installed: names of packages that it installs.
    package init(
        wanted: [String: [RebuildFacts.Thing]], present: [String: [RebuildFacts.Thing]], installs: Bool,
        installed: Set<String> = []
    ) {
        self.wanted = wanted
        self.present = present
        self.installs = installs
        self.installed = installed
    }

    package func findings() -> Findings {
        var findings = Findings()
        checkSystem(&findings)
        checkPrograms(&findings)
        checkPorts(&findings)
        return findings
    }

    private func field(_ side: [String: [RebuildFacts.Thing]], _ kind: String, _ name: String) -> String {
        side["identity"]?.first { $0.kind == kind }?.text(name) ?? ""
    }

    /// Another architecture or family cannot run what the backup lists; another release may.
    private func checkSystem(_ findings: inout Findings) {
        for (kind, name, what) in [
            ("machine", "architecture", "architecture"), ("system", "id", "distribution"),
        ] {
            let (old, new) = (field(wanted, kind, name), field(present, kind, name))
            guard !old.isEmpty, !new.isEmpty, old != new else { continue }
            let sentence = "the backup is of another \(what) (\(old), here \(new))"
            if installs {
                findings.conflicts.append(
                    "\(sentence): its packages are none for this machine; leave them with --keep-packages")
            } else {
                findings.warnings.append(sentence)
            }
        }
        let (old, new) = (field(wanted, "system", "version"), field(present, "system", "version"))
        if !old.isEmpty, !new.isEmpty, old != new {
            findings.warnings.append(
                "the backup is of another release (\(old), here \(new)): packages come in the versions of this one, and configuration may not fit"
            )
        }
    }

    /// Configuration of a program that is not there and does not come.
    private func checkPrograms(_ findings: inout Findings) {
        func packages(_ side: [String: [RebuildFacts.Thing]]) -> Set<String> {
            Set(
                side.filter { $0.key.hasPrefix("packages-") }.values.joined().filter { $0.kind == "package" }
                    .map { String($0.name.prefix { $0 != ":" }) })
        }
        let (had, has) = (packages(wanted), packages(present))
        guard !has.isEmpty else { return }
        for (section, names) in Self.programs where wanted[section]?.isEmpty == false {
            guard !had.isDisjoint(with: names), has.isDisjoint(with: names), installed.isDisjoint(with: names)
            else { continue }
            findings.warnings.append(
                "the program of ‘\(section)’ is not installed and does not come with this plan: its files are of no use before"
            )
        }
    }

    /// A port that a program of the backup listened on, and that another program has here.
    private func checkPorts(_ findings: inout Findings) {
        func ports(_ side: [String: [RebuildFacts.Thing]]) -> [String: Set<String>] {
            Dictionary(
                (side["listening-ports"] ?? []).map { ($0.name, Set($0.texts("processes"))) }
            ) { first, _ in first }
        }
        let here = ports(present)
        for (port, programs) in ports(wanted).sorted(by: { $0.key < $1.key }) {
            guard let others = here[port], !programs.isEmpty, !others.isEmpty,
                programs.isDisjoint(with: others),
                let number = Int(port.prefix { $0 != "/" }), number < Self.passingPorts
            else { continue }
            findings.conflicts.append(
                "port \(port) is taken here by \(others.sorted().joined(separator: ", ")), and \(programs.sorted().joined(separator: ", ")) of the backup needs it: stop it first"
            )
        }
    }
}
