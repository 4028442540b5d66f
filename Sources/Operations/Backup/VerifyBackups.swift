package import Basics
import Vault

/// Reads backups back and compares them with what was stored.
package struct VerifyBackups: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Backups to verify: ids, ‘latest’, ‘latest:DEVICE’; all when none is named.", .operand)
        var backup: [String] = []
        @Field("Read every object. This is the standard.") var full = false
        @Field("Read only a random part of the objects, 1 to 99 percent.", placeholder: "PERCENT") var sample:
            String?
        package init() {}
    }

    /// What was found of one backup.
    package struct Verdict: Codable, Sendable {
        package let backup: String
        package let isGood: Bool
        package let objects: Int
        package let bytes: ByteCount
        package let problems: Int
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [Verdict]
        /// What is wrong and where, as sentences.
        package let problems: [String]
        package let objects: Int
        package let bytes: ByteCount
        /// `full` or `sample N%`.
        package let extent: String
        /// Whether all that was found is kept as evidence, or better evidence stays; a warning says why not.
        package let isRecorded: Bool

        package var display: [DisplayBlock] {
            let rows = backups.map { verdict in
                [
                    Cell(verdict.backup), verdict.isGood ? Cell("good", .good) : Cell("DAMAGED", .bad),
                    Cell(String(verdict.objects)), Cell(verdict.bytes.description),
                ]
            }
            return [
                .table(
                    columns: [
                        Column("BACKUP", isWhole: true), "RESULT", Column("OBJECTS", isNumeric: true),
                        Column("READ", isNumeric: true),
                    ],
                    rows: rows, empty: "There is no backup to verify."),
                .lines([
                    Cell("\(extent): \(objects.counted("object")), \(bytes) read, decrypted and compared.")
                ]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("verify"),
        summary: "Prove that backups can be read: decrypt and compare every object",
        discussion: """
            Every object is read, decrypted, decompressed and compared with the hash it is named by. The result is kept as \
            evidence with its date, or a warning says why it could not be; ‘backup list’ shows it, and ‘backup prune’ never removes a device's last verified backup. A \
            sample never replaces the evidence of a verification that read more, nor takes back damage that was found. \
            Damage that is found is noted: a new backup stores what lies there again, and older backups that need it are \
            whole again.
            """,
        effect: .writes, errors: [.backupUnknown, .backupAmbiguous, .verificationFailed, .vaultCorrupt],
        examples: [
            Contract.Example("holdfast backup verify latest", "prove the newest backup"),
            Contract.Example("holdfast backup verify --sample 5%", "a random twentieth of everything"),
        ], audit: .wanted, isLong: true, reach: .scoped,
        guidance: Guidance(
            "verify_backups", title: "Verify backups", in: .backups,
            purpose: "Proves that stored backups can be read: decrypts and compares every object.",
            behaviour:
                "Reads the vault and keeps the result as evidence; loses nothing. Takes long on large vaults; ‘sample’ shortens it.",
            use:
                "Use it when a backup was never verified; for a proof by restoring use drill_restore.",
            returns: "Returns a verdict for each backup; damage is named and is an error."))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let percent = try percentage(input)
        let vault = try await context.services.vault()
        return try await Self.prove(
            try await chosen(input, vault, context), percent: percent, in: vault, context)
    }

    /// Verifies backups, all when nil, and tells what is not recorded.
    /// - Throws: `verificationFailed` for damage.
    static func prove(
        _ ids: [BackupID]?, percent: Int, in vault: Vault, _ context: OperationContext
    ) async throws(OperationError) -> Output {
        let progress = context.progress
        let report: VerifyReport
        do {
            report = try await vault.verify(ids, percent: percent) { state in
                progress.report(
                    ProgressUpdate(
                        phase: "verifying", done: Int64(state.objects), total: Int64(state.totalObjects),
                        unit: "objects",
                        bytes: ByteCount(state.bytes)))
            }
        } catch { throw OperationError(any: error) }
        if !report.outdone.isEmpty {
            let whose =
                report.outdone.count == 1
                ? "backup \(report.outdone[0])" : report.outdone.count.counted("backup")
            context.warnings.add(
                "The evidence of \(whose) stays as it was: an earlier verification had read more, or had found damage "
                    + "that only a full one can take back")
        }
        if let unkept = report.unkept {
            context.warnings.add(
                "The result was not recorded, so that ‘backup list’ does not show it: \(unkept.message)")
        }
        guard report.isGood else {
            let first = report.problems.sentence
            // An error brings no warnings along.
            let unkept = report.unkept.map { ". This was not recorded: \($0.message)" } ?? ""
            throw OperationError(
                .verificationFailed,
                "Found \(report.problems.count.counted("problem")): \(first)\(unkept)",
                hint:
                    "Back up the affected devices again at once: what they still have is stored anew, for older backups as well."
            )
        }
        return Output(
            backups: report.verdicts.map {
                Verdict(
                    backup: $0.backup.text, isGood: $0.isGood, objects: $0.objects,
                    bytes: ByteCount($0.bytes),
                    problems: $0.problems)
            }, problems: [], objects: report.objects, bytes: ByteCount(report.bytes),
            extent: percent == 100 ? "full" : "sample \(percent)%", isRecorded: report.unkept == nil)
    }

    /// The backups that are meant; nil for all there are.
    private func chosen(
        _ input: Input, _ vault: Vault, _ context: OperationContext
    ) async throws(OperationError) -> [BackupID]? {
        let scope = context.caller.scope
        do {
            guard input.backup.isEmpty else {
                var ids: [BackupID] = []
                for text in input.backup {
                    ids.append(
                        scope == .all
                            ? try await context.backupID(text) : try await context.manifest(text).manifest.id)
                }
                return ids
            }
            guard scope != .all else { return nil }
            return try await vault.backups().backups.filter { scope.contains(named: $0.device.name) }.map(
                \.id)
        } catch { throw OperationError(any: error) }
    }

    private func percentage(_ input: Input) throws(OperationError) -> Int {
        guard let sample = input.sample else { return 100 }
        let digits = sample.hasSuffix("%") ? String(sample.dropLast()) : sample
        guard let percent = Int(digits), (1...99).contains(percent), !input.full else {
            throw OperationError(
                .argumentInvalid,
                input.full ? "--full and --sample exclude each other" : "‘\(sample)’ is no sample",
                hint: "Write --sample 5% for a random twentieth.")
        }
        return percent
    }
}
