import Basics
import MCP
import Operations

/// Hands the progress of an operation on to the client that asked for it, its events as log messages too.
struct ProgressRelay: ProgressReporter {
    let log: CallLog
    let redactor: Redactor

    func report(_ update: ProgressUpdate) {
        let event = update.event.map { TerminalText.escapeText(redactor.redact($0)) }
        if let event { log.event(event) }
        var words = event ?? update.phase
        if event == nil, let bytes = update.bytes { words += ", \(bytes)" }
        log.request.report(progress: Double(update.done), of: update.total.map(Double.init), words)
    }
}
