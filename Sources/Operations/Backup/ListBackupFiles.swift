package import Basics
import Vault

/// Lists the files of a backup.
package struct ListBackupFiles: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand) var backup:
            String
        @Field(
            "Only paths that match this glob, or lie below a matching folder; a backslash makes *, ?, [ and \\ plain, \\xNN is a byte.",
            .operand, placeholder: "GLOB")
        var glob: String?
        @Field("Only files of this section.", placeholder: "SECTION") var section: String?
        @Field("How many at most; 0 for all.", placeholder: "N") var limit = 1000
        package init() {}
    }

    /// One file, folder or link.
    package struct File: Codable, Sendable {
        /// In readable and reversible form: `\xNN` stands for a byte (`DeviceText.path`).
        package let path: String
        /// `file`, `folder`, `symbolicLink`, `hardLink`, `characterDevice`, `blockDevice`, `pipe`.
        package let kind: String
        /// Octal, with set-id and sticky bits, for example `0644`.
        package let mode: String
        /// Owner and group by name, or number where there is no name.
        package let owner: String
        package let size: ByteCount
        package let modified: Timestamp
        package let section: String
        /// Where a link points.
        package let target: String?
    }

    package struct Output: Codable, Sendable, Displayable {
        /// The backup's id.
        package let backup: String
        package let files: [File]
        package let more: Int

        package var display: [DisplayBlock] {
            let rows = files.map { file in
                [
                    Cell(file.mode, .dim), Cell(file.owner, .dim),
                    Cell(file.kind == "file" ? file.size.description : "–"),
                    Cell(file.modified.description, .dim),
                    Cell(
                        file.path + (file.kind == "folder" ? "/" : "")
                            + (file.target.map { " -> \($0)" } ?? "")),
                ]
            }
            var blocks = [
                DisplayBlock.table(
                    columns: [
                        Column("MODE", isMinor: true), Column("OWNER", isMinor: true),
                        Column("SIZE", isNumeric: true), Column("MODIFIED", isMinor: true), "PATH",
                    ],
                    rows: rows,
                    empty: "It holds no files.")
            ]
            if more > 0 {
                blocks.append(.lines([Cell("\(more) more: pass --limit 0 or a narrower glob.", .dim)]))
            }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("files"), summary: "List the files of a backup, all or by glob",
        effect: .reads,
        errors: [.backupUnknown, .backupAmbiguous, .fileUnknown, .vaultCorrupt],
        examples: [
            Contract.Example("holdfast backup files latest:web1 '/etc/nginx/*'", "what of nginx is in it")
        ],
        reach: .scoped,
        guidance: Guidance(
            "list_backup_files", title: "List files of a backup", in: .backups,
            purpose: "Lists the files that a backup holds, all of them or those that match a glob.",
            behaviour: "Reads the vault only; no machine is contacted.",
            use:
                "Use it to find a path; for a file's text use read_backup_file; for what differs between backups use diff_backups.",
            returns: "Returns a page of files; narrow it with ‘glob’ or ‘section’.",
            essentials: ["path", "kind", "size", "modified"],
            next: [
                .init(
                    "read_backup_file", ["backup": "$backup", "path": "files.0.path"],
                    where: ("files.0.kind", "file"))
            ]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        guard input.glob?.isEmpty != true else {
            throw OperationError(
                .argumentInvalid, "The glob is empty", hint: "Leave it out to list all files.")
        }
        let (vault, manifest) = try await context.manifest(input.backup)
        let entries: [FileEntry]
        do { entries = try await vault.entries(of: manifest) } catch { throw OperationError(error) }
        let names = manifest.sections.map(\.name)
        let glob = input.glob.map { PathFilter($0) }
        let matching = entries.filter { entry in
            (glob?.matches(entry.path) ?? true)
                && (input.section.map { name(of: entry, names) == $0 } ?? true)
        }
        if let section = input.section, !names.contains(section) {
            throw OperationError(
                .argumentInvalid, "The backup has no section ‘\(section)’",
                hint: "It has: \(names.sorted().joined(separator: ", ")).")
        }
        if let glob = input.glob, matching.isEmpty {
            throw OperationError(
                .fileUnknown, "Nothing in backup \(manifest.id) matches \(glob)",
                hint:
                    "A glob is compared with whole absolute paths. All of them: holdfast backup files \(manifest.id)"
            )
        }
        let shown = matching.prefix(limit)
        return Output(
            backup: manifest.id.text, files: shown.map { file($0, names) }, more: matching.count - shown.count
        )
    }

    private func name(of entry: FileEntry, _ names: [String]) -> String {
        names.indices.contains(entry.section) ? names[entry.section] : ""
    }

    private func file(_ entry: FileEntry, _ names: [String]) -> File {
        let owner = entry.user.isEmpty ? String(entry.userID) : entry.user
        let group = entry.group.isEmpty ? String(entry.groupID) : entry.group
        return File(
            path: DeviceText.path(entry.path), kind: "\(entry.kind)", mode: entry.octalMode,
            owner: "\(owner):\(group)",
            size: ByteCount(entry.size), modified: Timestamp(nanoseconds: entry.modified),
            section: name(of: entry, names),
            target: entry.linkTarget.isEmpty ? nil : DeviceText.path(entry.linkTarget))
    }
}

extension FileEntry {
    /// Four octal digits.
    var octalMode: String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
