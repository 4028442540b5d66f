package import Basics
import HostConfig
import RemoteExecution
import Vault

/// Reads backups of hosts' configuration back and compares them with what was stored.
package struct VerifyHostConfigs: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistants' programs; all unless given.", .operand) var host: [HostID] = []
        @Field("This backup only: its id or the beginning of it.", placeholder: "ID") var backup: String?
        @Field("Those of this device instead of this machine's.") var device: DeviceName?
        package init() {}
    }

    /// What was found of one backup.
    package struct Verdict: Codable, Sendable {
        package let backup: String
        package let host: String
        package let made: Timestamp
        package let isGood: Bool
        package let objects: Int
        package let bytes: ByteCount
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [Verdict]
        package let objects: Int
        package let bytes: ByteCount
        /// Whether the result is kept as evidence; a warning says why not.
        package let isRecorded: Bool

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: [
                        Column("BACKUP", isWhole: true), "HOST", "RESULT", Column("READ", isNumeric: true),
                    ],
                    rows: backups.map { verdict in
                        [
                            Cell(verdict.backup), Cell(verdict.host),
                            verdict.isGood ? Cell("good", .good) : Cell("DAMAGED", .bad),
                            Cell(verdict.bytes.description),
                        ]
                    }, empty: "There is no backup to verify."),
                .lines([Cell("\(objects.counted("object")), \(bytes) read, decrypted and compared.")]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("verify"),
        summary: "Prove that backups of assistants' configuration can be read",
        discussion: """
            Every object is read, decrypted, decompressed and compared with the hash it is named by; the result is kept as \
            evidence, as with ‘backup verify’.
            """,
        effect: .writes,
        errors: [
            .argumentInvalid, .backupUnknown, .backupAmbiguous, .verificationFailed, .vaultCorrupt,
            .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example("holdfast host-config verify", "all of them"),
            Contract.Example("holdfast host-config verify cursor", "one program's"),
        ], audit: .wanted, reach: .everything,
        guidance: Guidance(
            "verify_host_configs", title: "Verify configuration backups", in: .hostConfigs,
            purpose: "Proves that stored backups of assistants' configuration can be read.",
            behaviour: "Reads the vault and keeps the result as evidence; loses nothing.",
            use: "Use it before relying on such a backup; backups of machines are proven by verify_backups.",
            returns: "Returns a verdict for each backup; damage is named and is an error.",
            next: [.init("list_host_configs")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard input.backup == nil || input.host.count == 1 else {
            throw OperationError(
                .argumentInvalid, "--backup goes with one host", hint: "Name the host it belongs to.")
        }
        let vault = try await context.services.vault()
        let chosen: [BackupSummary]
        if let named = input.backup, let host = input.host.first {
            chosen = [
                try await HostSeries(host.host, on: input.device.other).manifest(named, in: vault).summary
            ]
        } else {
            do {
                chosen = try await HostSeries.newest(
                    .max, of: input.host.map(\.host), on: input.device.other, in: vault
                ).backups
            } catch { throw OperationError(error) }
        }
        var ids = chosen.map(\.id)
        if input.backup == nil {
            // Whose these are is not known.
            do { ids += try await vault.damagedBackups().map(\.id) } catch { throw OperationError(error) }
        }
        let proof = try await VerifyBackups.prove(
            ids, percent: 100, in: vault, context)
        let known = Dictionary(chosen.map { ($0.id.text, $0) }) { first, _ in first }
        return Output(
            backups: proof.backups.compactMap { verdict in
                known[verdict.backup].map {
                    Verdict(
                        backup: verdict.backup, host: HostSeries.host(of: $0) ?? "", made: $0.started,
                        isGood: verdict.isGood, objects: verdict.objects, bytes: verdict.bytes)
                }
            }, objects: proof.objects, bytes: proof.bytes, isRecorded: proof.isRecorded)
    }
}
