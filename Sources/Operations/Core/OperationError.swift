/// Why an operation did not do what it was asked: the same code, message and hint on every surface.
package struct OperationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What sort of failure it is; surfaces map these few, never the codes.
    package enum Category: String, Sendable, CaseIterable {
        /// The request itself is wrong.
        case invalid
        case notFound
        case conflict
        /// The caller may not.
        case denied
        /// A device, disk or other part cannot be reached or used now.
        case unavailable
        /// What is stored or was answered is damaged.
        case corrupt
        /// The caller, or a signal, ended it.
        case cancelled
        /// A person must say yes first; `confirmation` has the question.
        case confirmation
        /// A mistake of the program.
        case failure
    }

    /// The stable name of one failure.
    package enum Code: String, Sendable, CaseIterable {
        case approvalMissing = "approval-missing"
        case approvalUnknown = "approval-unknown"
        case argumentInvalid = "argument-invalid"
        case argumentMissing = "argument-missing"
        case argumentUnknown = "argument-unknown"
        case auditBroken = "audit-broken"
        case authenticationFailed = "authentication-failed"
        case backupAmbiguous = "backup-ambiguous"
        case backupProtected = "backup-protected"
        case backupUnknown = "backup-unknown"
        case cancelled
        case collectionFailed = "collection-failed"
        case configurationInvalid = "configuration-invalid"
        case deviceExists = "device-exists"
        case deviceUnknown = "device-unknown"
        case deviceUnreachable = "device-unreachable"
        case diskFull = "disk-full"
        case entryDiffers = "entry-differs"
        case fileChanged = "file-changed"
        case fileInvalid = "file-invalid"
        case fileUnknown = "file-unknown"
        case hostKeyChanged = "host-key-changed"
        case hostKeyUnconfirmed = "host-key-unconfirmed"
        case hostMissing = "host-missing"
        case internalFailure = "internal-failure"
        case jobFinished = "job-finished"
        case jobUnknown = "job-unknown"
        case jobsFull = "jobs-full"
        case ioFailed = "io-failed"
        case keyInvalid = "key-invalid"
        case keyMissing = "key-missing"
        case levelTooLow = "level-too-low"
        case localDevice = "local-device"
        case notInitialised = "not-initialised"
        case personRequired = "person-required"
        case planAltered = "plan-altered"
        case planBlocked = "plan-blocked"
        case planExpired = "plan-expired"
        case planStale = "plan-stale"
        case planUnknown = "plan-unknown"
        case policyExists = "policy-exists"
        case policyUnknown = "policy-unknown"
        case readOnly = "read-only"
        case restoreFailed = "restore-failed"
        case restoreRolledBack = "restore-rolled-back"
        case runUnknown = "run-unknown"
        case scopeTooNarrow = "scope-too-narrow"
        case storeBusy = "store-busy"
        case storeCorrupt = "store-corrupt"
        case storeMissing = "store-missing"
        case storeTooNew = "store-too-new"
        case targetExists = "target-exists"
        case timedOut = "timed-out"
        case tokenExists = "token-exists"
        case tokenUnknown = "token-unknown"
        case vaultCorrupt = "vault-corrupt"
        case vaultExists = "vault-exists"
        case vaultLocked = "vault-locked"
        case vaultMissing = "vault-missing"
        case verificationFailed = "verification-failed"

        package var category: Category {
            switch self {
            case .argumentInvalid, .argumentMissing, .argumentUnknown, .backupAmbiguous,
                .configurationInvalid,
                .keyInvalid:
                .invalid
            case .approvalUnknown, .backupUnknown, .deviceUnknown, .fileUnknown, .hostMissing,
                .jobUnknown, .keyMissing,
                .policyUnknown,
                .notInitialised,
                .planUnknown, .runUnknown, .storeMissing, .tokenUnknown, .vaultMissing:
                .notFound
            case .backupProtected, .deviceExists, .entryDiffers, .fileChanged,
                .jobFinished, .localDevice, .policyExists, .planBlocked,
                .planExpired,
                .planStale,
                .storeBusy, .targetExists, .tokenExists, .vaultExists, .vaultLocked:
                .conflict
            case .approvalMissing, .authenticationFailed, .hostKeyChanged, .levelTooLow, .personRequired,
                .scopeTooNarrow,
                .planAltered:
                .denied
            case .collectionFailed, .deviceUnreachable, .diskFull, .ioFailed, .jobsFull, .readOnly,
                .restoreFailed,
                .restoreRolledBack,
                .storeTooNew, .timedOut:
                .unavailable
            case .auditBroken, .fileInvalid, .storeCorrupt, .vaultCorrupt, .verificationFailed: .corrupt
            case .cancelled: .cancelled
            case .hostKeyUnconfirmed: .confirmation
            case .internalFailure: .failure
            }
        }
    }

    /// A question that a person can answer with yes, after which the same call with one more argument goes through.
    package struct Confirmation: Sendable, Equatable {
        /// The question, ending with a question mark.
        package let question: String
        /// The field to set, by its name in JSON.
        package let field: String
        /// The value that means yes.
        package let value: String

        package init(question: String, field: String, value: String) {
            self.question = question
            self.field = field
            self.value = value
        }
    }

    package let code: Code
    /// What happened and why, as one sentence without a full stop; names the device and the thing.
    package let message: String
    /// What to do next, as a sentence; empty when there is nothing to say.
    package let hint: String
    package let confirmation: Confirmation?

    package init(_ code: Code, _ message: String, hint: String = "", confirmation: Confirmation? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.confirmation = confirmation
    }

    package var description: String { hint.isEmpty ? message : "\(message). \(hint)" }
}
