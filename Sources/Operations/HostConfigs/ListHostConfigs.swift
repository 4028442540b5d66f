package import Basics
import HostConfig
import RemoteExecution
import Vault

/// Lists backups of hosts' configuration, newest first.
package struct ListHostConfigs: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The assistants' programs; all unless given.", .operand) var host: [HostID] = []
        @Field("Those of this device instead of this machine's.") var device: DeviceName?
        @Field("How many at most; 0 for all.", placeholder: "N") var limit = 100
        package init() {}
    }

    /// One backup.
    package struct Row: Codable, Sendable {
        package let backup: String
        package let host: String
        package let made: Timestamp
        package let status: String
        package let bytes: ByteCount
        package let isPinned: Bool
        package let name: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let backups: [Row]
        /// How many more match than were asked for.
        package let more: Int
        /// Manifests that cannot be read, and what to do about them.
        package let damaged: [String]

        package var isComplete: Bool { damaged.isEmpty }

        package var display: [DisplayBlock] {
            var blocks = [
                DisplayBlock.table(
                    columns: [
                        Column("BACKUP", isWhole: true), "HOST", "STATUS", Column("SIZE", isNumeric: true),
                        "PIN", "NAME",
                    ],
                    rows: backups.map { row in
                        [
                            Cell(row.backup), Cell(row.host),
                            Cell(row.status, row.status == "ok" ? .good : .warning),
                            Cell(row.bytes.description), Cell(row.isPinned ? "pinned" : ""), Cell(row.name),
                        ]
                    }, empty: "There is no such backup.")
            ]
            if more > 0 {
                blocks.append(
                    .lines([
                        Cell(
                            "\(more) older \(more == 1 ? "one matches" : "ones match") as well: pass --limit.",
                            .dim)
                    ]))
            }
            if !damaged.isEmpty { blocks.append(.lines(damaged.map { Cell($0, .bad) })) }
            return blocks
        }
    }

    package static let contract = Contract(
        resource: "host-config", verb: .list,
        summary: "List backups of assistants' configuration, newest first",
        effect: .reads, errors: [.notInitialised, .keyInvalid, .vaultCorrupt],
        examples: [Contract.Example("holdfast host-config list cursor", "one program's backups")],
        reach: .everything,
        guidance: Guidance(
            "list_host_configs", title: "List configuration backups", in: .hostConfigs,
            purpose: "Lists backups of assistants' configuration, newest first.",
            behaviour: "Reads the vault only.",
            use:
                "Use it to find the backup to compare with or to put back; backups of machines are in list_backups.",
            returns: "Returns a page of backups; ‘more’ counts older ones that match.",
            essentials: ["backup", "host", "made", "status"],
            next: [.init("diff_host_config", ["host": "backups.0.host", "backup": "backups.0.backup"])]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        let vault = try await context.services.vault()
        do {
            let (shown, total) = try await HostSeries.newest(
                limit, of: input.host.map(\.host), on: input.device.other, in: vault)
            let pinned = try await vault.pinned(of: shown.map(\.id))
            let rows = shown.map { backup in
                Row(
                    backup: backup.id.text, host: HostSeries.host(of: backup) ?? "", made: backup.started,
                    status: backup.status.rawValue, bytes: ByteCount(backup.bytes),
                    isPinned: pinned.contains(backup.id), name: backup.name)
            }
            return Output(
                backups: rows, more: total - rows.count, damaged: try await HostSeries.damage(in: vault))
        } catch { throw OperationError(any: error) }
    }
}
