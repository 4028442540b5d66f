import Basics
import Operations

/// Tells a person, and with `--json` a program, why a command failed.
struct ErrorReport {
    let options: GlobalOptions
    let terminal: any Terminal
    let hints: HomeHints

    /// Prints the failure and returns the exit code it ends with.
    func show(_ failure: CommandFailure, on console: Console) async -> ExitCode {
        guard case .failed(let error) = failure else { return .outputClosed }
        let said = text(error)
        await console.remark(said)
        let code = ExitCode(error.code.category)
        guard options.isJSON else { return code }
        let json = JSONWriter.bytes(Self.json(error), isPretty: true) + [0x0A]
        do { try await console.print(json) } catch {
            guard case .failed(let reason) = error else { return .outputClosed }
            // The failure may be this one already.
            if text(reason) != said { await console.remark(text(reason)) }
        }
        return code
    }

    /// `holdfast: MESSAGE`, then what to do next.
    func text(_ error: OperationError) -> String {
        let style = TextStyle(terminal, .error, isColourAllowed: options.isColourAllowed)
        let code = options.verbosity >= .verbose ? " [\(error.code.rawValue)]" : ""
        var lines = [style.toned("holdfast:", .bad) + " " + TerminalText.escape(error.message) + code]
        if !error.hint.isEmpty { lines.append("  " + TerminalText.escape(hints.text(error.hint))) }
        if let confirmation = error.confirmation {
            let option = Confirmation.option(confirmation)
            if !error.hint.contains(option) {
                lines.append("  " + TerminalText.escape("To say yes, add: \(option)"))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same for programs.
    static func json(_ error: OperationError) -> JSONValue {
        var members: [String: JSONValue] = [
            "code": .string(error.code.rawValue), "message": .string(error.message),
            "hint": .string(error.hint),
        ]
        if let confirmation = error.confirmation {
            members["confirmation"] = [
                "question": .string(confirmation.question), "field": .string(confirmation.field),
                "value": .string(confirmation.value),
            ]
        }
        return ["error": .object(members)]
    }
}
