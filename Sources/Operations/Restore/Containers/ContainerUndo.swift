import Basics
import Codecs
import Restore
import Vault

/// The containers' part of taking a run back: what it replaced comes from the safety copy, what it made goes.
struct ContainerUndo: Sendable {
    let original: RestorePlan
    /// The safety copy.
    let manifest: Manifest
    let vault: Vault
    let context: OperationContext

    private func names(_ actions: RestoreStep.Action...) -> [String] {
        original.steps.filter { actions.contains($0.action) }.map(\.name)
    }

    /// Places of bind mounts that the run changed: files like any others.
    var filePlaces: [String] {
        (original.containers?.places ?? []).filter { place in
            original.steps.contains { $0.isFile && RestoreScope.isBelow($0.subject, [place]) }
        }
    }

    /// Bind mounts that the run made, whole: containers have written there since, so that they go as a whole.
    ///
    /// - Parameter present: what is there now of what the run changed.
    func broughtPlaces(_ present: [FileEntry]) -> [String] {
        let kinds: Set<FileEntry.Kind> = [.folder, .file]
        let there = Set(present.lazy.filter { kinds.contains($0.kind) }.map(\.path))
        let made = Set(
            original.steps.lazy.filter { $0.action == .create && !$0.isAround }.map(\.subject)
        ).intersection(there)
        return (original.containers?.places ?? []).filter { made.contains(Array($0.utf8)) }.sorted()
    }

    /// Where bind mounts lie besides, as the plan knew it and as it is now: what was gone then may be there.
    private func links(_ present: EngineState) -> [String: [String]] {
        present.links.merging(original.containers?.links ?? [:]) { Set($0 + $1).sorted() }
    }

    /// What is wanted; nil when the run changed nothing of an engine.
    /// - Parameter brought: bind mounts that go as a whole.
    func request(
        _ wanted: EngineState, _ present: EngineState, brought: [String]
    ) -> ContainerRequest? {
        let replacedVolumes = Set(names(.replaceVolume))
        let folders = names(.replaceData).sorted()
        let made =
            names(.createContainer).map { "container " + $0 } + names(.createVolume).map { "volume " + $0 }
            + names(.createNetwork).map { "network " + $0 }
            + original.steps.filter { $0.action == .importInstance }.map {
                "instance \($0.section) \($0.name)"
            }
            // What came first is used by what came later.
            + original.steps.filter { $0.action == .createInstancePart }.reversed().map {
                "part \($0.section) \($0.name)"
            }
        let going = brought.map { ContainerRequest.removedPlace + $0 }
        let users = wanted.containers.values.filter { !$0.volumes.isDisjoint(with: replacedVolumes) }
        let replaced = Set(names(.replaceContainer) + users.map(\.name)).sorted()
        guard !made.isEmpty || !replaced.isEmpty || !replacedVolumes.isEmpty else {
            guard !filePlaces.isEmpty || !folders.isEmpty else { return nil }
            var request = ContainerRequest(
                allowsSpecial: true, removes: going, places: (filePlaces + folders).sorted())
            (request.leavesContainers, request.leavesInstances) = (true, true)
            (request.folders, request.links) = (folders, links(present))
            return request
        }
        let volumes = (replacedVolumes.sorted() + names(.createVolume)).compactMap { name in
            present.volumes[name].map { VolumeSpec($0) }
        }
        var request = ContainerRequest(
            names: replaced, replacesData: !replacedVolumes.isEmpty, allowsEmptyVolumes: true,
            allowsSpecial: true, removes: made + going,
            places: Set(filePlaces + folders + volumes.filter(\.isPlain).map(\.mountpoint)).sorted())
        (request.folders, request.links) = (folders, links(present))
        return request
    }

    /// Adds what takes the engine back to `result`.
    ///
    /// - Returns: the request of the plan, what is affected, and whether the engine is as the run left it.
    /// - Throws: `planBlocked` when it cannot be done.
    func plan(
        onto reading: RestoreReading, brought: [String], _ result: inout RestorePlanner.Result,
        hash: KeyedHash
    ) async throws(OperationError) -> (request: ContainerRequest?, affected: [String], isUntouched: Bool) {
        guard original.containers != nil else { return (nil, [], true) }
        var known = ContainerRequest(allowsSpecial: true)
        (known.folders, known.links) = (names(.replaceData), links(reading.engine))
        var planning = ContainerPlanning(
            vault: vault, manifest: manifest, request: known, redactor: context.services.redactor)
        let wanted = try await planning.wanted()
        guard var request = request(wanted.engine, reading.engine, brought: brought) else {
            return (nil, [], true)
        }
        // What the run replaced is another one than what comes back.
        let replaced = Set(names(.replaceContainer))
        request.unproven = (original.containers?.unproven ?? []).filter { !replaced.contains($0) }
        planning.request = request
        let plan = planning.plan(
            wanted, onto: reading.engine, files: [], steps: result.steps, hash: hash)
        guard plan.conflicts.isEmpty else {
            throw OperationError(
                .planBlocked, "The containers cannot be taken back: \(plan.conflicts.joined(separator: "; "))"
            )
        }
        request.unproven = plan.unproven
        result.steps += plan.steps
        result.commands += plan.commands
        result.warnings += plan.warnings
        let halted = Set(
            reading.engine.containers.values.filter { plan.operations.halted.contains($0.id) }.map(\.name))
        let running = names(.startContainer).filter { !halted.contains($0) }
        if !running.isEmpty {
            result.warnings.append(
                "Containers that the run only started keep running: \(running.joined(separator: ", ")).")
        }
        var document = RunDocument(backup: original.backup)
        let open = try await ContainerApplication(plan: original, id: "", context: context)
            .open(onto: reading, &document)
        return (request, plan.affected, open.isEmpty)
    }
}
