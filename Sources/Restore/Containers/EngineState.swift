package import Basics

/// What a Docker engine holds, in the words of its own inspections.
package struct EngineState: Sendable, Equatable {
    /// Sections of a backup that an engine's state is read from, and the probe of each.
    package static let sources = [
        "docker-containers": "inspect", "docker-daemon": "info", "docker-images": "inspect",
        "docker-networks": "inspect", "docker-volumes": "inspect",
    ]
    /// Sections of what manages machines and system containers.
    package static let instanceSections = InstanceDaemon.allCases.map(\.rawValue)

    /// The probes that a section's part of the state is read from; none for other sections.
    package static func probes(of section: String) -> [String] {
        sources[section].map { [$0] } ?? (instanceSections.contains(section) ? InstanceHoldings.lists : [])
    }

    /// Whether an engine answered.
    package let isThere: Bool
    /// Where the engine keeps volumes.
    package let dataRoot: String
    /// Containers by name.
    package private(set) var containers: [String: EngineContainer]
    /// Images as inspected.
    package let images: [JSONValue]
    /// Networks and volumes as inspected, by name.
    package let networks: [String: JSONValue]
    package let volumes: [String: JSONValue]
    /// What the daemons hold that answered.
    package let daemons: [InstanceDaemon: InstanceHoldings]
    /// `80/tcp` of everything that listens on the machine, where that is known.
    package var listening: Set<String> = []

    /// An engine that is not there.
    package static let absent = EngineState { _, _ in nil }

    /// - Parameter output: what a probe of a section printed; nil when it did not run or failed.
    package init(output: (_ section: String, _ probe: String) -> [UInt8]?) {
        func parsed(_ section: String, _ probe: String? = nil) -> JSONValue? {
            guard let probe = probe ?? Self.sources[section], let bytes = output(section, probe),
                !bytes.isEmpty
            else { return nil }
            return try? JSONParser.parse(bytes)
        }
        let info = parsed("docker-daemon")
        let time = info?["SystemTime"]?.string.flatMap { Timestamp.inAnyZone($0) }
        let all = (parsed("docker-containers")?.array ?? []).compactMap { EngineContainer($0, at: time) }
        isThere = info?["ServerVersion"]?.string.map { !$0.isEmpty } ?? !all.isEmpty
        let root = info?["DockerRootDir"]?.string ?? "/var/lib/docker"
        dataRoot = PathGuard.problem(path: Array(root.utf8)) == nil ? root : "/var/lib/docker"
        containers = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
        images = parsed("docker-images")?.array ?? []
        networks = Self.byName(parsed("docker-networks"))
        volumes = Self.byName(parsed("docker-volumes"))
        var daemons: [InstanceDaemon: InstanceHoldings] = [:]
        for daemon in InstanceDaemon.allCases {
            daemons[daemon] = InstanceHoldings { parsed(daemon.rawValue, $0) }
        }
        self.daemons = daemons
        for (name, container) in containers {
            let folders = container.volumes.compactMap { volumes[$0].flatMap { VolumeSpec($0).folder } }
            containers[name]?.devices = Set(folders)
        }
    }

    /// The same, knowing other paths of what bind mounts show, by their sources.
    package func resolving(_ links: [String: [String]]) -> EngineState {
        guard !links.isEmpty else { return self }
        var state = self
        for name in containers.keys {
            state.containers[name]?.links.merge(links) { Array(Set($0 + $1)).sorted() }
        }
        return state
    }

    /// Other paths of what bind mounts show, by their sources.
    package var links: [String: [String]] {
        containers.values.reduce(into: [:]) { links, container in links.merge(container.links) { $1 } }
    }

    private static func byName(_ list: JSONValue?) -> [String: JSONValue] {
        Dictionary((list?.array ?? []).compactMap { value in value["Name"]?.string.map { ($0, value) } }) {
            first, _ in first
        }
    }

    /// The image with an id, or that a reference stands for.
    package func image(_ name: String) -> JSONValue? {
        images.first { image in
            image["Id"]?.string == name
                || ["RepoTags", "RepoDigests"].contains { key in
                    (image[key]?.array ?? []).contains { Self.isSame($0.string ?? "", name) }
                }
        }
    }

    /// Whether two references name the same: without a tag `latest` is meant.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        func whole(_ name: String) -> String {
            let last = name.split(separator: "/").last ?? ""
            return last.contains(":") || last.contains("@") ? name : name + ":latest"
        }
        return !left.isEmpty && whole(left) == whole(right)
    }

    /// Names of the containers that have a volume or, stopped or not, are attached to a network.
    package func users(ofVolume name: String) -> [EngineContainer] {
        containers.values.filter { $0.volumes.contains(name) }.sorted { $0.name < $1.name }
    }

    /// The containers joined to the network, by name.
    package func users(ofNetwork name: String) -> [EngineContainer] {
        containers.values.filter { $0.networks.keys.contains(name) }.sorted { $0.name < $1.name }
    }
}

