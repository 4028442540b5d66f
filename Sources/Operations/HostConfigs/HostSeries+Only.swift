import Basics
import HostConfig
import RemoteExecution
import Vault

extension HostSeries {
    /// The series that a backup belongs to; nil for one that is none of a host's configuration.
    init?(of backup: BackupSummary) {
        guard let host = Self.host(of: backup).flatMap(AssistantHost.named) else { return nil }
        self.init(host, on: DeviceName(String(backup.device.name.drop { $0 != "@" }.dropFirst())))
    }

    /// The places of which a backup is the newest that has them sound.
    ///
    /// Where that cannot be told there is none.
    func places(heldBy id: BackupID, in vault: Vault) async -> [String] {
        ((try? await holdings(in: vault)) ?? []).filter { $0.backup.id == id }.map(\.place)
    }

    /// Those of the places that no backup has sound.
    func missing(_ places: [String], in vault: Vault) async -> [String] {
        guard !places.isEmpty, let left = try? await holdings(in: vault) else { return [] }
        return places.filter { place in !left.contains { $0.isOf(place) } }
    }
}
