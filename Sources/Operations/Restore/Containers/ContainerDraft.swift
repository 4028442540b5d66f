import Basics
import Codecs
import Collectors
import RemoteExecution
import Restore
import Vault

/// The containers' part of a plan while it is made.
struct ContainerDraft: Sendable {
    private(set) var plan: ContainerPlan
    private(set) var request: ContainerRequest
    private(set) var scope: RestoreScope
    private(set) var reading: RestoreReading
    private let wanted: ContainerPlanning.Wanted
    private var planning: ContainerPlanning
    /// What is said of bind mounts that stay as they are.
    private var kept: [String] = []
    /// Bind mounts that are there and stay as they are.
    private var there: [String] = []
    /// Bind mounts of containers that are made which nothing of the backup will bring, by their containers.
    private var missing: [(source: String, container: String)] = []
    /// What the device has where bind mounts lie.
    private let sights: BindSights
    /// What cannot be done of the data that was asked for.
    private let conflicts: [String]

    /// Plans, and reads what is where bind mounts come back: these are files like any others.
    init(
        _ planning: ContainerPlanning, _ device: Device, _ scope: RestoreScope, _ reading: RestoreReading,
        _ hash: KeyedHash, _ context: OperationContext,
        _ translation: RestoreReading.Translation = RestoreReading.Translation()
    ) async throws(OperationError) {
        self.planning = planning
        self.scope = scope
        self.reading = reading
        request = planning.request
        let known = try await planning.wanted()
        let first = planning.plan(
            known, onto: reading.engine, files: [], steps: [], hash: hash, comesEngine: true)
        sights = try await BindSights(
            planning.knowing(reading.engine, known), request, starting: Self.started(first, request),
            besides: reading.engine, on: device, context)
        request.links = reading.engine.links.merging(sights.links) { first, _ in first }
        wanted = planning.knowing(reading.engine, known, links: sights.links)
        let data = DataChoice(scope, wanted)
        request.volumes = data.volumes
        self.planning.request = request
        let planning = self.planning
        plan = planning.plan(
            wanted, onto: reading.engine, files: [], steps: [], hash: hash, comesEngine: true)
        conflicts = data.conflicts
        var chosen = data.binds + DataPlaces.named(wanted, in: scope)
        if !request.leavesContainers {
            let made = Set(
                plan.steps.filter { [.createContainer, .replaceContainer].contains($0.action) }.map(\.name))
            let absent = sights.missing
            chosen = ContainerPlanning.binds(plan, wanted, request)
            // Those of containers that stay come back as well where they are gone.
            chosen += absent.intersection(ContainerPlanning.wholeBinds(wanted, request))
            missing = DataPlaces.unheld(absent, wanted, made: made)
        }
        let binds = ContainerPlanning.topmost(Set(chosen).union(DataPlaces.binds(wanted, in: scope)))
        if !binds.isEmpty, request.newName.isEmpty {
            let parts = DataPlaces.parts(of: binds, in: scope)
            let globs = scope.globs
            self.scope.add(wanted.entries, at: binds.filter { !parts.contains($0) })
            self.scope.add(
                wanted.entries.filter { entry in globs.contains { $0.matches(entry.path) } },
                at: Array(parts))
            self.scope.places = binds
            self.reading = try await RestoreReading.read(
                device, self.scope, planning.vault, hash, context, translation)
            keepPresent(binds, parts, hash)
        }
        self.reading.facts.leave(
            DataPlaces.volumes(wanted.engine) + DataPlaces.volumes(self.reading.engine))
        if !request.replacesData, request.newName.isEmpty { tellUncompared(data) }
        setPlaces(self.scope.places)
    }

    /// Containers that a plan makes or starts, as the backup names them.
    private static func started(_ plan: ContainerPlan, _ request: ContainerRequest) -> Set<String> {
        let actions: Set<RestoreStep.Action> = [.createContainer, .replaceContainer, .startContainer]
        let names = plan.steps.filter { actions.contains($0.action) }.map(\.name)
        return Set(request.newName.isEmpty || names.isEmpty ? names : request.names)
    }

    /// Containers that are stopped meanwhile, of those that the backup knows.
    private var startedAgain: [String] {
        reading.engine.containers.values.filter { plan.operations.paused.contains($0.id) }.map(\.name)
            .filter { request.names.isEmpty || request.names.contains($0) }
    }

