import Basics
import Codecs
import Collectors
import RemoteExecution
import Restore
import Storage
import Vault

/// Makes a plan: reads the device once, compares, and saves what was found.
struct RestoreDraft {
    let context: OperationContext
    let vault: Vault
    let manifest: Manifest
    let scope: RestoreScope
    let device: Device
    let place: RestorePlan.Place
    let options: RestorePlanner.Options
    /// Minutes until the plan expires.
    let minutes: Int
    /// Maps as a person typed them.
    var maps: [String] = []
    /// Whether the target was named and is not the backup's own device.
    var isOther = false
    /// What of the backup's containers is wanted; nil for none.
    var containers: ContainerRequest?
    /// What is wanted of the data of containers that paths name and that no other request is for.
    var data = ContainerRequest()

    /// A plan and what it was made from.
    struct Made {
        var plan: RestorePlan
        let reading: RestoreReading
        /// Nil where it was not saved, as it has no step, or conflicts.
        let id: String?
    }

    /// Reads, plans and saves.
    func make() async throws(OperationError) -> Made {
        let maps = try await parsedMaps()
        let hash = try await context.services.restoreHash()
        let translation = RestoreReading.Translation(maps: maps, isOther: isOther)
        var scope = scope
        // What lies below own paths may be of containers that the backup does not know.
        scope.readsEngine =
            containers != nil
            || place == .inPlace && scope.sections.contains(DeviceBackup.ownPathsSection)
        scope.readsRoom = true
        var reading = try await RestoreReading.read(device, scope, vault, hash, context, translation)
        try check(maps, reading)
        reading.facts.wantedUnits.removeAll { unit in
            Self.unitFolders.contains { scope.excluded.covers(Array("\($0)/\(unit.name)".utf8)) }
        }
        var engine: ContainerDraft?
        var left: [String] = []
        if let containers = try await wantedContainers(reading) {
            let planning = ContainerPlanning(
                vault: vault, manifest: manifest, request: containers, redactor: context.services.redactor)
            let draft = try await ContainerDraft(
                planning, device, scope, reading, hash, context, translation)
            (scope, reading, engine) = (draft.scope, draft.reading, draft)
        } else if place == .inPlace {
            left = try await leaveData(&reading, scope)
        }
        var facts = reading.facts
        // On another machine folders get owners, and come after the packages that may bring them.
        if place == .inPlace, facts.other == nil { try await addFolders(&facts) }
        var result = RestorePlanner(facts, place: place, options: options).plan()
        try bound(&result, scope)
        if place == .inPlace { try await addTexts(&result.steps, reading) }
        addWarnings(&result, reading)
        result.warnings += left
        let affected =
            place == .inPlace
            ? Blast.radius(
                of: result.steps, in: reading.present, reading.engine.resolving(engine?.request.links ?? [:]))
            : []
        engine?.finish(&result, hash: hash)
        addRoom(&result, facts, reading, engine)
        addRights(&result, reading)
        try await addFolderInTheWay(&result)
        try await addOpenRuns(&result)
        let plan = plan(
            result, scope, reading, Set(affected + (engine?.plan.affected ?? [])), engine?.request, maps)
        guard !plan.steps.isEmpty, plan.conflicts.isEmpty else {
            return Made(plan: plan, reading: reading, id: nil)
        }
        let id = plan.id(hash: hash)
        try await PlanBook(context: context).add(plan, id)
        return Made(plan: plan, reading: reading, id: id)
    }

