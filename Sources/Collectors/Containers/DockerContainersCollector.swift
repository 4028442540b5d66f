import Basics

/// The containers of a Docker daemon, running or not, as `docker inspect` tells them.
///
/// Known to work with Docker 18.09 to 29. One call lists the ids, one inspects them all. `ContainerInspection` says
/// which fields are kept. Not kept, because they change by themselves: `State.Pid`, `StartedAt`, `FinishedAt`, exit
/// codes, `RestartCount`, `Health` and its log, addresses and MAC addresses that the daemon hands out, ids of
/// endpoints and sandboxes, paths below `/var/lib/docker`.
/// - SeeAlso: docker-inspect(1)
package enum DockerContainersCollector: Collector {
    package static let name = "docker-containers"
    package static let summary =
        "Docker containers: image, command, environment, mounts, networks, ports, limits."

    package static let probes = [
        Probe(
            "inspect", tool: "docker", timeLimit: 60,
            rootCommand: "/usr/bin/docker ps *, /usr/bin/docker inspect *", isRequired: true,
            script: DockerCommand.opening
                + DockerCommand.inspecting(
                    "hf_docker ps --all --quiet --no-trunc", with: "hf_docker inspect --type container"))
    ]

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        let containers = try captures.json("inspect")?.array ?? []
        return Inventory(containers.compactMap(ContainerInspection.item))
    }
}
