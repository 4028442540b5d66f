package import Basics

/// How far a long operation is.
package struct ProgressUpdate: Sendable, Equatable {
    /// What is being done, as a word or two: `backing up`, `verifying`.
    package var phase: String
    /// Things done so far.
    package var done: Int64
    /// Things to do; nil while unknown.
    package var total: Int64?
    /// What the things are, plural: `devices`, `objects`, `files`; empty where nothing is counted.
    package var unit: String
    /// Bytes moved so far; nil where bytes say nothing.
    package var bytes: ByteCount?
    /// The newest event as a line of its own, for example a device that ended; nil when only the counters moved.
    package var event: String?

    package init(
        phase: String, done: Int64, total: Int64? = nil, unit: String, bytes: ByteCount? = nil,
        event: String? = nil
    ) {
        self.phase = phase
        self.done = done
        self.total = total
        self.unit = unit
        self.bytes = bytes
        self.event = event
    }
}

/// Hears how far an operation is; calls may come from any task and must return at once.
package protocol ProgressReporter: Sendable {
    func report(_ update: ProgressUpdate)
}

/// Says nothing.
package struct SilentProgress: ProgressReporter {
    package init() {}

    package func report(_ update: ProgressUpdate) {}
}
