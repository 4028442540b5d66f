import Basics
import Vault

/// Shows the recovery kit again.
package struct ShowKey: ServiceOperation {
    package struct Output: Codable, Sendable, Displayable {
        package let keyFile: String
        package let vaultId: String
        /// The key as text, in groups.
        package let recoveryKit: [String]

        package static let membersInClear: Set = ["recoveryKit"]

        package var display: [DisplayBlock] {
            [
                .heading("Recovery kit: print it or write it down, and keep it away from this machine"),
                .lines([Cell("vault \(vaultId)")] + recoveryKit.map { Cell("    " + $0, isOwn: true) }),
            ]
        }
    }

    package static let contract = Contract(
        resource: "key", verb: .custom("show"), summary: "Show the recovery kit again",
        discussion: """
            For when the kit that ‘init’ printed was lost while the key file is still there. Only on the command line, and \
            only for whoever may do everything; each time is on the audit record. Write it only where nobody else can read it: \
            with ‘umask 077’ before.
            """,
        effect: .writes, errors: [.keyMissing, .levelTooLow, .notInitialised],
        examples: [Contract.Example("holdfast key show > kit.txt", "write the kit to a file, to be printed")])

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        guard context.caller.surface == "cli", context.caller.level == .destroy else {
            throw OperationError(
                .levelTooLow, "The key is shown on the command line only, to whoever may do everything")
        }
        let vault = try await context.services.vault()
        let path = context.services.paths.key
        let key: VaultKey
        do { key = try VaultKey.read(path) } catch { throw OperationError(error) }
        return Output(
            keyFile: path, vaultId: vault.id ?? "not known", recoveryKit: RecoveryKit.lines(of: key))
    }
}

/// The key as a person keeps it.
enum RecoveryKit {
    /// The key's text in lines of a few groups.
    static func lines(of key: VaultKey) -> [String] {
        let text = key.recoveryText.exposed
        guard let colon = text.firstIndex(of: ":") else { return [text] }
        let groups = text[text.index(after: colon)...].split(separator: "-")
        let rows = stride(from: 0, to: groups.count, by: 5).map { start in
            groups[start..<min(start + 5, groups.count)].joined(separator: "-")
        }
        return [String(text[...colon])] + rows
    }
}
