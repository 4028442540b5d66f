import Basics
import Restore
import Vault

/// The containers' part of carrying a plan out: proof that nothing moved, what goes to the device, proof that it is done.
struct ContainerApplication: Sendable {
    let plan: RestorePlan
    let id: String
    let context: OperationContext

    private var steps: [RestoreStep] { plan.steps.filter(\.action.isOfEngine) }

    /// What goes to the device.
    ///
    /// - Parameter copy: the backup of the device as it is now.
    /// - Throws: `planStale` when the engine is not as it was when the plan was made.
    func run(
        _ run: RunID, _ manifest: Manifest, _ vault: Vault, safetyCopy copy: String
    ) async throws(OperationError) -> ContainerRun {
        guard let request = plan.containers, !copy.isEmpty, plan.touchesEngine else { return ContainerRun() }
        let planning = ContainerPlanning(
            vault: vault, manifest: manifest, request: request, redactor: context.services.redactor)
        let wanted = try await planning.wanted()
        let (_, present) = try await context.manifest(copy)
        let hash = try await context.services.restoreHash()
        let now: ContainerPlan
        let engine: EngineState
        do {
            engine = try await EngineReading.state(of: present, in: vault)
            let files = ContainerDraft.files(plan.steps, try await vault.entries(of: present))
            now = planning.plan(wanted, onto: engine, files: files, steps: plan.steps, hash: hash)
        } catch { throw OperationError(any: error) }
        let made = Set(now.steps.filter { $0.action == .createContainer }.map(\.name))
        let shared = DataPlaces.shared(
            by: made, planning.knowing(engine, wanted), engine.resolving(request.links))
        if let problem = (now.conflicts + shared).first { throw moved(problem) }
        let differing = Set(now.steps.map(Self.key)).symmetricDifference(steps.map(Self.key)).sorted()
        guard differing.isEmpty else {
            throw moved(differing.prefix(5).joined(separator: ", "))
        }
        var part = ContainerRun(
            now.operations, run: run, hasEngine: engine.isThere, entries: wanted.entries)
        // It began to since the plan was made.
        part.remarks = now.unproven.filter { !request.unproven.contains($0) }
            .map(ContainerPlanner.restarting)
        return part
    }

    private static func key(_ step: RestoreStep) -> String {
        "\(step.action.rawValue) \(step.name) \(step.before.text.prefix(8)) \(step.after.text.prefix(8))"
    }

    private func moved(_ what: String) -> OperationError {
        OperationError(
            .planStale,
            "The containers of \(plan.target.device) are not as they were when plan \(id) was made: \(what)",
            hint: "Nothing was changed. Make a new plan with: \(plan.again)")
    }

    /// What is still to be done after a run, by name; nothing when all is as the plan promised.
    func open(
        onto reading: RestoreReading, _ document: inout RunDocument
    ) async throws(OperationError) -> [String] {
        guard var request = plan.containers, !steps.isEmpty else { return [] }
        (request.replacesData, request.places, request.folders) = (false, [], [])
        request.removes.removeAll { $0.hasPrefix(ContainerRequest.removedPlace) }
        let (vault, manifest) = try await context.manifest(plan.backup)
        let planning = ContainerPlanning(
            vault: vault, manifest: manifest, request: request, redactor: context.services.redactor)
        let wanted = try await planning.wanted()
        let hash = try await context.services.restoreHash()
        let now = planning.plan(wanted, onto: reading.engine, files: [], steps: [], hash: hash)
        let open = request.newName.isEmpty ? now.steps : now.steps.filter { $0.action != .createVolume }
        let missing =
            request.newName.isEmpty
            ? [] : [request.newName].filter { reading.engine.containers[$0]?.isUp != true }
        if open.isEmpty, missing.isEmpty {
            document.events.append(
                plan.undoes.isEmpty
                    ? "Asked again: the engine holds what the backup says, and it runs."
                    : "Asked again: nothing of the run is left in the engine.")
        }
        return open.map { "\($0.action.rawValue) \($0.name)" } + missing.map { "container \($0)" }
    }
}
