import Basics
import RemoteExecution

/// What LXD and Incus, which share their interface, have in common for a collector.
enum InstanceDaemon {
    /// The probes: everything of one kind in one request each, for all projects.
    ///
    /// With `curl` the daemon's socket is asked directly. Without it `client query` is used, which would write a file into
    /// the account's home on its first run: it gets a folder of its own that is removed at once. No socket and no database mean
    /// that the daemon was never set up, which counts as not installed; then `client` is not started, since on Ubuntu it may be a stub that installs LXD.
    static func probes(client: String, sockets: [String], folderVariable: String) -> [Probe] {
        let kinds = [
            ("instances", "/1.0/instances?recursion=1&all-projects=true"),
            ("profiles", "/1.0/profiles?recursion=1&all-projects=true"),
            ("networks", "/1.0/networks?recursion=1"),
            ("storage", "/1.0/storage-pools?recursion=1"),
            ("projects", "/1.0/projects?recursion=1"),
        ]
        return kinds.map { name, path in
            Probe(
                name, tool: client, timeLimit: 30,
                rootCommand: "/usr/bin/curl *, /usr/bin/env \(folderVariable)=* \(client) query *",
                isRequired: name == "instances",
                script: """
                    for socket in \(sockets.joined(separator: " ")); do if [ -S "$socket" ]; then break; fi; done
                    if [ ! -S "$socket" ]; then
                    for socket in \(sockets.joined(separator: " ")); do
                    if [ -e "${socket%/*}/database" ]; then echo 'its daemon does not run' >&2; exit 1; fi
                    done
                    echo 'it was never set up: its daemon has no socket' >&2; exit 127
                    fi
                    if [ -w "$socket" ]; then hf_as() { "$@"; }; else hf_as() { hf_root "$@"; }; fi
                    if command -v curl >/dev/null 2>&1; then
                    hf_as curl --silent --show-error --fail --globoff --unix-socket "$socket" 'http://daemon\(path)'
                    else
                    folder=$(mktemp -d) || exit
                    \(ShellTrap.clearing(#"rm -rf -- "$folder""#))
                    hf_as env "\(folderVariable)=$folder" \(client) query '\(path)'
                    fi
                    """)
        }
    }

    /// Understands the output of `probes`.
    static func inventory(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items = try elements("instances", captures).compactMap(instance)
        items += try elements("profiles", captures).compactMap(profile)
        items += try elements("networks", captures).compactMap(network)
        items += try elements("storage", captures).compactMap { plain("storage-pool", $0) }
        items += try elements("projects", captures).compactMap { plain("project", $0) }
        return Inventory(items)
    }

    /// The listed objects, with or without the envelope that the socket answers with.
    private static func elements(_ probe: String, _ captures: Captures) throws(CollectorError) -> [JSONValue]
    {
        guard let value = try captures.json(probe) else { return [] }
        if let elements = value.array ?? value["metadata"]?.array { return elements }
        if value["metadata"]?.isNull == true { return [] }
        guard captures.byProbe[probe]?.outcome == .exited(0) else { return [] }
        throw CollectorError(probe: probe, "expected a list")
    }

    /// `project/name`, or the name alone in the default project.
    private static func name(_ value: JSONValue) -> String? {
        guard let name = value["name"]?.string else { return nil }
        guard let project = value["project"]?.string, project != "default", !project.isEmpty else {
            return name
        }
        return project + "/" + name
    }

    private static func instance(_ value: JSONValue) -> InventoryItem? {
        guard let name = name(value) else { return nil }
        let fields: [String: JSONValue] = [
            "type": value["type"] ?? nil,
            "architecture": value["architecture"] ?? nil,
            "description": value["description"] ?? nil,
            "location": value["location"]?.string == "none" ? nil : value["location"] ?? nil,
            "ephemeral": value["ephemeral"] ?? nil,
            "profiles": value["profiles"] ?? nil,
            "config": config(value["config"]),
            "devices": devices(value["devices"]),
            "state": state(value["status"]?.string),
        ]
        return InventoryItem("instance", name, fields.filter { !$0.value.isUnset })
    }

    private static func profile(_ value: JSONValue) -> InventoryItem? {
        guard let name = name(value) else { return nil }
        let fields: [String: JSONValue] = [
            "description": value["description"] ?? nil,
            "config": config(value["config"]),
            "devices": devices(value["devices"]),
        ]
        return InventoryItem("profile", name, fields.filter { !$0.value.isUnset })
    }

    /// A network that the daemon made; it lists the machine's own interfaces as well.
    private static func network(_ value: JSONValue) -> InventoryItem? {
        guard value["managed"]?.bool == true, let item = plain("network", value) else { return nil }
        var fields = item.fields
        fields["type"] = value["type"] ?? nil
        return InventoryItem(item.kind, item.name, fields)
    }

    private static func plain(_ kind: String, _ value: JSONValue) -> InventoryItem? {
        guard let name = name(value) else { return nil }
        let fields: [String: JSONValue] = [
            "description": value["description"] ?? nil,
            "driver": value["driver"] ?? nil,
            "config": config(value["config"]),
        ]
        return InventoryItem(kind, name, fields.filter { !$0.value.isUnset })
    }

    /// Configuration without what the daemon notes for itself; the fixed MAC addresses and the image stay.
    private static func config(_ value: JSONValue?) -> JSONValue {
        let kept = (value?.object ?? [:]).filter { key, _ in
            guard key.hasPrefix("volatile.") else { return true }
            return key.hasSuffix(".hwaddr") || key == "volatile.base_image"
        }
        return JSONValue.object(kept).guardingSecrets()
    }

    private static func devices(_ value: JSONValue?) -> JSONValue { (value ?? nil).guardingSecrets() }

    private static func state(_ status: String?) -> JSONValue {
        switch status?.lowercased() {
        case "running", "ready", "starting": "up"
        case "frozen", "freezing": "paused"
        case .some: "stopped"
        case nil: nil
        }
    }
}
