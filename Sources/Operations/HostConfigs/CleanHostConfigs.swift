package import Basics
import HostConfig
import ConfigText
import RemoteExecution
import Vault

/// Lets old backups of hosts' configuration go.
package struct CleanHostConfigs: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistants' programs.", .operand) var host: [HostID] = []
        @Field("All that have backups.") var all = false
        @Field("Only backups that are older.", placeholder: "DAYS") var olderThanDays: Int?
        @Field("Only backups beyond the newest N of each program.", placeholder: "N") var keepCount: Int?
        @Field("Only say what would go.") var dryRun = false
        @Field("Those of this device instead of this machine's.") var device: DeviceName?
        package init() {}
    }

    /// What happens to one backup.
    package struct Decision: Codable, Sendable {
        package let backup: String
        package let host: String
        package let made: Timestamp
        package let keeps: Bool
        package let reason: String

        fileprivate init(_ backup: BackupSummary, keeps: Bool, reason: String) {
            (self.backup, made) = (backup.id.text, backup.started)
            host = HostSeries.host(of: backup) ?? ""
            (self.keeps, self.reason) = (keeps, reason)
        }

        /// The same one, kept after all.
        fileprivate init(_ other: Decision, keptFor reason: String) {
            (backup, host, made) = (other.backup, other.host, other.made)
            (keeps, self.reason) = (true, reason)
        }
    }

    package struct Output: Codable, Sendable, Displayable {
        package let decisions: [Decision]
        /// How many went, or would go.
        package let gone: Int
        package let isDryRun: Bool
        /// Backups that cannot be read, and what to do about them.
        package let damaged: [String]

        package var isComplete: Bool { damaged.isEmpty }

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["", Column("BACKUP", isWhole: true), "HOST", "WHY"],
                    rows: decisions.map { decision in
                        [
                            decision.keeps ? Cell("keep", .good) : Cell("let go", .warning),
                            Cell(decision.backup), Cell(decision.host), Cell(decision.reason, .dim),
                        ]
                    }, empty: "There is no such backup."),
                .lines([
                    Cell(
                        isDryRun
                            ? "\(gone.counted("backup")) would go to the trash. Nothing was changed."
                            : gone == 0
                                ? "Nothing was let go."
                                : "\(gone.counted("backup")) went to the trash, for a day; ‘holdfast backup undelete’ brings one back."
                    )
                ]),
            ] + (damaged.isEmpty ? [] : [.lines(damaged.map { Cell($0, .bad) })])
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .custom("clean"),
        summary: "Let old backups of assistants' configuration go",
        discussion: """
            A backup goes when it is older than --older-than-days and beyond the newest --keep-count of its program: where both \
            are given, both must hold. Pinned backups stay, and of each program the newest, the newest sound one, the newest \
            sound one of each file, the newest verified one and the newest proven one. What goes lies in the trash for a day, \
            until ‘holdfast backup prune’.

            No rule of ‘backup prune’ lets them go, and only ‘backup delete’ does as well, of one that is named; programs that call in over MCP or HTTP are told what would go, and the command.
            """,
        effect: .destroys,
        errors: [
            .approvalMissing, .argumentInvalid, .vaultLocked, .vaultCorrupt, .notInitialised, .keyInvalid,
        ],
        examples: [
            Contract.Example(
                "holdfast host-config clean --all --older-than-days 90 --keep-count 20 --dry-run",
                "what would go?")
        ], audit: .freeing, reach: .everything,
        guidance: Guidance(
            "clean_host_configs", title: "Find old configuration backups", in: .hostConfigs,
            purpose: "Tells which old backups of assistants' configuration can go, with ‘dry_run’.",
            behaviour:
                "Without ‘dry_run’ it is refused where something would go: the error says what a person runs.",
            use:
                "Use it when list_host_configs shows many old backups; pinned ones and the newest sound, verified and proven ones always stay.",
            returns: "Returns a decision for each backup, and how many would go.",
            essentials: ["backup", "host", "keeps", "reason"], next: [.init("list_host_configs")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard input.all != !input.host.isEmpty else {
            throw OperationError(
                .argumentInvalid,
                input.all ? "--all and names of hosts exclude each other" : "No host was named",
                hint: "Name one or more, or give --all.")
        }
        guard input.olderThanDays != nil || input.keepCount != nil else {
            throw OperationError(
                .argumentInvalid, "Nothing says which backups are old",
                hint: "Give --older-than-days, --keep-count or both.")
        }
        guard (0...36_500).contains(input.olderThanDays ?? 0) else {
            throw OperationError(.argumentInvalid, "--older-than-days takes 0 to 36500")
        }
        guard (1...1_000_000).contains(input.keepCount ?? 1) else {
            throw OperationError(.argumentInvalid, "--keep-count takes 1 to 1000000")
        }
        let vault = try await context.services.vault()
        do {
            let all = try await HostSeries.all(of: input.host.map(\.host), on: input.device.other, in: vault)
            var decisions: [Decision] = []
            var damaged = try await HostSeries.damage(in: vault)
            for (_, series) in all.sorted(by: { $0.key < $1.key }) {
                let host = series.first.flatMap(HostSeries.host).flatMap(AssistantHost.named)
                if let lack = host?.format.lack {
                    // Without a look at their texts nobody knows which ones are needed.
                    decisions += series.map { Decision($0, keeps: true, reason: lack) }
                    continue
                }
                let (needed, remarks) = try await needed(series, on: input.device.other, in: vault)
                damaged += remarks
                decisions += try await decide(series, needed, input, vault, now: context.clock.now())
            }
            let going = decisions.filter { !$0.keeps }.compactMap { BackupID($0.backup) }
            var refused: [String: String] = [:]
            if !input.dryRun, !going.isEmpty {
                guard context.caller.surface == "cli" else { throw Self.refusal(input, going.count) }
                // Somebody may have pinned one meanwhile.
                for (id, error) in try await vault.delete(going) { refused[id.text] = error.message }
            }
            let final = decisions.map { decision in
                guard let reason = refused[decision.backup] else { return decision }
                return Decision(decision, keptFor: reason)
            }
            return Output(
                decisions: final, gone: final.count { !$0.keeps }, isDryRun: input.dryRun,
                damaged: damaged)
        } catch { throw OperationError(any: error) }
    }

    /// What others than the command line are told.
    private static func refusal(_ input: Input, _ count: Int) -> OperationError {
        let words =
            (input.all ? ["--all"] : input.host.map(\.host.id))
            + (input.olderThanDays.map { ["--older-than-days", "\($0)"] } ?? [])
            + (input.keepCount.map { ["--keep-count", "\($0)"] } ?? [])
            + (input.device.other.map { ["--device", "\($0)"] } ?? [])
        return OperationError(
            .approvalMissing,
            "\(count.counted("backup")) would go, which is for a person to do; nothing was changed",
            hint: "A person runs: holdfast host-config clean \(words.joined(separator: " "))")
    }

    /// Why backups of a series are needed, and which cannot be read: what goes is looked at itself.
    private func needed(
        _ series: [BackupSummary], on device: DeviceName?, in vault: Vault
    ) async throws -> ([BackupID: String], remarks: [String]) {
        guard let host = series.first.flatMap(HostSeries.host).flatMap(AssistantHost.named) else {
            return ([:], [])
        }
        let own = HostSeries(host, on: device)
        let look = try await own.look(trustingMarks: false, in: vault)
        var needed = look.needed
        // What was accepted as gone may be wanted again.
        for place in look.released.sorted() {
            guard let id = await own.lastSound(place, in: vault), needed[id] == nil else { continue }
            needed[id] = "the newest of a file that was accepted as gone"
        }
        return (needed, look.remarks)
    }

    /// Decides about one program's backups, newest first.
    private func decide(
        _ series: [BackupSummary], _ holders: [BackupID: String], _ input: Input, _ vault: Vault,
        now: Timestamp
    ) async throws -> [Decision] {
        var decisions: [Decision] = []
        var (hasSound, hasVerified, hasProven) = (false, false, false)
        let all = try await vault.marks(of: series.map(\.id))
        for (index, backup) in series.enumerated() {
            let marks = all[backup.id] ?? Marks()
            var reasons: [String] = []
            if marks.isPinned { reasons.append("pinned") }
            if index == 0 { reasons.append("the newest") }
            if HostSeries.isSound(backup) {
                if !hasSound { reasons.append("the newest sound one") }
                hasSound = true
            }
            if let reason = holders[backup.id], !reasons.contains("the newest sound one") {
                reasons.append(reason)
            }
            if marks.evidence?.isGood == true {
                if !hasVerified { reasons.append("the newest verified one") }
                hasVerified = true
            }
            if marks.drill?.isProof == true {
                if !hasProven { reasons.append("the newest proven one") }
                hasProven = true
            }
            if let count = input.keepCount, index < count { reasons.append("one of the newest \(count)") }
            if let days = input.olderThanDays, now.seconds - backup.started.seconds <= Int64(days) * 86_400 {
                reasons.append("not older than \(days.counted("day"))")
            }
            decisions.append(
                Decision(
                    backup, keeps: !reasons.isEmpty,
                    reason: reasons.isEmpty ? "nothing keeps it" : reasons.joined(separator: ", ")))
        }
        return decisions
    }
}
