package import Basics
package import Operations

/// The operations as commands: reads a command line, runs what it names and shows what comes back.
///
/// It knows operations only by their contracts and fields; devices, vaults and stores are no words of this module.
package struct CommandLine: Sendable {
    /// Builds what operations work with.
    ///
    /// `home` is the folder given with `--home`, nil for the usual place; `logLevel` the least important log lines that
    /// are wanted on standard error, nil for none.
    package typealias ContextBuilder =
        @Sendable (_ home: String?, _ progress: any ProgressReporter, _ logLevel: Log.Level?)
        async throws(OperationError) -> OperationContext

    let tree: CommandTree
    let version: ProgramVersion
    let terminal: any Terminal
    let makeContext: ContextBuilder

    /// - Parameter residents: the commands that stay, besides the operations.
    package init(
        operations: [AnyOperation], residents: [ResidentCommand] = [], version: ProgramVersion,
        terminal: any Terminal, makeContext: @escaping ContextBuilder
    ) {
        tree = CommandTree(operations, residents: residents)
        self.version = version
        self.terminal = terminal
        self.makeContext = makeContext
    }

    /// Runs one command line and returns the exit code.
    ///
    /// Cancelling the calling task cancels the operation, which ends at its next safe point.
    /// - Parameter arguments: the words after the program's name.
    package func run(arguments: [String]) async -> Int32 {
        let console = Console(terminal)
        var options = GlobalOptions(preview: arguments)
        do throws(CommandFailure) {
            let invocation = try parsed(arguments)
            options = invocation.options
            return try await perform(invocation, console).number
        } catch {
            return await report(options).show(Self.redacted(error), on: console).number
        }
    }

    /// What was typed may be a secret in the wrong place.
    private static func redacted(_ failure: CommandFailure) -> CommandFailure {
        guard case .failed(let error) = failure else { return failure }
        return .failed(error.redacted(by: Redactor()))
    }

    /// The same for words as the system hands them over: what is no UTF-8 is refused, as it would be read as another word.
    package func run(words: [[UInt8]]) async -> Int32 {
        let arguments = words.map { String(decoding: $0, as: UTF8.self) }
        guard let index = words.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil }) else {
            return await run(arguments: arguments)
        }
        let error = OperationError(
            .argumentInvalid, "Argument \(index + 1), ‘\(DeviceText.path(words[index]))’, is no UTF-8 text",
            hint:
                "For a file of a backup write the path as ‘holdfast backup files’ prints it; all else must be UTF-8."
        )
        return await report(GlobalOptions(preview: arguments)).show(.failed(error), on: Console(terminal))
            .number
    }

    private func report(_ options: GlobalOptions) -> ErrorReport {
        ErrorReport(
            options: options, terminal: terminal, hints: HomeHints(tree: tree, home: options.home))
    }

    private func parsed(_ arguments: [String]) throws(CommandFailure) -> Invocation {
        do { return try InvocationParser.parse(arguments, tree) } catch { throw .failed(error) }
    }

    private func perform(
        _ invocation: Invocation, _ console: Console
    ) async throws(CommandFailure) -> ExitCode {
        let options = invocation.options
        switch invocation.target {
        case .help(let words): return try await builtIns(options, console).help(words)
        case .version: return try await builtIns(options, console).showVersion()
        case .command(let entry, let arguments):
            switch entry.action {
            case .operation(let operation):
                return try await runner(options, console).run(operation, entry, arguments)
            case .builtIn(let builtIn):
                return try await builtIns(options, console).run(builtIn, arguments)
            case .resident(let resident): return try await stay(resident, arguments, options, console)
            }
        }
    }

    private func stay(
        _ resident: ResidentCommand, _ arguments: [String: JSONValue], _ options: GlobalOptions,
        _ console: Console
    ) async throws(CommandFailure) -> ExitCode {
        let call = ResidentCommand.Call(
            home: options.home, logLevel: options.verbosity.logLevel, makeContext: makeContext)
        let report: ResidentCommand.Report?
        do { report = try await resident.body(arguments, call) } catch { throw .failed(error) }
        if let report { try await builtIns(options, console).show(report) }
        return .done
    }

    private func builtIns(_ options: GlobalOptions, _ console: Console) -> BuiltInRunner {
        BuiltInRunner(commandLine: self, options: options, console: console)
    }

    private func runner(_ options: GlobalOptions, _ console: Console) -> OperationRunner {
        OperationRunner(
            terminal: terminal, makeContext: makeContext, options: options, console: console,
            hints: HomeHints(tree: tree, home: options.home))
    }
}
