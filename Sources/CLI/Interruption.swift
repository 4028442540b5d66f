import Glibc

/// Decides what a signal means: the first asks the work to end, the next ends the program.
struct Interruption: Sendable, Equatable {
    /// What to do about a signal.
    enum Action: Sendable, Equatable {
        /// Cancel the work and let it end at its next safe point.
        case cancel
        /// End the program at once with that exit code.
        case exit(Int32)
    }

    /// The first signal that came.
    private(set) var first: Int32?

    /// Takes a signal.
    mutating func received(_ signal: Int32) -> Action {
        guard first == nil else { return .exit(128 + signal) }
        first = signal
        return .cancel
    }

    /// The exit code of work that ended with `code`: work that was interrupted says which signal did it.
    func exitCode(for code: Int32) -> Int32 {
        guard let first, code == ExitCode.cancelled.number else { return code }
        return 128 + first
    }
}
