package import Basics
import RemoteExecution
import Vault

/// `server_backup` with its actions on backups.
package struct ServerBackup: ServiceOperation {
    /// What is done.
    package enum Action: String, Codable, FieldValue, CaseIterable {
        case create = "backup-create"
        case list = "backup-list"
        case restore = "backup-restore"
        case snapshotCreate = "snapshot-create"
        case snapshotList = "snapshot-list"
        case snapshotDelete = "snapshot-delete"
        case snapshotRestore = "snapshot-restore"
    }

    package struct Input: OperationInput {
        package static let names = ["backupId": "backupId", "snapshotId": "snapshotId"]

        @Field("What to do; snapshots of clouds are refused.") var action: Action
        @Field("The machine, by name or address; the only one when there is no other.") var server: String?
        @Field("The backup, for ‘backup-restore’: its id or ‘latest:DEVICE’.") var backupId: String?
        @Field("Kept for older callers.") var snapshotId: String?
        package init() {}
    }

    /// One backup in the list.
    package struct Entry: Codable, Sendable {
        package let backupId: String
        package let timestamp: Timestamp
        /// `ok`, `partial` or `failed`.
        package let status: String
        package let files: Int
    }

    package struct Output: Codable, Sendable, Displayable {
        package let action: String
        package var server: String?
        /// For ‘backup-create’.
        package var job: String?
        /// For ‘backup-restore’: the plan that a person must approve.
        package var plan: String?
        package var status: String?
        package var hint: String?
        package var backupCount: Int?
        /// For ‘backup-list’, newest first.
        package var backups: [Entry] = []

        package var display: [DisplayBlock] { [.lines([Cell(hint ?? action)])] }
    }

    package static let contract = Contract(
        resource: "compat", verb: .custom("server-backup"), summary: "Back up a server, or plan its restore",
        effect: .writes,
        errors: [
            .argumentInvalid, .argumentMissing, .backupUnknown, .deviceUnknown, .deviceUnreachable,
            .notInitialised,
        ],
        examples: [Contract.Example("holdfast backup list --device web1", "the command for one of them")],
        reach: .scoped,
        guidance: Guidance(
            "server_backup", title: "Server backup", in: .compat,
            purpose: "Backs a machine up, lists its backups, or plans how it gets back to one of them.",
            behaviour:
                "‘backup-create’ starts a job, ‘backup-restore’ saves a plan that only a person can approve; no action changes a machine.",
            use:
                "Use it where an older instruction names it; create_backup can do more; list_backups can list more; plan_restore can plan more.",
            returns:
                "Returns a job, a page of backups, or a plan with how it is approved. Actions on snapshots are errors.",
            essentials: ["backupId", "timestamp", "status"], isIdempotent: false, reachesDevices: true,
            next: [
                .init("get_job", ["job": "job"]), .init("get_restore", ["id": "plan"]),
                .init("apply_restore", ["plan": "plan"]),
            ]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        switch input.action {
        case .create:
            let device = try await device(input.server, context)
            let job = try await BackgroundCall(CreateBackup.self).job(
                ["device": [.string(device.name.text)]], in: context)
            return Output(
                action: input.action.rawValue, server: device.name.text, job: job, status: "started",
                hint: "Only the job's end tells whether it was backed up.")
        case .list: return try await list(try await device(input.server, context), context)
        case .restore: return try await restore(input, context)
        case .snapshotCreate, .snapshotList, .snapshotDelete, .snapshotRestore:
            throw OperationError(
                .argumentInvalid, "Snapshots of cloud providers are not made or used here",
                hint: "Use ‘backup-create’; it needs no provider.")
        }
    }

    private func list(
        _ device: Device, _ context: OperationContext
    ) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        do {
            let own = try await vault.backups().backups.filter {
                $0.device.name == device.name.text && context.caller.scope.contains(named: $0.device.name)
            }
            return Output(
                action: Action.list.rawValue, server: device.name.text,
                hint: own.isEmpty ? "There is no backup of it yet: backup-create makes one." : nil,
                backupCount: own.count,
                backups: own.map {
                    Entry(
                        backupId: $0.id.text, timestamp: $0.started, status: $0.status.rawValue,
                        files: $0.entries)
                })
        } catch { throw OperationError(any: error) }
    }

    private func restore(
        _ input: Input, _ context: OperationContext
    ) async throws(OperationError) -> Output {
        guard let backup = input.backupId else {
            throw OperationError(
                .argumentMissing, "backupId is required for backup-restore",
                hint: "‘backup-list’ shows them; ‘latest:DEVICE’ is the newest of a machine.")
        }
        if let server = input.server {
            let device = try await device(server, context)
            guard try await context.manifest(backup).manifest.summary.device.name == device.name.text else {
                throw OperationError(
                    .backupUnknown, "There is no backup ‘\(TerminalText.escape(backup))’ of \(device.name)",
                    hint: "‘backup-list’ shows those there are.")
            }
        }
        let plan = RollbackPlan(try await .inPlace(of: backup, context))
        return Output(
            action: input.action.rawValue, server: plan.device, plan: plan.plan, status: plan.status,
            hint: plan.message)
    }

    /// The device of that name or address; without one the only device there is.
    private func device(
        _ text: String?, _ context: OperationContext
    ) async throws(OperationError) -> Device {
        let all = try await context.devices()
        guard let text else {
            guard all.count == 1, let only = all.first else {
                throw OperationError(
                    .argumentMissing, "There are several machines, or none",
                    hint: "Name one of them with ‘server’.")
            }
            return only
        }
        let found = all.filter { device in
            if device.name.text == text { return true }
            guard case .ssh(let target) = device.connection else { return false }
            return target.host == text
        }
        guard let device = found.first, found.count == 1 || device.name.text == text else {
            throw OperationError(
                .deviceUnknown, "There is no one machine ‘\(TerminalText.escape(text))’",
                hint: "Name the machine as it is registered.")
        }
        return device
    }
}
