import Basics
import CLI
import Glibc
import LocalExecution
import Operations
import RemoteExecution
import SSHClient

/// Builds the concrete parts and runs the command line.
@main
struct Main {
    static func main() async {
        let version = ProgramVersion(
            version: ProgramInfo.version, commit: nil, swift: ProgramInfo.swift, libraries: [])
        let commandLine = CommandLine(
            operations: allOperations, version: version, terminal: ProcessTerminal(), makeContext: context)
        let arguments = Array(Swift.CommandLine.arguments.dropFirst())
        exit(await ProcessSignals.run { await commandLine.run(arguments: arguments) })
    }

    @Sendable private static func context(
        home: String?, progress: any ProgressReporter
    ) async throws(OperationError) -> OperationContext {
        let environment = ProcessEnvironment.all
        let paths: StatePaths
        do {
            paths = try StatePaths(
                home: home, environment: environment, currentFolder: ProcessEnvironment.currentFolder)
        } catch { throw OperationError(.configurationInvalid, error.description) }
        let settings = SSHSettings(environment: environment, home: environment["HOME"] ?? "/nonexistent")
        let remote = LazyTransport { () throws(ShellError) in try SSHTransport(settings) }
        let transport = RoutedTransport(local: LocalTransport(), remote: remote)
        let services = ProgramServices(paths: paths, transport: transport, clock: SystemClock())
        let caller = Caller(actor: "person:\(ProcessEnvironment.userName)", surface: "cli", level: .destroy)
        return OperationContext(caller: caller, clock: SystemClock(), progress: progress, services: services)
    }
}
