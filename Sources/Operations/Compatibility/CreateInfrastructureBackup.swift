import Basics
import RemoteExecution

/// `create_infrastructure_backup`: backs up devices, as ‘backup create’ does.
package struct CreateInfrastructureBackup: ServiceOperation {
    /// Which devices are meant.
    package enum Scope: String, FieldValue, CaseIterable {
        case full
        case partial
        case deviceSpecific = "device_specific"
    }

    package struct Input: OperationInput {
        @Field("‘full’ for every machine, ‘partial’ or ‘device_specific’ for those named.")
        var backupScope = Scope.full
        @Field("The machines, by name, unless the scope is ‘full’.") var deviceIds: [DeviceName] = []
        @Field("Also copy the data of containers.") var includeData = false
        @Field("A label for people.") var backupName = ""
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        /// `started`: whether it succeeds is told by the job.
        package let status: String
        package let message: String
        package let job: String
        package let scope: String
        package let includeData: Bool

        enum CodingKeys: String, CodingKey {
            case status
            case message
            case job
            case scope
            case includeData = "include_data"
        }

        package var display: [DisplayBlock] { [.lines([Cell(message)])] }
    }

    package static let contract = Contract(
        resource: "compat", verb: .custom("create-infrastructure-backup"), summary: "Back up devices",
        effect: .writes, errors: [.argumentInvalid, .deviceUnknown, .notInitialised],
        examples: [
            Contract.Example("holdfast backup create --all", "the command that does the same")
        ],
        reach: .scoped,
        guidance: Guidance(
            "create_infrastructure_backup", title: "Back up infrastructure", in: .compat,
            purpose:
                "Backs up machines into the vault: services, network, system configuration and containers, with ‘include_data’ their data too.",
            behaviour:
                "Starts a job and returns it at once; adds backups and changes nothing on the machines. Takes seconds to hours.",
            use:
                "Use it where an older instruction names it; create_backup does the same and can do more. See get_job for its end.",
            returns:
                "Returns the job. Only its end tells which machines were backed up; ‘backup_name’ becomes a label, never a path.",
            isIdempotent: false, reachesDevices: true, next: [.init("get_job", ["job": "job"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard input.backupScope == .full || !input.deviceIds.isEmpty else {
            throw OperationError(
                .argumentInvalid, "The scope ‘\(input.backupScope.rawValue)’ needs ‘device_ids’",
                hint: "They are names of machines, not numbers.")
        }
        guard input.backupScope != .full || input.deviceIds.isEmpty else {
            throw OperationError(
                .argumentInvalid, "The scope ‘full’ takes no ‘device_ids’",
                hint: "Say ‘device_specific’ for those named.")
        }
        for name in input.deviceIds { _ = try await context.device(name) }
        var arguments: [String: JSONValue] = [
            "include_data": .bool(input.includeData), "name": .string(input.backupName),
        ]
        if input.backupScope == .full {
            arguments["all"] = true
        } else {
            arguments["device"] = .array(input.deviceIds.map { .string($0.text) })
        }
        let job = try await BackgroundCall(CreateBackup.self).job(arguments, in: context)
        return Output(
            status: "started", message: "Job \(job) backs up; only its end tells what was backed up.",
            job: job, scope: input.backupScope.rawValue, includeData: input.includeData)
    }
}

/// Starts another operation as a job, through all of its own gates.
struct BackgroundCall {
    private let operation: AnyOperation

    init<Base: ServiceOperation>(_ type: Base.Type) { operation = AnyOperation(type) }

    /// The id of the job.
    func job(
        _ arguments: [String: JSONValue], in context: OperationContext
    ) async throws(OperationError) -> String {
        let all = arguments.merging([AnyOperation.backgroundName: true]) { $1 }
        guard let job = try await operation.call(all, in: context).json["job"]?.string else {
            throw OperationError(.internalFailure, "The job has no id")
        }
        return job
    }
}
