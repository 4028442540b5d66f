import Basics

extension ContainerPlanner {
    // MARK: Volumes

    func planVolumes(_ wanted: [Wanted], _ plan: inout ContainerPlan) {
        var seen: Set<String> = []
        for one in wanted {
            let counts = one.fate == .create || one.fate == .replace || request.replacesData
            for use in one.spec.volumes where counts && seen.insert(use.name).inserted {
                self.plan(volume: use.name, of: one.spec.name, &plan)
            }
        }
        guard request.names.isEmpty, request.removes.isEmpty else { return }
        let chosen = request.leavesContainers ? request.volumes : Array(facts.backup.volumes.keys)
        for name in chosen.sorted()
        where seen.insert(name).inserted && EngineName.isValid(name) {
            guard facts.present.volumes[name] == nil || request.replacesData else { continue }
            self.plan(volume: name, of: nil, &plan)
        }
    }

    private func plan(volume name: String, of user: String?, _ plan: inout ContainerPlan) {
        let former = request.newName.isEmpty ? name : String(name.dropFirst(request.newName.utf8.count + 1))
        let present = facts.present.volumes[name].map { VolumeSpec($0) }
        guard let value = facts.backup.volumes[former] else {
            if present == nil, let user {
                plan.conflicts.append(
                    "the volume \(former) of container \(user) is neither here nor in the backup")
            }
            return
        }
        if present != nil, !request.newName.isEmpty {
            plan.conflicts.append("there is a volume ‘\(name)’ already")
            return
        }
        guard present == nil || request.replacesData else { return }
        var spec = VolumeSpec(value)
        let source = spec.mountpoint
        spec.name = name
        let mountpoint = present?.mountpoint ?? facts.present.dataRoot + "/volumes/" + name + "/_data"
        guard spec.isPlain, present?.isPlain ?? true else {
            let held =
                facts.holdings[source] == nil
                ? ""
                : "; what the backup holds of it comes into a folder, without --in-place: --path \(source.shellWord)"
            plan.warnings.append(
                present == nil
                    ? "the content of volume \(name) lies elsewhere: only its definition is made\(held)"
                    : "volume \(name) is not compared and stays as it is, as its content lies elsewhere\(held)"
            )
            if present == nil { add(spec, source: "", mountpoint: mountpoint, isThere: false, 0, &plan) }
            return
        }
        guard let holding = facts.holdings[source] else {
            guard present == nil else {
                plan.warnings.append("the backup holds nothing of volume \(name), which stays as it is")
                return
            }
            guard request.allowsEmptyVolumes || user == nil else {
                plan.conflicts.append(
                    "the volume \(former) is not here and the backup holds nothing of it; back up with --include-data, or plan with --empty-volumes"
                )
                return
            }
            plan.warnings.append("volume \(name) is made empty: the backup holds nothing of it")
            add(spec, source: "", mountpoint: mountpoint, isThere: false, 0, &plan)
            return
        }
        add(spec, source: source, mountpoint: mountpoint, isThere: present != nil, holding.bytes, &plan)
    }

    /// Bind mounts that get another content as a whole: what runs on them writes as long as it runs, and when it stops.
    func planFolders(_ plan: inout ContainerPlan) {
        for place in request.folders.sorted() {
            guard PathGuard.problem(path: Array(place.utf8)) == nil else {
                plan.conflicts.append("\(TerminalText.escape(place)) is no folder that a restore may replace")
                continue
            }
            guard let holding = facts.holdings[place] else {
                plan.conflicts.append("the backup holds nothing of \(TerminalText.escape(place))")
                continue
            }
            plan.commands.append("replace all in \(TerminalText.escape(place)) by what the backup has")
            var volume = ContainerOperations.Volume(
                spec: VolumeSpec(["Name": .string(place)]), creation: ArgumentList([]), source: place,
                mountpoint: place, isThere: true)
            volume.isFolder = true
            plan.operations.volumes.append(volume)
            plan.steps.append(
                step(
                    .replaceData, place, section: "container-data",
                    what: ["\(holding.files.counted("file")), \(ByteCount(holding.bytes))"], risk: .high,
                    before: [place], after: [place, holding.files.description, holding.bytes.description]))
        }
    }

    private func add(
        _ spec: VolumeSpec, source: String, mountpoint: String, isThere: Bool, _ bytes: Int64,
        _ plan: inout ContainerPlan
    ) {
        let creation = spec.creation(withLabels: request.newName.isEmpty)
        if !isThere { plan.commands.append(shown(creation)) }
        if !source.isEmpty { plan.commands.append("fill \(mountpoint) from the backup") }
        plan.operations.volumes.append(
            .init(spec: spec, creation: creation, source: source, mountpoint: mountpoint, isThere: isThere))
        let files = facts.holdings[source].map { "\($0.files.counted("file")), \(ByteCount($0.bytes))" }
        plan.steps.append(
            step(
                isThere ? .replaceVolume : .createVolume, spec.name, section: "docker-volumes",
                what: [files ?? "empty"], risk: isThere ? .high : .low, before: isThere ? [mountpoint] : [],
                after: creation.words + [source, mountpoint]))
        for container in facts.present.users(ofVolume: spec.name) {
            plan.affected.append("container \(container.name) (uses the volume \(spec.name))")
        }
    }

    // MARK: Making room

