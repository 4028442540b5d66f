package import Basics
import RemoteExecution
import Vault

/// `rollback_infrastructure_changes`: plans how a device gets back to a backup, as ‘restore plan --in-place’ does.
package struct RollbackInfrastructureChanges: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, or ‘latest:DEVICE’.") var backupId: String
        @Field("‘full’ for the whole backup; the others need ‘device_ids’.")
        var rollbackScope = CreateInfrastructureBackup.Scope.full
        @Field("The machine of the backup, by name; a backup is of one.") var deviceIds: [DeviceName] = []
        @Field("Kept for older callers: this call changes no machine, whatever is given here.")
        var validateOnly = false
        package init() {}
    }

    package static let contract = Contract(
        resource: "compat", verb: .custom("rollback-infrastructure-changes"),
        summary: "Plan how a device gets back to a backup", effect: .proposes,
        errors: [
            .argumentInvalid, .backupUnknown, .backupAmbiguous, .deviceUnknown, .deviceUnreachable,
            .hostKeyChanged,
        ],
        examples: [
            Contract.Example(
                "holdfast restore plan latest:web1 --in-place", "the command that does the same")
        ],
        reach: .scoped,
        guidance: Guidance(
            "rollback_infrastructure_changes", title: "Roll infrastructure back", in: .compat,
            purpose: "Plans how a machine gets back to the state of a backup, in place.",
            behaviour:
                "Reads the machine over SSH and changes nothing there. Only a person can approve the plan, outside of this connection; it expires.",
            use:
                "Use it where an older instruction names it; plan_restore does the same for parts as well. After the approval apply_restore carries the plan out.",
            returns: "Returns the plan with its steps and risk, and how a person approves it.",
            essentials: ["number", "action", "subject", "risk"], isIdempotent: false, reachesDevices: true,
            next: [.init("get_restore", ["id": "plan"]), .init("apply_restore", ["plan": "plan"])]))

    package init() {}

    package func run(
        _ input: Input, in context: OperationContext
    ) async throws(OperationError) -> RollbackPlan {
        guard input.rollbackScope == .full || !input.deviceIds.isEmpty else {
            throw OperationError(
                .argumentInvalid, "The scope ‘\(input.rollbackScope.rawValue)’ needs ‘device_ids’",
                hint: "They are names of machines, not numbers.")
        }
        let device = try await context.manifest(input.backupId).manifest.summary.device.name
        guard input.deviceIds.allSatisfy({ $0.text == device }) else {
            throw OperationError(
                .argumentInvalid, "The backup is of ‘\(device)’ and of no other machine",
                hint: "Another machine has backups of its own: latest:DEVICE.")
        }
        return RollbackPlan(try await .inPlace(of: input.backupId, context))
    }
}

/// A plan that was made for somebody who asked for a restore, and what must happen before it is one.
package struct RollbackPlan: Codable, Sendable, Displayable {
    /// `approval-needed`, `nothing-to-do` or `blocked`; never that anything was restored.
    package let status: String
    package let message: String
    /// Nil where there is nothing that a person could approve.
    package let plan: String?
    package let device: String
    package let backupId: String
    package let expires: Timestamp
    package let risk: String
    package let conflicts: [String]
    package let warnings: [String]
    package let steps: [PlanView.Step]

    enum CodingKeys: String, CodingKey {
        case status
        case message
        case plan
        case device
        case backupId = "backup_id"
        case expires
        case risk
        case conflicts
        case warnings = "plan_warnings"
        case steps
    }

    init(_ view: PlanView) {
        plan = view.plan
        device = view.device
        backupId = view.backup
        expires = view.expires
        risk = view.risk
        conflicts = view.conflicts
        warnings = view.warnings
        steps = view.steps
        if let plan {
            status = "approval-needed"
            message =
                "Nothing was changed. A person approves the plan at a terminal with: holdfast approve \(plan). Then it can be carried out."
        } else if !view.conflicts.isEmpty {
            status = "blocked"
            message = "Nothing was changed, and this plan cannot be carried out: the conflicts say why."
        } else {
            status = "nothing-to-do"
            message = "\(view.device) is as the backup says."
        }
    }

    package var isComplete: Bool { conflicts.isEmpty }

    package var display: [DisplayBlock] { [.lines([Cell(message)])] }
}

extension PlanView {
    /// The plan that would bring a backup's device back to it.
    static func inPlace(
        of backup: String, _ context: OperationContext
    ) async throws(OperationError) -> PlanView {
        var input = PlanRestore.Input()
        input.backup = backup
        input.inPlace = true
        return try await PlanRestore().run(input, in: context)
    }
}
