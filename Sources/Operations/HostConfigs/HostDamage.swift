import Basics
import HostConfig
import Vault

/// What is wrong with a host's files, against its newest sound backup.
struct HostDamage {
    /// What was found, as phrases.
    let text: String
    /// The backup that is whole.
    let backup: String
    /// Files without servers that had some, as phrases.
    let emptied: [String]
    /// Whether a file is empty or cannot be understood, which nobody wants.
    let isBroken: Bool

    /// Nil where nothing is wrong, or where there is no sound backup to tell by.
    /// - Parameter isHere: whether the files are on this machine; where not, `situations` tell of all there are.
    static func find(
        _ host: AssistantHost, _ situations: [HostSituation], _ good: BackupSummary?, isHere: Bool = true,
        in vault: Vault
    ) async throws(OperationError) -> HostDamage? {
        guard let good else { return nil }
        do {
            let files = try await HostSeries.files(of: try await vault.manifest(good.id), in: vault)
            var found: [String] = []
            var emptied: [String] = []
            var isBroken = false
            for file in files {
                let now =
                    situations.first { $0.snapshot?.path == file.path || $0.path == file.path }
                    ?? (isHere ? HostSituation(of: host, at: file.path) : HostSituation(missing: file.path))
                switch now.state {
                case .ok: continue
                case .empty, .invalid:
                    isBroken = true
                    found.append(
                        now.state == .empty
                            ? "\(file.path) is empty" : "\(file.path) cannot be understood: \(now.reason)")
                case .missing: found.append("\(file.path) is gone")
                case .unreadable: found.append("\(file.path) cannot be read: \(now.reason)")
                case .noServers:
                    let lost = HostSituation.look(file.bytes, host).2.count
                    if lost > 0 { emptied.append("\(file.path) lost \(lost.counted("server"))") }
                }
            }
            found += emptied
            guard !found.isEmpty else { return nil }
            return HostDamage(
                text: found.joined(separator: "; "), backup: good.id.text, emptied: emptied,
                isBroken: isBroken)
        } catch { throw OperationError(any: error) }
    }
}
