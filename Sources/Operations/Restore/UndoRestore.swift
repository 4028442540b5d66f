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
            "Seconds within which the change must be confirmed, 20 to 3600; else the device goes back by itself.",
            placeholder: "SECONDS") var confirmWithin = 120
        @Field("Leave the packages installed that the run installed.") var keepPackages = false
        package init() {}
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("undo"), summary: "Take a restore back, from its safety copy",
        discussion: """
            While everything is as the run left it, the approval of the run covers its way back, once. Where something \
            changed since, for the way back of a way back, and where packages or containers go, it is a plan of its own, which a person \
            must approve.
            """,
        effect: .destroys,
        errors: [
            .runUnknown, .planStale, .planBlocked, .approvalMissing, .personRequired, .restoreFailed,
            .restoreRolledBack,
        ],
        examples: [
            Contract.Example("holdfast restore undo 3f8k2m1qz7xw9a4c", "as it was before"),
            Contract.Example("holdfast restore undo 3f8k2m1qz7xw9a4c --background", "the same as a job"),
        ], isLong: true, reach: .scoped,
        guidance: Guidance(
            "undo_restore", title: "Take a restore back", in: .restore,
            purpose: "Takes a carried-out restore back, from its safety copy.",
            behaviour:
                "Overwrites what the restore wrote. Where something changed since, it needs an approval of its own.",
            use: "Use it when a restore made things worse; to look first use get_restore.",
            returns: "Returns the run, or an error that says how a person approves.",
            isIdempotent: false, reachesDevices: true))

    package init() {}

    /// Plans what only a person could allow, and names it: a job has nobody to ask.
    package func prepare(_ input: Input, in context: OperationContext) async throws(OperationError) {
        let stages = try await stages(of: input.run, context)
        for (index, (run, document)) in stages.enumerated() {
            let first = index == 0 && stages.count > 1 ? stages[1].0.id : ""
            let way = try await plan(back: run, document, input, first: first, context)
            guard way.needsPerson, !way.plan.steps.isEmpty else { continue }
            _ = try await obtain(way, context)
        }
    }

    /// The way back of one run.
    private struct Way {
        let plan: RestorePlan
        let id: String
        let device: Device
        /// Whether the approval of the run does not reach so far.
        let needsPerson: Bool
    }

    /// Saves the plan and asks for the yes.
    private func obtain(
        _ way: Way, _ context: OperationContext
    ) async throws(OperationError) -> [ApprovalRecord] {
        try await PlanBook(context: context).add(way.plan, way.id)
        return try await Consent(
            context: context, plan: way.plan, id: way.id, device: way.device, allowsPolicies: false
        ).obtain()
    }

    private func device(
        of run: RunRecord, _ context: OperationContext
    ) async throws(OperationError) -> Device {
        guard let name = DeviceName(run.device) else {
            throw OperationError(.runUnknown, "Run \(run.id) names no device")
        }
        return try await context.device(name)
    }

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> RestoreView
    {
        guard (20...3600).contains(input.confirmWithin) else {
            throw OperationError(.argumentInvalid, "--confirm-within takes 20 to 3600 seconds")
        }
        try await settle(besides: input.run, context)
        var last: RunRecord?
        let stages = try await stages(of: input.run, context)
        for (index, (run, document)) in stages.enumerated() {
            let first = index == 0 && stages.count > 1 ? stages[1].0.id : ""
            do throws(OperationError) {
                let way = try await takeBack(run, document, input, first: first, context)
                if way != nil, let earlier = last.flatMap({ RunDocument($0.document) }),
                    !earlier.reason.isEmpty
                {
                    context.warnings.add(earlier.reason)
                }
                last = way ?? last
            } catch {
                throw Self.inStages(error, of: index > 0 && last != nil ? run.id : "", first: first)
            }
        }
        guard let last else {
            throw OperationError(
                .planBlocked, "Everything is as it was before run \(input.run): nothing to take back")
        }
        return RestoreView(last)
    }

    /// The error of one stage, with what became of the other.
    /// - Parameter stage: the run that was to be taken back after the other one; empty for the other one itself.
    private static func inStages(
        _ error: OperationError, of stage: String, first: String
    ) -> OperationError {
        if !stage.isEmpty {
            let look = "See what of it is left with: holdfast restore undo \(stage)"
            return OperationError(
                error.code,
                "The files of the run are taken back; of its accounts, packages and folders: \(error.message)",
                hint: [look, error.hint].filter { !$0.isEmpty }.joined(separator: ". "))
        }
        guard !first.isEmpty else { return error }
        return OperationError(
            error.code, error.message,
            hint: [error.hint, firstStands(first)].filter { !$0.isEmpty }.joined(separator: ". "))
    }

    private static func firstStands(_ run: String) -> String {
        "Accounts, packages and folders, which came in a stage before, stand until it is taken back as well: holdfast restore undo \(run)"
    }

    /// Brings what was cut off on the run's device to its end: what the device takes back by itself must not meet a way back.
    private func settle(besides id: String, _ context: OperationContext) async throws(OperationError) {
        let ledger = try await context.services.ledger()
        let run: RunRecord?
        do { run = try await ledger.run(id) } catch { throw OperationError(error) }
        guard let name = (run?.device).flatMap({ DeviceName($0) }) else { return }
        try await RestoreSettling(context: context).settleAll(on: context.device(name))
    }

    /// The run and the other stage of its plan, in the order in which they are taken back: the later one first.
    /// - Throws: `planBlocked` when all of it was taken back before.
    private func stages(
        of id: String, _ context: OperationContext
    ) async throws(OperationError) -> [(RunRecord, RunDocument)] {
        let named = try await finishedRun(id, context)
        let ledger = try await context.services.ledger()
        let runs: [RunRecord]
        do { runs = try await ledger.runs(limit: UndoneRuns.limit) } catch { throw OperationError(error) }
        var stages = [named]
        if !named.1.follows.isEmpty {
            stages.append(try await finishedRun(named.1.follows, context))
        } else if named.1.stage == RestorePlan.Stage.foundation.rawValue {
            let later = runs.compactMap { other in RunDocument(other.document).map { (other, $0) } }.first {
                $0.1.follows == named.0.id && $0.0.state == RunDocument.State.kept.rawValue
            }
            stages = (later.map { [$0] } ?? []) + stages
        }
        let undone = UndoneRuns(runs)
        let left = stages.filter { undone.by[$0.0.id] == nil }
        guard !left.isEmpty else {
            throw OperationError(
                .planBlocked,
                "Run \(named.0.id) was taken back already, by run \(undone.by[named.0.id] ?? "")",
                hint: "What was there before it is in backup \(named.1.safetyCopy).")
        }
        return left
    }

    /// Takes one run back; nil when everything is as it was before it.
    /// - Parameter first: the run of the stage before, which stands for now; empty where there is none.
    private func takeBack(
        _ run: RunRecord, _ document: RunDocument, _ input: Input, first: String, _ context: OperationContext
    ) async throws(OperationError) -> RunRecord? {
        let way = try await plan(back: run, document, input, first: first, context)
        guard !way.plan.steps.isEmpty else { return nil }
        var approvals: [ApprovalRecord] = []
        if way.needsPerson {
            approvals = try await obtain(way, context)
        } else {
            try await PlanBook(context: context).add(way.plan, way.id)
        }
        return try await RestoreRunner(
            context: context, plan: way.plan, id: way.id, device: way.device, patience: input.confirmWithin
        ).carryOut(approvals: approvals)
    }

    private func plan(
        back run: RunRecord, _ document: RunDocument, _ input: Input, first: String,
        _ context: OperationContext
    ) async throws(OperationError) -> Way {
        let original = try await PlanBook(context: context).plan(run.plan).plan
        let device = try await device(of: run, context)
        guard !original.steps.contains(where: \.action.takesForGood) else {
            throw OperationError(
                .planBlocked,
                "Run \(run.id) took packages, containers or instances away, which ‘restore undo’ does not bring again",
                hint:
                    "Plan them from its safety copy: holdfast restore plan \(document.safetyCopy) --in-place")
        }
        var (plan, isUntouched) = try await wayBack(
            original, document, device, takesPackages: !input.keepPackages, context)
        plan.undoes = run.id
        if !first.isEmpty, !plan.steps.isEmpty { plan.warnings.append(Self.firstStands(first)) }
        let isCovered = try await isCovered(run, document, original, target: plan.target, device, context)
        let needsPerson = !isUntouched || !isCovered
        // Whoever asks again means the plan that a person may have approved meanwhile.
        if needsPerson, let (known, id) = try await PlanBook(context: context).live(like: plan) {
            return Way(plan: known, id: id, device: device, needsPerson: true)
        }
        return Way(
            plan: plan, id: plan.id(hash: try await context.services.restoreHash()), device: device,
            needsPerson: needsPerson)
    }

    /// Whether the approval of the run, as the chain proves it, reaches to its way back: to the first one, of a run that
    /// is none itself, on the same machine.
    private func isCovered(
        _ run: RunRecord, _ document: RunDocument, _ original: RestorePlan, target: RestorePlan.Target,
        _ device: Device, _ context: OperationContext
    ) async throws(OperationError) -> Bool {
        let book = try await Grants(context: context).book()
        // The approval of a plan with stages was used up by the first of them.
        let grants = book.approvals(usedBy: document.follows.isEmpty ? run.id : document.follows)
        let needed = max(
            device.approvals ?? 1, book.needed(device: device.name.text, hostKey: target.hostKey))
        return document.undoes.isEmpty && book.undone[run.id] == nil && target == original.target
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
        _ original: RestorePlan, _ document: RunDocument, _ device: Device, takesPackages: Bool,
        _ context: OperationContext
    ) async throws(OperationError) -> (plan: RestorePlan, isUntouched: Bool) {
        let (vault, manifest) = try await context.manifest(document.safetyCopy)
        let steps = document.steps(of: original)
        let touched = Self.touched(steps, document)
        var scope = try await RestoreScope(
            vault: vault, manifest: manifest, sections: original.sections.filter { !RestoreScope.isData($0) },
            paths: []
        ).reading(touched)
        let isFoundation = document.stage == RestorePlan.Stage.foundation.rawValue
        let containers = ContainerUndo(
            original: isFoundation ? original.foundation : original, manifest: manifest, vault: vault,
            context: context)
        scope.comparesOnlyExtra = true
        scope.readsEngine = containers.original.containers != nil
        scope.places = containers.filePlaces
        let hash = try await context.services.restoreHash()
        let reading = try await RestoreReading.read(device, scope, vault, hash, context)
        var facts = Self.facts(of: reading, touched, steps)
        let folders = MadeFolders(device: device, context: context)
        try await folders.add(to: &facts, steps, document)
        let byPath = Dictionary(facts.present.map { ($0.path, $0) }) { first, _ in first }
        let isUntouched = touched.allSatisfy { path in
            FileMark(byPath[path], hash: hash).text == document.after[Hex.string(path)]
        }
        let brought = containers.broughtPlaces(facts.present)
        facts.leave(brought)
        let shared = try await folders.leaveShared(&facts, besides: brought)
        var result = RestorePlanner(
            facts, place: .inPlace, options: RestorePlanner.Options(installs: false, allowsSpecial: true)
        ).plan()
        Self.stopStarted(&result, document)
        result.warnings += shared.map { "\($0) stays: something is in it that the run did not bring." }
        let taken = Self.takenBack(steps, facts, reading, takesPackages: takesPackages)
        result.steps += taken.steps
        result.warnings += taken.warnings
        let affected = Blast.radius(
            of: result.steps, in: reading.present,
            reading.engine.resolving(original.containers?.links ?? [:]))
        let engine = try await containers.plan(
            onto: reading, brought: brought, &result, hash: hash)
        // What they wrote since the run nobody knows, and the approval of the run did not speak of it.
        let takesData = result.steps.contains(where: \.action.takesData)
        if result.steps.contains(where: { $0.action.takesData && $0.action.isOfEngine }) {
            result.warnings.append(Self.dataGoes)
        }
        let now = context.clock.now()
        let plan = RestorePlan(
            created: now, expires: now + .seconds(900), backup: manifest.id.text,
            tree: manifest.tree.description,
            target: RestorePlan.Target(
                device: device.name.text, machineID: reading.machineID,
                hostKey: device.hostKey?.fingerprint ?? ""),
            place: .inPlace, sections: scope.sections, paths: [], steps: result.steps,
            conflicts: result.conflicts, warnings: result.warnings, commands: result.commands,
            affected: Set(affected + engine.affected).sorted(), containers: engine.request)
        return (plan, isUntouched && engine.isUntouched && !takesData)
    }

    /// Paths that the run changed.
    private static func touched(_ steps: [RestoreStep], _ document: RunDocument) -> Set<[UInt8]> {
        let planned = Set(steps.filter { $0.isFile && !$0.isAround }.map(\.subject))
        let changed = Set(document.changedPaths)
        return document.stage.isEmpty || changed.isEmpty ? planned : changed
    }

    /// What of both sides the run changed.
    private static func facts(
        of reading: RestoreReading, _ touched: Set<[UInt8]>, _ steps: [RestoreStep]
    ) -> PlanFacts {
        var facts = reading.facts
        facts.wanted = reading.wanted.files.filter { touched.contains($0.path) }
        facts.present = reading.present.files.filter { touched.contains($0.path) }
        facts.wholeSections = Set(reading.present.sectionNames)
        let units = Set(steps.filter { $0.action == .unit }.map(\.name))
        facts.wantedUnits.removeAll { !units.contains($0.name) }
        facts.presentUnits.removeAll { !units.contains($0.name) }
        facts.wantedPackages = []
        return facts
    }

    private static let dataGoes =
        "What the containers and instances of the run have written since goes with them; the safety copy keeps it."

    /// What the run started is stopped again.
    private static func stopStarted(_ result: inout RestorePlanner.Result, _ document: RunDocument) {
        let sentence = RestoreStep.startedSentence
        let started = Set(
            document.events.filter { $0.hasSuffix(sentence) }.map { String($0.dropLast(sentence.count)) })
        guard !started.isEmpty else { return }
        result.steps = result.steps.map { step in
            step.action == .unit && step.from == "enabled" && started.contains(step.name)
                ? step.stopping : step
        }
        let running = result.steps.filter { $0.action == .unit && $0.from == "enabled" && !$0.stops }
        if running.isEmpty {
            result.warnings.removeAll { $0.hasSuffix(RestorePlanner.goesOn) }
        }
        result.commands = RestorePlanner.commands(for: result.steps)
    }

    /// What takes accounts and units out again, and what a person should know of that which stays.
    private static func takenBack(
        _ steps: [RestoreStep], _ facts: PlanFacts, _ reading: RestoreReading, takesPackages: Bool
    ) -> (steps: [RestoreStep], warnings: [String]) {
        let accounts = AccountTable(things: OtherAccounts.things(reading.present))
        let packages = PackageUndo(of: steps, reading, isWanted: takesPackages)
        let staying = PackageUndo.stay(steps, isWanted: takesPackages)
        var back = packages.steps
        back += steps.reversed().compactMap { $0.takenBack(from: accounts, keepsPrograms: staying) }
        back += steps.compactMap { step in
            facts.wantedUnits.contains { $0.name == step.name }
                ? nil : step.takenBack(from: facts.presentUnits)
        }
        var warnings = packages.warnings
        if steps.contains(where: { $0.action == .user }) {
            warnings.append("Home folders that were made for new accounts stay.")
        }
        return (back, warnings)
    }
}
