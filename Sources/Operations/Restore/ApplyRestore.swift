import Basics
import RemoteExecution
import Restore
import Storage

/// Carries an approved plan out.
package struct ApplyRestore: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The plan: its id, or the beginning of it.", .operand) var plan: String
        @Field(
            "Seconds within which the change must be confirmed, 20 to 3600; else the device goes back by itself.",
            placeholder: "SECONDS") var confirmWithin = 120
        package init() {}
    }

    package static let contract = Contract(
        resource: "restore", verb: .custom("apply"), summary: "Carry an approved plan out",
        discussion: """
            Makes a safety copy, proves that neither the device nor what the plan changes has moved, stages everything beside \
            its place, runs the validators of what it touches in a rehearsal, then renames, reloads and checks. The device \
            undoes all of it by itself unless it is confirmed in time, whatever becomes of Holdfast meanwhile.

            On a terminal an approval that is missing is asked for; anywhere else ‘holdfast approve’ must have given it.
            """,
        effect: .destroys,
        errors: [
            .planUnknown, .planAltered, .planExpired, .planStale, .planBlocked, .approvalMissing,
            .auditBroken,
            .personRequired,
            .restoreFailed, .restoreRolledBack, .deviceUnreachable, .hostKeyChanged,
        ],
        examples: [
            Contract.Example("holdfast restore apply 7q3k", "carry the plan out"),
            Contract.Example("holdfast restore apply 7q3k --background", "the same as a job"),
        ], isLong: true, reach: .scoped,
        guidance: Guidance(
            "apply_restore", title: "Carry out an approved restore", in: .restore,
            purpose: "Carries out one plan that a person has approved.",
            behaviour:
                "Overwrites files and reloads services on the machine, after a safety copy; Holdfast confirms that over a new connection, else the machine goes back by itself. Refused without a person's approval.",
            use: "Use it after plan_restore and the approval; undo_restore takes it back.",
            returns:
                "Returns the run and how it ended; without approval an error that says how a person approves.",
            isIdempotent: false, reachesDevices: true, next: [.init("get_restore", ["id": "run"])]))

    package init() {}

    /// Sees to the approval while there may be somebody to ask.
    package func prepare(_ input: Input, in context: OperationContext) async throws(OperationError) {
        let (plan, id) = try await PlanBook(context: context).livePlan(input.plan)
        _ = try await consent(plan, id, context).consent.obtain()
    }

    private func consent(
        _ plan: RestorePlan, _ id: String, _ context: OperationContext
    ) async throws(OperationError) -> (consent: Consent, device: Device) {
        guard let name = DeviceName(plan.target.device) else {
            throw OperationError(.planAltered, "Plan \(id) names no device")
        }
        let device = try await context.device(name)
        return (Consent(context: context, plan: plan, id: id, device: device), device)
    }

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> RestoreView
    {
        guard (20...3600).contains(input.confirmWithin) else {
            throw OperationError(.argumentInvalid, "--confirm-within takes 20 to 3600 seconds")
        }
        let book = PlanBook(context: context)
        let (plan, id) = try await book.livePlan(input.plan)
        let (consent, device) = try await consent(plan, id, context)
        let approvals = try await consent.obtain()
        try await RestoreSettling(context: context).settleAll(on: device)
        let course = RestoreCourse(
            context: context, plan: plan, id: id, device: device, patience: input.confirmWithin)
        return RestoreView(try await course.carryOut(approvals: approvals))
    }
}