    func planAsides(_ changed: [Wanted], _ plan: inout ContainerPlan) {
        for one in changed where one.fate == .replace {
            guard let present = one.present else { continue }
            plan.operations.asides.append(
                .init(
                    name: present.name, id: present.id, restartPolicy: present.restartPolicy, isRemoved: false
                ))
            plan.commands += [
                "docker stop \(present.name.shellWord)",
                "docker rename \(present.name.shellWord) (kept until the run is decided)",
            ]
        }
    }

    /// Running containers whose files change under them are stopped meanwhile.
    func planPauses(_ plan: inout ContainerPlan) {
        let leaving = Set(plan.operations.asides.map(\.id))
        let volumes = Set(plan.operations.volumes.filter { $0.isThere && !$0.isFolder }.map(\.spec.name))
        let removed = Set(plan.operations.removedVolumes)
        for container in facts.present.containers.values.sorted(by: { $0.name < $1.name })
        where (container.isUp || container.isPaused) && !leaving.contains(container.id) {
            let touched = container.volumes.intersection(volumes.union(removed))
            let places = container.binds.filter { bind in request.places.contains { Self.isRelated($0, bind) }
            }
            guard !touched.isEmpty || !places.isEmpty else { continue }
            if container.isPaused {
                plan.conflicts.append(
                    "container \(container.name) uses \((touched.sorted() + places.sorted()).joined(separator: ", ")) and is paused: let it go on, or stop it first"
                )
                continue
            }
            if container.isTransient {
                plan.conflicts.append(
                    "container \(container.name) uses \((touched.sorted() + places.sorted()).joined(separator: ", ")) and is forgotten when it stops (--rm): stop it first"
                )
                continue
            }
            if container.binds.contains(where: { isGoing($0, plan) }) {
                plan.operations.halted.append(container.id)
                plan.affected.append("container \(container.name) (is stopped and stays so)")
                plan.warnings.append(
                    "Container \(container.name) is stopped and stays so: what it mounts goes.")
                plan.commands.append("docker stop \(container.name.shellWord)")
                continue
            }
            plan.operations.paused.append(container.id)
            prove(ContainerSpec(container, in: facts.present), &plan, \.pausedProofs)
            plan.affected.append("container \(container.name) (is stopped meanwhile)")
            plan.commands.append("docker stop \(container.name.shellWord), and start it again")
        }
    }

    /// Whether a bind mount, or the folder that it was, is not there any more once the plan is carried out: its container
    /// could not be started.
    private func isGoing(_ bind: String, _ plan: ContainerPlan) -> Bool {
        facts.going.contains(bind)
            || plan.steps.contains { step in
                step.action == .removeData && Self.isBelow(bind, step.name)
            }
            || request.folders.contains { place in
                facts.holdings[place]?.isFile == true && Self.isBelow(bind, place)
            }
    }

    private static func isBelow(_ bind: String, _ place: String) -> Bool {
        bind == place || bind.hasPrefix(place + "/")
    }

    private static func isRelated(_ left: String, _ right: String) -> Bool {
        isBelow(left, right) || isBelow(right, left)
    }

    // MARK: Taking away

    /// A bind mount goes as a whole: what lies in it now is what its containers made of it.
    private func planRemoval(ofPlace path: String, _ plan: inout ContainerPlan) {
        guard PathGuard.problem(path: Array(path.utf8)) == nil else {
            plan.conflicts.append("\(TerminalText.escape(path)) is nothing that a restore may take away")
            return
        }
        plan.commands.append("take \(TerminalText.escape(path)) away (kept until the run is decided)")
        plan.steps.append(
            step(
                .removeData, path, section: "container-data", what: ["all that is there"], risk: .high,
                before: [path]))
    }

    /// What an undo takes away again.
    func planRemovals(_ plan: inout ContainerPlan) {
        for text in request.removes {
            let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
            if parts.count == 2, parts[0] == "instance" { planRemoval(ofInstance: parts[1], &plan) }
            if parts.count == 2, parts[0] == "part" { planRemoval(ofPart: parts[1], &plan) }
            if parts.count == 2, parts[0] == "place" { planRemoval(ofPlace: parts[1], &plan) }
            guard parts.count == 2, EngineName.isValid(parts[1]) else { continue }
            switch parts[0] {
            case "container":
                guard let present = facts.present.containers[parts[1]] else { continue }
                plan.operations.asides.append(
                    .init(
                        name: present.name, id: present.id, restartPolicy: present.restartPolicy,
                        isRemoved: true))
                plan.commands.append("docker rm \(present.name.shellWord)")
                plan.steps.append(
                    step(
                        .removeContainer, present.name, section: "docker-containers", what: ["container"],
                        risk: .high, before: [present.id]))
            case "volume":
                guard facts.present.volumes[parts[1]] != nil else { continue }
                plan.operations.removedVolumes.append(parts[1])
                plan.commands.append("docker volume rm \(parts[1].shellWord)")
                plan.steps.append(
                    step(
                        .removeVolume, parts[1], section: "docker-volumes", what: ["volume"], risk: .high,
                        before: [parts[1]]))
            case "network":
                guard facts.present.networks[parts[1]] != nil else { continue }
                plan.operations.removedNetworks.append(parts[1])
                plan.commands.append("docker network rm \(parts[1].shellWord)")
                plan.steps.append(
                    step(
                        .removeNetwork, parts[1], section: "docker-networks", what: ["network"],
                        risk: .medium,
                        before: [parts[1]]))
            default: continue
            }
        }
    }
}
