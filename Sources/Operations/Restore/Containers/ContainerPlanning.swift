import Basics
import Codecs
import Collectors
import Restore
import Vault

/// Brings together what a planner of containers looks at, from a backup and from a device as it is now.
struct ContainerPlanning: Sendable {
    /// Longest compose file that is read, in bytes.
    private static let textLimit: Int64 = 1 << 20

    let vault: Vault
    let manifest: Manifest
    var request: ContainerRequest
    let redactor: Redactor

    /// What the backup says.
    struct Wanted: Sendable {
        fileprivate(set) var engine: EngineState
        /// Those that may be brought back, sorted by path.
        let entries: [FileEntry]
        /// What must not be brought back, with the reason.
        let refused: [(path: [UInt8], reason: String)]
        /// Device nodes and setuid files that nobody asked for.
        let special: [[UInt8]]
        fileprivate(set) var holdings: [String: ContainerFacts.Holding]
        let dependencies: [String: [String]]
        /// Bind mounts that the backup holds whole, but for folders of the system.
        var wholeBinds: Set<String> = []
    }

    /// - Parameter known: every entry of the backup, where they were read already.
    func wanted(_ known: [FileEntry]? = nil) async throws(OperationError) -> Wanted {
        do {
            let all: [FileEntry]
            if let known { all = known } else { all = try await vault.entries(of: manifest) }
            let held = try await EngineReading.state(of: manifest, in: vault)
            let links = HeldLinks(all).ways(to: held.containers.values.flatMap(\.sources))
            let engine = held.resolving(request.links).resolving(links)
            var (refused, special): ([(path: [UInt8], reason: String)], [[UInt8]]) = ([], [])
            let tree = TreeGuard(all)
            let entries = all.filter { entry in
                if let reason = tree.problem(entry) {
                    refused.append((entry.path, reason))
                    return false
                }
                guard entry.isSpecial, !request.allowsSpecial else { return true }
                special.append(entry.path)
                return false
            }
            var wanted = Wanted(
                engine: engine, entries: entries, refused: refused, special: special,
                holdings: Self.holdings(of: places(engine), in: entries),
                dependencies: try await dependencies(engine, entries))
            let binds = Set(engine.containers.values.flatMap(\.binds))
            wanted.wholeBinds = Self.wholeBinds(binds, in: entries, manifest)
            return wanted
        } catch { throw OperationError(any: error) }
    }

    /// Where the engine of the backup keeps what comes back.
    private func places(_ engine: EngineState) -> Set<String> {
        var places = Set(engine.volumes.values.map { VolumeSpec($0).mountpoint })
        places.formUnion(request.folders)
        for container in engine.containers.values { places.formUnion(container.binds) }
        for (daemon, holdings) in engine.daemons {
            places.formUnion(holdings.instances.keys.map(daemon.export))
        }
        return places
    }

    /// The same, knowing where the containers of the device keep what they write: those that the backup does not have too.
    /// - Parameter links: where the device's links lead besides.
    func knowing(_ present: EngineState, _ wanted: Wanted, links: [String: [String]] = [:]) -> Wanted {
        var wanted = wanted
        if !present.links.isEmpty || !links.isEmpty {
            wanted.engine = wanted.engine.resolving(present.links).resolving(links)
            wanted.holdings = Self.holdings(of: places(wanted.engine), in: wanted.entries)
        }
        let binds = Set([wanted.engine, present].flatMap(\.containers.values).flatMap(\.binds))
        wanted.wholeBinds.formUnion(Self.wholeBinds(binds, in: wanted.entries, manifest))
        return wanted
    }

    /// What is said of the contents of the volumes that a plan fills: what must not be brought back, what is left out.
    /// - Parameter binds: the bind mounts that come back.
    static func remarks(
        _ plan: ContainerPlan, _ wanted: Wanted, binds: [String]
    ) -> (conflicts: [String], warnings: [String]) {
        var (conflicts, warnings): ([String], [String]) = ([], [])
        for bind in binds {
            let left = wanted.special.count { RestoreScope.isBelow($0, [bind]) }
            guard left > 0 else { continue }
            warnings.append(
                "bind mount \(TerminalText.escape(bind)): \(left) device nodes or setuid files are left out; --special takes them"
            )
        }
        for volume in plan.operations.volumes where !volume.source.isEmpty {
            let refused = wanted.refused.filter { RestoreScope.isBelow($0.path, [volume.source]) }
            if let first = refused.first {
                let more = refused.count > 1 ? ", and \(refused.count - 1) more" : ""
                conflicts.append(
                    "volume \(volume.spec.name): \(DeviceText.path(first.path)) \(first.reason)\(more)")
            }
            let left = wanted.special.count { RestoreScope.isBelow($0, [volume.source]) }
            if left > 0 {
                warnings.append(
                    "volume \(volume.spec.name): \(left) device nodes or setuid files are left out; --special takes them"
                )
            }
        }
        return (conflicts, warnings)
    }

