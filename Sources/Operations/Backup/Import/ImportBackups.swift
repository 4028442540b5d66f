package import Basics
import Vault

/// Brings backups of machines that other programs made into the vault.
package struct ImportBackups: ServiceOperation {
    /// What they come from.
    package enum Source: String, Codable, Sendable, CaseIterable, FieldValue {
        /// A folder of kastell's backups.
        case kastell
        /// A file of washyu's.
        case washyu
    }

    package struct Input: OperationInput {
        @Field("What they were made by.", .operand) var from: Source
        @Field("The file or folder.", .operand) var path: String
        @Field("Only say what would come in.") var dryRun = false
        package init() {}
    }

    /// What became of one backup.
    package struct Row: Codable, Sendable {
        /// The name of its series.
        package let series: String
        package let made: Timestamp
        /// `stored`, `present` or `would-store`.
        package let outcome: String
        package let backup: String?
        package let files: Int
        /// What is doubtful about it.
        package let doubts: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [Row]
        /// What was not taken, with the reason.
        package let skipped: [String]

        package var isComplete: Bool { skipped.isEmpty }

        package var display: [DisplayBlock] {
            [
                ImportTable(
                    title: "SERIES", files: Column("FILES", isNumeric: true),
                    rows: backups.map {
                        .init(
                            name: $0.series, made: $0.made, outcome: $0.outcome, backup: $0.backup,
                            files: String($0.files))
                    }
                ).block,
                .lines(backups.flatMap { row in row.doubts.map { Cell("\(row.series): \($0)", .warning) } }),
            ] + DisplayBlock.remarks("Not taken", skipped)
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("import"),
        summary: "Bring backups of machines that other programs made into the vault",
        discussion: """
            Each becomes a backup with the time it was made at, in a series named ‘kastell:SERVER’ or ‘washyu:HOST’; what is \
            here already is not stored twice. They are kept, listed, verified, pinned, pruned and exported as all others, and \
            ‘latest’ never means one of them. Archives stay as they are. What is missing or looks empty makes it ‘partial’.
            """,
        effect: .writes,
        errors: [
            .fileUnknown, .fileInvalid, .ioFailed, .vaultLocked, .diskFull, .vaultCorrupt, .notInitialised,
            .keyInvalid,
        ],
        examples: [
            Contract.Example(
                "holdfast backup import kastell ~/.kastell/backups --dry-run", "what would come in?"),
            Contract.Example("holdfast backup import washyu infrastructure_backup_x.json", "one file"),
        ], audit: .wanted)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let path = HostPlace.here.absolute(input.path)
        var found: ForeignBackups
        switch input.from {
        case .kastell: found = try KastellBackups.read(path)
        case .washyu: found = try WashyuBackups.read(path)
        }
        // One of the future would be the newest for long.
        let latest = context.clock.now() + .seconds(86_400)
        found.skipped += found.backups.filter { $0.made > latest }.map {
            "\($0.series), \($0.made): it says that it was made in the future"
        }
        found.backups.removeAll { $0.made > latest }
        let vault = try await context.services.vault()
        let lease = WriterLease(vault: vault, what: "backup import") { _ in }
        var rows: [Row] = []
        var failure: OperationError?
        do {
            for backup in found.backups {
                rows.append(try await take(backup, vault, lease, isTrial: input.dryRun))
            }
        } catch { failure = OperationError(any: error) }
        await lease.close()
        if let failure { throw failure }
        return Output(backups: rows, skipped: found.skipped)
    }

    /// Whether a backup has the record that another one comes with; true where that has none, as it is known by its time.
    private static func isSame(_ id: BackupID, _ backup: ForeignBackup, _ vault: Vault) async throws -> Bool {
        guard let record = backup.files.first(where: { $0.path == WashyuBackups.record }),
            case .bytes(let bytes) = record.content
        else { return true }
        let path = Array(WashyuBackups.record.utf8)
        guard let held = try await vault.entries(of: vault.manifest(id)).first(where: { $0.path == path })
        else {
            return false
        }
        return try await vault.bytes(of: held.content) == bytes
    }

    private func take(
        _ backup: ForeignBackup, _ vault: Vault, _ lease: WriterLease, isTrial: Bool
    ) async throws -> Row {
        func row(_ outcome: String, _ id: BackupID?) -> Row {
            Row(
                series: backup.series, made: backup.made, outcome: outcome, backup: id?.text,
                files: backup.files.count, doubts: backup.doubts)
        }
        let known = try await vault.backups(of: backup.series)
        for twin in known where twin.started == backup.made && twin.name == backup.name {
            if try await Self.isSame(twin.id, backup, vault) { return row("present", twin.id) }
        }
        guard !isTrial else { return row("would-store", nil) }
        return row("stored", try await ForeignIntake(lease).store(backup).id)
    }
}
