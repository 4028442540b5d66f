import Basics

extension RebuildPlanner {
    private static let packageSections = ["packages-dpkg", "packages-rpm", "packages-apk", "packages-pacman"]
    private static let storeSections = ["packages-snap", "packages-flatpak"]

    private var ownPackageSections: [String] {
        Self.packageSections.filter { facts.section($0).map { $0.status != "absent" } ?? false }
    }

    // MARK: Packages

    var repositories: RebuildRunbook.Chapter {
        let sections = ownPackageSections
        var items: [RebuildRunbook.Item] = []
        for name in held(sections) {
            let paths = facts.section(name)?.paths ?? []
            for path in paths {
                let isKey =
                    path.contains("keyrings/") || path.contains("trusted.gpg") || path.contains("/keys/")
                    || path.contains("pki/rpm-gpg")
                let isSource =
                    path.contains("sources.list") || path.contains("repositories")
                    || path.contains("yum.repos.d") || path.contains("/pacman")
                guard isKey || isSource else { continue }
                items.append(
                    .init(path, .coverable, isKey ? "a key that signs packages" : "where packages come from"))
            }
        }
        for remote in facts.things("packages-flatpak", "remote") {
            items.append(.init("flatpak remote \(remote.name)", .byHand, "add it with: flatpak remote-add"))
        }
        return RebuildRunbook.Chapter(
            "Repositories and their keys",
            about: "Before any package: otherwise it comes from the wrong place, or not at all. "
                + "This command brings the packages of the next chapter as well.",
            items: items, steps: [.init(.here, restore(held(sections))), .init(.there, refresh)],
            sections: sections)
    }

    /// How the new machine reads its repositories anew.
    private var refresh: [String] {
        ownPackageSections.compactMap { name in
            switch name {
            case "packages-dpkg": "apt-get update"
            case "packages-rpm": "dnf makecache"
            case "packages-apk": "apk update"
            case "packages-pacman": "pacman -Sy"
            default: nil
            }
        }
    }

    var packages: RebuildRunbook.Chapter {
        var items: [RebuildRunbook.Item] = []
        var there: [String] = []
        for name in ownPackageSections {
            let all = facts.things(name, "package").filter { ["", "installed"].contains($0.text("status")) }
            let manual = all.filter { $0.flag("manual") }
            let wanted = manual.isEmpty ? all : manual
            guard !wanted.isEmpty else { continue }
            items.append(
                .init(
                    "\(wanted.count.counted("package")) (\(name))", .coverable,
                    "asked for by hand, of \(all.count); the others come with them, in the versions that the repositories have now"
                ))
            let held = all.filter { $0.flag("held") }
            items += held.map {
                .init($0.name, .coverable, "held at version \($0.text("version")), and held again")
            }
            there += install(name, wanted.map(\.name))
            if !held.isEmpty, name == "packages-dpkg" {
                let names = held.map { $0.name.prefix { $0 != ":" } }.map { $0.shellWord }
                there.append("apt-mark hold \(names.joined(separator: " "))")
            }
        }
        for name in Self.storeSections {
            items += facts.things(name, "package").map { package in
                .init(
                    package.name, .byHand,
                    "install it again from its store (version was \(package.text("version")))")
            }
        }
        items += gaps(ownPackageSections)
        return RebuildRunbook.Chapter(
            "Packages",
            about:
                "What the machine was made of. If the restore above could not install all of them, this does.",
            items: items, steps: [.init(.there, there)], sections: ownPackageSections)
    }

    /// The command that installs packages by name.
    private func install(_ section: String, _ names: [String]) -> [String] {
        let native = facts.things("packages-dpkg", "architecture").first?.text("native") ?? ""
        let plain = names.map { name -> String in
            guard section == "packages-dpkg", let colon = name.lastIndex(of: ":") else { return name }
            let architecture = name[name.index(after: colon)...]
            return architecture == "all" || architecture == native ? String(name[..<colon]) : name
        }
        let words = plain.filter { !$0.hasPrefix(".") && !$0.hasPrefix("-") }.map(\.shellWord).joined(
            separator: " ")
        switch section {
        case "packages-dpkg": return ["apt-get install --no-install-recommends \(words)"]
        case "packages-rpm": return ["dnf install \(words)"]
        case "packages-apk": return ["apk add \(words)"]
        case "packages-pacman": return ["pacman -S --needed \(words)"]
        default: return []
        }
    }

    // MARK: Users