    /// The plan onto `present`.
    ///
    /// - Parameters:
    ///   - files: paths that are there once the files of the plan are in their places.
    ///   - steps: the other steps of the plan.
    ///   - comesEngine: whether an engine that is missing may come with the plan, whose other steps nobody knows yet.
    func plan(
        _ wanted: Wanted, onto present: EngineState, files: Set<String>, steps: [RestoreStep],
        hash: KeyedHash, comesEngine: Bool = false
    ) -> ContainerPlan {
        var facts = ContainerFacts(
            backup: wanted.engine, present: present, holdings: wanted.holdings, hash: hash,
            hide: { [redactor] in redactor.redact(pieces: $0) })
        facts.files = files
        facts.going = Set(steps.filter { $0.action == .remove }.map { DeviceText.string($0.subject) })
        facts.dependencies = wanted.dependencies
        let engines: Set = ["docker.io", "docker-ce", "docker", "moby-engine"]
        facts.installsEngine =
            comesEngine || steps.contains { $0.action == .install && engines.contains($0.name) }
        return ContainerPlanner(facts, request: request).plan()
    }

    /// Bind mounts of the containers that the plan makes, of which the backup holds something; where data is replaced, also
    /// those of the containers that stay, as far as the backup holds them whole.
    static func binds(_ plan: ContainerPlan, _ wanted: Wanted, _ request: ContainerRequest) -> [String] {
        let made = plan.steps.filter { $0.action == .createContainer || $0.action == .replaceContainer }
        let names = Set(made.map(\.name))
        var binds = Set(
            wanted.engine.containers.values.filter { names.contains($0.name) }.flatMap(\.binds))
        binds = binds.filter { wanted.holdings[$0] != nil && PathGuard.problem(path: Array($0.utf8)) == nil }
        if request.replacesData { binds.formUnion(wholeBinds(wanted, request)) }
        return topmost(binds)
    }

    /// Of the containers that are asked for, the bind mounts that the backup holds whole.
    static func wholeBinds(_ wanted: Wanted, _ request: ContainerRequest) -> Set<String> {
        let chosen = wanted.engine.containers.values.filter {
            request.names.isEmpty || request.names.contains($0.name)
        }
        return wanted.wholeBinds.intersection(chosen.flatMap(\.binds))
    }

    /// What lies in another one comes with it.
    static func topmost(_ binds: Set<String>) -> [String] {
        binds.filter { path in !binds.contains { path.hasPrefix($0 + "/") } }.sorted()
    }

    /// Folders that a machine is made of: a container that looks into one does not own what is in it.
    private static let ofSystem: Set<String> = [
        "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/root", "/sbin",
        "/srv",
        "/tmp", "/usr", "/var", "/var/cache", "/var/lib", "/var/log", "/var/tmp",
    ]

    /// Of a folder the backup holds all where it was read as data, or as an own path.
    private static func wholeBinds(
        _ binds: Set<String>, in entries: [FileEntry], _ manifest: Manifest
    ) -> Set<String> {
        let sections = manifest.sections.map { section in
            section.status == .ok
                && [RestoreScope.containerData, DeviceBackup.ownPathsSection].contains(section.name)
        }
        let known = Set(binds.subtracting(ofSystem).map { Array($0.utf8) })
        let whole = entries.filter { entry in
            guard known.contains(entry.path), PathGuard.problem(path: entry.path) == nil else { return false }
            return entry.kind != .folder
                || sections.indices.contains(entry.section) && sections[entry.section]
        }
        return Set(whole.map { String(decoding: $0.path, as: UTF8.self) })
    }

    /// How much of each of `places` there is.
    static func holdings(
        of places: Set<String>, in entries: [FileEntry]
    ) -> [String: ContainerFacts.Holding] {
        let known = Set(places.filter { $0.utf8.count > 1 }.map { Array($0.utf8) })
        var found: [[UInt8]: ContainerFacts.Holding] = [:]
        for entry in entries {
            var end = entry.path.count
            while end > 1 {
                let path = Array(entry.path[..<end])
                if known.contains(path) {
                    var holding = found[path] ?? ContainerFacts.Holding(files: 0, bytes: 0)
                    if entry.kind != .folder { holding.files += 1 }
                    if end == entry.path.count, entry.kind == .file { holding.isFile = true }
                    holding.bytes += entry.storedLength
                    found[path] = holding
                }
                guard let slash = entry.path[..<end].lastIndex(of: UInt8(ascii: "/")) else { break }
                end = slash
            }
        }
        return Dictionary(found.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }) { first, _ in
            first
        }
    }

    // MARK: Compose

    /// What each service waits for, as the compose files of the backup say; old versions put no label on it.
    private func dependencies(
        _ engine: EngineState, _ entries: [FileEntry]
    ) async throws(VaultError) -> [String: [String]] {
        var result: [String: [String]] = [:]
        var read: Set<String> = []
        for container in engine.containers.values.sorted(by: { $0.name < $1.name }) {
            guard let project = container.project,
                let folder = container.label("com.docker.compose.project.working_dir"),
                let files = container.label("com.docker.compose.project.config_files")
            else { continue }
            for file in files.split(separator: ",") {
                let path = ComposeAudit.absolute(String(file), in: folder)
                guard read.insert(project + " " + path).inserted,
                    let entry = entries.first(where: { $0.path == Array(path.utf8) && $0.kind == .file }),
                    entry.size <= Self.textLimit
                else { continue }
                let text = String(decoding: try await vault.bytes(of: entry.content), as: UTF8.self)
                for (service, needs) in ComposeOrder(text).dependencies {
                    result[project + "/" + service, default: []] += needs
                }
            }
        }
        return result
    }
}
