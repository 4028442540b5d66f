import Basics
import Codecs
import Operations
import RemoteExecution
import Storage
import Vault

/// Services without anything behind them: the samples need none.
private struct NoServices: Services {
    let transport: any DeviceTransport = NoTransport()
    let redactor = Redactor()
    let paths: StatePaths

    func registry() async throws(OperationError) -> any DeviceRegistry { throw absent }
    func audit() async throws(OperationError) -> any AuditTrail { throw absent }
    func restoreHash() async throws(OperationError) -> KeyedHash { throw absent }
    func ledger() async throws(OperationError) -> any RestoreLedger { throw absent }
    func policies() async throws(OperationError) -> any PolicyStore { throw absent }
    func jobs() async throws(OperationError) -> any JobStore { throw absent }
    func tokens() async throws(OperationError) -> any TokenStore { throw absent }
    func tokenHash() async throws(OperationError) -> KeyedHash { throw absent }
    var launcher: any JobLauncher { NoLauncher() }
    func vault() async throws(OperationError) -> Vault { throw absent }
    func inspection() async throws(OperationError) -> any StoreInspection { throw absent }
    func createStore(startingAnew: Bool) async throws(OperationError) { throw absent }

    private var absent: OperationError { OperationError(.notInitialised, "There is nothing here") }
}

private struct NoTransport: DeviceTransport {
    func run(
        _ job: ShellJob, on device: Device, into consumer: any ShellConsumer
    ) async throws(ShellError) -> ShellExit {
        throw ShellError(.unreachable, "no device here")
    }

    func hostKey(of target: SSHTarget, within limit: Duration) async throws(ShellError) -> HostKey {
        throw ShellError(.unreachable, "no device here")
    }
}

/// A context for the samples; the home `/nowhere` cannot be opened.
@Sendable func sampleContext(
    _ home: String?, _ progress: any ProgressReporter, _ logLevel: Log.Level?
) async throws(OperationError) -> OperationContext {
    guard home != "/nowhere" else { throw OperationError(.ioFailed, "There is no folder /nowhere") }
    let paths: StatePaths
    do { paths = try StatePaths(home: home ?? "/state", environment: [:], currentFolder: "/") } catch {
        throw OperationError(.configurationInvalid, "\(error)")
    }
    return OperationContext(
        caller: Caller(actor: "person:test", surface: "cli", level: .destroy), clock: SystemClock(),
        progress: progress, services: NoServices(paths: paths),
        log: logLevel.map { Log(level: $0, redactor: Redactor()) } ?? .silent)
}
