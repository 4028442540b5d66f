import Vault

/// Which way a backup of a host's configuration came into this vault.
///
/// What was accepted elsewhere is about what came in from there: it lets go of nothing that was kept here.
struct HostOrigin: Sendable, Equatable {
    private static let words = "It came in with an export of the vaults "
    /// What stands for a vault that its export does not name.
    static let unknown = "unknown"
    /// That of what was kept here.
    static let here = HostOrigin([])

    /// The ids of the vaults that it was exported from, the last one first.
    let vaults: [String]

    init(_ vaults: [String]) { self.vaults = vaults }

    init(of manifest: Manifest) {
        let note = manifest.notCovered.first { $0.hasPrefix(Self.words) }
        vaults = note?.dropFirst(Self.words.count).dropLast().split(separator: " ").map(String.init) ?? []
    }

    /// What a backup says of it.
    var notes: [String] { vaults.isEmpty ? [] : [Self.words + vaults.joined(separator: " ") + "."] }

    /// As it is in a vault: what was exported from there once is its own.
    func seen(from vault: String?) -> HostOrigin {
        guard let own = vaults.lastIndex(where: { $0 == vault }) else { return self }
        return HostOrigin(Array(vaults[(own + 1)...]))
    }

    /// Whether what was accepted there is about backups of the other origin as well.
    func decides(about other: HostOrigin) -> Bool { other.vaults.starts(with: vaults) }
}

/// Places of a host that were let go, and for which backups that counts.
struct HostReleases {
    private var origins: [String: [HostOrigin]] = [:]

    /// Notes what backups of an origin say.
    mutating func add(_ places: Set<String>, by origin: HostOrigin) {
        for place in places { origins[place, default: []].append(origin) }
    }

    /// The places that were let go for backups of an origin.
    func places(for origin: HostOrigin) -> Set<String> {
        Set(origins.keys.filter { hold($0, for: origin) })
    }

    /// Whether a place was let go for backups of an origin.
    func hold(_ place: String, for origin: HostOrigin) -> Bool {
        origins[place]?.contains { $0.decides(about: origin) } ?? false
    }
}