    /// The plan of what was found.
    private func plan(
        _ result: RestorePlanner.Result, _ scope: RestoreScope, _ reading: RestoreReading,
        _ affected: Set<String>, _ containers: ContainerRequest?, _ maps: RestoreMaps
    ) -> RestorePlan {
        let now = context.clock.now()
        var plan = RestorePlan(
            created: now, expires: now + .seconds(60 * minutes), backup: manifest.id.text,
            tree: manifest.tree.description,
            target: RestorePlan.Target(
                device: device.name.text, machineID: reading.machineID,
                hostKey: device.hostKey?.fingerprint ?? ""),
            place: place, sections: scope.sections, paths: scope.patterns, steps: result.steps,
            conflicts: result.conflicts, warnings: result.warnings, commands: result.commands,
            affected: affected.sorted(), containers: containers)
        plan.owners = reading.owners
        plan.excludes = scope.excluded.patterns
        plan.maps = maps.maps.map(\.text)
        plan.isForOther = isOther
        plan.trims = result.trims
        return plan
    }

    /// What is wanted of containers: data of theirs that a path names is theirs, whatever section holds it.
    private func wantedContainers(_ reading: RestoreReading) async throws(OperationError) -> ContainerRequest?
    {
        guard containers == nil, place == .inPlace, !scope.patterns.isEmpty, concernsData(reading) else {
            return containers
        }
        let wanted = try await self.wanted(reading)
        let isAsked = data.replacesData && !DataPlaces.binds(wanted, in: scope).isEmpty
        return isAsked || !DataPlaces.named(wanted, in: scope).isEmpty ? data : nil
    }

    private func concernsData(_ reading: RestoreReading) -> Bool {
        scope.sections.contains(DeviceBackup.ownPathsSection)
            && (ContainerWish.areHeld(by: manifest) || !reading.engine.containers.isEmpty)
    }

    private func wanted(
        _ reading: RestoreReading
    ) async throws(OperationError) -> ContainerPlanning.Wanted {
        let planning = ContainerPlanning(
            vault: vault, manifest: manifest, request: ContainerRequest(),
            redactor: context.services.redactor)
        return planning.knowing(reading.engine, try await planning.wanted())
    }

    /// Leaves what containers keep alone where they are no part of the plan; what is said of it.
    private func leaveData(
        _ reading: inout RestoreReading, _ scope: RestoreScope
    ) async throws(OperationError) -> [String] {
        guard concernsData(reading) else { return [] }
        let wanted = try await self.wanted(reading)
        func holds(_ entries: [FileEntry], _ place: String) -> Bool {
            entries.contains { RestoreScope.isBelow($0.path, [place]) }
        }
        let facts = reading.facts
        let places =
            Set(DataPlaces.volumes(wanted.engine) + DataPlaces.volumes(reading.engine)).filter {
                holds(facts.wanted, $0)
            }
            + DataPlaces.binds(wanted, in: scope).filter { holds(facts.present, $0) }
        reading.facts.leave(places)
        return places.sorted().map {
            "\(TerminalText.escape($0)) is of containers and stays as it is; plan it with them, and with --replace-data where it is to be replaced"
        }
    }

    /// Where files of units lie: a unit whose file is left out is left alone.
    private static let unitFolders = ["/etc/systemd/system", "/usr/local/lib/systemd/system"]

    /// How many of many conflicts or warnings are told.
    private static let toldLimit = 100

    /// Adds what must not be brought back to the conflicts, and tells of many things the first ones.
    /// - Throws: `argumentInvalid` when the plan would be longer than one can be.
    private func bound(_ result: inout RestorePlanner.Result, _ scope: RestoreScope) throws(OperationError) {
        guard result.steps.count <= RestorePlanner.stepLimit else {
            throw OperationError(
                .argumentInvalid,
                "The plan would have more than the \(RestorePlanner.stepLimit) steps that one can have",
                hint: "Restore it in parts, with --section or --path.")
        }
        result.conflicts = Self.told(scope.refused + result.conflicts, "conflicts")
        result.warnings = Self.told(scope.leftOut + result.warnings, "warnings")
    }

    private static func told(_ lines: [String], _ what: String) -> [String] {
        guard lines.count > toldLimit else { return lines }
        return lines.prefix(toldLimit) + ["\(lines.count - toldLimit) more \(what) of the same kinds"]
    }