    /// Stops containers for what changes only.
    private mutating func setPlaces(_ files: [String]) {
        let volumes = plan.operations.volumes.filter(\.isThere).map(\.mountpoint)
        request.places = Set(files + volumes + request.folders).sorted()
        planning.request = request
    }

    /// Tells which data stays as it is, whatever it is.
    private mutating func tellUncompared(_ data: DataChoice) {
        let filled = Set(plan.operations.volumes.map(\.spec.name))
        let users = wanted.engine.containers.values.filter { request.names.contains($0.name) }
        var volumes = Set(wanted.engine.volumes.keys)
        if !request.names.isEmpty { volumes.formIntersection(users.flatMap(\.volumes)) }
        if request.leavesContainers { volumes.formIntersection(data.volumes) }
        volumes = volumes.filter { name in
            guard let value = wanted.engine.volumes[name], reading.engine.volumes[name] != nil else {
                return false
            }
            return !filled.contains(name) && wanted.holdings[VolumeSpec(value).mountpoint] != nil
        }
        var binds = request.leavesContainers ? [] : ContainerPlanning.wholeBinds(wanted, request)
        binds = binds.filter { bind in
            !RestoreScope.isBelow(Array(bind.utf8), scope.places + there)
        }
        let names =
            volumes.sorted().map { "volume \($0)" }
            + ContainerPlanning.topmost(binds).map { "bind mount \(TerminalText.escape($0))" }
        guard let first = names.first else { return }
        let more = names.count > 10 ? " and \(names.count - 10) more" : ""
        let told = names.count == 1 ? first : names.prefix(10).joined(separator: ", ") + more
        kept.append(
            "Data that is there was not compared and stays as it is: \(told); --replace-data gives it the backup's content"
        )
    }

    /// Leaves bind mounts alone that are there, unless their content is to be replaced: that of a folder as a whole, as a
    /// container that runs writes to it as long as it runs, and once more when it stops.
    /// - Parameter parts: those of which only a part is asked for, whose files are files like any others.
    private mutating func keepPresent(_ binds: [String], _ parts: Set<String>, _ hash: KeyedHash) {
        let paths = Set(reading.present.files.map(\.path))
        there = binds.filter { bind in paths.contains { RestoreScope.isBelow($0, [bind]) } }
        guard request.replacesData else {
            reading.facts.leave(there)
            scope.places = binds.filter { !there.contains($0) }
            kept += there.map(stays)
            return
        }
        let folders = Set(
            wanted.entries.lazy.filter { $0.kind == .folder }.map { DeviceText.string($0.path) })
        let whole = there.filter { bind in
            wanted.wholeBinds.contains(bind) && folders.contains(bind) && !parts.contains(bind)
                && !scope.excluded.covers(Array(bind.utf8))
        }
        request.folders = whole.filter { isDifferent($0, hash) }
        for (source, way) in wanted.engine.links.sorted(by: { $0.key < $1.key }) {
            guard let place = way.first(where: folders.contains), place != source, binds.contains(source),
                !binds.contains(place)
            else { continue }
            kept.append(
                "\(TerminalText.escape(source)) is a link: the data of its containers lies at \(TerminalText.escape(place)), and is not a part of this; name that with --path"
            )
        }
        reading.facts.leave(whole)
        scope.places = binds.filter { !whole.contains($0) }
    }

    /// What is said of a bind mount that is there.
    private func stays(_ bind: String) -> String {
        let coming = (wanted.engine.links[bind] ?? []).filter(scope.places.contains)
        guard coming.isEmpty else {
            let targets = coming.map(TerminalText.escape).joined(separator: ", ")
            return
                "\(TerminalText.escape(bind)) is a link and stays; what it leads to comes from the backup: \(targets)"
        }
        return
            "\(TerminalText.escape(bind)) is there and stays as it is; --replace-data gives it the backup's content"
    }

    /// Whether a folder holds anything else than the backup has in it, or could not be read as a whole.
    private func isDifferent(_ folder: String, _ hash: KeyedHash) -> Bool {
        guard reading.present.sections[DeviceBackup.ownPathsSection] == "ok" else { return true }
        func marks(_ entries: [FileEntry]) -> [[UInt8]: FileMark] {
            let inside = entries.lazy.filter { RestoreScope.isBelow($0.path, [folder]) && $0.kind != .socket }
            return Dictionary(inside.map { ($0.path, FileMark($0, hash: hash)) }) { first, _ in first }
        }
        return marks(wanted.entries) != marks(reading.present.files)
    }

