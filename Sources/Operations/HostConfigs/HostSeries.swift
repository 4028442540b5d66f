import Basics
import HostConfig
import Vault

/// The backups of one host's configuration on this machine.
///
/// They are a series of their own in the vault: no device's retention counts them, and no device can have their name.
struct HostSeries: Sendable {
    private static let prefix = "host:"
    /// What a backup is called that a restore made of what it was about to change.
    static let safetyCopyNote = "before host-config restore"

    let host: AssistantHost

    /// What stands in the place of the device's name.
    var name: String { Self.prefix + host.id }

    init(_ host: AssistantHost) { self.host = host }

    /// Whether a backup is one of a host's configuration.
    static func holds(_ backup: BackupSummary) -> Bool { backup.device.name.hasPrefix(prefix) }

    /// The id of the host that a backup is of; nil for one of a device.
    static func host(of backup: BackupSummary) -> String? {
        holds(backup) ? String(backup.device.name.dropFirst(prefix.count)) : nil
    }

    /// Its backups, newest first.
    func backups(in vault: Vault) async throws(VaultError) -> [BackupSummary] {
        // The second in the name of a backup is too coarse for what a restore does.
        try await vault.backups().backups.filter { $0.device.name == name }
            .sorted { ($0.started, $0.id) > ($1.started, $1.id) }
    }

    /// The backup that `text` means; where it is nil the newest one that is sound and no safety copy.
    ///
    /// A file that was wiped is backed up as well, and never put back unasked.
    /// - Throws: `backupUnknown`, `backupAmbiguous`.
    func manifest(_ text: String?, in vault: Vault) async throws(OperationError) -> Manifest {
        do {
            if let text {
                let manifest = try await vault.manifest(try await vault.resolve(text))
                guard manifest.summary.device.name == name else {
                    throw OperationError(
                        .backupUnknown, "Backup \(manifest.id) is not one of \(host.title)’s configuration",
                        hint: "Run: holdfast host-config list \(host.id)")
                }
                return manifest
            }
            let all = try await backups(in: vault)
            guard let newest = all.first(where: { $0.status == .ok && $0.name != Self.safetyCopyNote }) else {
                let unsound = all.first.map { "Name one with --backup; the newest is \($0.id)." }
                throw OperationError(
                    .backupUnknown,
                    "There is no \(all.isEmpty ? "" : "sound ")backup of \(host.title)’s configuration",
                    hint: unsound ?? "Make one with: holdfast host-config backup \(host.id)")
            }
            return try await vault.manifest(newest.id)
        } catch { throw OperationError(any: error) }
    }
}