/// One container as its engine inspects it.
package struct EngineContainer: Sendable, Equatable {
    package let name: String
    package let id: String
    package let value: JSONValue
    /// Other paths of what bind mounts show, by their sources.
    fileprivate(set) var links: [String: [String]] = [:]
    /// Folders of the machine that its volumes are no more than names for.
    fileprivate var devices: Set<String> = []

    /// Whether the engine starts it again and again, as it ends each time: also while it runs for a moment in between.
    package let isRestarting: Bool

    /// Nil when the value describes no container.
    /// - Parameter time: what its engine's clock showed when it was asked; nil when unknown.
    init?(_ value: JSONValue, at time: Timestamp?) {
        guard let path = value["Name"]?.string, let id = value["Id"]?.string else { return nil }
        name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        self.id = id
        self.value = value
        isRestarting = Self.isRestarting(value, at: time)
    }

    /// For an engine one that ran for 10 seconds is well; it tells its containers and its time a moment apart.
    private static let probation: Duration = .seconds(15)

    private static func isRestarting(_ value: JSONValue, at time: Timestamp?) -> Bool {
        let state = value["State"]
        guard state?["Status"]?.string != "restarting" else { return true }
        // A start that somebody asked for begins to count anew.
        guard state?["Status"]?.string == "running", value["RestartCount"]?.int ?? 0 > 1, let time,
            let start = state?["StartedAt"]?.string.flatMap({ Timestamp.inAnyZone($0) })
        else { return false }
        return (.zero - probation...probation).contains(time - start)
    }

    package var config: JSONValue { value["Config"] ?? [:] }
    package var host: JSONValue { value["HostConfig"] ?? [:] }
    package var networks: [String: JSONValue] { value["NetworkSettings"]?["Networks"]?.object ?? [:] }
    package var mounts: [JSONValue] { value["Mounts"]?.array ?? [] }

    /// Whether it ran, or waited to be started again.
    package var isUp: Bool {
        let status = value["State"]?["Status"]?.string
        return status == "running" || status == "restarting"
    }

    /// Whether it stands still with its files open.
    package var isPaused: Bool { value["State"]?["Status"]?.string == "paused" }

    package var isHealthy: Bool { value["State"]?["Health"]?["Status"]?.string == "healthy" }

    /// Names of its volumes.
    package var volumes: Set<String> {
        Set(mounts.filter { $0["Type"]?.string == "volume" }.compactMap { $0["Name"]?.string })
    }

    /// Folders and files of the machine that it sees, by every path that is known of them.
    package var binds: Set<String> {
        Set(sources.flatMap { [$0] + (links[$0] ?? []) }).union(devices)
    }

    /// Of its volumes and bind mounts, those that it may write to: names and places.
    package var written: Set<String> {
        let open = mounts.filter { $0["RW"]?.bool != false }
        let names = open.filter { $0["Type"]?.string == "volume" }.compactMap { $0["Name"]?.string }
        let sources = open.filter { $0["Type"]?.string == "bind" }.compactMap { $0["Source"]?.string }
        return Set(names + sources.flatMap { [$0] + (links[$0] ?? []) }).union(devices)
    }

    /// Sources of its bind mounts, as they were typed.
    package var sources: [String] {
        mounts.filter { $0["Type"]?.string == "bind" }.compactMap { $0["Source"]?.string }
    }

    /// Whether the engine forgets it as soon as it stops.
    package var isTransient: Bool { host["AutoRemove"]?.bool == true }

    /// The value of a label; nil where the container does not carry it.
    package func label(_ key: String) -> String? { config["Labels"]?[key]?.string }

    /// The compose project it belongs to; nil for a single container.
    package var project: String? { label("com.docker.compose.project") }
    package var service: String? { label("com.docker.compose.service") }

    /// `always`, `unless-stopped`, `on-failure:3`, `no`.
    package var restartPolicy: String {
        guard let name = host["RestartPolicy"]?["Name"]?.string, !name.isEmpty else { return "no" }
        let count = host["RestartPolicy"]?["MaximumRetryCount"]?.int ?? 0
        return count > 0 ? "\(name):\(count)" : name
    }
}