    /// Plans again, as files and packages are known, and adds what was found to `result`.
    mutating func finish(_ result: inout RestorePlanner.Result, hash: KeyedHash) {
        setPlaces(
            scope.places.filter { place in
                result.steps.contains { $0.isFile && RestoreScope.isBelow($0.subject, [place]) }
            })
        let planning = planning
        let (wanted, reading) = (wanted, reading)
        plan = planning.plan(
            wanted, onto: reading.engine, files: Self.files(result.steps, reading.facts.present),
            steps: result.steps, hash: hash)
        request.unproven = plan.unproven
        result.steps += plan.steps
        result.commands += plan.commands
        let remarks = ContainerPlanning.remarks(plan, wanted, binds: scope.places)
        let cut = request.folders.filter { scope.excluded.mayReach(into: $0) }.map {
            "\(TerminalText.escape($0)) comes back as a whole only, and --exclude names a part of it"
        }
        let made = Set(plan.steps.filter { $0.action == .createContainer }.map(\.name))
        result.conflicts +=
            plan.conflicts + conflicts + remarks.conflicts + mounted + cut
            + sights.conflicts(
                wanted, starting: Self.started(plan, request).union(startedAgain), result.steps,
                replacesData: request.replacesData)
            + DataPlaces.shared(by: made, wanted, reading.engine)
        result.warnings += plan.warnings + kept + remarks.warnings
        tellMissing(&result)
    }

    /// A container whose bind mount is missing cannot be made, and takes all else back with it; what a package brings
    /// nobody knows before it is there.
    private func tellMissing(_ result: inout RestorePlanner.Result) {
        let mayCome = result.steps.contains { $0.action == .install }
        for (source, container) in missing {
            let what =
                "the bind mount \(TerminalText.escape(source)) of container \(container) is neither here nor in the backup"
            let others = wanted.engine.containers.keys.filter { name in
                !missing.contains { $0.container == name }
            }
            let ways = others.isEmpty ? "" : "; make it first, or name the others with --container"
            if mayCome {
                result.warnings.append(
                    "\(what): unless a package brings it, \(container) cannot be made and all goes back\(ways)"
                )
            } else {
                result.conflicts.append(what + (ways.isEmpty ? "; make it first" : ways))
            }
        }
    }

    /// File systems that are mounted in a volume whose content is replaced: they would go with it.
    private var mounted: [String] {
        let mounts = reading.present.mountPoints
        return plan.operations.volumes.filter { $0.isThere && !$0.source.isEmpty }.flatMap { volume in
            mounts.filter {
                RestoreScope.isBelow(Array($0.utf8), [volume.mountpoint])
            }
            .sorted().map { place in
                volume.isFolder
                    ? "\(TerminalText.escape(place)) is a file system of its own in a folder that would be replaced as a whole; unmount it, or plan without --replace-data"
                    : "\(TerminalText.escape(place)) is a file system of its own in volume \(volume.spec.name), whose content would be replaced; unmount it, or plan without --replace-data"
            }
        }
    }

    /// What is staged of volumes and exports: under which place, and how large.
    var staged: [(path: [UInt8], size: Int64)] {
        plan.operations.volumes.filter { !$0.source.isEmpty }.flatMap { volume in
            wanted.entries.lazy.filter { RestoreScope.isBelow($0.path, [volume.source]) }
                .map { (Array(volume.mountpoint.utf8), $0.size) }
        }
            + plan.operations.instances.map { instance in
                (Array("/var/lib/x".utf8), wanted.holdings[instance.source]?.bytes ?? 0)
            }
    }

    /// Paths of files once the steps are done.
    static func files(_ steps: [RestoreStep], _ present: [FileEntry]) -> Set<String> {
        var files = Set(present.lazy.filter { $0.kind != .folder }.map { DeviceText.string($0.path) })
        for step in steps where step.isFile {
            let path = DeviceText.string(step.subject)
            if step.action == .remove { files.remove(path) } else { files.insert(path) }
        }
        return files
    }
}
