import Basics
package import Codecs

/// Everything a planner of containers looks at.
package struct ContainerFacts: Sendable {
    /// What a backup holds of a folder or file.
    package struct Holding: Sendable, Equatable {
        package var files: Int
        package var bytes: Int64
        /// Whether it is a single file, where containers may mount a folder by now.
        package var isFile = false

        package init(files: Int, bytes: Int64) {
            self.files = files
            self.bytes = bytes
        }
    }

    package var backup: EngineState
    package var present: EngineState
    /// What the backup holds of the places of volumes and bind mounts, by path.
    package var holdings: [String: Holding]
    /// Whether the plan installs an engine.
    package var installsEngine = false
    /// Files that are there once the plan's files are in their places.
    package var files: Set<String> = []
    /// Files, folders and links that the plan takes away.
    package var going: Set<String> = []
    /// What each service of a compose project depends on, by `project/service`.
    package var dependencies: [String: [String]] = [:]
    package let hash: KeyedHash
    /// Hides secrets in the words of a command.
    package var hide: @Sendable ([String]) -> [String]

    package init(
        backup: EngineState, present: EngineState, holdings: [String: Holding], hash: KeyedHash,
        hide: @escaping @Sendable ([String]) -> [String]
    ) {
        self.backup = backup
        self.present = present
        self.holdings = holdings
        self.hash = hash
        self.hide = hide
    }
}

/// What a planner of containers found.
package struct ContainerPlan: Sendable, Equatable {
    package var steps: [RestoreStep] = []
    package var conflicts: [String] = []
    package var warnings: [String] = []
    package var commands: [String] = []
    package var affected: [String] = []
    /// Containers that are started and that nobody waits for, by name.
    package var unproven: [String] = []
    package var operations = ContainerOperations()

    package init() {}
}

