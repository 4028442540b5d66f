import Basics

/// One thing that `doctor` looked at.
package struct Finding: Codable, Sendable, Equatable {
    /// What was found.
    package enum Verdict: String, Codable, Sendable, CaseIterable {
        case good
        /// It works, and somebody should see to it.
        case warning
        case bad
        /// It could not be looked at.
        case unknown

        var tone: Tone {
            switch self {
            case .good: .good
            case .warning, .unknown: .warning
            case .bad: .bad
            }
        }
    }

    package let subject: String
    package let verdict: Verdict
    /// What was found, as a sentence without a full stop.
    package let detail: String
    /// What to do; empty when there is nothing to do.
    package let hint: String

    init(_ subject: String, _ verdict: Verdict, _ detail: String, hint: String = "") {
        self.subject = subject
        self.verdict = verdict
        self.detail = detail
        self.hint = hint
    }

    /// What `error` keeps from being good, or from being looked at.
    init(_ subject: String, _ error: any Error, verdict: Verdict = .bad) {
        let known = OperationError(any: error)
        let isBlind = verdict != .good && Self.blinding.contains(known.code)
        self.init(
            subject, isBlind ? .unknown : verdict,
            isBlind ? "it could not be looked at: \(known.message)" : known.message, hint: known.hint)
    }

    /// A system call that failed, so that it could not be looked at.
    init(_ subject: String, unseen error: SystemError) {
        self.init(
            subject, .unknown, "it could not be looked at: \(error)",
            hint: error.meansDenial ? Self.denial(error.subject) : "")
    }

    /// What to do where this user may not use `path`.
    static func denial(_ path: String) -> String {
        "Run Holdfast as the user whom \(path) belongs to (this is user \(FileStatus.user)), or give it to this one with chown."
    }

    /// What says nothing of the thing itself, only that it cannot be reached.
    private static let blinding: Set<OperationError.Code> = [
        .cancelled, .diskFull, .ioFailed, .notInitialised, .readOnly, .storeBusy, .timedOut, .vaultLocked,
    ]
}
