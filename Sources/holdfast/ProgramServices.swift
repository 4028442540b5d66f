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
    let transport: any DeviceTransport
    let launcher: any JobLauncher
    private let stores: ProgramStores
    private let clock: any WallClock
    private let opened = Mutex<Vault?>(nil)

    init(
        stores: ProgramStores, transport: any DeviceTransport, launcher: any JobLauncher, clock: any WallClock
    ) {
        self.stores = stores
        self.transport = transport
        self.launcher = launcher
        self.clock = clock
    }

    var paths: StatePaths { stores.paths }

    var redactor: Redactor { stores.redactor }

    func registry() async throws(OperationError) -> any DeviceRegistry { try stores.store() }

    func audit() async throws(OperationError) -> any AuditTrail { try stores.store() }

    func inspection() async throws(OperationError) -> any StoreInspection { try stores.store() }

    func createStore(startingAnew: Bool) async throws(OperationError) {
        let store = try stores.store()
        do { try await store.create(startingAnew: startingAnew) } catch { throw OperationError(error) }
    }

    func restoreHash() async throws(OperationError) -> KeyedHash { try stores.key().hash(for: .restore) }

    func tokens() async throws(OperationError) -> any TokenStore { try stores.store() }

    func tokenHash() async throws(OperationError) -> KeyedHash { try stores.key().hash(for: .tokens) }

    func ledger() async throws(OperationError) -> any RestoreLedger { try stores.store() }

    func policies() async throws(OperationError) -> any PolicyStore { try stores.store() }

    func jobs() async throws(OperationError) -> any JobStore { try stores.store() }

    func vault() async throws(OperationError) -> Vault {
        if let vault = opened.withLock(\.self) { return vault }
        let key = try stores.key()
        do {
            let vault = try await Vault.open(at: paths.vault, key: key, clock: clock)
            opened.withLock { $0 = vault }
            return vault
        } catch {
            guard error.code == .notFound else { throw OperationError(error) }
            let database = (try? Folder.item(paths.database)) ?? nil
            if let database, database.size > 0 { throw .vaultMissing(paths) }
            throw OperationError(
                .notInitialised, "There is no vault at \(paths.vault)", hint: "Create it with: holdfast init")
        }
    }
}
