import Basics
import Operations

/// Runs one operation: shows its progress, asks what it wants confirmed, prints its result.
struct OperationRunner {
    /// How many questions one command may ask.
    private static let questionLimit = 5

    let terminal: any Terminal
    let makeContext: CommandLine.ContextBuilder
    let options: GlobalOptions
    let console: Console
    let hints: HomeHints

    /// Runs the operation and prints what it gave.
    /// - Returns: `done` or `partial`.
    func run(
        _ operation: AnyOperation, _ entry: CommandEntry, _ arguments: [String: JSONValue]
    ) async throws(CommandFailure) -> ExitCode {
        let start = ContinuousClock.now
        let result: OperationResult
        do { result = try await confirmed(operation, entry, arguments) } catch { throw .failed(error) }
        for warning in result.warnings { await console.remark(remark(warning)) }
        try await console.print(try rendered(result))
        if options.verbosity >= .verbose {
            await console.remark("took \(ProgressMeter.precise(ContinuousClock.now - start))\n")
        }
        return result.isComplete ? .done : .partial
    }

    private func remark(_ warning: String) -> String {
        let style = TextStyle(terminal, .error, isColourAllowed: options.isColourAllowed)
        return style.toned("holdfast: warning:", .warning) + " " + TerminalText.escape(hints.text(warning))
            + "\n"
    }

    /// Calls the operation, again with each confirmation that a person at the terminal gives.
    private func confirmed(
        _ operation: AnyOperation, _ entry: CommandEntry, _ arguments: [String: JSONValue]
    ) async throws(OperationError) -> OperationResult {
        var arguments = arguments
        for _ in 0..<Self.questionLimit {
            do throws(OperationError) { return try await called(operation, arguments) } catch {
                guard let question = error.confirmation, canAsk,
                    let parameter = entry.parameters.first(where: { $0.name == question.field })
                else { throw error }
                guard await console.confirms(TerminalText.escape("\(error.message). \(question.question)"))
                else {
                    // Who interrupts a question has not said no to it.
                    throw Task.isCancelled
                        ? OperationError(.cancelled, "The operation was cancelled") : error
                }
                arguments[parameter.name] = try Confirmation.value(
                    question.value, for: parameter, over: arguments[parameter.name])
            }
        }
        return try await called(operation, arguments)
    }

    /// Questions are for people: not for programs that read JSON, nor when an end of the conversation is no terminal.
    private var canAsk: Bool {
        !options.isJSON && terminal.isInteractive(.input) && terminal.isInteractive(.error)
    }

    /// The person who can be asked; nil for programs.
    private var person: (any Person)? {
        guard canAsk else { return nil }
        return ConsolePerson(
            console: console, witness: Witness(.current, terminal: terminal.inputName),
            style: TextStyle(terminal, .error, isColourAllowed: options.isColourAllowed), hints: hints)
    }

    private func called(
        _ operation: AnyOperation, _ arguments: [String: JSONValue]
    ) async throws(OperationError) -> OperationResult {
        let view = ProgressView(ProgressView.mode(terminal, options), terminal: terminal, hints: hints)
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await view.run(on: console) }
            let outcome = await self.outcome(of: operation, arguments, view)
            group.cancelAll()
            return outcome
        }
        await view.finish(on: console)
        return try outcome.get()
    }

    private func outcome(
        of operation: AnyOperation, _ arguments: [String: JSONValue], _ view: ProgressView
    ) async -> Result<OperationResult, OperationError> {
        do throws(OperationError) {
            let context = try await makeContext(options.home, view, options.verbosity.logLevel).with(person)
            view.hideSecrets(with: context.services.redactor)
            return .success(try await operation.call(arguments, in: context))
        } catch { return .failure(error) }
    }

    private func rendered(_ result: OperationResult) throws(CommandFailure) -> [UInt8] {
        guard !options.isJSON else { return JSONWriter.bytes(result.json, isPretty: true) + [0x0A] }
        let style = TextStyle(terminal, .output, isColourAllowed: options.isColourAllowed)
        do { return try DisplayRenderer(style: style).bytes(hints.blocks(result.display)) } catch {
            throw .failed(error)
        }
    }
}

/// What a yes means for the arguments of a call.
enum Confirmation {
    /// The value of `parameter` after a yes.
    /// - Parameter present: what was given for it before.
    static func value(
        _ text: String, for parameter: Parameter, over present: JSONValue?
    ) throws(OperationError) -> JSONValue {
        let value = try ArgumentBinder.value(text, for: parameter)
        return parameter.isList ? .array((present?.array ?? []) + [value]) : value
    }

    /// The option that says yes on the command line.
    static func option(_ confirmation: OperationError.Confirmation) -> String {
        let name = "--" + confirmation.field.dashed
        switch confirmation.value {
        case "true": return name
        case "false": return "--no-" + confirmation.field.dashed
        default: return name + " " + confirmation.value.shellWord
        }
    }
}
