package import Basics
import Vault

/// Checks that the vault's parts fit together.
package struct CheckVault: ServiceOperation {
    package struct Input: OperationInput {
        @Field("Also read, decrypt and compare every stored object.") var readData = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: Int
        package let packs: Int
        package let objects: Int
        package let bytes: ByteCount
        /// Files that interrupted runs left; harmless, removed by prune.
        package let leftovers: [String]
        package let leftoverBytes: ByteCount
        /// Packs that are damaged in places whose contents were stored again; harmless, removed by prune.
        package let superseded: [String]

        package var display: [DisplayBlock] {
            var lines = [
                Cell(
                    "The vault is whole: \(backups.counted("backup")), \(objects.counted("object")) in "
                        + "\(packs.counted("pack")), \(bytes).",
                    .good)
            ]
            if !leftovers.isEmpty {
                lines.append(
                    Cell(
                        "Left by interrupted runs: \(leftovers.count.counted("file")), \(leftoverBytes). ‘holdfast backup prune --garbage-only’ removes them.",
                        .dim))
            }
            if !superseded.isEmpty {
                lines.append(
                    Cell(
                        "\(superseded.count) packs are damaged in places whose contents were stored again; ‘holdfast backup prune --garbage-only’ clears them away.",
                        .dim))
            }
            return [.lines(lines)]
        }
    }

    package static let contract = Contract(
        resource: "vault", verb: .custom("check"),
        summary: "Check that everything the backups name is there and fits",
        discussion: """
            Damage that is found is noted in the vault: from then on a new backup stores what lies there again, and older \
            backups that need it are whole again.
            """,
        effect: .reads, errors: [.vaultCorrupt, .notInitialised, .keyInvalid],
        examples: [Contract.Example("holdfast vault check --read-data", "read every byte as well")],
        guidance: Guidance(
            "check_vault", title: "Check the vault", in: .upkeep,
            purpose: "Checks that everything the backups name is in the vault and fits together.",
            behaviour:
                "Reads the vault; damage is noted so that the next backup mends it. Seconds, or long with ‘read_data’.",
            use:
                "Use it when damage is feared; for evidence on single backups use verify_backups; for sizes use get_vault_stats.",
            returns: "Returns counts; damage is an error that names it."))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        let progress = context.progress
        let report: CheckReport
        do {
            report = try await vault.check(readsData: input.readData) { state in
                progress.report(
                    ProgressUpdate(
                        phase: "checking", done: Int64(state.objects), total: Int64(state.totalObjects),
                        unit: "objects",
                        bytes: ByteCount(state.bytes)))
            }
        } catch { throw OperationError(any: error) }
        guard report.isClean else {
            let named = report.problems.sentence
            throw OperationError(
                .vaultCorrupt, "Found \(report.problems.count.counted("problem")): \(named)",
                hint: Self.remedies(report))
        }
        return Output(
            backups: report.backups, packs: report.packs, objects: report.objects,
            bytes: ByteCount(report.bytes),
            leftovers: report.leftovers, leftoverBytes: ByteCount(report.leftoverBytes),
            superseded: report.superseded.sorted())
    }
}

extension CheckVault {
    /// How many backups a way out names.
    private static let namedBackups = 10

    /// What mends each kind of problem, the first few once each, and where backups are hit which, and the way out.
    static func remedies(_ report: CheckReport) -> String {
        let general =
            "‘holdfast backup verify’ tells which backups and files are affected; a new backup stores what the devices still have."
        let isHit = !report.incomplete.isEmpty || !report.incompleteTrash.isEmpty
        var seen: Set<String> = []
        let particular = report.problems.map { $0.remedy.isEmpty && !isHit ? general : $0.remedy }
            .filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(4)
        return (particular + (isHit ? [wayOut(report)] : [])).map { $0.hasSuffix(".") ? $0 : "\($0)." }
            .joined(separator: " ")
    }

    /// Which backups are hit and which are not, and how to come to a vault that is whole.
    private static func wayOut(_ report: CheckReport) -> String {
        let hit = report.incomplete
        let prune = "holdfast backup prune --garbage-only --now"
        guard !hit.isEmpty else {
            return "Only backups in the trash cannot be restored whole; to let them go for good: \(prune)"
        }
        let others = report.backups - hit.count
        let rest =
            others == 0
            ? "There is no other" : "\(others == 1 ? "The other one is" : "The \(others) others are") whole"
        let named = hit.prefix(namedBackups).map(\.text).joined(separator: ", ")
        let more = hit.count > namedBackups ? " and \(hit.count - namedBackups) more" : ""
        return """
            Not to be restored whole: \(named)\(more). \(rest). Back up the devices concerned first: what they still have \
            is stored anew, also for older backups. What this check still names then is lost; to let it go: holdfast backup \
            delete ID for each, then: \(prune)
            """
    }
}

/// Tells how large the vault is.
package struct GetVaultStats: ServiceOperation {
    package struct Output: Codable, Sendable, Displayable {
        package let vault: String
        /// Nil where the vault's ‘config’ is damaged so that nobody knows; so is `created`.
        package let id: String?
        package let created: Timestamp?
        package let backups: Int
        package let devices: Int
        package let trashed: Int
        package let packs: Int
        package let objects: Int
        /// All files of the vault together.
        package let stored: ByteCount
        /// All objects before compression, each counted once.
        package let unique: ByteCount
        /// The files of all backups together.
        package let backedUp: ByteCount

        package var display: [DisplayBlock] {
            // Of a vault without content there is nothing to compare.
            let ratio =
                stored.bytes > 0 && backedUp.bytes > 0
                ? " (1 : \(Double(backedUp.bytes * 10 / stored.bytes) / 10))" : ""
            return [
                .record([
                    ("vault", Cell(vault)), ("id", Cell(id ?? "not known")),
                    ("created", Cell(created?.description ?? "not known")),
                    ("backups", Cell("\(backups) of \(devices.counted("device")), \(trashed) in the trash")),
                    ("objects", Cell("\(objects) in \(packs.counted("pack"))")),
                    ("backed up", Cell(backedUp.description)),
                    ("unique", Cell(unique.description)), ("on the disk", Cell("\(stored)\(ratio)")),
                ])
            ]
        }
    }

    package static let contract = Contract(
        resource: "vault", verb: .custom("stats"),
        summary: "Tell how much the vault holds and how small it is",
        effect: .reads, errors: [.notInitialised, .keyInvalid],
        examples: [
            Contract.Example("holdfast vault stats", "sizes before and after deduplication and compression")
        ],
        guidance: Guidance(
            "get_vault_stats", title: "Show the vault's size", in: .upkeep,
            purpose: "Tells how many backups the vault holds and how much room they take.",
            behaviour: "Reads the vault only.",
            use: "Use it for questions on space and growth; for problems use check_vault.",
            returns: "Returns counts of backups and packs, and sizes in bytes before and after compression."))

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        do {
            let stats = try await vault.stats()
            return Output(
                vault: context.services.paths.vault, id: vault.id, created: vault.created,
                backups: stats.backups,
                devices: stats.devices, trashed: stats.trashed, packs: stats.packs, objects: stats.objects,
                stored: ByteCount(stats.storedBytes), unique: ByteCount(stats.plainBytes),
                backedUp: ByteCount(stats.backedUpBytes))
        } catch { throw OperationError(error) }
    }
}
