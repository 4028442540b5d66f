package import Basics
import Codecs

/// What `config` says, read also where it is damaged: everything else of a vault can be read without it.
struct ConfigReading: Sendable {
    /// How many files are tried with a key, at most, to find out whether it is the right one.
    private static let witnesses = 20

    /// What is sure; nil where the damage left nothing that its signature proves.
    let config: VaultConfig?
    /// What is wrong with the file; nil when nothing is.
    let damage: VaultError?

    /// Reads the file.
    /// - Throws: `notFound` where nothing else of a vault is there, either; `tooNew`, `unavailable`; `wrongKey` and
    ///   `damaged` where nothing shows that the key is right.
    init(_ files: any VaultFiles, _ keys: VaultKeys) throws(VaultError) {
        var bytes: [UInt8] = []
        do throws(VaultError) {
            bytes = try files.read(VaultPath.config)
            config = try VaultConfig(bytes, keys: keys)
            damage = nil
            return
        } catch {
            let error = try Self.damage(error, files)
            config = VaultConfig.salvaged(from: bytes, keys: keys)
            if config == nil { try Self.prove(keys, files, unless: error) }
            damage = VaultError(
                .damaged,
                error.code == .damaged
                    ? error.message : "\(VaultPath.config) is damaged: it is not what was signed",
                hint: "Nothing else depends on it. Write it anew with ‘holdfast vault repair’.",
                path: VaultPath.config)
        }
    }

    /// What keeps the file from being read, where going on without it makes sense.
    private static func damage(_ error: VaultError, _ files: any VaultFiles) throws(VaultError) -> VaultError
    {
        if [.damaged, .tooNew, .wrongKey].contains(error.code) { return error }
        guard error.code == .notFound, try files.holdBackups() else { throw error }
        return VaultError(
            .damaged, "\(VaultPath.config) is missing, though what belongs to it is there",
            path: VaultPath.config)
    }

    /// Goes on only where other files show that the key is the vault's, or where there are none.
    private static func prove(
        _ keys: VaultKeys, _ files: any VaultFiles, unless error: VaultError
    ) throws(VaultError) {
        guard error.code != .tooNew else { throw error }
        let backups = BackupFiles(files: files, keys: keys)
        let store = PackStore(files: files, keys: keys)
        let ids = try backups.ids().ids
        let trashed = try backups.trashed().trashed
        let segments = try store.segmentNames().names
        let packs = try store.packs().packs
        func opens(_ read: () throws(VaultError) -> Void) throws(VaultError) -> Bool {
            do {
                try read()
                return true
            } catch  where error.isLoss || error.code == .wrongKey { return false }
        }
        for id in ids.prefix(witnesses)
        where try opens({ () throws(VaultError) in _ = try backups.manifest(id) }) { return }
        for file in trashed.prefix(witnesses)
        where try opens({ () throws(VaultError) in _ = try backups.manifest(file) }) { return }
        for name in segments.prefix(witnesses)
        where try opens({ () throws(VaultError) in _ = try store.segment(name) }) { return }
        for pack in packs.prefix(witnesses)
        where try opens({ () throws(VaultError) in _ = try store.catalogue(pack) }) { return }
        // Of an empty vault there is nothing that another key would have sealed.
        if error.code == .damaged, ids.isEmpty, trashed.isEmpty, segments.isEmpty, packs.isEmpty { return }
        guard error.code == .damaged else { throw error }
        throw VaultError(
            .damaged, error.message,
            hint:
                "The key opens nothing else of the vault, either: make sure that it is the one that was printed when the vault was made.",
            path: error.path)
    }
}

/// What became of a damaged `config`.
package struct ConfigRepair: Sendable, Equatable {
    /// How it was repaired.
    package enum Outcome: String, Sendable, Codable {
        /// There was nothing to repair.
        case whole
        /// It says again what it said before, which its signature proves.
        case restored
        /// Nothing of it was sure: id and time of creation are new.
        case replaced
    }

    package let outcome: Outcome
    package let id: String
    package let created: Timestamp
}

extension Vault {
    /// Writes a damaged `config` anew: as it was where that is sure, otherwise with a new id.
    /// - Throws: `locked`, `full`, `unavailable`, and what opening a vault throws.
    package func repairConfig() throws(VaultError) -> ConfigRepair {
        let lock = try WriterLock.take(files, what: "vault repair", at: clock.now())
        defer { withExtendedLifetime(lock) {} }
        return try mendConfig()
    }

    /// The same, for the holder of the lock.
    func mendConfig() throws(VaultError) -> ConfigRepair {
        let found = try ConfigReading(files, store.keys)
        let config = found.config ?? VaultConfig(id: Hex.string(SecureRandom.bytes(16)), created: clock.now())
        if found.damage != nil {
            try files.writeWhole(config.encoded(store.keys), to: VaultPath.config)
            _ = try VaultConfig(try files.read(VaultPath.config), keys: store.keys)
        }
        let outcome: ConfigRepair.Outcome =
            found.damage == nil ? .whole : found.config == nil ? .replaced : .restored
        return ConfigRepair(outcome: outcome, id: config.id, created: config.created)
    }
}

extension Vault {
    /// Whether there is a vault in the folder `location`, be it one whose `config` was lost.
    ///
    /// Blocks.
    /// - Throws: `unavailable`.
    package static func isPresent(at location: String) throws(VaultError) -> Bool {
        let files = DiskVaultFiles(location)
        if try files.items(in: "").contains(where: { $0.name == VaultPath.config }) { return true }
        return try files.holdBackups()
    }
}

extension VaultFiles {
    /// Whether there are backups, or anything of them, whatever became of `config`.
    func holdBackups() throws(VaultError) -> Bool {
        for folder in [VaultPath.backups, VaultPath.index, VaultPath.trash] {
            guard try items(in: folder).isEmpty else { return true }
        }
        for folder in try items(in: VaultPath.packs) where folder.isFolder {
            guard try items(in: "\(VaultPath.packs)/\(folder.name)").isEmpty else { return true }
        }
        return false
    }
}
