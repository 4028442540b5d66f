package import Basics
import Restore
import Vault

/// Writes a backup out as ordinary files or as a tar archive, which need no Holdfast to be read.
package struct ExportBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand) var backup:
            String
        @Field("Folder to write into; made if missing, else it must be empty.", placeholder: "FOLDER") var to:
            String?
        @Field("Write one pax tar archive instead; the file must not exist.", placeholder: "FILE") var tar:
            String?
        @Field(
            "Only paths that match this glob, or lie below a matching folder; a backslash makes *, ?, [ and \\ plain, \\xNN is a byte; repeatable.",
            placeholder: "GLOB")
        var path: [String] = []
        @Field("Only this section; repeatable.", placeholder: "SECTION") var section: [String] = []
        @Field("Leave out inventories and recorded outputs (the folder ‘_holdfast’).") var filesOnly = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backup: String
        /// The folder or archive that was written.
        package let target: String
        package let files: Int
        package let bytes: ByteCount
        /// What could not be written, with its reason.
        package let skipped: [String]
        /// How many files are damaged in the vault and were left out.
        package let lostFiles: Int
        /// What was left out, by path, with the reason.
        package let lost: [String]

        package var isComplete: Bool { skipped.isEmpty && lost.isEmpty }

        package var display: [DisplayBlock] {
            [
                .lines([
                    Cell(
                        "\(files.counted("file")), \(bytes), of \(backup) are in \(target).",
                        lost.isEmpty ? .good : .warning)
                ])
            ]
                + DisplayBlock.remarks(
                    "Lost: \(lostFiles.counted("file")), damaged in the vault and left out", lost, .bad)
                + DisplayBlock.remarks("Not written", skipped)
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("export"),
        summary: "Write a backup out as a folder or a tar archive",
        discussion: """
            The files come out byte for byte, secrets included, below the target as they lay below the device's root. \
            Inventories and the recorded outputs of all commands lie in the folder ‘_holdfast’ beside them. A folder keeps \
            modes, times, links, holes and extended attributes, and owners when you are root; POSIX ACLs and device nodes \
            are kept by an archive only. Only you can read what is written.

            What is damaged in the vault is left out and named; everything else is written, and the call ends as partial. \
            Until all is written, a folder holds the file ‘_holdfast-unfinished’, and an archive's name ends in ‘.unfinished’.
            """,
        effect: .writes,
        errors: [
            .backupUnknown, .backupAmbiguous, .fileUnknown, .targetExists, .vaultCorrupt, .diskFull,
            .ioFailed,
        ],
        examples: [
            Contract.Example("holdfast backup export latest:web1 --to ./web1", "everything, as a folder"),
            Contract.Example(
                "holdfast backup export latest:web1 --path /etc/nginx --tar nginx.tar",
                "one folder, as an archive"),
        ], audit: .wanted)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard (input.to == nil) != (input.tar == nil) else {
            throw OperationError(
                .argumentInvalid, "Say where to: --to FOLDER or --tar FILE", hint: "Give one of them.")
        }
        guard input.tar != "-" else {
            throw OperationError(
                .argumentInvalid, "An archive is written to a file, not to standard output",
                hint: "Name a file that does not exist yet: --tar backup.tar")
        }
        guard !input.path.contains(""), input.to?.isEmpty != true, input.tar?.isEmpty != true else {
            throw OperationError(
                .argumentInvalid, "--path, --to and --tar take no empty text",
                hint: "Leave --path out to write everything.")
        }
        let (vault, manifest) = try await context.manifest(input.backup)
        if manifest.summary.status != .ok {
            context.warnings.add(
                "Backup \(manifest.id) is ‘\(manifest.summary.status.rawValue)’: see holdfast backup show \(manifest.id)"
            )
        }
        let known = Set(manifest.sections.map(\.name))
        if let unknown = input.section.first(where: { !known.contains($0) }) {
            throw OperationError(.argumentInvalid, "The backup has no section ‘\(unknown)’")
        }
        do {
            let (entries, tree, gaps) = try await selected(input, vault, manifest)
            let export = BackupExport(
                vault: vault, manifest: manifest, progress: context.progress, tree: tree)
            guard input.path.isEmpty || !entries.isEmpty || !gaps.isEmpty else {
                throw OperationError(
                    .fileUnknown,
                    "Nothing in backup \(manifest.id) matches \(input.path.joined(separator: ", "))",
                    hint: "See: holdfast backup files \(manifest.id)")
            }
            try ExportRoom.check(entries, tree, at: input.to ?? input.tar ?? "")
            let records =
                input.filesOnly || !input.path.isEmpty ? [] : export.records(in: Set(input.section))
            let written: BackupExport.Result
            if let folder = input.to {
                written = try await export.writeFolder(folder, entries, records)
            } else {
                written = try await export.writeArchive(input.tar ?? "", entries, records)
            }
            return Output(
                backup: manifest.id.text, target: input.to ?? input.tar ?? "", files: written.files,
                bytes: ByteCount(written.bytes), skipped: written.skipped,
                lostFiles: written.lostFiles + gaps.reduce(0) { $0 + $1.entries },
                lost: gaps.map { Self.text($0) } + written.lost)
        } catch let error as SystemError {
            throw Self.failure(error, at: input.to ?? input.tar ?? "")
        } catch { throw OperationError(any: error) }
    }

    /// What it means that `target` could not be written.
    private static func failure(_ error: SystemError, at target: String) -> OperationError {
        switch error.code {
        case 17:
            OperationError(
                .targetExists, "\(target) is there already, and nothing was written over it",
                hint: "Name a new file, or move that one away.")
        case 28:
            OperationError(
                .diskFull, "The export stopped: \(error)", hint: "Free some space, or name a place with more."
            )
        default:
            OperationError(
                .ioFailed, "The export stopped: \(error)",
                hint: "Name a place that exists and that this account may write to.")
        }
    }

    /// Names a stretch of the list of files that is lost.
    private static func text(_ gap: (first: [UInt8], entries: Int)) -> String {
        gap.first.isEmpty
            ? "the list of all \(gap.entries) files"
            : "\(gap.entries) files beginning with \(DeviceText.path(gap.first)): their part of the list"
    }

    /// The entries that are wanted, what watches over them, and the stretches of the list that cannot be read.
    private func selected(
        _ input: Input, _ vault: Vault, _ manifest: Manifest
    ) async throws -> (entries: [FileEntry], tree: TreeGuard, lost: [(first: [UInt8], entries: Int)]) {
        let filters = input.path.map { PathFilter($0) }
        let names = manifest.sections.map(\.name)
        let readable = try await vault.readableEntries(of: manifest)
        let entries = readable.entries.filter { entry in
            let isWanted = filters.isEmpty || filters.contains { $0.matches(entry.path) }
            let section = names.indices.contains(entry.section) ? names[entry.section] : ""
            return isWanted && (input.section.isEmpty || input.section.contains(section))
        }
        return (entries, TreeGuard(readable.entries), readable.lost)
    }
}