    /// What a run left half-way is no state to plan on: it is decided first.
    private func addOpenRuns(_ result: inout RestorePlanner.Result) async throws(OperationError) {
        guard place == .inPlace, !result.steps.isEmpty else { return }
        for run in try await RestoreSettling(context: context).unfinished()
        where run.device == device.name.text {
            result.conflicts.append(
                "run \(run.id) on \(device.name) has not come to its end: wait for it, or decide it, where its Holdfast died, with: holdfast restore resume"
            )
        }
    }

    /// A restore is root's work.
    private func addRights(_ result: inout RestorePlanner.Result, _ reading: RestoreReading) {
        guard !result.steps.isEmpty, reading.present.lacksRoot else { return }
        result.conflicts.append(
            "a restore needs root on \(device.name): its account is not, and sudo does not allow it a root shell without a password"
        )
    }

    /// A new folder must not be there yet.
    private func addFolderInTheWay(_ result: inout RestorePlanner.Result) async throws(OperationError) {
        guard case .folder(let folder) = place, !result.steps.isEmpty else { return }
        do {
            let missing = try await FolderProbe.missing(
                of: [Array(folder.utf8)], on: device, by: context.services.transport)
            if missing.isEmpty {
                result.conflicts.append("\(folder) exists on \(device.name): name a new folder with --to")
            }
        } catch { throw OperationError(error, device: device.name) }
    }

