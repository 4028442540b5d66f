import Basics

/// The volumes of a Docker daemon as `docker volume inspect` tells them.
///
/// Known to work with Docker 18.09 to 29. `CreatedAt` is not kept: several versions report the time of the last change
/// of the folder there. The content of volumes is no part of this section.
package enum DockerVolumesCollector: Collector {
    package static let name = "docker-volumes"
    package static let summary = "Docker volumes: driver, options, labels, place on the device."

    package static let probes = [
        Probe(
            "inspect", tool: "docker", timeLimit: 30,
            rootCommand: "/usr/bin/docker volume ls *, /usr/bin/docker volume inspect *", isRequired: true,
            script: DockerCommand.opening
                + DockerCommand.inspecting("hf_docker volume ls --quiet", with: "hf_docker volume inspect"))
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let volumes = try captures.json("inspect")?.array ?? []
        return Inventory(volumes.compactMap(item))
    }

    private static func item(_ volume: JSONValue) -> InventoryItem? {
        guard let name = volume["Name"]?.string else { return nil }
        let fields: [String: JSONValue] = [
            "driver": volume["Driver"] ?? nil,
            "scope": volume["Scope"] ?? nil,
            "mountpoint": volume["Mountpoint"] ?? nil,
            "options": (volume["Options"] ?? nil).guardingSecrets(),
            "labels": (volume["Labels"] ?? nil).guardingSecrets(),
        ]
        return InventoryItem("volume", name, fields.filter { !$0.value.isUnset })
    }
}
