import Basics
import Codecs
import Operations
import RemoteExecution
import SQLiteStore
import Storage
import Synchronization
import Vault

/// The concrete parts behind the operations, each made when it is first asked for.
final class ProgramServices: Services {
    let paths: StatePaths
    let transport: any DeviceTransport
    private let clock: any WallClock
    private let parts = Mutex(Parts())

    private struct Parts {
        var key: VaultKey?
        var store: SQLiteStore?
        var vault: Vault?
    }

    init(paths: StatePaths, transport: any DeviceTransport, clock: any WallClock) {
        self.paths = paths
        self.transport = transport
        self.clock = clock
    }

    /// Marks hidden secrets once there is a key; hides them without marks before.
    var redactor: Redactor {
        guard let key = try? key() else { return Redactor() }
        let hash = key.hash(for: .redaction)
        return Redactor { Array(hash.digest($0).bytes.prefix(4)) }
    }

    func registry() async throws(OperationError) -> any DeviceRegistry { try store() }

    func audit() async throws(OperationError) -> any AuditTrail { try store() }

    func restoreHash() async throws(OperationError) -> KeyedHash { try key().hash(for: .restore) }

    func ledger() async throws(OperationError) -> any RestoreLedger { try store() }

    func vault() async throws(OperationError) -> Vault {
        if let vault = parts.withLock(\.vault) { return vault }
        let key = try key()
        do {
            let vault = try await Vault.open(at: paths.vault, key: key, clock: clock)
            parts.withLock { $0.vault = vault }
            return vault
        } catch {
            guard error.code == .notFound else { throw OperationError(error) }
            throw OperationError(
                .notInitialised, "There is no vault at \(paths.vault)", hint: "Create it with: holdfast init")
        }
    }

    private func store() throws(OperationError) -> SQLiteStore {
        if let store = parts.withLock(\.store) { return store }
        let mark = ChainMark(try key().hash(for: .audit))
        let store = SQLiteStore(path: paths.database, checkpoint: paths.checkpoint, mark: mark, clock: clock)
        parts.withLock { $0.store = store }
        return store
    }

    private func key() throws(OperationError) -> VaultKey {
        if let key = parts.withLock(\.key) { return key }
        do {
            let key = try VaultKey.read(paths.key)
            parts.withLock { $0.key = key }
            return key
        } catch {
            guard error.code == .notFound else { throw OperationError(error) }
            let hasVault = (try? Folder.item(paths.vault + "/config")) ?? nil
            if hasVault != nil {
                throw OperationError(
                    .keyMissing, error.message,
                    hint: "Put the recovery kit into a file and run: holdfast key restore --from FILE")
            }
            throw OperationError(
                .notInitialised, "Holdfast is not set up here: there is no key at \(paths.key)",
                hint: "Set it up with: holdfast init")
        }
    }
}
