import Basics
import HostConfig
import Vault

/// Puts a host's file back as it was when an edit was prepared.
package struct RollBackHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field("This file instead of the usual one.", placeholder: "FILE") var file: String?
        @Field("The backup that ‘host-config prepare’ named.", placeholder: "ID") var backup: String?
        @Field("There was no such file.") var absent = false
        @Field("Only if the file is broken: empty, gone, without its servers, or not to be understood.")
        var ifBroken = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let file: String
        /// `restored`, `created`, `removed`, `unchanged`, or `kept` where it is not broken.
        package let outcome: String
        /// The backup of what was there before; nil where nothing changed.
        package let safetyCopy: String?
        /// What of the file's own could not be put back, and what became of links.
        package let remarks: [String]

        package var display: [DisplayBlock] {
            var lines = [Cell("\(file): \(outcome)", .good)] + remarks.map { Cell($0, .warning) }
            if let safetyCopy {
                lines.append(
                    Cell(
                        "What was there before: holdfast host-config restore \(host) --backup \(safetyCopy)",
                        .dim))
            }
            return [.lines(lines)]
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("rollback"),
        summary: "Put a program's configuration back as it was before an edit",
        discussion: """
            What is there is kept in the vault first. A link that took the file's place goes, and what it leads to stays. A file that was not there before the edit is removed; --if-broken leaves a \
            file alone that can be understood and has its servers.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .backupUnknown, .backupAmbiguous, .hostMissing, .fileChanged, .ioFailed,
            .vaultLocked, .diskFull, .vaultCorrupt, .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example(
                "holdfast host-config rollback cursor --backup 20261121T093000Z", "after an edit that failed")
        ], audit: .wanted, reach: .everything)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard (input.backup != nil) != input.absent else {
            throw OperationError(
                .argumentInvalid,
                input.absent
                    ? "--backup and --absent exclude each other"
                    : "Say what was there: --backup ID or --absent",
                hint: "‘holdfast host-config prepare’ tells which.")
        }
        let host = input.host.host
        let path = try HostPlace.here.path(of: host, file: input.file, project: nil)
        let edit = HostGuard(host: host, path: path, context: context)
        let (outcome, copy, remarks) = try await edit.rollBack(to: input.backup, onlyIfBroken: input.ifBroken)
        return Output(
            host: host.id, file: path, outcome: outcome.rawValue, safetyCopy: copy, remarks: remarks)
    }
}
