import Basics
import Codecs
import Operations
import SQLiteStore
import Storage
import Synchronization
import Vault

/// The key, and the store of devices and audit records, each opened when it is first asked for.
final class ProgramStores: Sendable {
    let paths: StatePaths
    /// Where the store works, and whoever calls it often.
    let workers = WorkerPool()
    private let clock: any WallClock
    private let parts = Mutex(Parts())

    private struct Parts {
        var key: VaultKey?
        var store: SQLiteStore?
        /// The one that marks; nil before there is a key.
        var redactor: Redactor?
    }

    init(paths: StatePaths, clock: any WallClock) {
        self.paths = paths
        self.clock = clock
    }

    /// Marks hidden secrets once there is a key; hides them without marks before.
    var redactor: Redactor {
        if let redactor = parts.withLock(\.redactor) { return redactor }
        guard let key = try? key() else { return Redactor() }
        let hash = key.hash(for: .redaction)
        let redactor = Redactor { Array(hash.digest($0).bytes.prefix(4)) }
        parts.withLock { $0.redactor = redactor }
        return redactor
    }

    /// What kept the store from being opened as usual and nobody from reading it; nil when nothing did.
    var trouble: String? { parts.withLock(\.store)?.trouble }

    /// The one store; it makes no database by itself.
    func store() throws(OperationError) -> SQLiteStore {
        if let store = parts.withLock(\.store) { return store }
        let mark = ChainMark(try key().hash(for: .audit))
        return parts.withLock { parts in
            if let store = parts.store { return store }
            let store = SQLiteStore(
                path: paths.database, checkpoint: paths.checkpoint, mark: mark, clock: clock,
                creation: .onRequest, executor: StrandExecutor(workers))
            parts.store = store
            return store
        }
    }

    /// The key of vault, audit chain and redactor.
    func key() throws(OperationError) -> VaultKey {
        if let key = parts.withLock(\.key) { return key }
        do {
            let key = try VaultKey.read(paths.key)
            parts.withLock { $0.key = key }
            return key
        } catch {
            guard error.code != .invalid else {
                throw OperationError(.keyInvalid, error.message, hint: error.hint)
            }
            guard error.code == .notFound else { throw OperationError(error) }
            // Where the vault's folder cannot be looked at, there is more than nothing.
            if (try? Vault.isPresent(at: paths.vault)) ?? true {
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
