package import Basics
import Vault

/// Shows one backup: its sections with status and reason, and what it does not cover.
package struct GetBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand) var backup:
            String
        package init() {}
    }

    /// One section of a backup.
    package struct Section: Codable, Sendable {
        package let name: String
        /// `ok`, `partial`, `absent`, `denied` or `failed`.
        package let status: String
        package let reason: String
        /// What would make it whole next time.
        package let hint: String
        package let files: Int
        package let bytes: ByteCount
        /// Things understood.
        ///
        /// packages, users, containers …
        package let items: Int
        /// Probes whose output is kept.
        package let captures: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backup: BackupView
        package let machineId: String
        package let address: String
        package let fingerprint: String
        /// The program that wrote it.
        package let tool: String
        /// The backup whose unchanged files it took over.
        package let parent: String?
        package let sections: [Section]
        /// What belongs to the device and is not in the backup.
        package let notCovered: [String]

        package var display: [DisplayBlock] {
            let rows = sections.map { section in
                [
                    Cell(section.name), Cell(section.status, BackupReport.tone(section.status)),
                    Cell(section.items == 0 ? "" : String(section.items)),
                    Cell(section.files == 0 ? "" : String(section.files)),
                    Cell(section.bytes.bytes == 0 ? "" : section.bytes.description),
                    Cell(section.reason, .dim),
                ]
            }
            let hints = Set(sections.flatMap { $0.hint.split(separator: "\n").map(String.init) }).sorted()
            // Files that only root may read are read by a shell.
            let (wide, narrow) = (
                hints.filter { $0.contains(" /bin/sh #") }, hints.filter { !$0.contains(" /bin/sh #") }
            )
            var blocks: [DisplayBlock] = [
                .record(record),
                .table(
                    columns: [
                        Column("SECTION", isWhole: true), "STATUS",
                        Column("ITEMS", isNumeric: true, isMinor: true),
                        Column("FILES", isNumeric: true, isMinor: true),
                        Column("SIZE", isNumeric: true, isMinor: true), "REASON",
                    ], rows: rows, empty: "It has no sections."),
            ]
            if !narrow.isEmpty {
                blocks += [
                    .heading("To read more next time, allow with visudo"),
                    .lines(Self.rightsNote(narrow) + narrow.map { Cell($0) }),
                ]
            }
            if !wide.isEmpty {
                blocks += [
                    .heading("Files that only root may read"),
                    .lines(
                        [
                            Cell(
                                "To read them as well, allow a shell, which is all of root and makes other rules needless:"
                            )
                        ]
                            + wide.map { Cell($0) }),
                ]
            }
            if !backup.proven.failures.isEmpty {
                blocks += [
                    .heading("What failed in its last drill"),
                    .lines(backup.proven.failures.map { Cell("- " + $0, .bad) }),
                ]
            }
            if !notCovered.isEmpty {
                blocks += [
                    .heading("Not covered"), .lines(notCovered.map { Cell("- " + Excerpt.readable($0)) }),
                ]
            }
            return blocks
        }

        /// What those should know who allow one of the rules that reach far.
        private static func rightsNote(_ rules: [String]) -> [Cell] {
            guard rules.contains(where: { $0.contains(" # ") }) else { return [] }
            return [
                Cell(
                    "Rules with a comment allow more than the section needs, as the comment says: leave them out where "
                        + "the account must not have it.", .warning)
            ]
        }

        private var record: [(label: String, value: Cell)] {
            var pairs: [(label: String, value: Cell)] = [
                ("backup", Cell(backup.id)), ("device", Cell(backup.device)),
                ("status", Cell(backup.status, BackupReport.tone(backup.status))),
                ("scope", Cell(backup.scope ?? "–")),
                ("begun", Cell(backup.started.description)), ("verified", backup.proof),
                ("proven", backup.proven.cell),
                (
                    "holds",
                    Cell("\(backup.files.counted("file")), \(backup.bytes); \(backup.newBytes) were new")
                ),
            ]
            if !backup.name.isEmpty { pairs.append(("name", Cell(backup.name))) }
            if !machineId.isEmpty { pairs.append(("machine id", Cell(machineId))) }
            if !address.isEmpty { pairs.append(("address", Cell(address))) }
            if backup.isPinned { pairs.append(("pinned", Cell(backup.pinNote ?? "yes"))) }
            return pairs
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .get,
        summary: "Show a backup: sections with status and reason, sizes, what is not covered",
        discussion: """
            ‘latest’ and ‘latest:DEVICE’ mean the newest backup of everything, here and wherever a backup is named. That a \
            newer one was passed over, as it holds less or cannot be read, and that its date lies in the future, is said in \
            a warning.
            """,
        effect: .reads,
        errors: [.backupUnknown, .backupAmbiguous, .vaultCorrupt, .notInitialised],
        examples: [Contract.Example("holdfast backup show latest:web1", "the newest whole backup of web1")],
        reach: .scoped,
        guidance: Guidance(
            "get_backup", title: "Show a backup", in: .core,
            purpose: "Shows one backup: the status and reason of each section, and what it does not cover.",
            behaviour: "Reads the vault only; no machine is contacted.",
            use:
                "Use it to judge whether a backup suffices; for its files use list_backup_files; for what changed since use diff_backups.",
            returns:
                "Returns sections, gaps and proofs; ‘latest:DEVICE’ finds the newest whole one of a device.",
            essentials: ["name", "status", "reason"],
            next: [
                .init("list_backup_files", ["backup": "backup.id"]),
                .init("diff_backups", ["from": "backup.id", "live": "=true"]),
            ]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let (vault, manifest) = try await context.manifest(input.backup)
        do {
            var sections: [Section] = []
            for section in manifest.sections {
                let items = try await vault.inventory(of: section)
                sections.append(
                    Section(
                        name: section.name, status: section.status.rawValue, reason: section.reason,
                        hint: section.hint,
                        files: section.files, bytes: ByteCount(section.bytes), items: items.count,
                        captures: section.captures.map { "\($0.probe) \($0.outcome)" }))
            }
            let marks = try await vault.marks(of: manifest.id)
            let proven = DrillProof(marks.drill, now: context.clock.now())
            return Output(
                backup: BackupView(manifest.summary, marks: marks, proven: proven),
                machineId: manifest.summary.device.machineID, address: manifest.summary.device.address,
                fingerprint: manifest.summary.device.hostKeyFingerprint, tool: manifest.summary.tool,
                parent: manifest.summary.parent?.text, sections: sections, notCovered: manifest.notCovered)
        } catch { throw OperationError(any: error) }
    }
}
