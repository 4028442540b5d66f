import Basics
import CLI
import Glibc
import HTTPTransport
import LocalExecution
import Operations
import RemoteExecution
import SSHClient
import Service

/// Builds the concrete parts and runs the command line.
@main
struct Main {
    static func main() async {
        StandardStream.occupyClosed()
        let version = ProgramVersion(
            version: ProgramInfo.version, commit: nil, swift: ProgramInfo.swift, libraries: [])
        let commandLine = CommandLine(
            operations: allOperations, residents: [serve], version: version, terminal: ProcessTerminal(),
            makeContext: context)
        let arguments = Array(Swift.CommandLine.arguments.dropFirst())
        if let home = JobProcess.home(arguments) {
            exit(await ProcessSignals.run { await JobProcess.run(home: home, makeContext: context) })
        }
        exit(await ProcessSignals.run { await commandLine.run(arguments: arguments) })
    }

    @Sendable private static func context(
        home: String?, progress: any ProgressReporter, logLevel: Log.Level?
    ) async throws(OperationError) -> OperationContext {
        let stores = ProgramStores(paths: try paths(home: home), clock: SystemClock())
        let keys = RegisteredKeys()
        let services = ProgramServices(
            stores: stores, transport: transport(stores, keys), launcher: JobProcess.Launcher(home: home),
            clock: SystemClock())
        let caller = Caller(actor: "person:\(ProcessEnvironment.userName)", surface: "cli", level: .destroy)
        let log = logLevel.map { Log(level: $0, redactor: services.redactor) } ?? .silent
        return OperationContext(
            caller: caller, clock: SystemClock(), progress: progress, services: services, log: log)
    }

    private static let serve = ResidentCommand(
        ["serve"], summary: ServeWords.summary, discussion: ServeWords.discussion,
        examples: ServeWords.examples, input: ServeOptions.self
    ) { (options: ServeOptions, call: ResidentCommand.Call) async throws(OperationError) in
        let context = try await call.makeContext(call.home, SilentProgress(), call.logLevel ?? .warning)
        try await Serve(server: EventHTTPServer(), fetcher: CurlFetcher(), context: context).run(options) {
            line in
            // Whoever started it may have closed the stream; it serves all the same.
            try? StandardStream.error.write(Array((line + "\n").utf8))
        }
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
        } catch let error as OperationError { throw error } catch {
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
