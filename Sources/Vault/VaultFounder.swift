import Basics
import Codecs

/// Makes the folders of a vault and reads its configuration, on a queue of its own.
actor VaultFounder {
    private let executor = QueueExecutor("vault.founder")
    private let files: any VaultFiles
    private let keys: VaultKeys
    private let clock: any WallClock

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    init(files: any VaultFiles, keys: VaultKeys, clock: any WallClock) {
        self.files = files
        self.keys = keys
        self.clock = clock
    }

    /// Makes the folders first and `config` last: a vault is there once its `config` is.
    func create() throws(VaultError) {
        _ = try files.createFolder("")
        let names = try files.items(in: "").map(\.name)
        let holdsBackups = try files.holdBackups()
        guard !names.contains(VaultPath.config), !holdsBackups else {
            throw VaultError(
                .exists, "There is a vault at \(files.location) already", hint: "Nothing was changed.")
        }
        let ours = Set(VaultPath.folders + [VaultPath.lock, VaultPath.reserve])
        let isLeftover = { (name: String) in
            name.hasPrefix(VaultPath.config + ".") && name.hasSuffix(VaultPath.temporarySuffix)
        }
        guard names.allSatisfy({ ours.contains($0) || isLeftover($0) }) else {
            throw VaultError(
                .invalid, "The folder \(files.location) is not empty", hint: "Choose an empty folder.")
        }
        for name in names where isLeftover(name) { try files.remove(name) }
        for folder in VaultPath.folders { _ = try files.createFolder(folder) }
        let config = VaultConfig(id: Hex.string(SecureRandom.bytes(16)), created: clock.now())
        try files.writeWhole(config.encoded(keys), to: VaultPath.config)
    }

    /// Reads `config`.
    func config() throws(VaultError) -> ConfigReading {
        do { return try ConfigReading(files, keys) } catch  where error.code == .notFound {
            throw VaultError(
                .notFound, "There is no vault at \(files.location)", hint: "Run: holdfast init")
        }
    }
}
