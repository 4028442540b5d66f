import Basics

/// The containers, networks, volumes and images of root's podman, and its configuration.
///
/// Known to work with podman 4.3 to 5. Containers are inspected in one call; the other kinds come whole with their JSON
/// listing. `ContainerInspection` says which fields of a container are kept. Not kept, because they change by
/// themselves: times, counts of mounts and uses, addresses handed out.
/// - SeeAlso: podman-inspect(1), podman-network-ls(1), podman-volume-ls(1), podman-images(1)
package enum PodmanCollector: Collector {
    package static let name = "podman"
    package static let summary =
        "Containers, networks, volumes and images of root's podman, with its configuration."

    package static let probes = [
        Probe(
            "containers", tool: "podman", timeLimit: 60,
            rootCommand: "/usr/bin/podman ps *, /usr/bin/podman inspect *", isRequired: true,
            script: unlessUnused
                + DockerCommand.inspecting(
                    "hf_root podman ps --all --quiet --no-trunc",
                    with: "hf_root podman inspect --type container")
        ),
        Probe(
            "networks", tool: "podman", rootCommand: "/usr/bin/podman network ls *",
            script: unlessUnused + "hf_root podman network ls --format json"),
        Probe(
            "volumes", tool: "podman", rootCommand: "/usr/bin/podman volume ls *",
            script: unlessUnused + "hf_root podman volume ls --format json"),
        Probe(
            "images", tool: "podman", rootCommand: "/usr/bin/podman images *",
            script: unlessUnused + "hf_root podman images --format json"),
        Probe("others", tool: "podman", script: others),
    ]

    private static let unlessUnused = PodmanCommand.function + PodmanCommand.leaveWhenUnused

    package static let files = FileSet([
        "/etc/containers", "/etc/cni/net.d/*.conflist", "/root/.config/containers",
        "/home/*/.config/containers",
    ])

    /// Homes that hold containers of their own accounts, as far as this account can see.
    private static let others = """
        for folder in /home/*/.local/share/containers/storage; do
        if [ -d "$folder" ]; then printf '%s\\n' "$folder"; fi
        done
        """

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        var items = try (captures.json("containers")?.array ?? []).compactMap(ContainerInspection.item)
        items += try (captures.json("networks")?.array ?? []).compactMap(network)
        items += try (captures.json("volumes")?.array ?? []).compactMap(volume)
        items += try (captures.json("images")?.array ?? []).compactMap(image)
        let remarks = captures.lines("others").map { folder in
            "Containers that an account runs by itself are not read: \(folder)."
        }
        return Inventory(items, remarks: remarks)
    }

    private static func network(_ value: JSONValue) -> InventoryItem? {
        guard let name = (value["name"] ?? value["Name"])?.string else { return nil }
        let fields: [String: JSONValue] = [
            "driver": value["driver"] ?? nil,
            "interface": value["network_interface"] ?? nil,
            "ranges": value["subnets"] ?? nil,
            "ipv6": value["ipv6_enabled"] ?? nil,
            "internal": value["internal"] ?? nil,
            "dns": value["dns_enabled"] ?? nil,
            "dnsServers": value["network_dns_servers"] ?? nil,
            "routes": value["routes"] ?? nil,
            "options": (value["options"] ?? nil).guardingSecrets(),
            "addressOptions": value["ipam_options"] ?? nil,
            "labels": (value["labels"] ?? nil).guardingSecrets(),
        ]
        return InventoryItem("network", name, fields.filter { !$0.value.isUnset })
    }

    private static func volume(_ value: JSONValue) -> InventoryItem? {
        guard let name = value["Name"]?.string else { return nil }
        let fields: [String: JSONValue] = [
            "driver": value["Driver"] ?? nil,
            "mountpoint": value["Mountpoint"] ?? nil,
            "options": (value["Options"] ?? nil).guardingSecrets(),
            "labels": (value["Labels"] ?? nil).guardingSecrets(),
        ]
        return InventoryItem("volume", name, fields.filter { !$0.value.isUnset })
    }

    private static func image(_ value: JSONValue) -> InventoryItem? {
        guard let identity = value["Id"]?.string else { return nil }
        let names = (value["Names"]?.array ?? []).compactMap(\.string).sorted()
        let digests = (value["RepoDigests"]?.array ?? []).compactMap(\.string).sorted()
        let fields: [String: JSONValue] = [
            "id": .string(identity),
            "tags": .array(names.map { .string($0) }),
            "digests": .array(digests.map { .string($0) }),
            "size": value["Size"] ?? nil,
        ]
        return InventoryItem("image", names.first ?? identity, fields.filter { !$0.value.isUnset })
    }
}
