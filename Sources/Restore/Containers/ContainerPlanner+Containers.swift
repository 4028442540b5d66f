import Basics

extension ContainerPlanner {
    // MARK: Containers and projects

    func planContainers(_ changed: [Wanted], _ images: [String: String], _ plan: inout ContainerPlan) {
        let projects = composed(changed, images)
        for one in changed {
            let spec = one.spec
            let image = images[key(spec)] ?? spec.reference
            let byCompose = projects[spec.project ?? ""] != nil && spec.isUp
            switch one.fate {
            case .none: continue
            case .start:
                if !byCompose { plan.operations.starts.append(spec.name) }
                plan.commands.append("docker start \(spec.name.shellWord)")
            case .create, .replace:
                let creation = ContainerOperations.Creation(spec: spec, image: image)
                if !byCompose {
                    plan.operations.creations.append(creation)
                    plan.commands.append(shown(spec.creation(from: image)))
                    plan.commands += spec.connections.map(shown)
                    if spec.isUp { plan.commands.append("docker start \(spec.name.shellWord)") }
                }
            }
            if spec.isUp { prove(spec, &plan, \.proofs) }
            plan.steps.append(step(for: one, image))
        }
        for name in projects.keys.sorted() {
            guard let project = projects[name] else { continue }
            plan.operations.projects.append(project)
            plan.commands.append(Self.shown(project))
        }
        for network in Set(changed.flatMap(\.spec.networks)) {
            for container in facts.present.users(ofNetwork: network)
            where !changed.contains(where: { $0.spec.name == container.name }) {
                plan.affected.append("container \(container.name) (is in the network \(network))")
            }
        }
    }

    /// Waits for a container to run, unless it cannot be proven.
    func prove(
        _ spec: ContainerSpec, _ plan: inout ContainerPlan,
        _ proofs: WritableKeyPath<ContainerOperations, [ContainerSpec]>
    ) {
        guard spec.wasRestarting || request.unproven.contains(spec.name) else {
            plan.operations[keyPath: proofs].append(spec)
            return
        }
        plan.unproven.append(spec.name)
        plan.warnings.append(Self.restarting(spec.name))
    }

    /// What is said of a container that cannot be proven to run.
    package static func restarting(_ name: String) -> String {
        "Container \(name) ended and was started again and again as it was: nobody waits for it to run."
    }

    private func step(for one: Wanted, _ image: String) -> RestoreStep {
        let spec = one.spec
        let section = "docker-containers"
        let from = one.present.map { $0.isUp ? "up" : "stopped" } ?? "absent"
        let to = spec.isUp ? "up" : "created"
        let identity = spec.identity + [image]
        switch one.fate {
        case .start:
            return step(
                .startContainer, spec.name, section: section, what: ["stopped -> up"], risk: .medium,
                from: from,
                to: to, before: [one.present?.id ?? ""], after: identity)
        case .replace:
            let now = one.present.map { ContainerSpec($0, in: facts.present) }
            return step(
                .replaceContainer, spec.name, section: section, what: ["image \(spec.reference)"],
                risk: .high,
                from: from, to: to, before: [one.present?.id ?? ""], after: identity,
                text: now.map { differences($0, spec) } ?? [])
        default:
            return step(
                .createContainer, spec.name, section: section, what: ["image \(spec.reference)"],
                risk: .medium,
                from: from, to: to, after: identity)
        }
    }

    /// What differs, as lines of a diff with secrets hidden.
    private func differences(_ old: ContainerSpec, _ new: ContainerSpec) -> [String] {
        func lines(_ spec: ContainerSpec) -> [String] {
            let parts = spec.creation(from: spec.reference).parts + spec.connections.flatMap(\.parts)
            var words = facts.hide(parts.flatMap { $0 })[...]
            return parts.map { part in
                defer { words = words.dropFirst(part.count) }
                return words.prefix(part.count).joined(separator: " ")
            }
        }
        let (before, after) = (lines(old), lines(new))
        return before.filter { !after.contains($0) }.map { "-" + $0 }
            + after.filter { !before.contains($0) }.map { "+" + $0 }
    }

    /// Projects that compose itself can bring up: its files are there, and every image under the name it has in them.
    ///
    /// What is set aside keeps its labels, by which compose would take it for its own, make it anew and remove it.
    private func composed(
        _ changed: [Wanted], _ images: [String: String]
    ) -> [String: ContainerOperations.Project] {
        guard request.names.isEmpty, request.newName.isEmpty, request.removes.isEmpty else { return [:] }
        var projects: [String: ContainerOperations.Project] = [:]
        let grouped = Dictionary(grouping: changed.filter { $0.spec.isUp }) { $0.spec.project ?? "" }
        for (name, members) in grouped where !name.isEmpty && EngineName.isValid(name) {
            let leaves = changed.contains { $0.fate == .replace && $0.spec.project == name }
            guard !leaves, let first = members.first, let files = composeFiles(first.spec),
                members.allSatisfy({ one in
                    one.fate == .start || images[key(one.spec)] == one.spec.reference
                }), members.allSatisfy({ $0.spec.service.map(EngineName.isValid) ?? false })
            else { continue }
            projects[name] = ContainerOperations.Project(
                name: name, folder: files.folder, files: files.files, environmentFiles: files.environment,
                services: Self.unique(members.compactMap(\.spec.service)), scales: scales(of: name),
                members: members.filter { $0.fate != .start }.map {
                    .init(spec: $0.spec, image: $0.spec.reference)
                })
        }
        return projects
    }

    private func scales(of project: String) -> [String] {
        let services = facts.backup.containers.values.filter { $0.project == project && $0.isUp }
            .compactMap(\.service)
        return Dictionary(grouping: services) { $0 }.filter { $0.value.count > 1 }
            .map { "\($0.key)=\($0.value.count)" }.sorted()
    }

    private func composeFiles(
        _ spec: ContainerSpec
    ) -> (folder: String, files: [String], environment: [String])? {
        func label(_ key: String) -> String { spec.labels["com.docker.compose.project." + key] ?? "" }
        let folder = label("working_dir")
        guard PathGuard.problem(path: Array(folder.utf8)) == nil else { return nil }
        func paths(_ text: String) -> [String] {
            text.split(separator: ",").map { ComposeAudit.absolute(String($0), in: folder) }
        }
        let files = paths(label("config_files"))
        let environment = paths(label("environment_file"))
        guard !files.isEmpty, (files + environment).allSatisfy(facts.files.contains) else { return nil }
        return (folder, files, environment)
    }

    private static func shown(_ project: ContainerOperations.Project) -> String {
        ArgumentList(["docker", "compose"] + project.arguments.words).shownText
            + " (docker-compose where that is installed; else its containers one by one)"
    }
}

extension ContainerOperations.Project {
    /// Arguments of compose that bring it up, and leave alone what is there.
    var arguments: ArgumentList {
        var list = ArgumentList(["--project-name", name, "--project-directory", folder])
        for file in environmentFiles.prefix(1) { list.add("--env-file", file) }
        for file in files { list.add("--file", file) }
        list.add("up", "--detach", "--no-build", "--no-recreate")
        for scale in scales { list.add("--scale", scale) }
        for service in services { list.add(service) }
        return list
    }
}
