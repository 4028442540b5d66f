import Basics
import MCP
import Operations

/// What a call tells of its course, to a client that wants log messages: no more than its answer and its progress may
/// tell as well, so that a connection hears of nothing that it may not see.
struct CallLog: Sendable {
    private static let logger = "holdfast"

    let request: RequestContext
    /// The tool that was called.
    let tool: String

    /// The call was understood.
    func began() { note(.debug, "began") }

    /// It ended with that answer.
    func ended(_ answer: JSONValue) {
        for note in answer[Answer.Member.notes]?.array ?? [] { self.note(.notice, note.string ?? "") }
        note(.debug, "ended")
    }

    /// It failed.
    func failed(_ error: OperationError) {
        note(.error, error.message, ["code": .string(error.code.rawValue)])
    }

    /// Something happened on the way.
    func event(_ text: String) { note(.info, text) }

    private func note(_ level: LogLevel, _ message: String, _ more: [String: JSONValue] = [:]) {
        guard request.wants(level) else { return }
        let members: [String: JSONValue] = ["tool": .string(tool), "message": .string(message)]
        request.note(level, logger: Self.logger, .object(members.merging(more) { $1 }))
    }
}
