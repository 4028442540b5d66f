package import Basics
package import Codecs
package import Operations
package import RemoteExecution
import SQLiteStore
package import Storage
import Synchronization
package import Vault

/// The concrete parts behind the operations, each made when it is first asked for.
package final class ProgramServices: Services {
    package let transport: any DeviceTransport
    package let launcher: any JobLauncher
    private let stores: ProgramStores
    private let clock: any WallClock
    private let lateLibraries: @Sendable () -> [LateLibrary]
    private let opened = Mutex<Vault?>(nil)

    init(
        stores: ProgramStores, transport: any DeviceTransport, launcher: any JobLauncher,
        clock: any WallClock,
        libraries: @escaping @Sendable () -> [LateLibrary]
    ) {
        self.stores = stores
        self.transport = transport
        self.launcher = launcher
        self.clock = clock
        lateLibraries = libraries
    }

    package var paths: StatePaths { stores.paths }

    package var redactor: Redactor { stores.redactor }

    package var troubles: [String] {
        let vault = opened.withLock(\.self)
        let damage = vault?.configDamage.map { "\(paths.vault)/\($0.message). \($0.hint)" }
        return [damage, stores.trouble].compactMap(\.self)
    }

    package var libraries: [LateLibrary] { lateLibraries() }

    package func registry() async throws(OperationError) -> any DeviceRegistry { try stores.store() }

    package func audit() async throws(OperationError) -> any AuditTrail { try stores.store() }

    package func inspection() async throws(OperationError) -> any StoreInspection { try stores.store() }

    package func createStore(startingAnew: Bool) async throws(OperationError) {
        let store = try stores.store()
        do { try await store.create(startingAnew: startingAnew) } catch { throw OperationError(error) }
    }

    package func restoreHash() async throws(OperationError) -> KeyedHash {
        try stores.key().hash(for: .restore)
    }

    package func tokens() async throws(OperationError) -> any TokenStore { try stores.store() }

    package func tokenHash() async throws(OperationError) -> KeyedHash { try stores.key().hash(for: .tokens) }

    package func ledger() async throws(OperationError) -> any RestoreLedger { try stores.store() }

    package func policies() async throws(OperationError) -> any PolicyStore { try stores.store() }

    package func jobs() async throws(OperationError) -> any JobStore { try stores.store() }

    package func vault() async throws(OperationError) -> Vault {
        // A damaged one may have been repaired by another process.
        if let vault = opened.withLock(\.self), vault.configDamage == nil { return vault }
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
