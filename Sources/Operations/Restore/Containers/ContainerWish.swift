import Basics
import Collectors
import Restore
import Vault

/// What a caller wants of a backup's containers.
struct ContainerWish: Sendable {
    /// Nil when containers are no part of the plan.
    let request: ContainerRequest?
    /// What is wanted of their data where only paths name it.
    let data: ContainerRequest
    /// The sections that the caller limited the plan to; none for all.
    let sections: [String]

    /// Whether a backup knows of containers.
    static func areHeld(by manifest: Manifest) -> Bool {
        manifest.sections.contains { section in
            (section.name == DockerContainersCollector.name
                || InstanceDaemon(rawValue: section.name) != nil)
                && (section.status == .ok || section.status == .partial)
        }
    }

    init(_ input: PlanRestore.Input, _ manifest: Manifest) throws(OperationError) {
        let section = DockerContainersCollector.name
        var data = ContainerRequest(replacesData: input.replaceData, allowsSpecial: input.special)
        (data.leavesContainers, data.leavesInstances) = (true, true)
        if input.keepContainers { data.replacesData = false }
        self.data = data
        let hasContainers = Self.areHeld(by: manifest)
        guard !input.container.isEmpty else {
            guard input.named == nil else {
                throw OperationError(
                    .argumentInvalid, "--named needs the one --container that gets the name",
                    hint: "Name it: --container CONTAINER --named NAME.")
            }
            let named = input.section
            let takesContainers = named.isEmpty || named.contains(section)
            let takesData = !input.path.isEmpty || named.contains(RestoreScope.containerData)
            let takesInstances = named.isEmpty || named.contains(where: RestoreScope.isOfInstances)
            let isInScope = takesContainers || takesInstances || takesData
            let isWanted = input.inPlace && !input.keepContainers && isInScope
            var request = ContainerRequest(
                leavesPortsOut: input.withoutPorts, replacesData: input.replaceData,
                allowsEmptyVolumes: input.emptyVolumes, allowsSpecial: input.special)
            request.leavesContainers = !takesContainers || !input.path.isEmpty
            request.leavesInstances = !takesInstances || !input.path.isEmpty
            self.request = isWanted && hasContainers ? request : nil
            sections = input.section
            return
        }
        guard hasContainers else {
            throw OperationError(
                .argumentInvalid, "The backup knows of no containers",
                hint: "See: holdfast backup show \(manifest.id)")
        }
        guard input.inPlace else {
            throw OperationError(
                .argumentInvalid, "Containers are restored on the engine of the device, not into a folder",
                hint: "Say so with --in-place.")
        }
        guard input.path.isEmpty else {
            throw OperationError(.argumentInvalid, "--container and --path exclude each other")
        }
        guard input.named == nil || input.container.count == 1 else {
            throw OperationError(.argumentInvalid, "--named takes exactly one --container")
        }
        request = ContainerRequest(
            names: Array(Set(input.container)).sorted(), newName: input.named ?? "",
            leavesPortsOut: input.withoutPorts, replacesData: input.replaceData,
            allowsEmptyVolumes: input.emptyVolumes, allowsSpecial: input.special)
        sections = input.section.isEmpty ? [section] : input.section
    }
}
