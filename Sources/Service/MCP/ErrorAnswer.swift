import Basics
import MCP
import Operations

/// A failed operation as a tool's result: what happened, why, and what to do, for the model that called.
struct ErrorAnswer {
    let result: ToolResult

    /// - Parameters:
    ///   - known: the tools that may be called.
    ///   - commands: their names by the commands of a terminal that do the same.
    init(_ error: OperationError, known: Set<String>, commands: [String: String] = [:]) {
        var sentences = [Self.sentence(error.message)]
        if !error.hint.isEmpty { sentences.append(Self.sentence(Self.naming(commands, in: error.hint))) }
        if let question = error.confirmation?.question {
            sentences.append("A person must answer this first, at a terminal: \(question)")
        }
        if let tool = Self.tool(for: error), known.contains(tool),
            !sentences.contains(where: { $0.contains(tool) })
        {
            sentences.append("See \(tool).")
        }
        sentences.append(Self.sequel(of: error, known))
        let details: JSONValue = [
            "code": .string(error.code.rawValue), "category": .string(error.category.rawValue),
            "retryable": .bool(error.category == .unavailable),
        ]
        result = ToolResult(
            [.text(TerminalText.escapeText(sentences.joined(separator: " ")))], isError: true,
            meta: ["holdfast/error": details])
    }

    private static func sequel(of error: OperationError, _ known: Set<String>) -> String {
        if error.code == .personRequired || error.code == .approvalMissing {
            if let plan = word(behind: "holdfast approve ", in: error.hint) {
                return known.contains("apply_restore")
                    ? "Tell the person; once the plan is approved, call apply_restore with plan ‘\(plan)’."
                    : "Tell the person."
            }
            if error.hint.hasPrefix("A person runs: ") { return "Tell the person." }
            if word(behind: "holdfast restore plan ", in: error.hint) != nil {
                return "Trying again changes nothing."
            }
            return "Tell the person; once it is done, call this tool again with the same arguments."
        }
        return error.category == .unavailable
            ? "Trying again later may help." : "Trying again alone changes nothing."
    }

    /// What follows a command in a hint.
    private static func word(behind command: String, in hint: String) -> Substring? {
        hint.firstRange(of: command).map { hint[$0.upperBound...].prefix { $0.isLetter || $0.isNumber } }
    }

    /// A text for the one who called: options are named as the tool's arguments are, up to the first command of a terminal.
    private static func sentence(_ text: String) -> String {
        let split = text.firstRange(of: "holdfast ")?.lowerBound ?? text.endIndex
        var words = ""
        var rest = text[..<split]
        while let dashes = rest.firstRange(of: "--") {
            let name = rest[dashes.upperBound...].prefix { $0.isASCII && ($0.isLowercase || $0 == "-") }
            words += rest[..<dashes.lowerBound]
            words += name.isEmpty ? "--" : "‘\(name.replacing("-", with: "_"))’"
            rest = rest[(name.isEmpty ? dashes.upperBound : name.endIndex)...]
        }
        words += rest + text[split...]
        return words.hasSuffix(".") || words.hasSuffix("?") ? words : words + "."
    }

    /// The text with tools in the place of commands that need no arguments.
    private static func naming(_ commands: [String: String], in text: String) -> String {
        guard !text.hasPrefix("A person runs: ") else { return text }
        var named = text
        for (command, tool) in commands.sorted(by: { $0.key.count > $1.key.count }) {
            guard let found = named.firstRange(of: "holdfast \(command)"),
                named[found.upperBound...].first.map({ ".,;)".contains($0) }) ?? true
            else { continue }
            named.replaceSubrange(found, with: tool)
        }
        return named
    }

    /// The tool that tells what exists.
    private static func tool(for error: OperationError) -> String? {
        switch error.code {
        case .deviceUnknown: "list_devices"
        case .backupUnknown where error.hint.contains("holdfast host-config "): "list_host_configs"
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
