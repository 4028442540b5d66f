import Vault

/// Moves a backup to the trash.
package struct DeleteBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its whole id, or the beginning of it.", .operand) var backup: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backup: String

        package var display: [DisplayBlock] {
            [
                .lines([
                    Cell(
                        "\(backup) is in the trash. For a day it can be brought back: holdfast backup undelete \(backup)"
                    ),
                    Cell("After that, ‘holdfast backup prune --garbage-only’ removes it for good.", .dim),
                ])
            ]
        }
    }

    package static let contract = Contract(
        resource: "backup", verb: .delete, summary: "Move a backup to the trash, for a day",
        discussion:
            "Refused for pinned backups and for the last verified backup of a device. Where no other one has a file of an assistant's program sound, that is told.",
        effect: .destroys,
        errors: [.backupUnknown, .backupAmbiguous, .backupProtected, .vaultLocked],
        examples: [Contract.Example("holdfast backup delete 20261121T093000Z", "let one backup go")],
        audit: .freeing)

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard !input.backup.hasPrefix("latest") else {
            throw OperationError(
                .argumentInvalid, "Name the backup to delete by its id",
                hint: "‘latest’ may mean another one tomorrow.")
        }
        let vault = try await context.services.vault()
        do {
            let id = try await vault.resolve(input.backup)
            // One that cannot be read may be deleted all the same; what it holds is not known then.
            let series = (try? await vault.manifest(id)).flatMap { HostSeries(of: $0.summary) }
            var places: [String] = []
            var doubt: String?
            do { places = try await series?.places(heldBy: id, in: vault) ?? [] } catch { doubt = "\(error)" }
            try await vault.delete(id)
            do { places = try await series?.missing(places, in: vault) ?? [] } catch { doubt = "\(error)" }
            for place in places where doubt == nil {
                context.warnings.add(
                    "No other sound backup has \(place); ‘holdfast backup undelete \(id)’ brings this one back for a day"
                )
            }
            if let doubt {
                context.warnings.add("Whether other backups have its files could not be looked up: \(doubt)")
            }
            return Output(backup: id.text)
        } catch { throw OperationError(any: error) }
    }
}

/// Brings a deleted backup back.
package struct UndeleteBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The whole id of the deleted backup.", .operand) var backup: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backup: String

        package var display: [DisplayBlock] { [.lines([Cell("\(backup) is back.", .good)])] }
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("undelete"), summary: "Bring a deleted backup back from the trash",
        effect: .writes, errors: [.backupUnknown, .vaultLocked],
        examples: [
            Contract.Example("holdfast backup undelete 20261121T093000Z-4h9k2mzq7xbt", "undo a deletion")
        ])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let vault = try await context.services.vault()
        do {
            let trash = try await vault.trash().map(\.id)
            guard let id = trash.first(where: { $0.text == input.backup }) else {
                let names =
                    trash.isEmpty
                    ? "The trash is empty." : "In the trash: \(trash.map(\.text).joined(separator: ", "))."
                throw OperationError(
                    .backupUnknown, "There is no backup ‘\(input.backup)’ in the trash", hint: names)
            }
            try await vault.undelete(id)
            return Output(backup: id.text)
        } catch { throw OperationError(any: error) }
    }
}
