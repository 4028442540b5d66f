import Basics

/// What of one container's inspection, by Docker or podman, stays the same while nobody changes the container.
enum ContainerInspection {
    /// The item of one inspected container; nil when the value describes none.
    static func item(_ value: JSONValue) -> InventoryItem? {
        guard let path = value["Name"]?.string else { return nil }
        let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        let config = value["Config"] ?? [:]
        let labels = config["Labels"]?.object ?? [:]
        var fields: [String: JSONValue] = [
            "image": config["Image"] ?? value["ImageName"] ?? nil,
            "imageID": value["Image"] ?? nil,
            "imageDigest": value["ImageDigest"] ?? nil,
            "command": arguments(config["Cmd"]),
            "entrypoint": arguments(config["Entrypoint"]),
            "environment": environment(config),
            "labels": JSONValue.object(labels).guardingSecrets(),
            "workingDirectory": config["WorkingDir"] ?? nil,
            "user": config["User"] ?? nil,
            "hostname": hostname(value, config),
            "terminal": config["Tty"] ?? nil,
            "standardInput": config["OpenStdin"] ?? nil,
            "stopSignal": config["StopSignal"] ?? nil,
            "stopTimeout": config["StopTimeout"] ?? nil,
            "healthcheck": healthcheck(config["Healthcheck"]),
            "macAddress": config["MacAddress"] ?? nil,
            "mounts": mounts(value["Mounts"]),
            "networks": networks(value),
            "compose": compose(labels),
            "state": state(value["State"]),
            "createCommand": arguments(config["CreateCommand"]),
            "pod": value["Pod"] ?? nil,
        ]
        for (key, entry) in host(value["HostConfig"]) { fields[key] = entry }
        return InventoryItem("container", name, fields.filter { !$0.value.isUnset })
    }

    /// A command line given as a list or, by old podman, as text.
    private static func arguments(_ value: JSONValue?) -> JSONValue {
        if let text = value?.string { return .text(text, named: "") }
        guard let words = value?.array else { return nil }
        return .array(SecretRules.arguments(words.map { $0.string ?? "" }))
    }

    /// Variables by name; one without a value is null.
    ///
    /// podman's own `HOSTNAME`, which repeats the container's id, is left out.
    private static func environment(_ config: JSONValue) -> JSONValue {
        var variables: [String: JSONValue] = [:]
        for entry in config["Env"]?.array ?? [] {
            guard let text = entry.string else { continue }
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if name == "HOSTNAME", config["Hostname"]?.string == parts.last.map(String.init) { continue }
            variables[name] = parts.count == 2 ? .text(String(parts[1]), named: name) : nil
        }
        return .object(variables)
    }

    /// The host name that somebody chose; by default it is the beginning of the container's id.
    private static func hostname(_ value: JSONValue, _ config: JSONValue) -> JSONValue {
        guard let name = config["Hostname"]?.string, value["Id"]?.string?.hasPrefix(name) == false else {
            return nil
        }
        let domain = config["Domainname"]?.string ?? ""
        return .string(domain.isEmpty ? name : name + "." + domain)
    }

    private static func healthcheck(_ value: JSONValue?) -> JSONValue {
        guard var members = value?.object else { return nil }
        members["Test"] = arguments(members["Test"])
        return JSONValue.object(members).droppingUnset
    }

    /// How a mount was written down, without what `readOnly` says and what every volume gets.
    private static func mode(_ mount: JSONValue) -> JSONValue {
        let common: Set = mount["Type"]?.string == "volume" ? ["ro", "rw", "z"] : ["ro", "rw"]
        let words = (mount["Mode"]?.string ?? "").split(separator: ",").map(String.init)
        return .string(words.filter { !common.contains($0) }.joined(separator: ","))
    }

    /// Mounts in order of the place inside the container.
    private static func mounts(_ value: JSONValue?) -> JSONValue {
        let mounts = (value?.array ?? []).map { mount -> [String: JSONValue] in
            var fields: [String: JSONValue] = [
                "type": mount["Type"] ?? nil,
                "destination": mount["Destination"] ?? nil,
                "mode": mode(mount),
                "propagation": mount["Propagation"] ?? nil,
                "readOnly": .bool(mount["RW"]?.bool == false),
                "options": mount["Options"] ?? nil,
            ]
            if mount["Type"]?.string == "volume" {
                fields["volume"] = mount["Name"] ?? nil
                fields["driver"] = mount["Driver"] ?? nil
            } else {
                fields["source"] = mount["Source"] ?? nil
            }
            return fields.filter { !$0.value.isUnset }
        }
        return .array(
            mounts.sorted { ($0["destination"]?.string ?? "") < ($1["destination"]?.string ?? "") }.map {
                .object($0)
            })
    }

