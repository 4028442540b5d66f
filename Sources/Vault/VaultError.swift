package import Basics
import Glibc

/// Why the vault did not do what it was asked.
package struct VaultError: Error, Equatable, CustomStringConvertible {
    /// The cases a caller can act on.
    package enum Code: String, Sendable, CaseIterable {
        /// No vault, backup, object or file of that name.
        case notFound = "not-found"
        /// There is a vault already.
        case exists
        /// A text that selects several backups.
        case ambiguous
        /// Another writer holds the vault.
        case locked
        /// The key is another vault's.
        case wrongKey = "wrong-key"
        /// Stored bytes are not what was written.
        case damaged
        /// A newer version of the program wrote this.
        case tooNew = "too-new"
        /// No space is left.
        case full
        /// The disk, or the right to use it, is not there.
        case unavailable
        /// A rule protects this backup.
        case refused
        /// The request makes no sense as it is.
        case invalid
    }

    package let code: Code
    /// What happened and why, as far as known: sentences without the last full stop.
    package let message: String
    /// What to do next; empty when nothing can be recommended.
    package let hint: String
    /// The file inside the vault this is about; empty when it is about none.
    package let path: String

    package init(_ code: Code, _ message: String, hint: String = "", path: String = "") {
        self.code = code
        self.message = message
        self.hint = hint
        self.path = path
    }

    package var description: String { hint.isEmpty ? message : "\(message). \(hint)" }

    /// Whether something stored is gone or cannot be read as it was written, so that going on with the rest makes sense.
    package var isLoss: Bool { code == .damaged || code == .notFound }

    /// A file that is damaged: which, and how it shows.
    static func damaged(_ path: String, _ reason: String) -> VaultError {
        VaultError(
            .damaged, "\(path) is damaged: \(reason)",
            hint: "Run: holdfast vault check", path: path)
    }

    /// A file that is not there.
    static func missing(_ path: String) -> VaultError {
        VaultError(.notFound, "\(path) is not in the vault", path: path)
    }

    /// A failed system call on a file of the vault.
    package init(_ error: SystemError, path: String) {
        switch error.code {
        case ENOSPC, EDQUOT:
            self.init(
                .full, "No space is left for the vault (\(error.call) \(path): \(error.reason))",
                hint: "Free some space and run it again; what was stored before is unharmed.", path: path)
        case EIO where error.call == "read":
            self = .damaged(path, "the disk cannot read it (\(error.reason))")
        case ENXIO where error.call == "open":
            self = .damaged(path, "it is no ordinary file")
        case ENOENT, ENOTDIR:
            self = .missing(path)
        case EROFS:
            self.init(
                .unavailable, "The vault cannot be used (\(error.call) \(path): \(error.reason))",
                hint:
                    "Its file system is mounted read-only. Mount it writable and run it again; one that turned "
                    + "read-only by itself may be failing (see dmesg).", path: path)
        case EACCES, EPERM:
            self.init(
                .unavailable, "The vault cannot be used (\(error.call) \(path): \(error.reason))",
                hint: "Run as the user who owns the vault.", path: path)
        default:
            self.init(
                .unavailable, "The vault cannot be used (\(error.call) \(path): \(error.reason))", path: path)
        }
    }
}
