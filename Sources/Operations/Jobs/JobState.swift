/// Where a job stands.
enum JobState: String, Sendable, CaseIterable {
    /// It was asked for; its process has not begun yet.
    case starting
    case running
    /// It was asked to end and is on its way there.
    case cancelling
    /// Ended: everything was done.
    case done
    /// Ended: a part of what was asked failed; the result names it.
    case partial
    /// Ended with an error.
    case failed
    /// Ended because somebody asked for it.
    case cancelled
    /// Its process is gone and never told an end.
    case cutOff = "cut-off"

    var isEnd: Bool {
        switch self {
        case .starting, .running, .cancelling: false
        case .done, .partial, .failed, .cancelled, .cutOff: true
        }
    }
}
