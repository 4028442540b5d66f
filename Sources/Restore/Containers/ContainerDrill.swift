import Basics
package import RemoteExecution
package import Vault

/// Starts the containers of a backup on an engine, in scratch: names, networks and volumes of their own, no port of the
/// machine, no way out, no restart; and says whether each becomes what it was.
///
/// Everything it makes carries a label; what a drill that was killed left behind is found by it and goes with the next.
package struct ContainerDrill: Sendable {
    /// What marks everything that a drill makes.
    static let label = "io.holdfast.drill"

    /// Checks that need no engine: containers that are not started, with the reason.
    package private(set) var checks: [DrillCheck] = []
    /// What travels, under its names below the engine's folder of volumes.
    package private(set) var staged: [FileEntry] = []
    /// Names of the containers that are started, in order.
    package private(set) var names: [String] = []

    private let id: String
    private var volumes: [String] = []
    private var networks: Set<String> = []
    /// What each is made as, the id of its image where the backup knows it, and the image's name.
    private var specs: [(spec: ContainerSpec, imageID: String, reference: String)] = []

    var prefix: String { "holdfast-drill-\(id)" }

    /// Stands for the engine's folder of volumes, which only the device knows; no backup holds it.
    private var volumesMark: String { "@VOLUMES-\(id)@" }

    /// - Parameters:
    ///   - entries: every entry of the backup.
    ///   - damaged: paths whose content could not be read.
    package init(
        _ engine: EngineState, id: RunID, entries: [FileEntry], damaged: Set<[UInt8]>,
        order: [String: [String]]
    ) {
        self.id = id.text
        let up = engine.containers.values.filter(\.isUp).map { ContainerSpec($0, in: engine) }
        for spec in Self.ordered(up, order) {
            let name = "container \(spec.name)"
            guard spec.refusals.isEmpty else {
                checks.append(DrillCheck(name, .failed, spec.refusals.joined(separator: "; ")))
                continue
            }
            if let reason = Self.needOfMachine(spec) {
                checks.append(DrillCheck(name, .notChecked, reason))
                continue
            }
            if let path = Self.damage(of: spec, engine, damaged) {
                checks.append(
                    DrillCheck(
                        name, .failed, "its data cannot be read: \(DeviceText.path(path)) is damaged"))
                continue
            }
            add(spec, engine, entries)
        }
    }

    private static func ordered(_ specs: [ContainerSpec], _ order: [String: [String]]) -> [ContainerSpec] {
        var rest = specs.sorted { $0.name < $1.name }
        var result: [ContainerSpec] = []
        while !rest.isEmpty {
            let waiting = Set(rest.compactMap { one in one.project.map { $0 + "/" + (one.service ?? "") } })
            let next = rest.firstIndex { one in
                let needs = order[(one.project ?? "") + "/" + (one.service ?? "")] ?? []
                return !needs.contains { waiting.contains((one.project ?? "") + "/" + $0) }
                    && !one.needs.contains { name in rest.contains { $0.name == name } }
            }
            result.append(rest.remove(at: next ?? 0))
        }
        return result
    }

    /// Options that reach out of a container.
    private static let reaching: Set = [
        "--privileged", "--device", "--pid", "--uts", "--userns", "--gpus", "--device-cgroup-rule",
        "--cap-add", "--runtime", "--oom-kill-disable",
    ]

    /// Options that say something of the machine and nothing of the container.
    private static let dropped: Set = [
        "--mac-address", "--cgroup-parent", "--cgroupns", "--log-driver", "--log-opt", "--link", "--rm",
        "--annotation", "--oom-score-adj",
    ]

    private static func reaches(_ part: [String]) -> Bool {
        let (option, value) = (part.first ?? "", part.dropFirst().first ?? "")
        return switch option {
        case "--ipc": value == "host" || value.hasPrefix("container:")
        case "--security-opt": !value.hasPrefix("no-new-privileges")
        default: reaching.contains(option)
        }
    }

    private static func needOfMachine(_ spec: ContainerSpec) -> String? {
        if let option = spec.options.parts.first(where: reaches)?.first {
            return "it reaches out of its container (\(option)), which a drill does not allow"
        }
        if spec.networkMode == "host" || spec.networkMode.hasPrefix("container:") {
            return "it has the network of \(spec.networkMode), which a drill does not allow"
        }
        return nil
    }

    private static func damage(
        of spec: ContainerSpec, _ engine: EngineState, _ damaged: Set<[UInt8]>
    ) -> [UInt8]? {
        let places =
            spec.volumes.compactMap { engine.volumes[$0.name].map { VolumeSpec($0).mountpoint } }
            + (engine.containers[spec.name]?.binds ?? [])
        return damaged.sorted { $0.lexicographicallyPrecedes($1) }.first { path in
            places.contains { path == Array($0.utf8) || path.starts(with: ($0 + "/").utf8) }
        }
    }

    // MARK: Scratch

    private mutating func add(_ original: ContainerSpec, _ engine: EngineState, _ entries: [FileEntry]) {
        var spec = original
        spec.name = "\(prefix)-\(original.name)"
        spec.leavePortsOut()
        spec.restartPolicy = "no"
        spec.labels = [Self.label: id]
        spec.options = spec.options.without(Self.dropped)
        spec.options.add("--log-driver", "json-file")
        spec.options.add("--log-opt", "max-size=10m")
        for index in spec.volumes.indices {
            let name = spec.volumes[index].name
            let scratch = "\(prefix)-\(name)"
            spec.volumes[index].name = scratch
            guard !volumes.contains(scratch) else { continue }
            volumes.append(scratch)
            if let source = engine.volumes[name].map({ VolumeSpec($0).mountpoint }) {
                staged += ContainerRun.entries(entries, of: source, as: "/\(scratch)/_data")
            }
        }
        bind(&spec, original.name, entries)
        func inner(_ connection: ContainerSpec.Connection) -> ContainerSpec.Connection {
            let network = "\(prefix)-\(connection.network)"
            networks.insert(network)
            return ContainerSpec.Connection(
                network: network, aliases: ContainerPlanner.unique(connection.aliases + [original.name]),
                address: "", address6: "", links: [])
        }
        // The engine's own network leads out; the first of the others takes its place.
        let connections = ([spec.primary] + spec.others).compactMap { $0.map(inner) }
        spec.primary = connections.first
        spec.others = Array(connections.dropFirst())
        spec.networkMode = spec.primary?.network ?? "none"
        names.append(original.name)
        let known = engine.image(original.imageID) != nil ? original.imageID : ""
        specs.append((spec, known, original.reference))
    }

    /// Folders and files of the machine that the backup holds are copies in scratch; all others are left out, sockets of
    /// the machine above all.
    private mutating func bind(_ spec: inout ContainerSpec, _ name: String, _ entries: [FileEntry]) {
        var mounts: [[String]] = []
        for (index, mount) in spec.mounts.enumerated() {
            guard mount.first == "type=bind", let source = mount.first(where: { $0.hasPrefix("source=") })
            else {
                mounts.append(mount)
                continue
            }
            let path = String(source.dropFirst("source=".count))
            let place = "/\(prefix)/_data/\(name)-\(index)"
            let found = ContainerRun.entries(entries, of: path, as: place)
            guard found.first?.path == Array(place.utf8) else {
                checks.append(
                    DrillCheck(
                        "container \(name)", .notChecked, "\(path) is not in the backup and not mounted"))
                continue
            }
            staged += found
            mounts.append(mount.map { $0 == source ? "source=\(volumesMark)\(place)" : $0 })
        }
        spec.mounts = mounts
    }

    // MARK: The program

    /// The step that carries it out: takes the contents from its input, prints a line of each container, clears away.
    ///
    /// - Parameter patience: most seconds that one container may take to become what it was.
    package func step(patience: Int) -> ScriptStep {
        ScriptStep(
            tool: "docker", timeLimit: 7200, script: script(patience), prefersRoot: true, readsInput: true)
    }

    private func word(_ text: String) -> String {
        let parts = text.split(separator: volumesMark, omittingEmptySubsequences: false)
        return parts.map { ShellQuoting.word(String($0)) }.joined(separator: "\"$hf_root_folder\"")
    }

    private func line(_ words: [String]) -> String {
        ([words[0]] + words.dropFirst().map(word)).joined(separator: " ") + "\n"
    }

    private func script(_ patience: Int) -> String {
        var text = Self.opening(prefix: prefix, id: id)
        for name in volumes + [prefix] { text += line(["hf_volume", name]) }
        text += "hf_unpack\n"
        for name in networks.sorted() { text += line(["hf_network", name]) }
        for (name, made) in zip(names, specs) {
            text += line(["hf_image", made.imageID, made.reference])
            text += made.spec.call("hf_make", name, image: "\"$hf_image\"", word: word)
            for connection in made.spec.connections { text += line(["hf_connect"] + connection.words) }
            text += line([
                "hf_prove", name, made.spec.name, made.spec.wasHealthy ? "healthy" : "running",
                String(min(patience, made.spec.patience)),
            ])
        }
        return text + "exit 0\n"
    }

    /// What the device said of each container.
    package func checks(of lines: [String]) -> [DrillCheck] {
        var found = checks
        for name in names {
            func rest(_ word: String) -> String? {
                let head = "holdfast: \(word) \(name): "
                return lines.first { $0.hasPrefix(head) }.map { String($0.dropFirst(head.count)) }
            }
            if let reason = rest("well") {
                found.append(DrillCheck("container \(name)", .ok, reason))
            } else if let reason = rest("unchecked") {
                found.append(DrillCheck("container \(name)", .notChecked, reason))
            } else {
                found.append(
                    DrillCheck(
                        "container \(name)", .failed, rest("failed") ?? "the engine said nothing of it"))
            }
        }
        return found
    }
}
