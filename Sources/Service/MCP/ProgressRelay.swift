import MCP
import Operations

/// Hands the progress of an operation on to the client that asked for it.
struct ProgressRelay: ProgressReporter {
    private let request: RequestContext

    init(_ request: RequestContext) { self.request = request }

    func report(_ update: ProgressUpdate) {
        var words = update.event ?? update.phase
        if update.event == nil, let bytes = update.bytes { words += ", \(bytes)" }
        request.report(progress: Double(update.done), of: update.total.map(Double.init), words)
    }
}
