import Basics

/// Explains what still differs between a backup and the machine that was made after it; a pure function.
package struct RebuildAudit: Sendable {
    /// What a difference means.
    package enum Meaning: String, Sendable, CaseIterable, Encodable {
        /// The other machine stays itself.
        case identity
        /// Only the other machine has it, and nothing takes it away.
        case extra
        /// A person must do it.
        case byHand = "by hand"
        /// The backup does not hold it.
        case lost
        /// Nothing explains it.
        case unexpected
    }

    /// One difference, from the backup to the other machine.
    package struct Difference: Sendable, Equatable {
        /// In which direction the two differ.
        package enum Change: String, Sendable {
            /// Only the other machine has it.
            case added
            /// Only the backup has it.
            case removed
            case changed
        }

        package let section: String
        /// `file`, `section`, or the kind of a thing of the inventory.
        package let kind: String
        package let name: String
        package let change: Change
        /// What differs: names of fields, words for files.
        package let what: [String]

        package init(section: String, kind: String, name: String, change: Change, what: [String] = []) {
            self.section = section
            self.kind = kind
            self.name = name
            self.change = change
            self.what = what
        }
    }

    /// A difference with its meaning.
    package struct Finding: Sendable, Equatable {
        package let difference: Difference
        package let meaning: Meaning
        /// Why, as a clause.
        package let reason: String
    }

    /// Sections that tell what a machine is made of and where it stands, and why they differ.
    private static let own: [String: String] = [
        "identity": "name, id and release are those of the other machine",
        "hardware": "it has hardware of its own", "network-state": "it has addresses and routes of its own",
        "filesystems": "it has disks of its own", "volumes": "it has disks of its own",
        "zfs": "it has disks of its own", "sshd": "its SSH server is the way in and stays as it is",
    ]
    /// Sections of things that the runbook brings back, not the plan.
    private static let runbookSections: Set<String> = [
        "podman", "lxd", "incus", "packages-snap", "packages-flatpak", "firewall",
    ]
    /// Sections of what the plan brings to an engine, whatever the runbook would have a person do.
    private static let engineSections: Set<String> = [
        "compose", "docker-containers", "docker-networks", "docker-volumes",
    ]

    /// Networks that each engine has.
    private static let engineNetworks: Set<String> = ["bridge", "docker_gwbridge", "host", "none"]

    private let other: OtherMachine
    /// Fates of the runbook by the names of its items.
    private let fates: [String: RebuildRunbook.Item]
    /// Whether the sections of the backup were read as a whole.
    private let wholeSections: Set<String>
    /// Why files that the backup has were left out of the plan, by their paths.
    private let leftOut: [[UInt8]: String]

    package init(
        other: OtherMachine, runbook: RebuildRunbook, wholeSections: Set<String>,
        leftOut: [[UInt8]: String] = [:]
    ) {
        self.other = other
        self.leftOut = leftOut
        self.wholeSections = wholeSections
        fates = Dictionary(runbook.chapters.flatMap(\.items).map { ($0.name, $0) }) { first, _ in first }
    }

    /// What a difference means.
    package func explain(_ difference: Difference) -> Finding {
        let (meaning, reason) = meaning(of: difference)
        return Finding(difference: difference, meaning: meaning, reason: reason)
    }

    private func meaning(of difference: Difference) -> (Meaning, String) {
        if let reason = Self.own[difference.section] { return (.identity, reason) }
        switch difference.kind {
        case "file": return file(difference)
        case "section": return section(difference)
        default: break
        }
        if let told = told(difference) { return told }
        switch difference.section {
        case "users": return account(difference)
        case "ssh-keys": return keys(difference)
        case "kernel" where difference.kind == "boot":
            return (.identity, "how it starts fits its own hardware")
        case "listening-ports": return port(difference)
        case let name where name.hasPrefix("packages-"): return package(difference)
        default: break
        }
        if difference.change == .added { return (.extra, "only the other machine has it") }
        if difference.section == "docker-images" {
            return (.byHand, "an image comes with the container that needs it; any other is loaded by hand")
        }
        if Self.engineSections.contains(difference.section) {
            let isNoted = difference.what.allSatisfy { $0.hasPrefix("labels.com.docker.compose.") }
            if difference.change == .changed, isNoted, !difference.what.isEmpty {
                return (.identity, "compose notes how it was called there")
            }
            if difference.section == "docker-networks", Self.engineNetworks.contains(difference.name) {
                return (.identity, "the engine makes it for itself, with addresses that fit its machine")
            }
            if difference.change == .changed, difference.what == ["imageID"] {
                return (
                    .byHand,
                    "its image has that name and another id: the name has moved on, or no registry has the one of the backup"
                )
            }
            return (.unexpected, "the plan brings it: holdfast rebuild plan with --device")
        }
        if Self.runbookSections.contains(difference.section) {
            return (.byHand, "the runbook brings it back: holdfast rebuild plan without --device")
        }
        return (.unexpected, "nothing explains it")
    }

    private func file(_ difference: Difference) -> (Meaning, String) {
        let path = DeviceText.bytes(ofPath: difference.name)
        if let part = other.part(keeping: path) { return (.identity, "\(part.name), as \(part.reason)") }
        if RestorePlanner.isMaintained(path) { return (.identity, "the system keeps it itself") }
        if difference.change != .added, let reason = leftOut[path] { return (.byHand, reason) }
        switch difference.change {
        case .added: return (.extra, "only the other machine has it")
        case .removed:
            return difference.what.contains("socket")
                ? (.identity, "a program makes it when it starts")
                : (.unexpected, "it is in the backup and not here")
        case .changed: return (.unexpected, "it is not as in the backup")
        }
    }

    private func section(_ difference: Difference) -> (Meaning, String) {
        switch difference.change {
        case .added: (.extra, "only the other machine has it")
        case .removed where Self.runbookSections.contains(difference.section):
            (.byHand, "the runbook brings it back: holdfast rebuild plan without --device")
        default:
            wholeSections.contains(difference.section)
                ? (.unexpected, "it was whole in the backup and is not here")
                : (.lost, "the backup did not hold the whole of it")
        }
    }

    /// What the runbook says of a thing that is missing.
    private func told(_ difference: Difference) -> (Meaning, String)? {
        guard difference.change != .added else { return nil }
        let names = [
            difference.name, "\(difference.kind) \(difference.name)", "compose project \(difference.name)",
        ]
        guard let item = names.lazy.compactMap({ fates[$0] }).first else { return nil }
        switch item.fate {
        case .byHand where Self.engineSections.contains(difference.section): return nil
        case .byHand: return (.byHand, item.reason)
        case .lost: return (.lost, item.reason)
        case .coverable: return nil
        }
    }

    private func account(_ difference: Difference) -> (Meaning, String) {
        switch difference.change {
        case .added: return (.extra, "an account of the other machine, which it keeps")
        case .removed: return (.unexpected, "it is in the backup and not here")
        case .changed:
            let numbers: Set = ["uid", "gid"]
            return numbers.isSuperset(of: difference.what)
                ? (.identity, "its number was taken; files follow the name")
                : (.byHand, "an account that both machines had stays as it was")
        }
    }

    private func keys(_ difference: Difference) -> (Meaning, String) {
        if let part = other.part(keeping: DeviceText.bytes(difference.name)) {
            return (.identity, "\(part.name), as \(part.reason)")
        }
        return difference.change == .added
            ? (.extra, "only the other machine has it")
            : (.unexpected, "the keys are not those of the backup")
    }

    private func port(_ difference: Difference) -> (Meaning, String) {
        let number = Int(difference.name.prefix { $0 != "/" }) ?? 0
        guard number < OtherMachineChecks.passingPorts else {
            return (.identity, "the kernel deals such a port out anew at each start")
        }
        switch difference.change {
        case .added: return (.extra, "only the other machine listens there")
        case .changed: return (.identity, "it listens on addresses of its own")
        case .removed: return (.unexpected, "nothing listens there")
        }
    }

    private func package(_ difference: Difference) -> (Meaning, String) {
        switch difference.change {
        case .added: return (.extra, "only the other machine has it; packages are never taken away")
        case .removed:
            return OtherMachine.makesMachineStart(difference.name)
                ? (.identity, "how it starts fits its own hardware")
                : (.unexpected, "no source had it, or its installation was left out")
        case .changed:
            return difference.what == ["version"]
                ? (.byHand, "the sources have another version; whether that will do is a person's choice")
                : (.unexpected, "it is not marked as in the backup")
        }
    }
}
