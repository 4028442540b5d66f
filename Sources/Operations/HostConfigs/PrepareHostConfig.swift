import Basics
import HostConfig
import Vault

/// Keeps a host's file before a program edits it, and tells the way back.
package struct PrepareHostConfig: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistant's program.", .operand) var host: HostID
        @Field("This file instead of the usual one.", placeholder: "FILE") var file: String?
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let host: String
        package let file: String
        /// The backup of what is there; nil where nothing is.
        package let backup: String?
        /// The call that leads back, as arguments of the program.
        package let rollback: [String]

        package var display: [DisplayBlock] {
            [
                .lines([
                    Cell(backup.map { "\(file) is kept in \($0)." } ?? "There is no \(file).", .good),
                    Cell("If the edit fails: holdfast \(rollback.map(\.shellWord).joined(separator: " "))"),
                ])
            ]
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("prepare"),
        summary: "Keep a program's configuration before it is edited, and tell the way back",
        discussion: """
            For programs that edit such a file: call this first, edit, and call what it names when the edit failed. Where the file \
            cannot be kept it is an error, and nothing should be edited.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .hostMissing, .ioFailed, .vaultLocked, .diskFull, .vaultCorrupt,
            .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config prepare cursor --json", "before an installer runs")
        ],
        audit: .wanted, reach: .everything)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let host = input.host.host
        let path = try HostPlace.here.path(of: host, file: input.file, project: nil)
        let backup = try await HostGuard(host: host, path: path, context: context).prepare()
        return Output(
            host: host.id, file: path, backup: backup,
            rollback: ["host-config", "rollback", host.id, "--file", path]
                + (backup.map { ["--backup", $0] } ?? ["--absent"]))
    }
}