    var users: RebuildRunbook.Chapter {
        let sections = ["users", "sudoers", "ssh-keys"]
        var items: [RebuildRunbook.Item] = []
        let hasShadow = facts.section("users")?.paths.contains("/etc/shadow") ?? false
        for user in facts.things("users", "user") {
            guard let uid = user.fields["uid"]?.int, uid == 0 || (1000..<65_000).contains(uid) else {
                continue
            }
            let isLocked = user.text("password") == "locked" || user.text("password") == "none"
            items.append(
                hasShadow || isLocked
                    ? .init(
                        "user \(user.name)", .coverable,
                        "with its groups\(isLocked ? "" : ", and what it logs in with")")
                    : .init(
                        "user \(user.name)", .byHand,
                        "the backup could not read /etc/shadow: run passwd for it"))
            let home = user.text("home")
            guard !home.isEmpty, home.hasPrefix("/home/") || home == "/root" else { continue }
            let inPaths = facts.section("paths")?.paths.contains { $0.hasPrefix(home + "/") } ?? false
            items.append(
                inPaths
                    ? .init("home \(home)", .coverable, "in section paths; see the chapter on data")
                    : .init(
                        "home \(home)", .lost, "home folders are only in a backup that names them with --path"
                    ))
        }
        items += files(
            sections,
            what: [
                "users": "accounts, groups, login rules", "sudoers": "who may use sudo",
                "ssh-keys": "keys that may log in",
            ])
        items += gaps(sections)
        return RebuildRunbook.Chapter(
            "Users",
            about:
                "Before files: they belong to these accounts. Accounts that the new machine has stay as they are there, and "
                + "so do the keys of the account that Holdfast logs in with. Keep a second session open while you do this; "
                + "the device takes the change back by itself when nobody confirms.",
            items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    // MARK: System

    var foundations: RebuildRunbook.Chapter {
        let sections = ["kernel", "time-locale", "local-configuration", "logging", "unattended-upgrades"]
        var items = files(
            sections,
            what: [
                "kernel": "kernel parameters and modules", "time-locale": "time zone, clock, language",
                "local-configuration": "mail, directories, monitoring, shell", "logging": "logging",
                "unattended-upgrades": "automatic updates",
            ])
        if let boot = facts.things("kernel", "boot").first {
            let arguments = boot.texts("arguments").filter {
                !$0.hasPrefix("BOOT_IMAGE=") && !$0.hasPrefix("root=") && !["ro", "rw", "quiet"].contains($0)
            }
            if !arguments.isEmpty {
                items.append(
                    .init(
                        "boot arguments", .byHand,
                        "the old machine had: \(arguments.joined(separator: " ")); then update the boot loader"
                    ))
            }
        }
        items += gaps(sections)
        return RebuildRunbook.Chapter(
            "Foundations of the system", about: "What every service relies on.", items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    var network: RebuildRunbook.Chapter {
        let sections = ["network-config"]
        var items = files(sections, what: ["network-config": "names, resolvers, network settings"])
        for interface in facts.things("network-state", "interface") {
            let addresses = interface.texts("addresses").filter { !$0.hasPrefix("fe80") }
            guard !addresses.isEmpty, interface.name != "lo", !interface.name.hasPrefix("veth"),
                !interface.name.hasPrefix("br-"), interface.name != "docker0"
            else { continue }
            items.append(
                .init(
                    "interface \(interface.name)", .byHand,
                    "it had \(addresses.joined(separator: ", ")); set it on the new one"))
        }
        let host = facts.things("identity", "machine").first?.text("hostname") ?? ""
        if !host.isEmpty {
            items.append(
                .init(
                    "host name", .byHand,
                    "hostnamectl set-hostname \(host.shellWord), once the old machine is off"))
        }
        items += gaps(sections)
        return RebuildRunbook.Chapter(
            "Network",
            about:
                "Addresses and names of the old machine are never carried over: two machines with one address lose both. "
                + "Do this by hand, at the console.",
            items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    var firewall: RebuildRunbook.Chapter {
        let sections = ["firewall"]
        var items = files(sections, what: ["firewall": "firewall files"])
        let isKept = !held(sections).isEmpty
        let chains = facts.things("firewall", "iptables-chain") + facts.things("firewall", "nft-chain")
        let own = chains.filter { !($0.texts("rules") + $0.texts("lines")).isEmpty }
        if !own.isEmpty, !isKept {
            items.append(
                .init(
                    "\(own.count) chains of rules", .byHand,
                    "they were only in the kernel, in no file; read them with: holdfast backup export \(facts.backup) --section firewall --to FOLDER"
                ))
        }
        if facts.things("firewall", "ufw").contains(where: { $0.flag("isActive") }) {
            items.append(
                .init("ufw", .byHand, "it was on: switch it on with ‘ufw enable’ after SSH is allowed"))
        }
        items += gaps(sections)
        return RebuildRunbook.Chapter(
            "Firewall", about: "After the network, before the services are reachable.", items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    var cron: RebuildRunbook.Chapter {
        let sections = ["cron"]
        var items: [RebuildRunbook.Item] = []
        for table in facts.things("cron", "table") {
            let jobs = table.fields["jobs"]?.array?.count ?? 0
            items.append(.init(table.name, .coverable, jobs.counted("job")))
        }
        if items.isEmpty { items = files(sections, what: ["cron": "tables and scripts"]) }
        items += gaps(sections)
        return RebuildRunbook.Chapter(
            "Scheduled jobs", about: "Last of all: no job may run on half a machine.", items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }
}
