package import Basics
import Vault

/// Lets old backups go by rules, and removes what no backup needs any more.
package struct PruneBackups: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Keep the newest N of each device.", placeholder: "N") var keepLast = 0
        @Field("Keep the newest of each of the last N hours that have one.", placeholder: "N")
        var keepHourly = 0
        @Field("Keep the newest of each of the last N days that have one.", placeholder: "N") var keepDaily =
            0
        @Field("Keep the newest of each of the last N weeks that have one.", placeholder: "N")
        var keepWeekly = 0
        @Field("Keep the newest of each of the last N months that have one.", placeholder: "N")
        var keepMonthly = 0
        @Field("Keep the newest of each of the last N years that have one.", placeholder: "N")
        var keepYearly = 0
        @Field(
            "Release the safety copies of restores that were decided more than N days ago; 0 keeps all of them.",
            placeholder: "N") var safetyCopies = 30
        @Field("Remove no backup, only what deleted ones left behind.") var garbageOnly = false
        @Field("Remove deleted backups, and those that go by the rules, at once instead of after a day.")
        var now = false
        @Field("Only say what would happen.") var dryRun = false
        package init() {}
    }

    /// What happens to one backup, and why.
    package struct Decision: Codable, Sendable {
        package let backup: String
        package let device: String
        package let started: Timestamp
        package let keeps: Bool
        package let reasons: [String]
    }

    package struct Output: Codable, Sendable, Displayable {
        package let decisions: [Decision]
        /// Safety copies whose pins no longer count, with the run and when it was decided.
        package let released: [SafetyCopies.Released]
        /// Backups that are gone for good now: deleted ones whose day is over, and with `now` those let go as well.
        package let expired: [String]
        package let packsRemoved: Int
        package let packsRewritten: Int
        /// By how much the vault became smaller; a negative number when what was written anew takes more.
        package let freed: ByteCount
        package let problems: [String]
        package let isDryRun: Bool

        package var isComplete: Bool { problems.isEmpty }

        private var summary: String {
            let gone = Set(expired)
            let trashed = decisions.count { !$0.keeps && !gone.contains($0.backup) }
            let verb = isDryRun ? "would go" : "went"
            let space =
                freed.bytes >= 0
                ? "\(freed) \(isDryRun ? "would be freed" : "freed")"
                : "\(ByteCount(-freed.bytes)) more \(isDryRun ? "would be taken" : "taken"), by what was written anew"
            return
                "\(trashed.counted("backup")) \(verb) to the trash, \(expired.count) \(verb) for good; \(space)."
        }

        package var display: [DisplayBlock] {
            let rows = decisions.map { decision in
                [
                    decision.keeps ? Cell("keep", .good) : Cell("let go", .warning), Cell(decision.backup),
                    Cell(decision.device), Cell(decision.reasons.joined(separator: ", "), .dim),
                ]
            }
            var blocks: [DisplayBlock] =
                decisions.isEmpty
                ? []
                : [
                    .table(
                        columns: ["", Column("BACKUP", isWhole: true), "DEVICE", "WHY"], rows: rows, empty: ""
                    )
                ]
            blocks.append(.lines([Cell(summary)]))
            if !released.isEmpty {
                blocks += [
                    .heading(
                        isDryRun ? "Safety copies that would be released" : "Safety copies that were released"
                    ),
                    .lines(
                        released.map { copy in
                            Cell(
                                "\(copy.backup): run \(copy.run) was decided \(copy.decided?.description ?? "before it began")"
                            )
                        }),
                ]
            }
            if isDryRun { blocks.append(.lines([Cell("Nothing was changed.", .dim)])) }
            if !problems.isEmpty { blocks.append(.lines(problems.map { Cell($0, .bad) })) }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("prune"),
        summary: "Let old backups go by rules, and free their space",
        discussion: """
            A backup stays when any rule keeps it. Whatever the rules say, pinned backups stay, and of each device the \
            newest, the newest whole one, the newest verified one and the newest one that a drill proved. Partial backups are \
            counted apart from whole ones. Backups that cannot be read stay and are \
            named. What goes lies in the trash for a day before its space is freed. A full disk can be pruned: a reserve of \
            \(ByteCount(DiskReserve.size)) is given up for it, which is kept as soon as \(ByteCount(DiskReserve.leastFree)) \
            are free. A disk that never had so much free has none, and is pruned once something else makes room.

            The safety copy of a restore is pinned. The pin counts until the run was kept, undone or refused, and 30 days \
            longer; the copy of a run without an end is never released.

            Backups of assistants' configuration (‘host:PROGRAM’) are none of a device's, and stay whatever the rules say: \
            ‘host-config clean’ knows which of them holds the only copy of a file.
            """,
        effect: .destroys, errors: [.argumentInvalid, .vaultLocked, .vaultCorrupt, .diskFull],
        examples: [
            Contract.Example(
                "holdfast backup prune --keep-daily 7 --keep-monthly 12 --dry-run", "what would go?"),
            Contract.Example("holdfast backup prune --garbage-only", "only free space"),
        ], audit: .freeing)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let counts = [
            input.keepLast, input.keepHourly, input.keepDaily, input.keepWeekly, input.keepMonthly,
            input.keepYearly,
        ]
        guard counts.allSatisfy({ $0 >= 0 }) else {
            throw OperationError(
                .argumentInvalid, "A --keep option takes 0 or a positive number",
                hint: "0 means no such rule.")
        }
        guard input.garbageOnly == counts.allSatisfy({ $0 == 0 }) else {
            throw OperationError(
                .argumentInvalid, "Say what to keep, or that only garbage goes",
                hint: "For example: --keep-daily 7 --keep-monthly 12, or --garbage-only.")
        }
        let policy = RetentionPolicy(
            last: input.keepLast, hourly: input.keepHourly, daily: input.keepDaily, weekly: input.keepWeekly,
            monthly: input.keepMonthly, yearly: input.keepYearly)
        guard (0...36_500).contains(input.safetyCopies) else {
            throw OperationError(.argumentInvalid, "--safety-copies takes 0 to 36500 days")
        }
        let vault = try await context.services.vault()
        let copies = SafetyCopies(context: context, vault: vault)
        let released =
            input.garbageOnly || input.safetyCopies == 0
            ? [] : try await copies.released(after: input.safetyCopies)
        let report: PruneReport
        do {
            report = try await vault.prune(
                input.garbageOnly ? nil : policy, released: Set(released.compactMap { BackupID($0.backup) }),
                sparing: Self.spared, grace: input.now ? .zero : Vault.defaultGrace,
                isDryRun: input.dryRun)
        } catch { throw OperationError(error) }
        return Self.output(report, released)
    }

    /// Why backups stay that these rules know nothing of.
    private static func spared(_ device: String) -> String? {
        HostSeries.isName(device) ? "only ‘host-config clean’ lets it go" : nil
    }

    private static func output(_ report: PruneReport, _ released: [SafetyCopies.Released]) -> Output {
        Output(
            decisions: report.decisions.map {
                Decision(
                    backup: $0.backup.text, device: $0.device, started: $0.started, keeps: $0.keeps,
                    reasons: $0.reasons)
            }, released: released, expired: report.expired.map(\.text), packsRemoved: report.deadPacks,
            packsRewritten: report.repackedPacks, freed: ByteCount(report.freedBytes),
            problems: report.problems.map(\.message), isDryRun: report.isDryRun)
    }
}
