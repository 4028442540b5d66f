import Basics
import RemoteExecution
import Vault

/// Lists backups, newest first.
package struct ListBackups: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Only backups of this device; repeatable.") var device: [DeviceName] = []
        @Field("Only backups begun at this time or later, such as 2026-11-01.", placeholder: "TIME")
        var since: Timestamp?
        @Field("Only backups begun before this time.", placeholder: "TIME") var until: Timestamp?
        @Field("Only backups of this status; repeatable.") var status: [BackupStatus] = []
        @Field("Only backups whose label contains this text.", placeholder: "TEXT") var name: String?
        @Field("How many at most; 0 for all.", placeholder: "N") var limit = 100
        @Field("Days after which the proof by a drill counts as stale.", placeholder: "DAYS")
        var staleAfter = DrillProof.usualDays
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [BackupView]
        /// How many more match than were asked for.
        package let more: Int
        /// Manifests and marks that cannot be read, and what to do about them.
        package let damaged: [String]

        package var isComplete: Bool { damaged.isEmpty }

        package var display: [DisplayBlock] {
            let rows = backups.map { backup in
                [
                    Cell(backup.id), Cell(backup.device),
                    Cell(backup.status, BackupReport.tone(backup.status)),
                    Cell(backup.scope ?? "–", backup.scope?.hasPrefix("all") == true ? .plain : .dim),
                    Cell(String(backup.files)), Cell(backup.bytes.description), backup.proof,
                    backup.proven.cell,
                    Cell(backup.isPinned ? "pinned" : ""), Cell(backup.name),
                ]
            }
            var blocks = [
                DisplayBlock.table(
                    columns: [
                        Column("BACKUP", isWhole: true), "DEVICE", "STATUS",
                        Column("SCOPE", isMinor: true), Column("FILES", isNumeric: true, isMinor: true),
                        Column("SIZE", isNumeric: true, isMinor: true), "VERIFIED",
                        Column("PROVEN", isMinor: true), Column("PIN", isMinor: true), "NAME",
                    ], rows: rows, empty: "There is no such backup. To make one: holdfast backup create local"
                )
            ]
            if more > 0 {
                blocks.append(
                    .lines([
                        Cell(
                            "\(more) older \(more == 1 ? "one matches" : "ones match") as well: pass --limit or --until.",
                            .dim)
                    ]))
            }
            if !damaged.isEmpty { blocks.append(.lines(damaged.map { Cell($0, .bad) })) }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .list, summary: "List backups, newest first", effect: .reads,
        errors: [.notInitialised, .keyMissing, .keyInvalid],
        examples: [
            Contract.Example(
                "holdfast backup list --device web1 --since 2026-11-01", "one device's backups of this month")
        ],
        reach: .scoped,
        guidance: Guidance(
            "list_backups", title: "List backups", in: .core,
            purpose:
                "Lists stored backups, newest first, with status and when each was last verified and proven.",
            behaviour: "Reads the vault only; no machine is contacted.",
            use:
                "Use it to find a backup's id or to see how old the newest one is; for one backup's sections use get_backup; for its files use list_backup_files.",
            returns: "Returns a page of backups; ‘more’ counts older ones that match.",
            essentials: ["id", "device", "status", "started", "verified", "proven"],
            next: [.init("get_backup", ["backup": "backups.0.id"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        guard input.staleAfter >= 0 else {
            throw OperationError(.argumentInvalid, "--stale-after takes a number of days")
        }
        let vault = try await context.services.vault()
        let now = context.clock.now()
        do {
            let list = try await vault.backups()
            let matching = list.backups.filter {
                Self.matches($0, input) && context.caller.scope.contains(named: $0.device.name)
            }
            let known = Set(list.backups.map(\.device.name))
            for name in input.device where !known.contains(name.text) {
                guard try await context.findDevice(name) == nil else { continue }
                context.warnings.add("There is no device called ‘\(name)’, nor a backup of one")
            }
            var views: [BackupView] = []
            // Whose the broken ones are cannot be told.
            var damaged = context.caller.scope == .all ? list.damaged.map(\.description) : []
            let shown = matching.prefix(limit)
            let all = try await vault.marks(of: shown.map(\.id))
            for backup in shown {
                let marks = all[backup.id] ?? Marks()
                damaged += marks.damaged.map(\.description)
                let proven = DrillProof(marks.drill, now: now, staleAfter: input.staleAfter)
                views.append(BackupView(backup, marks: marks, proven: proven))
            }
            return Output(
                backups: views,
                more: max(0, matching.count - limit), damaged: damaged)
        } catch { throw OperationError(any: error) }
    }

    private static func matches(_ backup: BackupSummary, _ input: Input) -> Bool {
        (input.device.isEmpty || input.device.contains { $0.text == backup.device.name })
            && (input.since.map { backup.started >= $0 } ?? true)
            && (input.until.map { backup.started < $0 } ?? true)
            && (input.status.isEmpty || input.status.contains { $0.rawValue == backup.status.rawValue })
            && (input.name.map { backup.name.contains($0) } ?? true)
    }
}

/// The statuses a list can be filtered by.
package enum BackupStatus: String, Codable, Sendable, CaseIterable, FieldValue {
    case ok
    case partial
    case failed
}
