package import Basics
import LocalExecution
package import Operations
import RemoteExecution
import SSHClient

/// What operations work with in this process, for the state in one place.
package struct ProgramParts: Sendable {
    package let services: ProgramServices
    let log: Log
    /// Where what calls the store often should run.
    package let workers: WorkerPool

    /// The parts for the folder given with `--home`; nil for the usual places.
    /// - Parameters:
    ///   - launcher: starts the jobs.
    ///   - libraries: those that are loaded when they are first needed.
    package init(
        home: String?, logLevel: Log.Level?, launcher: any JobLauncher,
        libraries: @escaping @Sendable () -> [LateLibrary] = { [] }
    ) throws(OperationError) {
        guard SystemClock().now() < .furthest else {
            throw OperationError(
                .configurationInvalid,
                "This machine's clock shows a time beyond the year 2262, which cannot be kept",
                hint: "Set the clock: ages, retention and approvals depend on it.")
        }
        let stores = ProgramStores(paths: try Self.paths(home: home), clock: SystemClock())
        let keys = RegisteredKeys()
        workers = stores.workers
        services = ProgramServices(
            stores: stores, transport: Self.transport(stores, keys),
            launcher: launcher, clock: SystemClock(), libraries: libraries)
        log = logLevel.map { [services] in Log(level: $0, redactor: services.redactor) } ?? .silent
    }

    /// A context for one call.
    package func context(for caller: Caller, _ progress: any ProgressReporter) -> OperationContext {
        OperationContext(
            caller: caller, clock: SystemClock(), progress: progress, services: services, log: log)
    }

    private static func paths(home: String?) throws(OperationError) -> StatePaths {
        let environment = ProcessEnvironment.all
        do {
            let paths = try StatePaths(
                home: home, environment: environment, currentFolder: ProcessEnvironment.currentFolder)
            for folder in Set([paths.configuration, paths.data, paths.state])
            where try FileStatus.isFolder(folder) == false {
                throw OperationError(
                    .configurationInvalid, "\(folder) is no folder, and the state cannot be kept in it",
                    hint: "Name another folder with --home or HOLDFAST_HOME.")
            }
            return paths
        } catch let error as OperationError { throw error } catch let error as SystemError
            where error.meansDenial
        {
            throw OperationError(
                .ioFailed, "\(error.subject) cannot be looked at: \(error.reason)",
                hint: "Run Holdfast as the user whom it belongs to, or name another folder with --home.")
        } catch {
            throw OperationError(.configurationInvalid, "\(error)")
        }
    }

    private static func transport(_ stores: ProgramStores, _ keys: RegisteredKeys) -> RoutedTransport {
        let environment = ProcessEnvironment.all
        var settings = SSHSettings(environment: environment, home: environment["HOME"] ?? "/nonexistent")
        settings.jumpHostKeys = { keys.keys(of: $0) }
        let usual = settings
        let remote = LazyTransport { () throws(ShellError) in try SSHTransport(usual) }
        return RoutedTransport(local: LocalTransport(), remote: remote) { () async throws(ShellError) in
            do { try await keys.load(from: stores.store()) } catch {
                throw ShellError(.configuration, "The registered devices cannot be read: \(error)")
            }
        }
    }
}
