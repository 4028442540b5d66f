import Basics
import MCP
import Operations

/// A failed operation as a tool's result: what happened, why, and what to do, for the model that called.
struct ErrorAnswer {
    let result: ToolResult

    init(_ error: OperationError, known: Set<String>) {
        var sentences = [error.message + "."]
        if !error.hint.isEmpty { sentences.append(error.hint) }
        if let question = error.confirmation?.question {
            sentences.append("A person must answer this first, at a terminal: \(question)")
        }
        if let tool = Self.tool(for: error.code), known.contains(tool) { sentences.append("See \(tool).") }
        sentences.append(
            error.category == .unavailable
                ? "Trying again later may help." : "Trying again alone changes nothing.")
        let details: JSONValue = [
            "code": .string(error.code.rawValue), "category": .string(error.category.rawValue),
            "retryable": .bool(error.category == .unavailable),
        ]
        result = ToolResult(
            [.text(sentences.joined(separator: " "))], isError: true, meta: ["holdfast/error": details])
    }

    /// The tool that tells what exists.
    private static func tool(for code: OperationError.Code) -> String? {
        switch code {
        case .deviceUnknown: "list_devices"
        case .backupUnknown, .backupAmbiguous: "list_backups"
        case .fileUnknown: "list_backup_files"
        case .planUnknown, .runUnknown: "list_restores"
        case .deviceUnreachable, .authenticationFailed: "check_device"
        default: nil
        }
    }
}

extension OperationError {
    fileprivate var category: Category { code.category }
}
