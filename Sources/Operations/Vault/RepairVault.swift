package import Basics
import Vault

/// Writes anew what the vault says of itself, where it is damaged.
package struct RepairVault: ServiceOperation {
    package struct Output: Codable, Sendable, Displayable {
        /// Of `config`: `whole`: nothing was wrong; `restored`: it says again what it said; `replaced`: id and time are new.
        package let outcome: String
        package let id: String
        package let created: Timestamp
        /// Whether damaged parts of the index were written anew.
        package let indexRewritten: Bool
        /// Packs whose header, trailer or footer was written anew.
        package let packsRewritten: [String]
        /// Packs that are gone and no backup needs, which were taken out of the index.
        package let packsForgotten: [String]
        /// Packs that nobody can read and no backup needs, which were removed.
        package let packsRemoved: [String]
        /// Packs that nobody can read and that may hold what a backup lacks, which stay.
        package let packsUnreadable: [String]

        package var display: [DisplayBlock] {
            [.lines(sentences), .record([("id", Cell(id)), ("created", Cell(created.description))])]
        }

        private var sentences: [Cell] {
            var cells: [Cell] = []
            switch ConfigRepair.Outcome(rawValue: outcome) {
            case .whole: break
            case .restored:
                cells.append(
                    Cell("The vault's config says again what it said before; its signature proves it.", .good)
                )
            case .replaced, nil:
                cells.append(
                    Cell(
                        "The vault's config was made anew, with a new id and the present time, as nothing of the old one was "
                            + "sure. The backups are as they were.", .good))
            }
            if indexRewritten {
                cells.append(
                    Cell("The index was written anew from what is left of it and from the packs.", .good))
            }
            cells += packsRewritten.map {
                Cell("\($0): written anew around its blocks, which are as they were.", .good)
            }
            cells += packsForgotten.map {
                Cell("\($0): taken out of the index; the file is gone, and no backup needs it.", .good)
            }
            cells += packsRemoved.map {
                Cell(
                    "\($0): removed; nobody could read it, and no backup needs anything that is only there.",
                    .good)
            }
            cells += packsUnreadable.map {
                Cell("\($0): stays; nobody can read it, and some backup lacks what may be in it.", .bad)
            }
            if !packsUnreadable.isEmpty {
                cells.append(
                    Cell(
                        "Put a file that stays back from a copy of the vault. Without one, back up anew, delete the backups "
                            + "that ‘holdfast backup verify’ finds broken, and repair again.", .warning))
            }
            return cells.isEmpty
                ? [Cell("Nothing that could be repaired is damaged; nothing was changed.", .good)] : cells
        }
    }

    package static let contract = Contract(
        resource: "vault", verb: .custom("repair"),
        summary: "Write anew what the vault says of itself where it is damaged",
        discussion: """
            Repairs what no backup lies in. The file ‘config’ says what the vault is: what it said is written anew where its \
            signature still proves it, which is so for any single flipped bit; otherwise, and where it is missing, the vault \
            gets a new id, and that is said. Damaged parts of the index are written anew from the packs; a pack that is gone \
            is taken out of the index when no backup needs it. A pack whose header, trailer or footer is damaged is \
            written anew around its blocks, as long as the index knows what it holds. Stored contents are never changed: for damage \
            to backups see ‘holdfast vault check’ and ‘holdfast backup verify’.
            """,
        effect: .writes,
        errors: [.vaultLocked, .vaultCorrupt, .diskFull, .readOnly, .notInitialised, .keyInvalid],
        examples: [Contract.Example("holdfast vault repair", "after ‘vault check’ named it as the remedy")])

    package init() {}

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        do {
            let repair = try await vault.repair()
            // Opened anew, so that nothing is said any more of what was mended.
            _ = try await context.services.vault()
            return Output(
                outcome: repair.config.outcome.rawValue, id: repair.config.id, created: repair.config.created,
                indexRewritten: repair.isIndexNew, packsRewritten: repair.framed,
                packsForgotten: repair.forgotten, packsRemoved: repair.removed,
                packsUnreadable: repair.unreadable)
        } catch { throw OperationError(any: error) }
    }
}
