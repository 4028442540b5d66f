import Basics
import Codecs
import LocalExecution
import Operations
import RemoteExecution
import Storage
import Synchronization
import TestSupport
import Vault

/// What operations work with in these tests: a vault in memory, and this machine as the only device.
final class TestServices: Services {
    let paths: StatePaths
    let transport: any DeviceTransport
    let redactor: Redactor
    let store = MemoryStore()
    /// The vault's files, for tests that look at them or damage them.
    let files: MemoryVaultFiles
    let restores = MemoryLedger()
    let tokenBook = MemoryTokens()
    private let key: VaultKey
    private let opened: Vault
    private let hash: KeyedHash

    /// - Parameter other: takes its vault over, opened anew.
    init(transport: any DeviceTransport = LocalTransport(), reopening other: TestServices? = nil) async throws
    {
        paths = try StatePaths(home: "/nonexistent", environment: [:], currentFolder: "/")
        self.transport = transport
        let key = other?.key ?? VaultKey.random()
        self.key = key
        files = other?.files ?? MemoryVaultFiles()
        let hash = key.hash(for: .redaction)
        self.hash = key.hash(for: .restore)
        redactor = Redactor { Array(hash.digest($0).bytes.prefix(4)) }
        opened =
            other == nil
            ? try await Vault.create(files: files, key: key, clock: SystemClock())
            : try await Vault.open(files: files, key: key, clock: SystemClock())
    }

    func registry() async throws(OperationError) -> any DeviceRegistry { store }
    func audit() async throws(OperationError) -> any AuditTrail { store }
    func restoreHash() async throws(OperationError) -> KeyedHash { hash }
    func ledger() async throws(OperationError) -> any RestoreLedger { restores }
    func policies() async throws(OperationError) -> any PolicyStore {
        throw OperationError(.notInitialised, "no policies here")
    }
    func jobs() async throws(OperationError) -> any JobStore {
        throw OperationError(.notInitialised, "no jobs here")
    }
    func tokens() async throws(OperationError) -> any TokenStore { tokenBook }
    func tokenHash() async throws(OperationError) -> KeyedHash { hash }
    var launcher: any JobLauncher { NoLauncher() }
    func vault() async throws(OperationError) -> Vault { opened }
    func inspection() async throws(OperationError) -> any StoreInspection { store }
    func createStore(startingAnew: Bool) async throws(OperationError) {}

    /// A caller with that level.
    func context(_ level: AccessLevel = .destroy, scope: DeviceScope = .all) -> OperationContext {
        OperationContext(
            caller: Caller(actor: "person:test", surface: "cli", level: level, scope: scope),
            clock: SystemClock(),
            progress: SilentProgress(), services: self)
    }

    /// Calls the operation of that command line.
    func call(
        _ command: String, _ arguments: [String: JSONValue] = [:], level: AccessLevel = .destroy
    ) async throws(OperationError) -> OperationResult {
        guard
            let operation = allOperations.first(where: {
                $0.contract.command.joined(separator: " ") == command
            })
        else {
            throw OperationError(.internalFailure, "there is no operation ‘\(command)’")
        }
        return try await operation.call(arguments, in: context(level))
    }
}

/// Devices and records in memory.
actor MemoryStore: DeviceRegistry, AuditTrail, StoreInspection {
    private var all: [DeviceName: Device] = [.local: .local(added: Timestamp(seconds: 0))]
    private(set) var entries: [AuditEntry] = []
    private var failure: (error: StoreError, after: Int)?

    /// Lets no more records be written once there are `count`.
    func fail(with error: StoreError, after count: Int = 0) { failure = (error, count) }

    func problems() -> [String] { [] }

    func devices() -> [Device] { all.values.sorted { $0.name < $1.name } }
    func device(named name: DeviceName) -> Device? { all[name] }

    func add(_ device: Device) throws(StoreError) {
        guard all[device.name] == nil else { throw StoreError(.conflict, "taken") }
        all[device.name] = device
    }

    func replace(_ earlier: Device, with device: Device) throws(StoreError) -> Bool {
        guard let present = all[earlier.name] else { throw StoreError(.notFound, "not there") }
        guard present == earlier else { return false }
        all[device.name] = device
        return true
    }

    func remove(_ name: DeviceName) throws(StoreError) {
        guard name != .local, all.removeValue(forKey: name) != nil else {
            throw StoreError(.notFound, "not there")
        }
    }

    @discardableResult
    func append(_ entry: AuditEntry, by clock: any WallClock) throws(StoreError) -> AuditRecord {
        if let failure, entries.count >= failure.after { throw failure.error }
        entries.append(entry)
        return AuditRecord(
            sequence: Int64(entries.count), time: clock.now(), entry: entry, previous: "",
            mark: String(entries.count))
    }

    func records(limit: Int, before: Int64?) -> [AuditRecord] {
        entries.enumerated().reversed().prefix(limit).map { index, entry in
            AuditRecord(
                sequence: Int64(index + 1), time: Timestamp(seconds: 0), entry: entry, previous: "",
                mark: "\(index)")
        }
    }

    func prove<Fold: AuditFold>(_ fold: Fold) -> (verdict: AuditVerdict, fold: Fold) {
        var fold = fold
        for record in records(limit: entries.count, before: nil).reversed() { fold.visit(record) }
        return (.intact(count: Int64(entries.count), remarks: []), fold)
    }
}