/// Computes what would have to be done so that an engine holds what a backup says; does nothing itself.
package struct ContainerPlanner: Sendable {
    /// What becomes of one container.
    enum Fate: Sendable, Equatable {
        case create
        case replace
        case start
        case none
    }

    struct Wanted: Sendable {
        var spec: ContainerSpec
        let fate: Fate
        let present: EngineContainer?
    }

    let facts: ContainerFacts
    let request: ContainerRequest

    package init(_ facts: ContainerFacts, request: ContainerRequest) {
        var facts = facts
        facts.backup = facts.backup.resolving(request.links)
        facts.present = facts.present.resolving(request.links)
        self.facts = facts
        self.request = request
    }

    /// The steps, those that others need first.
    package func plan() -> ContainerPlan {
        var plan = ContainerPlan()
        planInstances(&plan)
        let wanted = ordered(wanted(&plan))
        let changed = wanted.filter { $0.fate != .none }
        guard facts.present.isThere || changed.isEmpty || facts.installsEngine else {
            plan.conflicts.append(
                "\(changed.count.counted("container")) cannot be restored: no Docker engine answers on the device"
            )
            return plan
        }
        let images = planImages(changed, &plan)
        planRemovals(&plan)
        planNetworks(changed, &plan)
        planVolumes(wanted, &plan)
        planFolders(&plan)
        planAsides(changed, &plan)
        planContainers(changed, images, &plan)
        planPorts(changed, &plan)
        planPauses(&plan)
        plan.warnings = Self.unique(plan.warnings)
        plan.conflicts = Self.unique(plan.conflicts)
        plan.affected = Self.unique(plan.affected).sorted()
        plan.unproven = Self.unique(plan.unproven).sorted()
        return plan
    }

    static func unique(_ list: [String]) -> [String] {
        var seen: Set<String> = []
        return list.filter { seen.insert($0).inserted }
    }

    // MARK: What is wanted

    private func wanted(_ plan: inout ContainerPlan) -> [Wanted] {
        var chosen = facts.backup.containers.values.sorted { $0.name < $1.name }
        if !request.names.isEmpty {
            for name in request.names where facts.backup.containers[name] == nil {
                plan.conflicts.append("the backup has no container ‘\(name)’")
            }
            chosen = chosen.filter { request.names.contains($0.name) }
        } else if !request.removes.isEmpty || request.leavesContainers {
            return []
        }
        return chosen.compactMap { container in
            var spec = ContainerSpec(container, in: facts.backup)
            guard spec.refusals.isEmpty else {
                plan.conflicts += spec.refusals.map { "container \(spec.name): \($0)" }
                return nil
            }
            rename(&spec, &plan)
            if request.leavesPortsOut, spec.publishes {
                let left = spec.ports.isEmpty ? "all" : spec.ports.map(\.text).joined(separator: ", ")
                plan.warnings.append("container \(spec.name) publishes none of its ports: \(left)")
                spec.leavePortsOut()
            }
            let present = facts.present.containers[spec.name]
            let fate = fate(of: spec, present, &plan)
            if fate == .create || fate == .replace {
                plan.warnings += spec.losses.map { "container \(spec.name): \($0)" }
            }
            return Wanted(spec: spec, fate: fate, present: present)
        }
    }

    private func fate(
        of spec: ContainerSpec, _ present: EngineContainer?, _ plan: inout ContainerPlan
    ) -> Fate {
        guard let present else { return .create }
        guard request.newName.isEmpty else {
            plan.conflicts.append("there is a container ‘\(spec.name)’ already")
            return .none
        }
        var now = ContainerSpec(present, in: facts.present)
        if request.leavesPortsOut { now.leavePortsOut() }
        let isSame = identity(spec) == identity(now)
        if !isSame, present.isTransient {
            plan.conflicts.append(
                "container \(spec.name) differs and is forgotten when it stops (--rm): it could not come back"
            )
            return .none
        }
        guard isSame else { return .replace }
        return spec.isUp && !present.isUp ? .start : .none
    }

    /// What counts when two are compared: an image that the device does not have can only be compared by name, and what
    /// compose notes for itself says nothing.
    private func identity(_ spec: ContainerSpec) -> [String] {
        var spec = spec
        spec.labels = spec.labels.filter { !$0.key.hasPrefix("com.docker.compose.") }
        let isKnown = facts.present.image(spec.imageID) != nil && facts.backup.image(spec.imageID) != nil
        return spec.creation(from: spec.reference).words + spec.connections.flatMap(\.words)
            + [isKnown ? spec.imageID : ""]
    }

    /// Another name, and volumes of that name: what the old one has stays its own.
    private func rename(_ spec: inout ContainerSpec, _ plan: inout ContainerPlan) {
        guard !request.newName.isEmpty else { return }
        spec.name = request.newName
        if !EngineName.isValid(request.newName) {
            plan.conflicts.append("‘\(request.newName)’ is no name that a container can have")
        }
        let prefix = request.newName + "_"
        for index in spec.volumes.indices { spec.volumes[index].name = prefix + spec.volumes[index].name }
        spec.labels = spec.labels.filter { !$0.key.hasPrefix("com.docker.compose.") }
        spec.options = spec.options.without(["--mac-address"])
        func alone(_ connection: ContainerSpec.Connection) -> ContainerSpec.Connection {
            var connection = connection
            (connection.aliases, connection.address, connection.address6) = ([], "", "")
            return connection
        }
        if spec.hasFixedAddress || spec.networks.isEmpty == false {
            plan.warnings.append(
                "container \(spec.name) is in the same networks under its new name only, with addresses that the engine chooses"
            )
        }
        spec.primary = spec.primary.map(alone)
        spec.others = spec.others.map(alone)
        if spec.mounts.contains(where: { $0.first == "type=bind" }) {
            plan.warnings.append(
                "container \(spec.name) shares the bind mounts of the old one: these are folders of the machine"
            )
        }
    }

    /// Those that others need first.
    private func ordered(_ all: [Wanted]) -> [Wanted] {
        var byService: [String: [String]] = [:]
        for one in all {
            if let project = one.spec.project, let service = one.spec.service {
                byService[project + "/" + service, default: []].append(one.spec.name)
            }
        }
        var rest = all
        var done: Set<String> = []
        var result: [Wanted] = []
        let names = Set(all.map(\.spec.name))
        while !rest.isEmpty {
            let free = rest.filter { one in
                needs(one.spec, byService).allSatisfy { done.contains($0) || !names.contains($0) }
            }
            // A circle has no first one; the order by name is as good as any.
            let next = free.isEmpty ? [rest[0]] : free
            result += next
            done.formUnion(next.map(\.spec.name))
            rest.removeAll { done.contains($0.spec.name) }
        }
        return result
    }

    private func needs(_ spec: ContainerSpec, _ byService: [String: [String]]) -> [String] {
        guard let project = spec.project, let service = spec.service else { return spec.needs }
        let services = facts.dependencies[project + "/" + service] ?? []
        return spec.needs
            + services.flatMap { byService[project + "/" + $0] ?? [] }.filter { $0 != spec.name }
    }

    // MARK: Steps

    func mark(_ words: [String]) -> FileMark {
        FileMark(
            text: facts.hash.digest(JSONWriter.bytes(.array(words.map { .string($0) }))).description)
    }

    func step(
        _ action: RestoreStep.Action, _ name: String, section: String, what: [String], risk: RestoreStep.Risk,
        isReversible: Bool = true, from: String = "", to: String = "", before: [String] = [],
        after: [String] = [], text: [String] = []
    ) -> RestoreStep {
        RestoreStep(
            action: action, subject: Array(name.utf8), section: section, what: what, text: text, risk: risk,
            areas: [], isReversible: isReversible, from: from, to: to,
            before: before.isEmpty ? FileMark(text: "absent") : mark(before), after: mark(after))
    }

    /// A command for people, secrets hidden.
    func shown(_ list: ArgumentList) -> String {
        ArgumentList(facts.hide(["docker"] + list.words)).shownText
    }
}
