import Vault

/// Protects a backup from retention and deletion.
package struct PinBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand) var backup:
            String
        @Field("Why it is kept.", placeholder: "TEXT") var note = ""
        package init() {}
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("pin"), summary: "Protect a backup from prune and delete",
        effect: .writes,
        errors: [.backupUnknown, .backupAmbiguous],
        examples: [
            Contract.Example(
                "holdfast backup pin latest:web1 --note 'before the upgrade'", "keep it for good")
        ],
        reach: .scoped,
        guidance: Guidance(
            "pin_backup", title: "Pin a backup", in: .backups,
            purpose: "Protects one backup from being deleted or pruned.",
            behaviour: "Writes a mark that unpin_backup takes away; loses nothing.",
            use:
                "Use it before an upgrade or for a backup that must stay; verify_backups does not protect, it proves.",
            returns: "Returns the pinned backup.", next: [.init("list_backups")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PinReport {
        let note = try DeviceFields.label(input.note, of: "note")
        let (vault, manifest) = try await context.manifest(input.backup)
        do { try await vault.pin(manifest.id, note: note) } catch { throw OperationError(error) }
        return PinReport(backup: manifest.id.text, isPinned: true)
    }
}

/// Takes a backup's protection away.
package struct UnpinBackup: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The backup: its id, the beginning of it, ‘latest’ or ‘latest:DEVICE’.", .operand) var backup:
            String
        package init() {}
    }

    package static let contract = Contract(
        resource: "backup", verb: .custom("unpin"), summary: "Take a backup's pin away", effect: .writes,
        errors: [.backupUnknown, .backupAmbiguous],
        examples: [Contract.Example("holdfast backup unpin 20261121", "let retention decide again")],
        reach: .scoped,
        guidance: Guidance(
            "unpin_backup", title: "Unpin a backup", in: .backups,
            purpose: "Takes away the mark that protects a backup.",
            behaviour: "Deletes nothing by itself; from then on retention may let the backup go.",
            use: "Use it only when a person asked for it; pin_backup sets the mark again.",
            returns: "Returns the backup.", next: [.init("list_backups")]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> PinReport {
        let (vault, manifest) = try await context.manifest(input.backup)
        do { try await vault.unpin(manifest.id) } catch { throw OperationError(error) }
        return PinReport(backup: manifest.id.text, isPinned: false)
    }
}

/// Whether a backup is pinned now.
package struct PinReport: Codable, Sendable, Displayable {
    package let backup: String
    package let isPinned: Bool

    package var display: [DisplayBlock] {
        [.lines([Cell("\(backup) is \(isPinned ? "pinned" : "no longer pinned").")])]
    }
}
