import Basics

extension ContainerPlanner {
    /// Instances of LXD and Incus that are missing come back from their exports; those that are there stay as they are.
    func planInstances(_ plan: inout ContainerPlan) {
        guard !request.leavesInstances, request.names.isEmpty, request.newName.isEmpty,
            request.removes.isEmpty
        else { return }
        for daemon in InstanceDaemon.allCases {
            guard let wanted = facts.backup.daemons[daemon] else { continue }
            let present = facts.present.daemons[daemon]
            for name in wanted.instances.keys.sorted() where present?.instances[name] == nil {
                guard EngineName.isValid(name) else {
                    plan.conflicts.append(
                        "the backup calls an instance of \(daemon.rawValue) what none can be called")
                    continue
                }
                self.plan(instance: name, of: daemon, wanted, onto: present, &plan)
            }
            if wanted.elsewhere > 0 {
                plan.warnings.append(
                    "\(wanted.elsewhere.counted("instance")) of \(daemon.rawValue) in other projects than ‘default’ "
                        + "\(wanted.elsewhere == 1 ? "is" : "are") not restored")
            }
        }
    }

    private func plan(
        instance name: String, of daemon: InstanceDaemon, _ wanted: InstanceHoldings,
        onto present: InstanceHoldings?, _ plan: inout ContainerPlan
    ) {
        let source = daemon.export(of: name)
        let isUp = wanted.isUp(name)
        func leaveOut(_ why: String) { plan.warnings.append("instance \(name) is not restored: \(why)") }
        guard let present else {
            return leaveOut("no \(daemon.rawValue) answers on the device")
        }
        guard let holding = facts.holdings[source] else {
            plan.warnings.append(
                "instance \(name) is not here and the backup holds no export of it; back up with --include-data"
            )
            return
        }
        let parts = wanted.parts(of: name)
        if let part = parts.first(where: { present.unlisted.contains($0.kind) }) {
            return leaveOut(Self.unknown(part, of: daemon))
        }
        let missing = parts.filter { !present.holds($0) }
        if let part = missing.first(where: { $0.creation == nil }) {
            return leaveOut(
                "its \(part.shownKind) \(TerminalText.escape(part.name)) is not there, and \(part.obstacle)")
        }
        for part in missing where !plan.operations.parts.contains(.init(daemon: daemon, part: part)) {
            self.plan(part, of: daemon, &plan)
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

    /// What is there and what is not cannot be told apart without the list.
    private static func unknown(_ part: InstancePart, of daemon: InstanceDaemon) -> String {
        "\(daemon.rawValue) did not list its \(part.shownKind)s, so that nobody knows whether "
            + "\(TerminalText.escape(part.name)) is there"
    }

    private func plan(_ part: InstancePart, of daemon: InstanceDaemon, _ plan: inout ContainerPlan) {
        plan.operations.parts.append(.init(daemon: daemon, part: part))
        var shown = ArgumentList([daemon.client])
        if let creation = part.creation { shown.add(contentsOf: creation) }
        plan.commands.append(facts.hide([shown.shownText]).joined())
        plan.steps.append(
            step(
                .createInstancePart, "\(part.kind.rawValue) \(part.name)", section: daemon.rawValue,
                what: [part.shownKind], risk: .medium, from: "absent",
                after: shown.words + [part.document]))
    }

    /// What an undo takes away again: `lxd profile NAME`.
    func planRemoval(ofPart text: String, _ plan: inout ContainerPlan) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 3, let daemon = InstanceDaemon(rawValue: parts[0]),
            let kind = InstancePart.Kind(rawValue: parts[1]), EngineName.isValid(parts[2]),
            let present = facts.present.daemons[daemon]
        else { return }
        let part = InstancePart(kind, parts[2], nil)
        guard !present.unlisted.contains(kind) else {
            plan.conflicts.append(Self.unknown(part, of: daemon))
            return
        }
        guard present.holds(part) else { return }
        plan.operations.removedParts.append(.init(daemon: daemon, kind: kind, name: parts[2]))
        plan.commands.append("\(daemon.client) \(kind.command) delete \(parts[2])")
        plan.steps.append(
            step(
                .removeInstancePart, "\(parts[1]) \(parts[2])", section: daemon.rawValue, what: [parts[1]],
                risk: .medium, before: [daemon.client, parts[1], parts[2]]))
    }

    /// What an undo takes away again: `lxd NAME`.
    func planRemoval(ofInstance text: String, _ plan: inout ContainerPlan) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let daemon = InstanceDaemon(rawValue: parts[0]),
            EngineName.isValid(parts[1]), facts.present.daemons[daemon]?.instances[parts[1]] != nil
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