    /// Networks by name, each with what was asked for: aliases, fixed addresses, links, driver options.
    private static func networks(_ value: JSONValue) -> JSONValue {
        let identity = value["Id"]?.string ?? ""
        let networks = value["NetworkSettings"]?["Networks"]?.object ?? [:]
        return .object(
            networks.mapValues { network in
                let aliases = (network["Aliases"]?.array ?? []).compactMap(\.string)
                let chosen = aliases.filter { identity.isEmpty || !identity.hasPrefix($0) }.sorted()
                let fields: [String: JSONValue] = [
                    "aliases": .array(chosen.map { .string($0) }),
                    "ipv4": network["IPAMConfig"]?["IPv4Address"] ?? nil,
                    "ipv6": network["IPAMConfig"]?["IPv6Address"] ?? nil,
                    "links": network["Links"] ?? nil,
                    "driverOptions": network["DriverOpts"] ?? nil,
                ]
                return .object(fields.filter { !$0.value.isUnset })
            })
    }

    private static func compose(_ labels: [String: JSONValue]) -> JSONValue {
        let project = labels["com.docker.compose.project"] ?? labels["io.podman.compose.project"]
        guard let project else { return nil }
        let fields: [String: JSONValue] = [
            "project": project, "service": labels["com.docker.compose.service"] ?? nil,
            "number": labels["com.docker.compose.container-number"] ?? nil,
        ]
        return .object(fields.filter { !$0.value.isUnset })
    }

    /// `up` also while a crashing container waits to be started again, so that it does not flicker.
    private static func state(_ value: JSONValue?) -> JSONValue {
        switch value?["Status"]?.string {
        case "running", "restarting": "up"
        case "paused": "paused"
        case "created", "configured", "initialized": "created"
        case .some: "stopped"
        case nil: nil
        }
    }

    /// The host's side: what people look for under names of its own, all else that is set under `limits`.
    private static func host(_ value: JSONValue?) -> [String: JSONValue] {
        guard var rest = value?.object else { return [:] }
        for key in unchosen { rest[key] = nil }
        let policy = rest.removeValue(forKey: "RestartPolicy")
        let ports = rest.removeValue(forKey: "PortBindings")?.object ?? [:]
        return [
            "restart": restart(policy),
            "ports": .object(ports.mapValues { .array(($0.array ?? []).map(binding)) }),
            "networkMode": network(rest.removeValue(forKey: "NetworkMode")),
            "privileged": rest.removeValue(forKey: "Privileged") ?? nil,
            "addedCapabilities": rest.removeValue(forKey: "CapAdd") ?? nil,
            "droppedCapabilities": rest.removeValue(forKey: "CapDrop") ?? nil,
            "settings": JSONValue.object(rest).droppingUnset.guardingSecrets(),
        ]
    }

    /// Defaults of the engine that are long and say nothing, and what `mounts` tells better.
    private static let unchosen = [
        "MaskedPaths", "ReadonlyPaths", "ConsoleSize", "ContainerIDFile", "Binds", "Mounts", "CgroupManager",
    ]

    /// Engines write either name of the one network; newer ones the second.
    private static func network(_ mode: JSONValue?) -> JSONValue {
        mode == "default" ? "bridge" : mode ?? nil
    }

    private static func restart(_ policy: JSONValue?) -> JSONValue {
        guard let name = policy?["Name"]?.string, !name.isEmpty else { return "no" }
        let limit = policy?["MaximumRetryCount"]?.int ?? 0
        return .string(limit > 0 ? "\(name):\(limit)" : name)
    }

    /// `address:port`; without either part where the daemon chooses.
    private static func binding(_ value: JSONValue) -> JSONValue {
        let address = value["HostIp"]?.string ?? ""
        let port = value["HostPort"]?.string ?? ""
        let shown = address.contains(":") ? "[" + address + "]" : address
        return .string(shown.isEmpty ? port : shown + ":" + port)
    }
}
