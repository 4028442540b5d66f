package import Basics
import Vault

/// Writes a damaged `config` of the vault anew.
package struct RepairVault: ServiceOperation {
    package struct Output: Codable, Sendable, Displayable {
        /// `whole`: nothing was wrong; `restored`: it says again what it said; `replaced`: id and time are new.
        package let outcome: String
        package let id: String
        package let created: Timestamp

        package var display: [DisplayBlock] {
            let sentence =
                switch ConfigRepair.Outcome(rawValue: outcome) {
                case .whole: "The vault's config is whole; nothing was changed."
                case .restored: "The vault's config says again what it said before; its signature proves it."
                case .replaced, nil:
                    "The vault's config was made anew, with a new id and the present time, as nothing of the old one was "
                        + "sure. The backups are as they were."
                }
            return [
                .lines([Cell(sentence, .good)]),
                .record([("id", Cell(id)), ("created", Cell(created.description))]),
            ]
        }
    }

    package static let contract = Contract(
        resource: "vault", verb: .custom("repair"),
        summary: "Write the vault's config anew where it is damaged",
        discussion: """
            The file ‘config’ says what the vault is: its id and when it was made. No backup depends on it; while it is \
            damaged everything else goes on, with a warning. What it said is written anew where its signature still proves \
            it, which is so for any single flipped bit; otherwise the vault gets a new id, and that is said. Nothing else of \
            the vault is changed: for damage to backups see ‘holdfast vault check’ and ‘holdfast backup verify’.
            """,
        effect: .writes,
        errors: [.vaultLocked, .vaultCorrupt, .diskFull, .readOnly, .notInitialised, .keyInvalid],
        examples: [Contract.Example("holdfast vault repair", "after ‘vault check’ named config")])

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        do {
            let repair = try await vault.repairConfig()
            // Opened anew, so that nothing is said any more of what was mended.
            _ = try await context.services.vault()
            return Output(outcome: repair.outcome.rawValue, id: repair.id, created: repair.created)
        } catch { throw OperationError(any: error) }
    }
}