    /// Folders around single files are in nobody's section: what is missing of them is made.
    private func addFolders(_ facts: inout PlanFacts) async throws(OperationError) {
        let unseen = facts.unseenFolders
        guard !unseen.isEmpty else { return }
        let missing: [[UInt8]]
        do {
            missing = try await FolderProbe.missing(of: unseen, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        guard !missing.isEmpty else { return }
        do { facts.addMissing(missing, of: try await vault.entries(of: manifest)) } catch {
            throw OperationError(error)
        }
    }

    // MARK: Maps

    private func parsedMaps() async throws(OperationError) -> RestoreMaps {
        guard !maps.isEmpty else { return RestoreMaps([]) }
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        let wanted: DeviceState
        do { wanted = try await comparison.state(of: manifest) } catch { throw OperationError(any: error) }
        let names = Self.names(wanted)
        var parsed: [RestoreMap] = []
        for text in maps {
            do throws(RestoreMap.Failure) {
                let map = try RestoreMap.parse(text, names)
                guard !parsed.contains(where: { $0.kind == map.kind && $0.from == map.from }) else {
                    throw RestoreMap.Failure(
                        message: "--map gives ‘\(map.from)’ two other names", hint: "Give one of them.")
                }
                parsed.append(map)
            } catch {
                throw OperationError(.argumentInvalid, error.message, hint: error.hint)
            }
        }
        return RestoreMaps(parsed)
    }

    private static func names(_ state: DeviceState, other: DeviceState? = nil) -> RestoreMap.Names {
        func interfaces(_ state: DeviceState) -> Set<String> {
            Set((state.items["network-state"] ?? []).filter { $0.kind == "interface" }.map(\.name))
        }
        return RestoreMap.Names(
            users: Set((state.items["users"] ?? []).filter { $0.kind == "user" }.map(\.name)),
            interfaces: interfaces(state), otherInterfaces: other.map(interfaces))
    }

    /// Each map must be sound on this machine, and must have found something.
    private func check(_ maps: RestoreMaps, _ reading: RestoreReading) throws(OperationError) {
        guard !maps.isEmpty else { return }
        let hasInterfaces = reading.present.items["network-state"] != nil
        let names = Self.names(reading.wanted, other: hasInterfaces ? reading.present : nil)
        let accounts = Set(reading.facts.accounts.steps.map(\.name))
        for map in maps.maps {
            do throws(RestoreMap.Failure) { try map.check(names) } catch {
                throw OperationError(.argumentInvalid, error.message, hint: error.hint)
            }
            let isUsed =
                reading.backup.used.contains(map.text) || map.kind == .user && accounts.contains(map.to)
            guard isUsed else {
                throw OperationError(
                    .argumentInvalid,
                    "--map \(map.from)=\(map.to) matches nothing that would be restored",
                    hint: "Leave it out, or widen the scope.")
            }
        }
    }

    // MARK: Around

    /// Adds the text that would change to each step.
    private func addTexts(
        _ steps: inout [RestoreStep], _ reading: RestoreReading
    ) async throws(OperationError) {
        let comparison = StateComparison(vault: vault, redactor: context.services.redactor)
        let sections = Set(scope.sections)
        let changes: BackupDiff
        do {
            changes = try await comparison.diff(from: reading.present, to: reading.wanted) {
                sections.contains($0)
            }
        } catch { throw OperationError(any: error) }
        let texts = Dictionary(changes.files.map { ($0.path, $0.text) }) { first, _ in first }
        for index in steps.indices where steps[index].isFile {
            steps[index].text = texts[steps[index].name] ?? []
        }
    }

    private func addWarnings(_ result: inout RestorePlanner.Result, _ reading: RestoreReading) {
        if place == .inPlace, !reading.facts.isSameMachine {
            let found = OtherMachineChecks(
                wanted: reading.wanted.items.mapValues(Self.things),
                present: reading.present.items.mapValues(Self.things),
                installs: result.steps.contains { $0.action == .install },
                installed: Set(result.steps.filter { $0.action == .install }.map(\.name))
            ).findings()
            result.conflicts += found.conflicts
            result.warnings += found.warnings
            let id = scope.manifest.summary.device.machineID
            result.warnings.append(
                id.isEmpty
                    ? "The backup does not say of which machine it is, as its machine id is missing: it is treated as one of another machine"
                    : id == reading.machineID
                        ? "The machine has the id of the backup's machine: it is a copy of it, or the same; it is treated as another one"
                        : "The backup is of another machine (machine id \(id.prefix(8))…, here \(reading.machineID.prefix(8))…)"
            )
        }
        if place == .inPlace, result.steps.contains(where: { $0.areas.contains("firewall") }) {
            result.warnings.append(
                "The rules of the firewall are loaded anew from its files: rules that lie in no file, such as those of Docker, may go, and come back only where the run is rolled back"
            )
        }
        if place == .inPlace, scope.globs.isEmpty {
            result.warnings += reading.gaps.sentences(on: device.name, installs: options.installs)
        }
        for section in scope.manifest.sections where scope.sections.contains(section.name) {
            if section.status == .partial || section.status == .denied || section.status == .failed {
                result.warnings.append(
                    "The backup's section ‘\(section.name)’ is \(section.status.rawValue): what it lacks is neither restored nor removed"
                )
            }
        }
    }

    /// Compares what is staged with the room that there is for it.
    private func addRoom(
        _ result: inout RestorePlanner.Result, _ facts: PlanFacts, _ reading: RestoreReading,
        _ engine: ContainerDraft?
    ) {
        var check = RoomCheck(reading.present.rooms)
        guard !check.isEmpty, !result.steps.isEmpty else { return }
        let above: [UInt8] = if case .folder(let folder) = place { Array(folder.utf8) } else { [] }
        let wanted = Dictionary(facts.wanted.map { ($0.path, $0) }) { first, _ in first }
        for step in result.steps where step.action == .create || step.action == .replace {
            guard let entry = wanted[step.subject], entry.kind != .hardLink else { continue }
            check.add(above + entry.path, bytes: entry.size)
        }
        for (path, size) in engine?.staged ?? [] { check.add(path, bytes: size) }
        // The run's own programs.
        check.add(Array((RunFolder.root + "/x").utf8), bytes: 1 << 18)
        let findings = check.findings()
        result.conflicts += findings.conflicts
        result.warnings += findings.warnings
    }

    private static func things(_ items: [InventoryItem]) -> [RebuildFacts.Thing] {
        items.map { RebuildFacts.Thing(kind: $0.kind, name: $0.name, fields: $0.fields) }
    }
}
