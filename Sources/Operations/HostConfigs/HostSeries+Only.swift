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
    func places(heldBy id: BackupID, in vault: Vault) async throws(OperationError) -> [String] {
        try await holdings(in: vault).filter { $0.backup.id == id }.map(\.place)
    }

    /// The backup that `text` means, whatever it is of.
    /// - Throws: `backupUnknown`, `backupAmbiguous`.
    func named(_ text: String, in vault: Vault) async throws(OperationError) -> Manifest {
        do { return try await vault.manifest(try await vault.resolve(text)) } catch {
            let own = OperationError(error)
            guard error.code == .notFound else { throw own }
            throw OperationError(
                own.code, own.message, hint: "Run: holdfast host-config list \(host.id)\(option)")
        }
    }

    /// Why nothing can come back from a backup, or unless one is named: its files were accepted as gone, and where they
    /// still are.
    func nothing(in backup: String?, _ vault: Vault) async -> OperationError {
        let list = "Run: holdfast host-config list \(host.id)\(option)"
        guard let manifest = try? await manifest(backup == "newest" ? nil : backup, in: vault),
            let place = Self.places(in: manifest, before: Self.release).min()
        else {
            return OperationError(
                .backupUnknown, "No file of \(host.title) is in that backup",
                hint: "Name another one with --backup. \(list)")
        }
        return await gone(place, on: manifest.summary.started, in: vault)
    }

    /// Why a file does not come back that was accepted as gone, and where it still is.
    func gone(_ place: String, on time: Timestamp? = nil, in vault: Vault) async -> OperationError {
        let when = time.map { " on \($0)" } ?? ""
        let command = "holdfast host-config restore \(host.id)\(option) --backup"
        let holder = await lastSound(place, in: vault).map { id in
            "It is in \(id): \(command) \(id)" + (time == nil ? " --file \(place.shellWord)" : "")
        }
        return OperationError(
            .backupUnknown, "\(place) was accepted as gone\(when)",
            hint: holder ?? "Run: holdfast host-config list \(host.id)\(option)")
    }

    /// The newest sound backup that has a file of the place, whatever was accepted since.
    func lastSound(_ place: String, in vault: Vault) async -> BackupID? {
        for backup in (try? await backups(in: vault)) ?? [] where Self.isSound(backup) {
            guard let manifest = try? await vault.manifest(backup.id),
                let entries = try? await Self.entries(of: manifest, in: vault)
            else { continue }
            let places = entries.flatMap { PlaceTrace.places(of: $0.path, by: $0.links) + [$0.path] }
            if places.contains(place) { return backup.id }
        }
        return nil
    }

    /// Those of the places that no backup has sound.
    func missing(_ places: [String], in vault: Vault) async throws(OperationError) -> [String] {
        guard !places.isEmpty else { return [] }
        let left = try await holdings(in: vault)
        return places.filter { place in !left.contains { $0.isOf(place) } }
    }
}
