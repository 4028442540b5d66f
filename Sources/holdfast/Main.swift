import Basics
import CLI
import Glibc
import Operations
import Service

/// Builds the concrete parts and runs the command line.
@main
struct Main {
    static func main() async {
        StandardStream.occupyClosed()
        let version = ProgramVersion(
            version: ProgramInfo.version, commit: nil, swift: ProgramInfo.swift, libraries: [])
        let commandLine = CommandLine(
            operations: allOperations, commands: [mcp], version: version, terminal: ProcessTerminal(),
            makeContext: context)
        let arguments = Array(Swift.CommandLine.arguments.dropFirst())
        exit(await ProcessSignals.run { await commandLine.run(arguments: arguments) })
    }

    @Sendable private static func context(
        home: String?, progress: any ProgressReporter, logLevel: Log.Level?
    ) async throws(OperationError) -> OperationContext {
        let caller = Caller(actor: "person:\(ProcessEnvironment.userName)", surface: "cli", level: .destroy)
        return try ProgramParts(home: home, logLevel: logLevel).context(for: caller, progress)
    }

    /// The command that serves assistants.
    private static var mcp: ProgramCommand {
        ProgramCommand(
            words: MCPCommand.words, summary: MCPCommand.summary, discussion: MCPCommand.discussion,
            fields: MCPCommand.fields, hidden: MCPCommand.hidden, examples: MCPCommand.examples
        ) { (arguments, home, logLevel) async throws(OperationError) in
            let command = MCPCommand(operations: allOperations)
            let description = try await command.run(arguments) { () throws(OperationError) in
                let parts = try ProgramParts(home: home, logLevel: logLevel)
                return MCPCommand.Parts(userName: ProcessEnvironment.userName, sealer: ProcessSealer()) {
                    (caller, progress) async throws(OperationError) in parts.context(for: caller, progress)
                }
            }
            return description.map { ProgramCommand.Report(json: $0.json, display: $0.display) }
        }
    }
}
