import Basics
import Vault

/// Creates the vault and its key, once.
package struct Initialise: ServiceOperation {
    package struct Output: Encodable, Sendable, Displayable {
        /// False when everything was there already and nothing was changed.
        package let isNew: Bool
        package let vault: String
        package let vaultId: String
        package let keyFile: String
        /// The key as text, in groups; nil unless it was just made.
        ///
        /// Shown once.
        package let recoveryKit: [String]?

        package var display: [DisplayBlock] {
            guard let recoveryKit else {
                return [.lines([Cell("There is a vault at \(vault) already. Nothing was changed.")])]
            }
            return [
                .lines([Cell("Your vault is at \(vault), its key at \(keyFile).", .good)]),
                .heading("Recovery kit: print it or write it down, and keep it away from this machine"),
                .lines(
                    [Cell("vault \(vaultId)")] + recoveryKit.map { Cell("    " + $0) }
                        + [
                            Cell(
                                "Without this key nobody can read your backups, not even you. It is not shown again."
                            ),
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
            already, says so and changes nothing.
            """,
        effect: .writes, errors: [.keyMissing, .diskFull, .ioFailed],
        examples: [Contract.Example("holdfast init", "the first command on a new machine")], command: ["init"]
    )

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let paths = context.services.paths
        let hasVault = try Self.exists(paths.vault + "/config")
        let hasKey = try Self.exists(paths.key)
        if hasVault {
            guard hasKey else {
                throw OperationError(
                    .keyMissing, "There is a vault at \(paths.vault), but no key at \(paths.key)",
                    hint: "Put the recovery kit into a file and run: holdfast key restore --from FILE")
            }
            let vault = try await context.services.vault()
            _ = try await context.services.registry().devicesOrError()
            return Output(
                isNew: false, vault: paths.vault, vaultId: vault.id, keyFile: paths.key, recoveryKit: nil)
        }
        do {
            // A key without a vault is what a crash between the two leaves: it has sealed nothing yet and is used.
            let key = hasKey ? try VaultKey.read(paths.key) : .random()
            try Folder.createAll(paths.configuration)
            if !hasKey { try key.write(paths.key) }
            try Folder.createAll(paths.data)
            let vault = try await Vault.create(at: paths.vault, key: key, clock: context.clock)
            _ = try await context.services.registry().devicesOrError()
            return Output(
                isNew: true, vault: paths.vault, vaultId: vault.id, keyFile: paths.key,
                recoveryKit: Self.lines(of: key.recoveryText.exposed))
        } catch let error as SystemError {
            throw OperationError(.ioFailed, "The vault cannot be created: \(error)")
        } catch { throw OperationError(any: error) }
    }

    static func exists(_ path: String) throws(OperationError) -> Bool {
        do { return try Folder.item(path) != nil } catch { throw OperationError(.ioFailed, "\(error)") }
    }

    /// The key's text in lines of a few groups.
    private static func lines(of text: String) -> [String] {
        guard let colon = text.firstIndex(of: ":") else { return [text] }
        let groups = text[text.index(after: colon)...].split(separator: "-")
        let rows = stride(from: 0, to: groups.count, by: 5).map { start in
            groups[start..<min(start + 5, groups.count)].joined(separator: "-")
        }
        return [String(text[...colon])] + rows
    }
}
