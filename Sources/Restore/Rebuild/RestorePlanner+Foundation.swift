import Basics
import Vault

extension OtherMachine {
    /// Paths that stay as they are, with what they are part of.
    struct Kept: Sendable, Equatable {
        let part: Part
        var paths: [[UInt8]]
    }
}

extension RestorePlanner.Result {
    /// Notes that `path` stays as it is.
    mutating func keep(_ path: [UInt8], _ part: OtherMachine.Part) {
        if let index = kept.firstIndex(where: { $0.part == part }) {
            kept[index].paths.append(path)
        } else {
            kept.append(OtherMachine.Kept(part: part, paths: [path]))
        }
    }
}

extension RestorePlanner {
    /// Sections of which nothing is ever taken away from another machine.
    static let ownSections: Set<String> = [
        "users", "sudoers", "ssh-keys", "sshd", "network-config", "identity", "packages-dpkg", "packages-rpm",
        "packages-apk", "packages-pacman", "packages-snap", "packages-flatpak",
    ]

    /// Where packages come from and what signs them: needed before any package is installed.
    private static let sources: [String] = [
        "/etc/apt/", "/usr/share/keyrings/", "/etc/yum.repos.d/", "/etc/yum.conf", "/etc/dnf/",
        "/etc/pki/rpm-gpg/", "/etc/zypp/", "/etc/apk/repositories", "/etc/apk/repositories.d/",
        "/etc/apk/keys/",
        "/etc/pacman.conf", "/etc/pacman.d/",
    ]

    static func isSource(_ path: [UInt8]) -> Bool {
        sources.contains { source in
            source.hasSuffix("/")
                ? path.starts(with: source.utf8) || path == Array(source.dropLast().utf8)
                : path == Array(source.utf8)
        }
    }

    /// Puts what files need before them: sources of packages, groups and users, packages, folders.
    ///
    /// Accounts come before packages: a package that finds its account takes it as it is, so that numbers stay as they
    /// were.
    func planFoundation(_ result: inout Result) {
        var packages: [RestoreStep] = []
        if options.installs { packages = planPackages(&result) }
        let files = result.steps
        let areas = facts.accounts.steps.isEmpty ? [] : ["users"]
        let accounts = facts.accounts.steps.map { step in
            var step = step
            step.areas = areas
            return step
        }
        let head = files.filter { Self.isSource($0.subject) }
        let rest = files.filter { !Self.isSource($0.subject) }
        result.steps = head + accounts + packages + (facts.other == nil ? [] : parents(of: files)) + rest
        result.warnings += facts.accounts.warnings + result.kept.map(Self.sentence)
        result.conflicts += facts.accounts.conflicts
        if packages.contains(where: { $0.action == .install }) {
            result.trims = facts.wholeSections.subtracting(Self.ownSections).sorted()
        }
    }

    private static func sentence(_ kept: OtherMachine.Kept) -> String {
        let names = kept.paths.prefix(4).map { DeviceText.path($0) }.joined(separator: ", ")
        let more = kept.paths.count > 4 ? " and \(kept.paths.count - 4) more" : ""
        return "stays as it is here: \(kept.part.name) (\(names)\(more)), as \(kept.part.reason)"
    }

    // MARK: Packages

    private func planPackages(_ result: inout Result) -> [RestoreStep] {
        let present = Dictionary(facts.presentPackages.map { ($0.name, $0) }) { first, _ in first }
        guard !present.isEmpty else { return [] }
        var steps: [RestoreStep] = []
        var left: [String] = []
        for package in facts.wantedPackages {
            if let now = present[package.name] {
                steps += mark(package, now)
                continue
            }
            guard PackageCommands.isPlain(package.name),
                facts.isSameMachine || !OtherMachine.makesMachineStart(package.name)
            else {
                left.append(package.name)
                continue
            }
            steps.append(
                RestoreStep(
                    action: .install, subject: Array(package.name.utf8), section: package.section,
                    what: ["package"] + package.marks.sorted(), risk: .medium, isReversible: false,
                    to: package.value))
        }
        if !left.isEmpty {
            result.warnings.append("not installed, as they make a machine start: \(Self.list(left))")
        }
        let wanted = Set(facts.wantedPackages.map(\.name))
        let extra = facts.presentPackages.filter { !wanted.contains($0.name) }.map(\.name)
        if !wanted.isEmpty, !extra.isEmpty {
            result.warnings.append(
                "\(extra.count.counted("package")) that the backup does not have \(extra.count == 1 ? "stays" : "stay") installed: \(Self.list(extra))"
            )
        }
        return steps.filter { $0.action == .install } + steps.filter { $0.action == .mark }
    }

    static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " …" : "")
    }

    /// Whether a package was asked for by hand, and whether it is held; on the same machine the files of apt say it.
    private func mark(_ wanted: PlanFacts.Named, _ now: PlanFacts.Named) -> [RestoreStep] {
        guard !facts.isSameMachine, wanted.section == "packages-dpkg", !wanted.marks.isEmpty,
            wanted.marks != now.marks, PackageCommands.isPlain(wanted.name)
        else { return [] }
        return [
            RestoreStep(
                action: .mark, subject: Array(wanted.name.utf8), section: wanted.section,
                what: wanted.marks.sorted(), isReversible: false,
                from: now.marks.sorted().joined(separator: ", "),
                to: wanted.marks.sorted().joined(separator: ", "))
        ]
    }

    // MARK: Folders

    /// Folders that every system has.
    private static let common = Set(
        [
            "/usr/local", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/share", "/usr/lib",
            "/var/lib", "/var/spool", "/var/cache", "/var/log",
        ].map { Array($0.utf8) })

    /// Folders that stand in no section and that files of the plan lie in; whether they are there is seen on the device.
    private func parents(of files: [RestoreStep]) -> [RestoreStep] {
        let known = Set((facts.wanted + facts.present).lazy.filter { $0.kind == .folder }.map(\.path))
        let entries = Dictionary(facts.wanted.map { ($0.path, $0) }) { first, _ in first }
        var folders: [[UInt8]: RestoreStep] = [:]
        for step in files where step.action == .create {
            guard let entry = entries[step.subject] else { continue }
            var path = SwapOperations.parent(step.subject)
            // What lies right below the root is part of every system.
            while path.count(where: { $0 == UInt8(ascii: "/") }) > 1, !known.contains(path),
                !Self.common.contains(path)
            {
                if folders[path] == nil { folders[path] = folder(path, for: entry) }
                path = SwapOperations.parent(path)
            }
        }
        return folders.values.sorted { ByteOrder.precedes($0.subject, $1.subject) }
    }

    private func folder(_ path: [UInt8], for entry: FileEntry) -> RestoreStep {
        let slash = path.lastIndex(of: UInt8(ascii: "/")) ?? 0
        let isHidden = path.dropFirst(slash + 1).first == UInt8(ascii: ".")
        let isHome = path.starts(with: "/home/".utf8)
        let owner = isHome ? "\(entry.userID):\(entry.groupID)" : "0:0"
        return RestoreStep(
            action: .folder, subject: path, section: "", what: ["made if missing"],
            to: "\(isHidden ? "0700" : "0755"):\(owner)")
    }
}
