import Basics

/// The images of a Docker daemon: which content every tag stands for.
///
/// Known to work with Docker 18.09 to 29. The item's name is the first tag, else the first digest, else the id.
package enum DockerImagesCollector: Collector {
    package static let name = "docker-images"
    package static let summary = "Docker images: tags, registry digests, ids, platform, size."

    package static let probes = [
        Probe(
            "inspect", tool: "docker", timeLimit: 60,
            rootCommand: "/usr/bin/docker image ls *, /usr/bin/docker image inspect *", isRequired: true,
            script: DockerCommand.opening
                + DockerCommand.inspecting(
                    "hf_docker image ls --quiet --no-trunc", with: "hf_docker image inspect"))
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        // The list names an image once for each of its tags.
        var seen: Set<String> = []
        let images = try captures.json("inspect")?.array ?? []
        return Inventory(images.compactMap(item).filter { seen.insert($0.name).inserted })
    }

    private static func item(_ image: JSONValue) -> InventoryItem? {
        guard let identity = image["Id"]?.string else { return nil }
        let tags = (image["RepoTags"]?.array ?? []).compactMap(\.string).sorted()
        let digests = (image["RepoDigests"]?.array ?? []).compactMap(\.string).sorted()
        let fields: [String: JSONValue] = [
            "id": .string(identity),
            "tags": .array(tags.map { .string($0) }),
            "digests": .array(digests.map { .string($0) }),
            "operatingSystem": image["Os"] ?? nil,
            "architecture": image["Architecture"] ?? nil,
            "variant": image["Variant"] ?? nil,
            "size": image["Size"] ?? nil,
        ]
        return InventoryItem(
            "image", tags.first ?? digests.first ?? identity, fields.filter { !$0.value.isUnset })
    }
}
