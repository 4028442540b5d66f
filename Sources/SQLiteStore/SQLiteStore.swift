package import Basics
package import RemoteExecution
package import Storage
import Synchronization

/// The embedded store: devices and the audit chain in one SQLite file.
///
/// The database is opened by the first call that needs it. One that is missing or empty is made only where nothing
/// shows that there was one before: the file of the checkpoint does. Several processes may use the same file: each call
/// waits a bounded time for the locks of the others, then throws `busy`. All work runs on an executor of its own. It knows
/// SQLite and the file of the checkpoint, and nothing of who asks.
package actor SQLiteStore {
    /// When a missing database is made.
    package enum Creation: Sendable {
        /// By the first call, unless there was one before.
        case byItself
        /// By `create` only.
        case onRequest
    }

    private let path: String
    private let creation: Creation
    private let patience: Duration
    private let clock: any WallClock
    let checkpointPath: String
    let chain: AuditChain
    /// Marks and checks the rows of the other tables.
    var seal: RowSeal { RowSeal(chain: chain) }
    private let executor: any SerialExecutor
    private var connection: SQLiteConnection?
    private let deviceMemory = DeviceMemory()
    private nonisolated let told = Mutex<String?>(nil)

    /// Why the database could not be opened as usual, which kept nobody from reading it; nil when it could.
    package nonisolated var trouble: String? { told.withLock(\.self) }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// - Parameters:
    ///   - path: the database; its folder is made with mode 0700 when missing, the file with 0600.
    ///   - checkpoint: the file that keeps the end of the audit chain, outside of the database; the same modes.
    ///   - mark: the keyed hash of the audit chain.
    ///   - creation: when a missing database is made.
    ///   - patience: how long one call waits for the locks of other processes.
    ///   - executor: where its work runs, which may block; nil for a queue of its own.
    package init(
        path: String, checkpoint: String, mark: ChainMark, clock: any WallClock = SystemClock(),
        creation: Creation = .byItself, patience: Duration = .seconds(5),
        executor: (any SerialExecutor)? = nil
    ) {
        self.executor = executor ?? QueueExecutor("sqlite")
        self.path = path
        self.creation = creation
        self.patience = patience
        self.clock = clock
        checkpointPath = checkpoint
        chain = AuditChain(mark: mark)
    }

    /// Opens the database now, for callers that want to know at once whether that works.
    package func open() throws(StoreError) { try using { _ throws(StoreError) in () } }

    /// Closes the database; the next call opens it again.
    package func close() { connection = nil }

    /// Makes the database where there is none, and does nothing where there is one.
    ///
    /// - Parameter startingAnew: also where there was one before; its checkpoint, and a damaged database, are kept
    ///   beside the new ones as `….lost-TIME`.
    /// - Throws: `missing` when there was one before, unless `startingAnew`; `full`, `readOnly`, `unavailable`.
    package func create(startingAnew: Bool = false) throws(StoreError) {
        connection = nil
        do throws(StoreError) { connection = try opened(mayCreate: true) } catch {
            guard startingAnew, error.code == .missing || error.code == .corrupt else { throw error }
            try setAside()
            connection = try opened(mayCreate: true)
        }
    }

    private func opened(mayCreate: Bool) throws(StoreError) -> SQLiteConnection {
        // Asked before the database: another process makes the checkpoint after it, never before.
        let wasThere: Bool
        do throws(SystemError) { wasThere = try Folder.item(checkpointPath) != nil } catch {
            throw StoreError(error)
        }
        do throws(StoreError) {
            return try Schema.open(
                path, patience: patience, mayCreate: mayCreate && !wasThere,
                Schema.Upgrade(seal: seal, now: clock.now(), anchor: try anchor()))
        } catch {
            guard error.code == .missing, wasThere else { throw error }
            throw StoreError(
                .missing, "\(error.message); \(checkpointPath) proves that audit records were in it")
        }
    }

    /// Keeps what is left of the lost database under other names.
    private func setAside() throws(StoreError) {
        let ending = ".lost-" + clock.now().string(fractionDigits: 0).filter { $0 != ":" && $0 != "-" }
        do throws(SystemError) {
            for file in [checkpointPath, path, path + "-wal", path + "-shm"]
            where try Folder.item(file) != nil {
                try Folder.rename(file, to: file + ending)
            }
        } catch { throw StoreError(error) }
    }

    /// Gives the open database to `body`, opening it first where needed.
    func using<Result>(
        _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        if connection == nil {
            do throws(StoreError) { connection = try opened(mayCreate: creation == .byItself) } catch {
                guard error.code == .full else { throw error }
                return try usingAlone(error, body)
            }
            told.withLock { $0 = nil }
        }
        switch connection {
        case .some(let open): return try body(open)
        case .none: throw StoreError(.unavailable, "the database \(path) is closed")
        }
    }
}

extension SQLiteStore {
    /// The same for one call only, where the disk has no room for the files of SQLite's locks: nobody else may use the
    /// database meanwhile, and what is written to it fails where it needs room.
    private func usingAlone<Result>(
        _ reason: StoreError, _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        guard let alone = try Schema.openAlone(path, patience: patience) else { throw reason }
        let result = try body(alone)
        told.withLock { $0 = "\(reason.message); the database can be read, and nothing can be changed" }
        return result
    }
}

extension SQLiteStore: DeviceRegistry {
    private var deviceTable: DeviceTable { DeviceTable(seal: seal, memory: deviceMemory) }

    package func devices() throws(StoreError) -> [Device] {
        try using { (connection) throws(StoreError) in try deviceTable.all(in: connection) }
    }

    package func device(named name: DeviceName) throws(StoreError) -> Device? {
        try using { (connection) throws(StoreError) in try deviceTable.find(name, in: connection) }
    }

    package func add(_ device: Device) throws(StoreError) {
        try checkLocal(device)
        try using { (connection) throws(StoreError) in
            guard try deviceTable.insert(device, or: "IGNORE", into: connection) else {
                throw StoreError(.conflict, "there is already a device called ‘\(device.name)’")
            }
        }
    }

    package func replace(_ earlier: Device, with device: Device) throws(StoreError) -> Bool {
        try checkLocal(device)
        return try using { (connection) throws(StoreError) in
            try connection.writing { (connection) throws(StoreError) in
                guard let present = try deviceTable.find(earlier.name, in: connection) else {
                    throw unknown(earlier.name)
                }
                guard present == earlier else { return false }
                return try deviceTable.replace(device, in: connection)
            }
        }
    }

    package func remove(_ name: DeviceName) throws(StoreError) {
        guard name != .local else {
            throw StoreError(.conflict, "‘local’ is this machine itself and stays registered")
        }
        try using { (connection) throws(StoreError) in
            guard try deviceTable.remove(name, from: connection) else { throw unknown(name) }
        }
    }

    private func checkLocal(_ device: Device) throws(StoreError) {
        guard (device.name == .local) == (device.connection == .local) else {
            throw StoreError(.conflict, "‘local’, and only it, is this machine itself")
        }
    }

    private nonisolated func unknown(_ name: DeviceName) -> StoreError {
        StoreError(.notFound, "there is no device called ‘\(name)’")
    }
}
