import Basics
import RemoteExecution
import Restore
import Storage

/// Lists runs of restores.
package struct ListRestores: ServiceOperation {
    package struct Input: OperationInput {
        @Field("At most so many, newest first; 0 for all.", placeholder: "N") var limit = 50
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let runs: [RestoreView]

        package var display: [DisplayBlock] {
            var blocks: [DisplayBlock] = [
                .table(
                    columns: [
                        "RUN", "DEVICE", Column("BACKUP", isMinor: true), "STARTED",
                        Column("STEPS", isNumeric: true, isMinor: true), "STATE",
                    ],
                    rows: runs.map { run in
                        [
                            Cell(run.run), Cell(run.device), Cell(run.backup), Cell(run.started.description),
                            Cell(String(run.steps)), run.stateCell,
                        ]
                    }, empty: "Nothing was restored yet.")
            ]
            if runs.contains(where: { !$0.hasEnded }) {
                blocks.append(
                    .lines([Cell("Some have no end yet. Find out with: holdfast restore resume", .warning)]))
            }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "restore", verb: .list, summary: "List restores that were carried out", effect: .reads,
        errors: [.notInitialised],
        examples: [Contract.Example("holdfast restore list", "what was restored, newest first")],
        reach: .scoped,
        guidance: Guidance(
            "list_restores", title: "List restores", in: .restore,
            purpose: "Lists restores that were carried out, newest first, and how each ended.",
            behaviour: "Only looks.",
            use: "Use it to find a run; for one run or plan in full use get_restore.",
            returns: "Returns a page of runs with their states; none when nothing was restored yet.",
            essentials: ["run", "device", "backup", "state", "started", "undoneBy"],
            next: [.init("get_restore", ["id": "runs.0.run"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        let ledger = try await context.services.ledger()
        do {
            let undone = UndoneRuns(try await ledger.runs(limit: UndoneRuns.limit))
            return Output(runs: try await ledger.runs(limit: limit).map { RestoreView($0, undone) })
        } catch { throw OperationError(error) }
    }
}

/// Shows a plan or a run.
package struct GetRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The run's id, or the id or beginning of a plan.", .operand) var id: String
        @Field("Show a plan's steps from this number on.", placeholder: "N") var fromStep = 1
        @Field("At most so many steps; 0 for all.", placeholder: "N") var steps = 0
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let run: RestoreView?
        package let plan: PlanView?

        package var display: [DisplayBlock] { (run?.display ?? []) + (plan?.display ?? []) }
    }

    package static let contract = Contract(
        resource: "restore", verb: .get, summary: "Show a plan, or what became of a run", effect: .reads,
        errors: [.planUnknown, .planAltered],
        examples: [Contract.Example("holdfast restore show 7q3k", "a plan's steps, or a run's end")],
        reach: .scoped,
        guidance: Guidance(
            "get_restore", title: "Show a plan or restore", in: .restore,
            purpose: "Shows a saved plan with its steps and approvals, or what became of a run.",
            behaviour: "Only looks.",
            use:
                "Use it to see whether a plan is approved, or how a restore ended; for all runs use list_restores; for a new plan use plan_restore.",
            returns: "Returns ‘plan’ or ‘run’; an expired plan is still shown.",
            rest: "the other steps of a plan with ‘from_step’ and ‘steps’."))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard input.fromStep >= 1, input.steps >= 0 else {
            throw OperationError(.argumentInvalid, "--from-step takes 1 and more, --steps 0 and more")
        }
        let ledger = try await context.services.ledger()
        do {
            if let run = try await ledger.run(input.id) {
                let undone = UndoneRuns(try await ledger.runs(limit: UndoneRuns.limit))
                return Output(run: RestoreView(run, undone), plan: nil)
            }
        } catch { throw OperationError(error) }
        let book = PlanBook(context: context)
        let (plan, id): (RestorePlan, String)
        do throws(OperationError) { (plan, id) = try await book.plan(input.id) } catch {
            guard error.code == .planUnknown else { throw error }
            throw OperationError(
                .planUnknown, "There is no plan or run \(TerminalText.escape(input.id))",
                hint: "See: holdfast restore list")
        }
        var device: Device?
        if let name = DeviceName(plan.target.device) { device = try await context.findDevice(name) }
        let consent = Consent(context: context, plan: plan, id: id, device: device)
        do throws(OperationError) {
            let standing = try await consent.standing()
            return Output(
                run: nil,
                plan: PlanView(
                    plan, id: id, approvals: standing.approvals.count, needed: standing.needed,
                    carriedOutBy: try await consent.keptRun()
                ).part(from: input.fromStep, count: input.steps))
        } catch {
            guard error.code == .auditBroken else { throw error }
            context.warnings.add(error.message)
            return Output(
                run: nil,
                plan: PlanView(plan, id: id, approvals: 0, needed: device?.approvals ?? 1).part(
                    from: input.fromStep, count: input.steps))
        }
    }
}
