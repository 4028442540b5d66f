import Basics
import Collectors
import Restore
import Vault

/// Reads out of the vault what a rebuild plan is made from.
struct RebuildReading {
    /// Sections without which a backup is not full.
    private static let needed: Set = ["identity", "users", "network-config", "kernel"]
    /// Sections of data, which may lie in another backup.
    private static let data = ["container-data", "lxd-data", "incus-data", DeviceBackup.ownPathsSection]
    /// How many backups are looked through for them.
    private static let limit = 200

    let vault: Vault
    let redactor: Redactor
    let device: String
    /// The devices of whoever asks: others have no backups.
    let scope: DeviceScope
    let now: Timestamp

    /// - Throws: `backupUnknown` when the device has no backup that could be used; what the vault says.
    func facts() async throws -> RebuildFacts {
        let manifests = scope.contains(named: device) ? try await candidates() : []
        guard let newest = manifests.first else {
            throw OperationError(
                .backupUnknown, "There is no usable backup of \(TerminalText.escape(device))",
                hint: "See which devices have one: holdfast backup list")
        }
        let full = manifests.first { Self.needed.isSubset(of: $0.sections.map(\.name)) }
        let manifest = full ?? newest
        let marks = try await vault.marks(of: manifest.id)
        let state = try await StateComparison(vault: vault, redactor: redactor).state(of: manifest)
        return RebuildFacts(
            device: device, backup: manifest.id.text, taken: manifest.summary.started,
            proof: DrillProof(marks.drill, now: now).cell.text,
            warning: warning(manifest, isFull: full != nil),
            sections: manifest.sections.enumerated().map { Self.section($1, at: $0, state) },
            notCovered: manifest.notCovered, holdings: try await holdings(manifests))
    }

    /// Backups of the device that did not fail, newest first.
    private func candidates() async throws -> [Manifest] {
        let summaries = try await vault.backups().backups.filter {
            $0.device.name == device && $0.status != .failed && !$0.isSafetyCopy
        }
        var manifests: [Manifest] = []
        for summary in summaries.prefix(Self.limit) {
            do throws(VaultError) { manifests.append(try await vault.manifest(summary.id)) } catch {
                // An older one may serve; `vault check` tells of this one.
                guard error.code == .damaged || error.code == .notFound else { throw error }
            }
        }
        return manifests
    }

    private func warning(_ manifest: Manifest, isFull: Bool) -> String {
        guard !isFull else { return "" }
        let missing = Self.needed.subtracting(manifest.sections.map(\.name)).sorted()
        return
            "No full backup of the device was found: this one has no section \(missing.joined(separator: ", "))."
    }

    private static func section(
        _ record: SectionRecord, at index: Int, _ state: DeviceState
    ) -> RebuildFacts.Section {
        RebuildFacts.Section(
            name: record.name, status: record.status.rawValue, reason: record.reason, hint: record.hint,
            things: (state.items[record.name] ?? []).map {
                RebuildFacts.Thing(kind: $0.kind, name: $0.name, fields: $0.fields)
            },
            paths: state.files.filter { $0.section == index && $0.kind != .folder }.map {
                DeviceText.string($0.path)
            }, bytes: record.bytes)
    }

    /// Of each sort of data the newest backup that holds any.
    private func holdings(_ manifests: [Manifest]) async throws -> [RebuildFacts.Holding] {
        var holdings: [RebuildFacts.Holding] = []
        for name in Self.data {
            for manifest in manifests {
                guard let index = manifest.sections.firstIndex(where: { $0.name == name }),
                    manifest.sections[index].files > 0
                else { continue }
                let record = manifest.sections[index]
                let paths = try await vault.entries(of: manifest).filter { $0.section == index }
                    .map { DeviceText.string($0.path) }
                holdings.append(
                    RebuildFacts.Holding(
                        section: name, backup: manifest.id.text, taken: manifest.summary.started,
                        status: record.status.rawValue, bytes: record.bytes, paths: Set(paths)))
                break
            }
        }
        return holdings
    }
}
