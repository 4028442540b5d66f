import Basics

/// The networks of a Docker daemon as `docker network inspect` tells them.
///
/// Known to work with Docker 18.09 to 29. Not kept, because they change by themselves: the containers attached at the
/// moment, ids, times of creation.
package enum DockerNetworksCollector: Collector {
    package static let name = "docker-networks"
    package static let summary = "Docker networks: driver, address ranges, options, labels."

    package static let probes = [
        Probe(
            "inspect", tool: "docker", timeLimit: 30,
            rootCommand: "/usr/bin/docker network ls *, /usr/bin/docker network inspect *", isRequired: true,
            script: DockerCommand.opening
                + DockerCommand.inspecting(
                    "hf_docker network ls --quiet --no-trunc", with: "hf_docker network inspect"))
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let networks = try captures.json("inspect")?.array ?? []
        let names = networks.compactMap { $0["Name"]?.string }
        let repeated = Set(Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys)
        return Inventory(networks.compactMap { item($0, repeated: repeated) })
    }

    /// Docker allows networks of one name; those carry the beginning of their id.
    private static func item(_ network: JSONValue, repeated: Set<String>) -> InventoryItem? {
        guard let name = network["Name"]?.string else { return nil }
        let identity = network["Id"]?.string ?? ""
        let ranges = (network["IPAM"]?["Config"]?.array ?? []).map(\.droppingUnset)
        let fields: [String: JSONValue] = [
            "driver": network["Driver"] ?? nil,
            "scope": network["Scope"] ?? nil,
            "internal": network["Internal"] ?? nil,
            "attachable": network["Attachable"] ?? nil,
            "ingress": network["Ingress"] ?? nil,
            "ipv6": network["EnableIPv6"] ?? nil,
            "addressDriver": network["IPAM"]?["Driver"] ?? nil,
            "addressOptions": network["IPAM"]?["Options"] ?? nil,
            "ranges": .array(ranges),
            "configurationFrom": network["ConfigFrom"]?["Network"] ?? nil,
            "options": (network["Options"] ?? nil).guardingSecrets(),
            "labels": (network["Labels"] ?? nil).guardingSecrets(),
        ]
        let unique = repeated.contains(name) ? "\(name) (\(identity.prefix(12)))" : name
        return InventoryItem("network", unique, fields.filter { !$0.value.isUnset })
    }
}
