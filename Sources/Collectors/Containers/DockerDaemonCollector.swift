import Basics

/// The Docker daemon's own configuration: what it says of itself and its files.
///
/// Known to work with Docker 18.09 to 29. Kept of `docker info` is what somebody configured; counts, memory, times and
/// warnings are not.
package enum DockerDaemonCollector: Collector {
    package static let name = "docker-daemon"
    package static let summary = "Docker daemon: version, drivers, registries, runtimes, configuration files."

    package static let probes = [
        Probe(
            "info", tool: "docker", rootCommand: "/usr/bin/docker info *", isRequired: true,
            script: DockerCommand.opening + "hf_docker info --format '{{json .}}'")
    ]

    package static let files = FileSet([
        "/etc/docker", "/etc/default/docker", "/etc/sysconfig/docker", "/var/lib/docker/swarm/state.json",
        "/root/.docker/config.json", "/root/.docker/contexts", "/home/*/.docker/config.json",
        "/home/*/.docker/contexts", "/home/*/.config/docker",
    ])

    package static func parse(_ captures: Captures) throws(CollectorError) -> Inventory {
        guard let info = try captures.json("info") else { return Inventory() }
        guard let version = info["ServerVersion"]?.string, !version.isEmpty else {
            return Inventory(remarks: ["The Docker daemon did not answer."])
        }
        var fields = Self.fields.compactMapValues { info[$0] }
        fields["swarm"] = info["Swarm"]?["LocalNodeState"] ?? nil
        fields["runtimes"] = .array((info["Runtimes"]?.object ?? [:]).keys.sorted().map { .string($0) })
        let mirrors = info["RegistryConfig"]?["Mirrors"] ?? nil
        fields["registryMirrors"] = mirrors
        fields["insecureRegistries"] = info["RegistryConfig"]?["InsecureRegistryCIDRs"] ?? nil
        let isSwarm = fields["swarm"]?.string == "active"
        let remarks = isSwarm ? ["Services, configs and secrets of the swarm are not read."] : []
        let known = fields.mapValues { $0.guardingSecrets() }.filter { !$0.value.isUnset }
        return Inventory([InventoryItem("docker-daemon", "docker", known)], remarks: remarks)
    }

    /// Our names and those of `docker info`.
    private static let fields = [
        "version": "ServerVersion", "storageDriver": "Driver", "loggingDriver": "LoggingDriver",
        "cgroupDriver": "CgroupDriver", "cgroupVersion": "CgroupVersion", "dataRoot": "DockerRootDir",
        "liveRestore": "LiveRestoreEnabled", "defaultRuntime": "DefaultRuntime", "labels": "Labels",
        "experimental": "ExperimentalBuild", "httpProxy": "HttpProxy", "httpsProxy": "HttpsProxy",
        "noProxy": "NoProxy", "securityOptions": "SecurityOptions", "addressPools": "DefaultAddressPools",
    ]
}
