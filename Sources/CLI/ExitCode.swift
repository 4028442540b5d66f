import Basics
import Operations

/// A number the program ends with, and what it means.
struct ExitCode: Sendable, Equatable {
    /// The number itself.
    let number: Int32
    /// What it means, as a phrase.
    let meaning: String

    /// Everything asked for was done.
    static let done = ExitCode(number: 0, meaning: "done")
    /// A mistake of the program.
    static let failure = ExitCode(number: 1, meaning: "a mistake of the program; please report it")
    /// The request itself is wrong.
    static let usage = ExitCode(number: 2, meaning: "the command line or a value in it is wrong")
    /// A part failed; the output names it.
    static let partial = ExitCode(
        number: 3, meaning: "a part was done and a part failed; the result names both")
    /// What was asked for does not exist.
    static let notFound = ExitCode(
        number: 4, meaning: "what was named does not exist (device, backup, file, vault)")
    /// What exists stands in the way.
    static let conflict = ExitCode(
        number: 5,
        meaning: "something that exists stands in the way (name taken, vault locked, backup pinned)")
    /// Not allowed.
    static let denied = ExitCode(
        number: 6, meaning: "not allowed: wrong credentials, a changed host key, too low a level")
    /// Out of reach at the moment.
    static let unavailable = ExitCode(
        number: 7,
        meaning: "a device, disk or other part cannot be reached or used now; trying later may help")
    /// Damaged.
    static let corrupt = ExitCode(number: 8, meaning: "what is stored is damaged; the error names it")
    /// A person must say yes.
    static let confirmation = ExitCode(
        number: 9, meaning: "a person must say yes first; the error names the option that does")
    /// Ended by SIGHUP.
    static let hungUp = ExitCode(number: 129, meaning: "ended by SIGHUP: the terminal went away")
    /// Interrupted from the keyboard or by the caller.
    static let cancelled = ExitCode(number: 130, meaning: "interrupted (Ctrl-C)")
    /// Nobody reads the output any more.
    static let outputClosed = ExitCode(number: 141, meaning: "whoever read the output went away")
    /// Ended by SIGTERM.
    static let terminated = ExitCode(number: 143, meaning: "ended by SIGTERM")

    /// All codes, ascending.
    static let all = [
        done, failure, usage, partial, notFound, conflict, denied, unavailable, corrupt, confirmation,
        hungUp, cancelled, outputClosed, terminated,
    ]

    /// The code for a failed operation.
    init(_ category: OperationError.Category) {
        self =
            switch category {
            case .invalid: .usage
            case .notFound: .notFound
            case .conflict: .conflict
            case .denied: .denied
            case .unavailable: .unavailable
            case .corrupt: .corrupt
            case .cancelled: .cancelled
            case .confirmation: .confirmation
            case .failure: .failure
            }
    }

    private init(number: Int32, meaning: String) {
        self.number = number
        self.meaning = meaning
    }
}
