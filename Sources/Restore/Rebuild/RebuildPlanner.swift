import Basics
import RemoteExecution

/// Makes the runbook of a rebuild; a pure function of what the backup holds.
package struct RebuildPlanner: Sendable {
    let facts: RebuildFacts
    /// The name that the new machine gets in Holdfast.
    let other: String

    package init(_ facts: RebuildFacts, onto other: String) {
        self.facts = facts
        self.other = other
    }

    /// The runbook, its chapters in the order of the work; chapters without anything to do are left out.
    package func runbook() -> RebuildRunbook {
        let chapters = [
            machine, repositories, packages, users, foundations, services, programs, units, network, firewall,
            containers, instances, data, cron,
        ].filter { !$0.items.isEmpty }
        var warnings = facts.warning.isEmpty ? [] : [facts.warning]
        if !facts.proof.hasPrefix("proven") {
            warnings.append(
                "No recent drill proved this backup (\(facts.proof)). If there is time: holdfast restore drill \(facts.backup)"
            )
        }
        return RebuildRunbook(
            device: facts.device, backup: facts.backup, taken: facts.taken, proof: facts.proof,
            machine: machineWords, warnings: warnings, chapters: chapters + [last])
    }

    // MARK: Building blocks

    /// The command that plans the restore of these sections on the new machine.
    func restore(_ sections: [String], from backup: String? = nil) -> [String] {
        guard !sections.isEmpty else { return [] }
        let names = sections.map { "--section \($0)" }.joined(separator: " ")
        return [
            "holdfast restore plan \(backup ?? facts.backup) --device \(other) \(names) --in-place",
            "holdfast restore apply PLAN",
        ]
    }

    /// Sections that hold something, of those named.
    func held(_ names: [String]) -> [String] {
        names.filter { name in
            guard let section = facts.section(name), section.status == "ok" || section.status == "partial"
            else {
                return false
            }
            return !section.paths.isEmpty
        }
    }

    /// What is missing of sections that were not read as a whole.
    func gaps(_ names: [String]) -> [RebuildRunbook.Item] {
        names.compactMap { name in
            guard let section = facts.section(name) else {
                return RebuildRunbook.Item(
                    name, .lost, "the backup was made without this section; another backup may have it")
            }
            let why = section.reason.isEmpty ? "no reason is known" : section.reason
            let next = section.hint.isEmpty ? "" : "; for the next backup, allow: \(section.hint)"
            switch section.status {
            case "ok", "absent": return nil
            case "partial":
                return RebuildRunbook.Item(
                    "rest of \(name)", .lost, "the section is not whole: \(why)\(next)")
            default:
                return RebuildRunbook.Item(name, .lost, "it was not read (\(section.status)): \(why)\(next)")
            }
        }
    }

    /// One item for each of these sections that holds files; those that make a machine itself are work for a person.
    func files(_ names: [String], what: [String: String]) -> [RebuildRunbook.Item] {
        held(names).flatMap { name -> [RebuildRunbook.Item] in
            let paths = facts.section(name)?.paths ?? []
            let own = paths.compactMap { path in
                OtherMachine.part(keeping: Array(path.utf8)).map { (path: path, part: $0) }
            }
            let rest = paths.count - own.count
            var items: [RebuildRunbook.Item] = []
            if rest > 0 {
                items.append(
                    RebuildRunbook.Item(
                        what[name] ?? name, .coverable, "\(rest.counted("file")) in section \(name)",
                        section: name))
            }
            return items + kept(own)
        }
    }

    private static let hostKeys = "/etc/ssh/ssh_host_"

    /// Files that stay as they are on another machine: work for a person, but for those that other steps take care of.
    private func kept(_ files: [(path: String, part: OtherMachine.Part)]) -> [RebuildRunbook.Item] {
        OtherMachine.fixed.flatMap { part -> [RebuildRunbook.Item] in
            let paths = files.filter { $0.part == part }.map(\.path)
            guard !paths.isEmpty, !part.isTakenCareOf else { return [] }
            if paths.contains(where: { $0.hasPrefix(Self.hostKeys) }) { return [hostKeyItem] }
            guard paths.count > 3 else { return paths.map { byHandFile($0, part) } }
            return [
                RebuildRunbook.Item(
                    "\(part.name): \(paths.count.counted("file"))", .byHand,
                    "never carried over, as \(part.reason); read them with: holdfast backup export \(facts.backup) --path \(part.paths[0].shellWord) --to FOLDER"
                )
            ]
        }
    }

    /// All host keys together: nobody needs a line for each.
    private var hostKeyItem: RebuildRunbook.Item {
        RebuildRunbook.Item(
            "SSH host keys", .byHand,
            "the new machine has its own, and everybody who connected before is warned; to keep the old ones: "
                + "holdfast backup export \(facts.backup) --path \((Self.hostKeys + "*").shellWord) --to FOLDER"
        )
    }

    /// A file that a restore leaves alone on another machine.
    private func byHandFile(_ path: String, _ part: OtherMachine.Part) -> RebuildRunbook.Item {
        RebuildRunbook.Item(
            path, .byHand,
            "never carried over, as \(part.reason); read it with: holdfast backup cat \(facts.backup) \(path.shellWord)"
        )
    }

    /// Whether the backup, or a later copy of data, has `path` or anything below it.
    func holds(_ path: String) -> Bool {
        let below = path.hasSuffix("/") ? path : path + "/"
        return facts.sections.contains { section in
            section.paths.contains { $0 == path || $0.hasPrefix(below) }
        } || facts.holdings.contains { $0.paths.contains(path) }
    }

    // MARK: First and last

    private var machineWords: String {
        let release = facts.things("identity", "system").first
        let machine = facts.things("identity", "machine").first
        let title = release?.text("title") ?? ""
        let architecture = machine?.text("architecture") ?? ""
        guard !title.isEmpty else { return "a blank machine of the same family and release" }
        return "a blank \(title)\(architecture.isEmpty ? "" : " on \(architecture)")"
    }

    /// File systems that hold nothing across a restart, or are made by programs.
    private static let passing: Set = [
        "tmpfs", "ramfs", "devtmpfs", "overlay", "squashfs", "proc", "sysfs", "nsfs", "autofs", "fuse.lxcfs",
    ]

    private var machine: RebuildRunbook.Chapter {
        var items: [RebuildRunbook.Item] = []
        for disk in facts.things("hardware", "disk") {
            let bytes = disk.fields["bytes"]?.int.map { ByteCount($0).description } ?? "unknown size"
            items.append(
                .init("disk \(disk.name)", .byHand, "it had \(bytes); choose one that is not smaller"))
        }
        for mount in facts.things("filesystems", "mount") where !Self.passing.contains(mount.text("type")) {
            items.append(
                .init(
                    "mount \(mount.name)", .byHand,
                    "\(mount.text("type")) from \(mount.text("source")); make it before anything is restored below it"
                ))
        }
        for kind in ["array", "physical-volume", "volume"] {
            for volume in facts.things("volumes", kind) {
                items.append(.init("\(kind) \(volume.name)", .byHand, "make it as part of the disk layout"))
            }
        }
        for pool in facts.things("zfs", "pool") {
            items.append(
                .init(
                    "pool \(pool.name)", .byHand,
                    "import it if its disks survived (zpool import \(pool.name.shellWord)), else make it anew"
                ))
        }
        if !items.isEmpty { items += files(["filesystems", "volumes", "zfs"], what: [:]) }
        items += gaps(["identity", "filesystems"])
        return RebuildRunbook.Chapter(
            "The new machine",
            about:
                "Install \(machineWords), with sshd and an account that is root, or that sudo asks nothing. "
                + "Make the disks first: nothing later can be put right if these are wrong.",
            items: items,
            steps: [
                .init(.here, ["holdfast device add \(other) USER@ADDRESS", "holdfast device check \(other)"])
            ])
    }

    private var last: RebuildRunbook.Chapter {
        let lost = facts.notCovered.map { RebuildRunbook.Item("not in the backup", .lost, $0) }
        return RebuildRunbook.Chapter(
            "Prove it",
            about:
                "Restart the machine once, so that everything has to start by itself. Then read it and compare: "
                + "every line of the difference is either wanted or work that is left.",
            items: lost,
            steps: [
                .init(
                    .here,
                    [
                        "holdfast backup create \(other)",
                        "holdfast backup diff \(facts.backup) latest:\(other)",
                        "holdfast restore drill latest:\(other)",
                    ])
            ])
    }
}
