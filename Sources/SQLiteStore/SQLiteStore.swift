package import Basics
package import RemoteExecution
package import Storage

/// The embedded store: devices and the audit chain in one SQLite file.
///
/// The database is opened, and made when missing, by the first call that needs it. Several processes may use the same
/// file: each call waits a bounded time for the locks of the others, then throws `busy`. All work runs on a queue of
/// its own. It knows SQLite and the file of the checkpoint, and nothing of who asks.
package actor SQLiteStore {
    private let path: String
    private let patience: Duration
    private let clock: any WallClock
    let checkpointPath: String
    let chain: AuditChain
    private let executor = QueueExecutor("sqlite")
    private var connection: SQLiteConnection?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// - Parameters:
    ///   - path: the database; its folder is made with mode 0700 when missing, the file with 0600.
    ///   - checkpoint: the file that keeps the end of the audit chain, outside of the database; the same modes.
    ///   - mark: the keyed hash of the audit chain.
    ///   - patience: how long one call waits for the locks of other processes.
    package init(
        path: String, checkpoint: String, mark: ChainMark, clock: any WallClock = SystemClock(),
        patience: Duration = .seconds(5)
    ) {
        self.path = path
        self.patience = patience
        self.clock = clock
        checkpointPath = checkpoint
        chain = AuditChain(mark: mark)
    }

    /// Opens the database now, for callers that want to know at once whether that works.
    package func open() throws(StoreError) { try using { _ throws(StoreError) in () } }

    /// Closes the database; the next call opens it again.
    package func close() { connection = nil }

    /// Gives the open database to `body`, opening it first where needed.
    func using<Result>(
        _ body: (borrowing SQLiteConnection) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        if connection == nil { connection = try Schema.open(path, patience: patience, now: clock.now()) }
        switch connection {
        case .some(let open): return try body(open)
        case .none: throw StoreError(.unavailable, "the database \(path) is closed")
        }
    }
}

extension SQLiteStore: DeviceRegistry {
    package func devices() throws(StoreError) -> [Device] {
        try using { (connection) throws(StoreError) in try DeviceTable.all(in: connection) }
    }

    package func device(named name: DeviceName) throws(StoreError) -> Device? {
        try using { (connection) throws(StoreError) in try DeviceTable.find(name, in: connection) }
    }

    package func add(_ device: Device) throws(StoreError) {
        try checkLocal(device)
        try using { (connection) throws(StoreError) in
            guard try DeviceTable.insert(device, or: "IGNORE", into: connection) else {
                throw StoreError(.conflict, "there is already a device called ‘\(device.name)’")
            }
        }
    }

    package func update(_ device: Device) throws(StoreError) {
        try checkLocal(device)
        try using { (connection) throws(StoreError) in
            guard try DeviceTable.replace(device, in: connection) else { throw unknown(device.name) }
        }
    }

    package func remove(_ name: DeviceName) throws(StoreError) {
        guard name != .local else {
            throw StoreError(.conflict, "‘local’ is this machine itself and stays registered")
        }
        try using { (connection) throws(StoreError) in
            guard try DeviceTable.remove(name, from: connection) else { throw unknown(name) }
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
