import Basics

extension RebuildPlanner {
    // MARK: Services

    var services: RebuildRunbook.Chapter {
        let sections = [
            "sshd", "letsencrypt", "nginx", "apache", "caddy", "haproxy", "traefik", "fail2ban",
        ]
        var items = files(
            sections,
            what: [
                "sshd": "the SSH server", "letsencrypt": "certificates and their keys", "nginx": "nginx",
                "apache": "Apache", "caddy": "Caddy", "haproxy": "HAProxy", "traefik": "Traefik",
                "fail2ban": "fail2ban",
            ])
        items += gaps(sections.filter { facts.section($0) != nil })
        return RebuildRunbook.Chapter(
            "Services", about: "Each is checked by its own program before it is put in place.", items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    var units: RebuildRunbook.Chapter {
        let sections = ["systemd-units", "openrc"]
        var items: [RebuildRunbook.Item] = []
        let own = (facts.section("systemd-units")?.paths ?? []).filter { path in
            path.hasPrefix("/etc/systemd/system/") || path.hasPrefix("/usr/local/lib/systemd/")
        }
        items += own.map { .init($0, .coverable, "a unit, or a change of one, made here") }
        let states = facts.things("systemd-units", "unit")
        let enabled = states.filter { $0.text("state") == "enabled" && $0.text("preset") != "enabled" }
        let masked = states.filter { $0.text("state") == "masked" }
        if !enabled.isEmpty {
            items.append(
                .init(
                    "\(enabled.count.counted("unit")) enabled by hand", .coverable,
                    "their state is restored with them")
            )
        }
        if !masked.isEmpty {
            items.append(
                .init(
                    "\(masked.count.counted("unit")) masked", .coverable, "their state is restored with them")
            )
        }
        items += files(["openrc"], what: ["openrc": "OpenRC services and runlevels"])
        items += gaps(sections.filter { facts.section($0) != nil })
        return RebuildRunbook.Chapter(
            "Units", about: "What starts by itself, and how.", items: items,
            steps: [.init(.here, restore(held(sections)))], sections: sections)
    }

    /// Programs that something starts, that no package brought and that the backup lacks.
    var programs: RebuildRunbook.Chapter {
        var starters: [String: String] = [:]
        for unit in facts.things("systemd-units", "definition") {
            for line in unit.texts("lines") where line.hasPrefix("Exec") {
                guard let equals = line.firstIndex(of: "=") else { continue }
                note(line[line.index(after: equals)...], by: unit.name, &starters)
            }
        }
        for table in facts.things("cron", "table") {
            for job in table.fields["jobs"]?.array ?? [] {
                if let command = job["command"]?.string { note(command[...], by: table.name, &starters) }
            }
        }
        let items = starters.sorted { $0.key < $1.key }.map { path, starter -> RebuildRunbook.Item in
            holds(path)
                ? .init(path, .coverable, "started by \(starter); in the backup")
                : .init(
                    path, .lost,
                    "started by \(starter), in no package and not in the backup: install it again, and name it with --path in the next backup"
                )
        }
        return RebuildRunbook.Chapter(
            "Programs from outside of the packages",
            about: "Found by what starts them. Without these, units and jobs of the chapters above fail.",
            items: items, sections: ["systemd-units"])
    }

    /// Notes the program of a command line where it lies outside of the packages.
    private func note(_ command: Substring, by starter: String, _ starters: inout [String: String]) {
        let first = command.drop { "@-:+! \"".contains($0) }.prefix { !" \t;\"".contains($0) }
        let foreign = ["/opt/", "/usr/local/", "/srv/", "/home/", "/root/", "/var/", "/data/"]
        guard foreign.contains(where: first.hasPrefix), !first.contains("$"), !first.contains("%") else {
            return
        }
        starters[String(first)] = starters[String(first)] ?? starter
    }

    // MARK: Containers

    private func holding(_ section: String) -> RebuildFacts.Holding? {
        facts.holdings.first { $0.section == section }
    }

    var containers: RebuildRunbook.Chapter {
        let sections = ["docker-daemon", "compose"]
        var items = files(["docker-daemon"], what: ["docker-daemon": "settings of the Docker daemon"])
        let projects = facts.things("compose", "compose-project")
        items += projects.map(project)
        items += images() + networks() + volumes()
        items += facts.things("docker-containers", "container").filter { $0.fields["compose"] == nil }.map(
            single)
        items += facts.things("podman", "container").map { container in
            .init(
                "podman container \(container.name)", .byHand,
                "start it again as ‘podman inspect’ in the export says")
        }
        items += gaps(
            [
                "docker-daemon", "docker-containers", "docker-images", "docker-networks", "docker-volumes",
                "compose", "podman",
            ]
            .filter { facts.section($0) != nil })
        var here = restore(held(sections))
        if items.contains(where: { $0.name.hasPrefix("container ") || $0.name.hasPrefix("network ") }) {
            here.append(
                "holdfast backup export \(facts.backup) --section docker-containers --section docker-networks --section docker-volumes --to ./\(facts.device)-containers"
            )
        }
        var steps = [
            RebuildRunbook.Step(.here, here),
            .init(.there, volumeNames.map { "docker volume create \($0.shellWord)" }),
        ]
        if let data = holding("container-data") {
            steps += [.init(.there, ["systemctl stop docker.socket docker"])]
            steps += carry(data, into: "/")
            steps += [.init(.there, ["systemctl start docker"])]
        }
        steps.append(.init(.there, projects.flatMap(start)))
        return RebuildRunbook.Chapter(
            "Containers",
            about:
                "Settings of the daemon, compose files and secrets first; then volumes are made and filled while nothing "
                + "runs; then the projects start.",
            items: items, steps: items.isEmpty ? [] : steps)
    }

    /// Brings data of any size over as an archive, which keeps owners by number, modes, times, attributes and lists.
    private func carry(_ data: RebuildFacts.Holding, into folder: String) -> [RebuildRunbook.Step] {
        let file = "\(facts.device)-\(data.section).tar"
        return [
            .init(
                .here,
                [
                    "holdfast backup export \(data.backup) --section \(data.section) --files-only --tar ./\(file)",
                    "scp ./\(file) USER@ADDRESS:/var/tmp/\(file)",
                ]),
            .init(
                .there,
                [
                    "tar -x -p --numeric-owner --xattrs --xattrs-include='*' --acls -C \(folder) -f /var/tmp/\(file)",
                    "rm /var/tmp/\(file)",
                ]),
        ]
    }

    private func project(_ project: RebuildFacts.Thing) -> RebuildRunbook.Item {
        let missing = project.texts("files").filter { !holds($0) }
        guard missing.isEmpty else {
            return .init(
                "compose project \(project.name)", .lost,
                "not in the backup: \(missing.joined(separator: ", "))")
        }
        let services = project.fields["services"]?.object?.keys.sorted().joined(separator: ", ") ?? ""
        return .init(
            "compose project \(project.name)", .coverable,
            "services \(services); files are restored, then it is started")
    }

    private func start(_ project: RebuildFacts.Thing) -> [String] {
        let files = project.texts("files").filter { !$0.hasSuffix(".env") }
        guard let folder = project.texts("folders").first, !files.isEmpty else { return [] }
        let options = files.map { "--file \($0.shellWord)" }.joined(separator: " ")
        return [
            "docker compose --project-name \(project.name.shellWord) --project-directory \(folder.shellWord) \(options) up --detach"
        ]
    }

    private func images() -> [RebuildRunbook.Item] {
        facts.things("docker-images", "image").compactMap { image in
            let tags = image.texts("tags")
            guard let tag = tags.first else { return nil }
            return image.texts("digests").isEmpty
                ? .init(
                    "image \(tag)", .byHand,
                    "it was made on the old machine and is in no registry: build it again")
                : .init(
                    "image \(tag)", .coverable, "its registry has it; it is pulled when its container starts")
        }
    }

    private func networks() -> [RebuildRunbook.Item] {
        facts.things("docker-networks", "network").filter { network in
            !["bridge", "host", "none"].contains(network.name)
        }.map { network in
            let project = network.fields["labels"]?["com.docker.compose.project"]?.string
            return project.map {
                .init("network \(network.name)", .coverable, "compose project \($0) makes it")
            }
                ?? .init(
                    "network \(network.name)", .byHand,
                    "docker network create --driver \(network.text("driver")) \(network.name.shellWord), with the addresses of the export"
                )
        }
    }

    /// Volumes with names of their own; those with random names belong to one container and go with it.
    private var volumeNames: [String] {
        facts.things("docker-volumes", "volume").map(\.name).filter { !Self.isRandom($0) }
    }

    private static func isRandom(_ name: String) -> Bool {
        name.count == 64 && name.allSatisfy(\.isHexDigit)
    }

    private func volumes() -> [RebuildRunbook.Item] {
        facts.things("docker-volumes", "volume").map { volume in
            let name = "volume \(volume.name)"
            guard let data = holding("container-data") else {
                return .init(
                    name, .lost, "no backup of the device has container data: make one with --include-data")
            }
            guard data.paths.contains(volume.text("mountpoint")) else {
                return .init(name, .lost, "the container data in backup \(data.backup) has nothing of it")
            }
            guard !Self.isRandom(volume.name) else {
                return .init(
                    name, .byHand,
                    "its content is in backup \(data.backup); its container gets a new volume with another name"
                )
            }
            return .init(name, .coverable, "filled from backup \(data.backup) of \(data.taken)")
        }
    }

    private func single(_ container: RebuildFacts.Thing) -> RebuildRunbook.Item {
        var words = ["docker", "run", "--detach", "--name", container.name]
        let restart = container.text("restart")
        if !restart.isEmpty, restart != "no" { words += ["--restart", restart] }
        let network = container.text("networkMode")
        if !network.isEmpty, network != "bridge" { words += ["--network", network] }
        for (port, bindings) in (container.fields["ports"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            for binding in bindings.array ?? [] {
                if let host = binding.string { words += ["--publish", "\(host):\(port)"] }
            }
        }
        for mount in container.fields["mounts"]?.array ?? [] {
            guard let source = mount["volume"]?.string ?? mount["source"]?.string,
                let destination = mount["destination"]?.string
            else { continue }
            words += ["--volume", "\(source):\(destination)\(mount["readOnly"]?.bool == true ? ":ro" : "")"]
        }
        words.append(container.text("image"))
        words += container.texts("command")
        return .init(
            "container \(container.name)", .byHand,
            "begin with: \(words.map(\.shellWord).joined(separator: " ")); environment and limits are in the export"
        )
    }

    // MARK: Instances and data

    var instances: RebuildRunbook.Chapter {
        var items: [RebuildRunbook.Item] = []
        var steps: [RebuildRunbook.Step] = []
        for (daemon, client) in [("lxd", "lxc"), ("incus", "incus")] {
            let data = holding("\(daemon)-data")
            var imports: [String] = []
            for instance in facts.things(daemon, "instance") {
                let path = "/\(client)-export/\(instance.name).tar.gz"
                guard let data, data.paths.contains(path) else {
                    items.append(
                        .init(
                            "\(daemon) instance \(instance.name)", .lost,
                            "no backup has an export of it: make one with --include-data"))
                    continue
                }
                items.append(
                    .init(
                        "\(daemon) instance \(instance.name)", .coverable,
                        "imported from its export in backup \(data.backup)"))
                imports.append("\(client) import \("/var/tmp\(path)".shellWord)")
            }
            if let data, !imports.isEmpty {
                steps += carry(data, into: "/var/tmp") + [.init(.there, imports)]
            }
            for kind in ["storage-pool", "network", "profile"] {
                items += facts.things(daemon, kind).map { thing in
                    .init(
                        "\(daemon) \(kind) \(thing.name)", .byHand,
                        "what an instance needs of it is made with that; else as the section \(daemon) of the export says"
                    )
                }
            }
        }
        return RebuildRunbook.Chapter(
            "Machines and system containers",
            about: "Pools, networks and profiles first, then the instances.", items: items,
            steps: steps)
    }

    var data: RebuildRunbook.Chapter {
        var items: [RebuildRunbook.Item] = []
        var steps: [RebuildRunbook.Step] = []
        if let own = holding("paths") {
            items.append(
                .init(
                    "own paths", .coverable,
                    "\(ByteCount(own.bytes)) in section paths of backup \(own.backup) of \(own.taken)"))
            steps = [.init(.here, restore(["paths"], from: own.backup))]
        }
        let binds = bindMounts()
        let data = holding("container-data")
        items += binds.map { source, container in
            if data?.paths.contains(source) == true || holds(source) {
                return .init(source, .coverable, "mounted into \(container)")
            }
            return .init(
                source, .lost,
                "mounted into \(container), and in no backup: make one with --include-data or --path")
        }
        return RebuildRunbook.Chapter(
            "Data",
            about:
                "What people and programs made. Databases that ran while they were copied may need their own repair.",
            items: items, steps: steps, sections: ["paths"])
    }

    /// Folders and files of the machine that containers use; what every machine has is none of them.
    private func bindMounts() -> [(source: String, container: String)] {
        let common = [
            "/proc", "/sys", "/dev", "/run", "/var/run", "/etc/localtime", "/etc/timezone", "/lib/modules",
        ]
        var sources: [String: String] = [:]
        for container in facts.things("docker-containers", "container") {
            for mount in container.fields["mounts"]?.array ?? [] where mount["volume"] == nil {
                guard let source = mount["source"]?.string, source != "/",
                    !common.contains(where: { source == $0 || source.hasPrefix($0 + "/") })
                else { continue }
                sources[source] = sources[source] ?? "container \(container.name)"
            }
        }
        return sources.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
