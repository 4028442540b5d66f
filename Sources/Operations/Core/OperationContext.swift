package import Basics
package import Codecs
package import RemoteExecution
package import Storage
package import Vault

/// Everything an operation may use; built by the program, or by a test.
package struct OperationContext: Sendable {
    package let caller: Caller
    package let clock: any WallClock
    package let progress: any ProgressReporter
    package let services: any Services
    /// Who sits at the caller's terminal; nil for programs, assistants and schedules.
    package let person: (any Person)?
    /// For who looks on: what was connected, how long it took.
    package let log: Log
    /// What a person should know besides the result.
    let warnings = Warnings()

    package init(
        caller: Caller, clock: any WallClock, progress: any ProgressReporter, services: any Services,
        person: (any Person)? = nil, log: Log = .silent
    ) {
        self.log = log
        self.caller = caller
        self.clock = clock
        self.progress = progress
        self.services = services
        self.person = person
    }

    /// The same for one call of somebody else, who has no terminal.
    package func with(
        _ caller: Caller, progress: any ProgressReporter = SilentProgress()
    ) -> OperationContext {
        OperationContext(caller: caller, clock: clock, progress: progress, services: services, log: log)
    }

    /// The same, with only the devices that the caller may use.
    var scoped: OperationContext {
        OperationContext(
            caller: caller, clock: clock, progress: progress,
            services: ScopedServices(base: services, scope: caller.scope), person: person, log: log)
    }

    /// The services without a scope: for what Holdfast does for itself and tells the caller nothing of.
    var wholeServices: any Services {
        var whole = services
        while let scoped = whole as? ScopedServices { whole = scoped.base }
        return whole
    }

    /// The same with somebody at the terminal.
    package func with(_ person: (any Person)?) -> OperationContext {
        OperationContext(
            caller: caller, clock: clock, progress: progress, services: services, person: person,
            log: log)
    }
}

/// Somebody at a terminal who can be asked; whatever a program could answer by itself is none.
package protocol Person: Sendable {
    /// Who it is, and where.
    var witness: Witness { get }
    /// Shows `blocks`, asks, and tells whether exactly `expected` was typed; anything else is no.
    func types(_ expected: String, asked question: String, after blocks: [DisplayBlock]) async -> Bool
}

extension Person {
    /// The same, but a question that was interrupted has no answer.
    ///
    /// - Throws: `cancelled`.
    func confirms(
        _ expected: String, asked question: String, after blocks: [DisplayBlock]
    ) async throws(OperationError) -> Bool {
        if await types(expected, asked: question, after: blocks) { return true }
        guard !Task.isCancelled else { throw OperationError(any: CancellationError()) }
        return false
    }
}

/// The stores, the vault and the way to the devices, opened when first asked for.
package protocol Services: Sendable {
    var transport: any DeviceTransport { get }
    var redactor: Redactor { get }
    /// Where the state lies.
    var paths: StatePaths { get }
    /// - Throws: `notInitialised` before `init`.
    func registry() async throws(OperationError) -> any DeviceRegistry
    /// - Throws: `notInitialised` before `init`.
    func audit() async throws(OperationError) -> any AuditTrail
    /// - Throws: `notInitialised` before `init`.
    func inspection() async throws(OperationError) -> any StoreInspection
    /// The keyed hash that names plans and proves approvals.
    /// - Throws: `notInitialised` before `init`; `keyMissing`, `keyInvalid`.
    func restoreHash() async throws(OperationError) -> KeyedHash
    /// - Throws: `notInitialised` before `init`.
    func ledger() async throws(OperationError) -> any RestoreLedger
    /// - Throws: `notInitialised` before `init`.
    func policies() async throws(OperationError) -> any PolicyStore
    /// - Throws: `notInitialised` before `init`.
    func jobs() async throws(OperationError) -> any JobStore
    /// - Throws: `notInitialised` before `init`.
    func tokens() async throws(OperationError) -> any TokenStore
    /// The keyed hash that tokens are kept as.
    /// - Throws: `notInitialised` before `init`; `keyMissing`, `keyInvalid`.
    func tokenHash() async throws(OperationError) -> KeyedHash
    /// Starts the processes of jobs.
    var launcher: any JobLauncher { get }
    /// - Throws: `notInitialised` before `init`; `keyMissing`, `keyInvalid`, `vaultCorrupt`.
    func vault() async throws(OperationError) -> Vault
    /// Makes the store of devices and audit records where there is none.
    /// - Parameter startingAnew: also in the place of one that was lost.
    /// - Throws: `storeMissing` when one was lost, unless `startingAnew`; `diskFull`, `readOnly`, `ioFailed`.
    func createStore(startingAnew: Bool) async throws(OperationError)
    /// What is wrong with the state and kept nobody from reading it, as sentences without a full stop.
    var troubles: [String] { get }
    /// The libraries that are loaded when they are first needed.
    var libraries: [LateLibrary] { get }
}

extension Services {
    package var troubles: [String] { [] }
    package var libraries: [LateLibrary] { [] }
}
