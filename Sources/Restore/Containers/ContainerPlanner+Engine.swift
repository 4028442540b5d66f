import Basics

extension ContainerPlanner {
    // MARK: Images

    /// What each container is made from, by the id of its image.
    func planImages(_ changed: [Wanted], _ plan: inout ContainerPlan) -> [String: String] {
        var found: [String: String] = [:]
        for one in changed where one.fate != .start && found[key(one.spec)] == nil {
            found[key(one.spec)] = image(one.spec, &plan)
        }
        return found
    }

    func key(_ spec: ContainerSpec) -> String { spec.imageID + " " + spec.reference }

    private func image(_ spec: ContainerSpec, _ plan: inout ContainerPlan) -> String {
        let reference = spec.reference
        let named = facts.present.image(reference)
        if facts.present.image(spec.imageID) != nil {
            if named?["Id"]?.string == spec.imageID { return reference }
            guard named == nil, !reference.hasPrefix("sha256:"), !reference.contains("@") else {
                return spec.imageID
            }
            plan.operations.images.append(.init(pull: "", tag: reference, source: spec.imageID))
            plan.commands.append(shown(ArgumentList(["tag", spec.imageID, reference])))
            return reference
        }
        let digests = facts.backup.image(spec.imageID)?["RepoDigests"]?.array ?? []
        let pull = reference.contains("@") ? reference : digests.compactMap(\.string).sorted().first ?? ""
        if !pull.isEmpty, EngineName.isReference(pull) {
            let isTag = !reference.contains("@") && !reference.hasPrefix("sha256:") && named == nil
            plan.operations.images.append(
                .init(pull: pull, tag: isTag ? reference : "", source: isTag ? pull : ""))
            plan.commands.append(shown(ArgumentList(["pull", pull])))
            plan.steps.append(
                step(
                    .pullImage, pull, section: "docker-images", what: ["image of \(spec.name)"], risk: .low,
                    isReversible: false, after: [pull]))
            return isTag ? reference : pull
        }
        if named != nil {
            plan.warnings.append(
                "image \(reference) here is another one than in the backup, which no registry has: container \(spec.name) is made from the one that is here"
            )
            return reference
        }
        plan.conflicts.append(
            "image \(reference) is not here and the backup has its digest only (\(spec.imageID.prefix(19))…): load it with ‘docker load’ or build it, then plan again"
        )
        return reference
    }

    // MARK: Networks

    func planNetworks(_ changed: [Wanted], _ plan: inout ContainerPlan) {
        var needed: [String] = changed.flatMap(\.spec.networks)
        if request.names.isEmpty, request.removes.isEmpty, !request.leavesContainers {
            needed +=
                facts.backup.networks.filter { name, value in
                    value["Scope"]?.string == "local" && name != "docker_gwbridge"
                }.keys
        }
        for name in Set(needed).subtracting(ContainerSpec.builtIn).sorted() where EngineName.isValid(name) {
            self.plan(network: name, changed.filter { $0.spec.networks.contains(name) }.map(\.spec), &plan)
        }
    }

    private func plan(network name: String, _ users: [ContainerSpec], _ plan: inout ContainerPlan) {
        guard let wanted = facts.backup.networks[name] else {
            if facts.present.networks[name] == nil {
                plan.conflicts.append("the network \(name) is neither here nor in the backup")
            }
            return
        }
        let isFixed = users.contains(where: \.hasFixedAddress)
        if let present = facts.present.networks[name] {
            guard NetworkSpec.differs(wanted, present) else { return }
            let said = "the network \(name) is here with other settings than in the backup"
            if isFixed, NetworkSpec(wanted).ranges != NetworkSpec(present).ranges {
                plan.conflicts.append(
                    said + ", and a container has a fixed address in it: remove it, then plan again")
            } else {
                plan.warnings.append(said + " and stays as it is")
            }
            return
        }
        guard wanted["Scope"]?.string != "swarm" else {
            plan.conflicts.append("the network \(name) belongs to a swarm, which is not restored")
            return
        }
        let taken = facts.present.networks.values.flatMap { NetworkSpec($0).ranges }
        var spec = NetworkSpec(wanted)
        let clashing = spec.ranges.filter { range in taken.contains { AddressRange.overlap(range, $0) } }
        if let clash = clashing.first {
            guard !isFixed else {
                plan.conflicts.append(
                    "the addresses \(clash) of the network \(name) are used by another network here, and a container has a fixed one"
                )
                return
            }
            spec = NetworkSpec(wanted, keepsRanges: false)
            plan.warnings.append(
                "the addresses \(clash) of the network \(name) are used by another one here: the engine chooses others"
            )
        }
        plan.operations.networks.append(.init(spec: spec))
        plan.commands.append(shown(spec.creation))
        plan.steps.append(
            step(
                .createNetwork, name, section: "docker-networks",
                what: ["network"] + spec.ranges.prefix(2), risk: .low, after: spec.creation.words))
    }

    // MARK: Ports

    func planPorts(_ changed: [Wanted], _ plan: inout ContainerPlan) {
        let leaving = Set(plan.operations.asides.map(\.id))
        var open: [(port: ContainerSpec.Port, name: String)] = []
        for container in facts.present.containers.values
        where container.isUp && !leaving.contains(container.id) {
            let spec = ContainerSpec(container, in: facts.present)
            open += spec.ports.map { ($0, container.name) }
        }
        let freed = Set(
            facts.present.containers.values.filter { leaving.contains($0.id) && $0.isUp }
                .flatMap { ContainerSpec($0, in: facts.present).ports.map(\.taken) })
        let byContainers = Set(open.map(\.port.taken))
        for one in changed where one.spec.isUp {
            for port in one.spec.ports where !port.outer.isEmpty {
                if let clash = open.first(where: { $0.name != one.spec.name && Self.clash($0.port, port) }) {
                    plan.conflicts.append(
                        "port \(port.taken) of container \(one.spec.name) is taken by container \(clash.name): stop that one, or plan with --without-ports"
                    )
                } else if facts.present.listening.contains(port.taken), !freed.contains(port.taken),
                    !byContainers.contains(port.taken)
                {
                    plan.conflicts.append(
                        "port \(port.taken) of container \(one.spec.name) is taken by a program of the machine: stop that one, or plan with --without-ports"
                    )
                }
            }
            open += one.spec.ports.map { ($0, one.spec.name) }
        }
    }

    private static func clash(_ left: ContainerSpec.Port, _ right: ContainerSpec.Port) -> Bool {
        let everywhere: Set = ["", "0.0.0.0", "::"]
        return left.taken == right.taken
            && (left.address == right.address || everywhere.contains(left.address)
                || everywhere.contains(right.address))
    }
}

/// Whether ranges of IPv4 addresses have addresses in common.
enum AddressRange {
    static func overlap(_ left: String, _ right: String) -> Bool {
        guard let (first, bits) = parsed(left), let (second, others) = parsed(right) else {
            return left == right
        }
        let shift = UInt32(32 - min(bits, others))
        return shift >= 32 || first >> shift == second >> shift
    }

    private static func parsed(_ text: String) -> (address: UInt32, bits: Int)? {
        let parts = text.split(separator: "/")
        guard parts.count == 2, let bits = Int(parts[1]), (0...32).contains(bits) else { return nil }
        let numbers = parts[0].split(separator: ".").compactMap { UInt8($0) }
        guard numbers.count == 4 else { return nil }
        return (numbers.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }, bits)
    }
}
