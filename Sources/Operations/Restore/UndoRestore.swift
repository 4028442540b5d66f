import Basics
import RemoteExecution
import Restore
import Storage
import Vault

/// Takes a restore back, from its safety copy.
package struct UndoRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The run to take back.", .operand) var run: String
        @Field(
            "Seconds within which a new connection must confirm, 20 to 3600; else the device goes back by itself.",
            placeholder: "SECONDS") var confirmWithin = 120
        package init() {}
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("undo"), summary: "Take a restore back, from its safety copy",
        discussion: """
            While everything is as the run left it, the approval of the run covers its way back, once. Where something \
            changed since, and for the way back of a way back, it is a plan of its own, which a person must approve.
            """,
        effect: .destroys,
        errors: [
            .runUnknown, .planStale, .approvalMissing, .personRequired, .restoreFailed, .restoreRolledBack,
        ],
        examples: [Contract.Example("holdfast restore undo 3f8k2m1qz7xw9a4c", "as it was before")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> RestoreView
    {
        guard (20...3600).contains(input.confirmWithin) else {
            throw OperationError(.argumentInvalid, "--confirm-within takes 20 to 3600 seconds")
        }
        let (run, document) = try await finishedRun(input.run, context)
        let book = PlanBook(context: context)
        let original = try await book.plan(run.plan).plan
        guard let name = DeviceName(run.device) else {
            throw OperationError(.runUnknown, "Run \(run.id) names no device")
        }
        let device = try await context.device(name)
        let (plan, isUntouched) = try await wayBack(original, document, device, context)
        guard !plan.steps.isEmpty else {
            throw OperationError(
                .restoreFailed, "Everything is as it was before run \(run.id): nothing to take back")
        }
        let hash = try await context.services.restoreHash()
        let id = plan.id(hash: hash)
        let ledger = try await context.services.ledger()
        do {
            try await ledger.add(
                PlanRecord(
                    id: id, device: plan.target.device, backup: plan.backup, created: plan.created,
                    expires: plan.expires, document: plan.canonical))
        } catch { throw OperationError(ledger: error) }
        var approvals: [ApprovalRecord] = []
        let isCovered = try await isCovered(run, document, original, plan, device, context)
        if !isUntouched || !isCovered {
            approvals = try await Consent(
                context: context, plan: plan, id: id, device: device
            ).obtain()
        }
        let runner = RestoreRunner(
            context: context, plan: plan, id: id, device: device, patience: input.confirmWithin)
        return RestoreView(try await runner.carryOut(approvals: approvals, undoes: run.id))
    }

    /// Whether the approval of the run, as the chain proves it, reaches to its way back: to the first one, of a run that
    /// is none itself, on the same machine.
    private func isCovered(
        _ run: RunRecord, _ document: RunDocument, _ original: RestorePlan, _ back: RestorePlan,
        _ device: Device, _ context: OperationContext
    ) async throws(OperationError) -> Bool {
        let book = try await Grants(context: context).book()
        let grants = book.approvals(usedBy: run.id)
        let needed = max(
            device.approvals ?? 1, book.needed(device: device.name.text, hostKey: back.target.hostKey))
        return document.undoes.isEmpty && !book.undone.contains(run.id) && back.target == original.target
            && grants.count >= needed && grants.allSatisfy { $0.plan == run.plan }
    }

    private func finishedRun(
        _ id: String, _ context: OperationContext
    ) async throws(OperationError) -> (RunRecord, RunDocument) {
        let ledger = try await context.services.ledger()
        let found: RunRecord?
        do { found = try await ledger.run(id) } catch { throw OperationError(error) }
        guard let run = found, let document = RunDocument(run.document) else {
            throw OperationError(
                .runUnknown, "There is no run \(TerminalText.escape(id))", hint: "See: holdfast restore list")
        }
        guard run.state == RunDocument.State.kept.rawValue, !document.safetyCopy.isEmpty else {
            throw OperationError(
                .restoreFailed, "Run \(run.id) changed nothing that could be taken back (\(run.state))",
                hint: "See: holdfast restore show \(run.id)")
        }
        return (run, document)
    }

    /// The plan from the safety copy, for exactly the paths that the run changed; and whether they are as it left them.
    private func wayBack(
        _ original: RestorePlan, _ document: RunDocument, _ device: Device, _ context: OperationContext
    ) async throws(OperationError) -> (plan: RestorePlan, isUntouched: Bool) {
        let (vault, manifest) = try await context.manifest(document.safetyCopy)
        let scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: original.sections, paths: [], steps: original.steps)
        let hash = try await context.services.restoreHash()
        let reading = try await RestoreReading.read(device, scope, vault, hash, context)
        let touched = Set(original.steps.filter(\.isFile).map(\.subject))
        var facts = reading.facts
        facts.wanted = reading.wanted.files.filter { touched.contains($0.path) }
        facts.present = reading.present.files.filter { touched.contains($0.path) }
        try await addMade(&facts, original, device, context)
        facts.wholeSections = Set(reading.present.sectionNames)
        let units = Set(original.steps.filter { $0.action == .unit }.map(\.name))
        facts.wantedUnits.removeAll { !units.contains($0.name) }
        facts.presentUnits.removeAll { !units.contains($0.name) }
        facts.wantedPackages = []
        let byPath = Dictionary(facts.present.map { ($0.path, $0) }) { first, _ in first }
        let isUntouched = original.steps.allSatisfy { step in
            !step.isFile || step.isAround
                || FileMark(byPath[step.subject], hash: hash).text == document.after[Hex.string(step.subject)]
        }
        let result = RestorePlanner(
            facts, place: .inPlace, options: RestorePlanner.Options(installs: false, allowsSpecial: true)
        ).plan()
        var warnings = result.warnings
        if original.steps.contains(where: { $0.action == .install }) {
            warnings.append("Packages that the run installed stay installed.")
        }
        let now = context.clock.now()
        let plan = RestorePlan(
            created: now, expires: now + .seconds(900), backup: manifest.id.text,
            tree: manifest.tree.description,
            target: RestorePlan.Target(
                device: device.name.text, machineID: reading.machineID,
                hostKey: device.hostKey?.fingerprint ?? ""),
            place: .inPlace, sections: scope.sections, paths: [], steps: result.steps,
            conflicts: result.conflicts, warnings: warnings, commands: result.commands,
            affected: Blast.radius(of: result.steps, in: reading.present))
        return (plan, isUntouched)
    }

    /// Folders that the run made around files are there, though no section tells of them.
    private func addMade(
        _ facts: inout PlanFacts, _ original: RestorePlan, _ device: Device, _ context: OperationContext
    ) async throws(OperationError) {
        let made = original.steps.filter { $0.isAround && $0.action == .create }.map(\.subject)
        guard !made.isEmpty else { return }
        let gone: [[UInt8]]
        do {
            gone = try await FolderProbe.missing(of: made, on: device, by: context.services.transport)
        } catch { throw OperationError(error, device: device.name) }
        let known = Set(facts.present.map(\.path)).union(gone)
        facts.present += made.filter { !known.contains($0) }.map { FileEntry(around: $0) }
        facts.present.sort { ByteOrder.precedes($0.path, $1.path) }
        facts.around = Set(made)
    }
}
