import Basics
import Storage
import Vault

/// Creates the vault and its key, once.
package struct Initialise: ServiceOperation {
    package struct Input: OperationInput {
        @Field(
            "Start a new database in the place of one that was lost; what is left of it is kept beside it.")
        var newDatabase = false
        @Field("Start a new, empty vault in the place of one that was lost.") var newVault = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        /// False when everything was there already and nothing was changed.
        package let isNew: Bool
        /// True when the vault was there and the database was not.
        package let isNewDatabase: Bool
        package let vault: String
        package let vaultId: String
        package let keyFile: String
        /// The key as text, in groups; nil unless it was just made, or a run that made it ended before it showed it.
        ///
        /// Shown once.
        package let recoveryKit: [String]?

        package static let membersInClear: Set = ["recoveryKit"]

        package var display: [DisplayBlock] {
            guard let recoveryKit else {
                return [
                    .lines([
                        Cell(
                            isNewDatabase
                                ? "The vault at \(vault) is as it was; its database was made anew."
                                : "There is a vault at \(vault) already. Nothing was changed."),
                        Cell("To see its recovery kit: holdfast key show", .dim),
                    ])
                ]
            }
            return [
                .lines([Cell("Your vault is at \(vault), its key at \(keyFile).", .good)]),
                .heading("Recovery kit: print it or write it down, and keep it away from this machine"),
                .lines(
                    [Cell("vault \(vaultId)")] + recoveryKit.map { Cell("    " + $0, isOwn: true) }
                        + [
                            Cell("Without this key nobody can read your backups, not even you."),
                            Cell("While the key file is there, it can be shown again: holdfast key show"),
                            Cell("To use it on a new machine: put the lines into a file and run"),
                            Cell("    holdfast key restore --from FILE"),
                        ]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "vault", verb: .custom("init"),
        summary: "Create your vault and its key; prints the recovery kit once",
        discussion: """
            Creates the folders (mode 0700), the key (mode 0600), an empty vault and the database. When a vault is there \
            already, says so and changes nothing; of several that run at once, one creates and the others say so. What a \
            run left that was ended in its midst is finished by the next. A database that was lost is only made anew with \
            --new-database: devices must then be added again, and the audit chain begins anew. A vault that was lost, or \
            lies on a disk that is not mounted, is only made anew with --new-vault.
            """,
        effect: .writes,
        errors: [.keyMissing, .storeMissing, .vaultMissing, .storeBusy, .diskFull, .readOnly, .ioFailed],
        examples: [Contract.Example("holdfast init", "the first command on a new machine")],
        command: ["init"], audit: .founding)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let turn = try await FoundingTurn.take(context.services.paths)
        defer { withExtendedLifetime(turn) {} }
        let paths = context.services.paths
        return try Self.hasVault(paths)
            ? try await found(input, context) : try await made(input, context)
    }

    /// What there is to say of a vault that is there; its database is made where there was none yet.
    private func found(_ input: Input, _ context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        guard try Self.exists(paths.key) else {
            throw OperationError(
                .keyMissing, "There is a vault at \(paths.vault), but no key at \(paths.key)",
                hint: "Put the recovery kit into a file and run: holdfast key restore --from FILE")
        }
        let vault = try await context.services.vault()
        // Where nothing was ever recorded, the run that made the vault did not come to its end and has shown no kit.
        let hasRecords = try Self.exists(paths.checkpoint)
        let isNewDatabase = try await makeDatabase(input, context)
        let isFinished = isNewDatabase && !hasRecords
        let key: VaultKey?
        do { key = isFinished ? try VaultKey.read(paths.key) : nil } catch { throw OperationError(error) }
        return Output(
            isNew: isFinished, isNewDatabase: isNewDatabase, vault: paths.vault,
            vaultId: vault.id ?? "not known",
            keyFile: paths.key, recoveryKit: key.map { RecoveryKit.lines(of: $0) })
    }

    /// Makes the vault, its key where there is none, and the database.
    ///
    /// The database comes last: one without a vault means that the vault was lost.
    private func made(_ input: Input, _ context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        let hasKey = try Self.exists(paths.key)
        try Self.checkLoss(input, paths, hasKey: hasKey)
        do {
            try FoundingTurn.clearLeftovers(of: paths.key)
            // A key without a vault is what a crash between the two leaves: it has sealed nothing yet and is used.
            let key = hasKey ? try VaultKey.read(paths.key) : .random()
            if !hasKey { try key.write(paths.key) }
            try Folder.createAll(paths.data)
            let vault = try await Vault.create(at: paths.vault, key: key, clock: context.clock)
            try await context.services.createStore(startingAnew: input.newDatabase)
            return Output(
                isNew: true, isNewDatabase: false, vault: paths.vault, vaultId: vault.id ?? "not known",
                keyFile: paths.key,
                recoveryKit: RecoveryKit.lines(of: key))
        } catch let error as SystemError {
            let known = OperationError(StoreError(error))
            throw OperationError(known.code, "The vault cannot be created: \(error)", hint: known.hint)
        } catch { throw OperationError(any: error) }
    }

    /// Makes nothing in the place of what was lost unless that was asked for.
    private static func checkLoss(
        _ input: Input, _ paths: StatePaths, hasKey: Bool
    ) throws(OperationError) {
        let hasDatabase = try hasContent(paths.database)
        if hasDatabase, !hasKey, !input.newDatabase {
            throw OperationError(
                .keyMissing,
                "There is a database at \(paths.database), but neither its vault at \(paths.vault) nor its key at \(paths.key)",
                hint:
                    "Put the vault back and restore its key from the recovery kit. Where both are lost, start anew on "
                    + "purpose: holdfast init --new-vault --new-database")
        }
        if hasDatabase, !input.newVault { throw .vaultMissing(paths) }
        if !hasDatabase, !input.newDatabase, try exists(paths.checkpoint) {
            let lost = StoreError(
                .missing,
                "the database \(paths.database) is missing; \(paths.checkpoint) proves that audit records were in it"
            )
            throw OperationError(lost)
        }
    }

    static func exists(_ path: String) throws(OperationError) -> Bool {
        do { return try Folder.item(path) != nil } catch { throw OperationError(.ioFailed, "\(error)") }
    }

    /// Whether there is a vault, be it one that lost its `config`.
    static func hasVault(_ paths: StatePaths) throws(OperationError) -> Bool {
        do { return try Vault.isPresent(at: paths.vault) } catch { throw OperationError(error) }
    }

    private static func hasContent(_ path: String) throws(OperationError) -> Bool {
        do { return try (Folder.item(path)?.size ?? 0) > 0 } catch {
            throw OperationError(.ioFailed, "\(error)")
        }
    }

    /// - Returns: whether it was made now.
    private func makeDatabase(_ input: Input, _ context: OperationContext) async throws(OperationError)
        -> Bool
    {
        do throws(OperationError) {
            _ = try await context.services.registry().devicesOrError()
            return false
        } catch {
            guard error.code == .storeMissing || error.code == .storeCorrupt && input.newDatabase else {
                throw error
            }
            try await context.services.createStore(startingAnew: input.newDatabase)
            return true
        }
    }
}
