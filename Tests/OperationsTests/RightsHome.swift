import Basics
import Codecs
import Operations
import RemoteExecution
import Restore
import SQLiteStore
import Storage
import Synchronization
import TestSupport
import Vault

@testable import Operations

/// A home with its stores on disk, a clock that tests set, and a device that nobody may reach.
final class RightsHome: Services {
    let scratch: ScratchFolder
    let paths: StatePaths
    let redactor = Redactor()
    let clock = SettableClock()
    let reached = UnreachableTransport()
    let launcher: any JobLauncher
    private let store: SQLiteStore
    private let haste = Mutex<(word: String, fact: AuditFact)?>(nil)
    private let key = VaultKey.random()
    let files = MemoryVaultFiles()

    static let hostKey = HostKey(
        algorithm: "ssh-ed25519", key: "a2V5", fingerprint: "SHA256:a2V5")

    init(launcher: any JobLauncher = NoLauncher()) async throws {
        scratch = try ScratchFolder()
        paths = try StatePaths(home: scratch.path, environment: [:], currentFolder: "/")
        self.launcher = launcher
        store = SQLiteStore(
            path: paths.database, checkpoint: paths.checkpoint, mark: ChainMark(key.hash(for: .audit)),
            clock: clock, patience: .seconds(20))
        try await store.create()
        try await store.add(
            Device(
                name: Self.web, connection: .ssh(SSHTarget(host: "192.0.2.1")), hostKey: Self.hostKey,
                tags: ["www"], added: clock.now()))
    }

    static var web: DeviceName {
        guard let name = DeviceName("web") else { preconditionFailure("a name") }
        return name
    }

    var transport: any DeviceTransport { reached }
    func registry() async throws(OperationError) -> any DeviceRegistry { store }
    func audit() async throws(OperationError) -> any AuditTrail {
        guard let haste = haste.withLock(\.self) else { return store }
        return HastyTrail(trail: store, word: haste.word, fact: haste.fact)
    }
    func restoreHash() async throws(OperationError) -> KeyedHash { key.hash(for: .restore) }
    func inspection() async throws(OperationError) -> any StoreInspection { store }
    func ledger() async throws(OperationError) -> any RestoreLedger { store }
    func policies() async throws(OperationError) -> any PolicyStore { store }
    func jobs() async throws(OperationError) -> any JobStore { store }
    func tokens() async throws(OperationError) -> any TokenStore { store }
    func tokenHash() async throws(OperationError) -> KeyedHash { key.hash(for: .tokens) }
    func createStore(startingAnew: Bool) async throws(OperationError) {}

    func vault() async throws(OperationError) -> Vault {
        do throws(VaultError) {
            if files.paths.contains("config") {
                return try await Vault.open(files: files, key: key, clock: clock)
            }
            return try await Vault.create(files: files, key: key, clock: clock)
        } catch { throw OperationError(error) }
    }

    /// A caller with somebody at the terminal; nil for nobody.
    func context(_ person: (any Person)? = nil) -> OperationContext {
        OperationContext(
            caller: Caller(actor: "person:test", surface: "cli", level: .destroy), clock: clock,
            progress: SilentProgress(), services: self, person: person)
    }

    @discardableResult
    func call(
        _ command: String, _ arguments: [String: JSONValue] = [:], person: (any Person)? = nil
    ) async throws(OperationError) -> JSONValue {
        guard
            let operation = allOperations.first(where: {
                $0.contract.command.joined(separator: " ") == command
            })
        else { throw OperationError(.internalFailure, "there is no operation ‘\(command)’") }
        return try await operation.call(arguments, in: context(person)).json
    }

    /// The code that a call is refused with; nil when it is not.
    func refusal(
        _ command: String, _ arguments: [String: JSONValue] = [:], person: (any Person)? = nil
    ) async -> OperationError.Code? {
        do throws(OperationError) {
            try await call(command, arguments, person: person)
            return nil
        } catch { return error.code }
    }

    /// A stored plan for `web` of one step; its id.
    func plan(minutes: Int = 15, device: String = "web") async throws -> (id: String, plan: RestorePlan) {
        let plan = RestorePlan(
            created: clock.now(), expires: clock.now() + .seconds(60 * minutes), backup: "b", tree: "t",
            target: RestorePlan.Target(
                device: device, machineID: "m", hostKey: Self.hostKey.fingerprint),
            place: .inPlace, sections: ["cron"], paths: [],
            steps: [
                RestoreStep(action: .replace, subject: Array("/etc/cron.d/job".utf8), section: "cron")
            ])
        let id = plan.id(hash: key.hash(for: .restore))
        try await store.add(
            PlanRecord(
                id: id, device: device, backup: plan.backup, created: plan.created, expires: plan.expires,
                document: plan.canonical))
        return (id, plan)
    }

    /// Which approvals of a plan count, of how many.
    func standing(_ id: String, _ plan: RestorePlan) async throws -> String {
        let device = try await store.device(named: Self.web)
        return try await Consent(context: context(), plan: plan, id: id, device: device).standing().words
    }

    /// From here on another program puts `fact` on the chain right before a record of the operation `word`.
    func precede(_ word: String, with fact: AuditFact) { haste.withLock { $0 = (word, fact) } }

    /// Changes the database behind the back of the program.
    func tamper(_ sql: String) throws {
        try Shell.run(
            "sqlite3 '\(paths.database)' \"PRAGMA foreign_keys = OFF; \(Self.dropTriggers) \(sql)\"")
    }

    private static let dropTriggers = [
        "audit_is_never_changed", "audit_is_never_cut", "approval_is_used_once",
        "approval_stays_what_was_given", "plan_is_never_changed",
    ].map { "DROP TRIGGER IF EXISTS \($0);" }.joined(separator: " ")

    func facts() async throws -> [AuditFact] {
        try await store.records(limit: 1000, before: nil).reversed().compactMap { AuditFact($0.entry) }
    }
}

/// A chain on which somebody else is quicker.
private struct HastyTrail: AuditTrail {
    let trail: SQLiteStore
    let word: String
    let fact: AuditFact

    func append(_ entry: AuditEntry, by clock: any WallClock) async throws(StoreError) -> AuditRecord {
        if entry.operation == word {
            try await trail.append(fact.entry(actor: "person:other", surface: "cli"), by: clock)
        }
        return try await trail.append(entry, by: clock)
    }

    func records(limit: Int, before: Int64?) async throws(StoreError) -> [AuditRecord] {
        try await trail.records(limit: limit, before: before)
    }

    func prove<Fold: AuditFold>(_ fold: Fold) async throws(StoreError) -> (verdict: AuditVerdict, fold: Fold)
    {
        try await trail.prove(fold)
    }
}

/// A transport that only counts who wanted to reach a device.
final class UnreachableTransport: DeviceTransport {
    private let count = Mutex(0)

    var attempts: Int { count.withLock(\.self) }

    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        count.withLock { $0 += 1 }
        throw ShellError(.unreachable, "no device here")
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        count.withLock { $0 += 1 }
        throw ShellError(.unreachable, "no device here")
    }
}

/// A person of some account who types one answer.
struct TypingPerson: Person {
    let witness: Witness
    let answer: String

    init(_ account: UInt32, typing answer: String) {
        witness = Witness(
            ProcessAccount(realID: account, name: "p\(account)", remote: "192.0.2.9"), terminal: "/dev/pts/7")
        self.answer = answer
    }

    func types(_ expected: String, asked question: String, after blocks: [DisplayBlock]) async -> Bool {
        answer == expected
    }
}
