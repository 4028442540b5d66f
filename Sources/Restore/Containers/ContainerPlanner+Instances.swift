import Basics

extension ContainerPlanner {
    /// Instances of LXD and Incus that are missing come back from their exports; those that are there stay as they are.
    func planInstances(_ plan: inout ContainerPlan) {
        guard request.names.isEmpty, request.newName.isEmpty, request.removes.isEmpty else { return }
        for daemon in InstanceDaemon.allCases {
            let wanted = facts.backup.instances[daemon] ?? [:]
            let present = facts.present.instances[daemon]
            for (name, isUp) in wanted.sorted(by: { $0.key < $1.key }) where present?[name] == nil {
                guard EngineName.isValid(name) else {
                    plan.conflicts.append(
                        "the backup calls an instance of \(daemon.rawValue) what none can be called")
                    continue
                }
                self.plan(instance: name, isUp: isUp, of: daemon, isAnswering: present != nil, &plan)
            }
        }
    }

    private func plan(
        instance name: String, isUp: Bool, of daemon: InstanceDaemon, isAnswering: Bool,
        _ plan: inout ContainerPlan
    ) {
        let source = daemon.export(of: name)
        guard isAnswering else {
            plan.warnings.append(
                "instance \(name) is not restored: no \(daemon.rawValue) answers on the device")
            return
        }
        guard let holding = facts.holdings[source] else {
            plan.warnings.append(
                "instance \(name) is not here and the backup holds no export of it; back up with --include-data"
            )
            return
        }
        plan.operations.instances.append(.init(daemon: daemon, name: name, source: source, isUp: isUp))
        plan.commands.append(ArgumentList([daemon.client, "import", "\(name).tar.gz"]).shownText)
        if isUp { plan.commands.append(ArgumentList([daemon.client, "start", name]).shownText) }
        plan.steps.append(
            step(
                .importInstance, name, section: daemon.rawValue,
                what: ["export of \(ByteCount(holding.bytes))"], risk: .medium, from: "absent",
                to: isUp ? "up" : "stopped", after: [daemon.client, name, source]))
    }

    /// What an undo takes away again: `lxd NAME`.
    func planRemoval(ofInstance text: String, _ plan: inout ContainerPlan) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let daemon = InstanceDaemon(rawValue: parts[0]),
            EngineName.isValid(parts[1]), facts.present.instances[daemon]?[parts[1]] != nil
        else { return }
        plan.operations.removedInstances.append(
            .init(daemon: daemon, name: parts[1], source: "", isUp: false))
        plan.commands.append("\(daemon.client) delete --force \(parts[1])")
        plan.steps.append(
            step(
                .removeInstance, parts[1], section: daemon.rawValue, what: ["instance"], risk: .high,
                before: [daemon.client, parts[1]]))
    }
}
