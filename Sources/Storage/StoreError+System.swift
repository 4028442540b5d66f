package import Basics
import Glibc

extension StoreError {
    /// A system call on a file of the store that failed.
    package init(_ error: SystemError) {
        self = StoreError(errno: error.code, error.subject) ?? StoreError(.unavailable, error.description)
    }

    /// What a disk that takes nothing more says of the file `path`; nil for every other reason.
    package init?(errno number: Int32, _ path: String) {
        switch number {
        case ENOSPC, EDQUOT: self = .full(path)
        case EROFS: self = .readOnly(path, "its disk is mounted read-only")
        default: return nil
        }
    }

    /// No space is left for the file.
    package static func full(_ path: String) -> StoreError {
        StoreError(.full, "the disk that holds \(path) is full")
    }

    /// A file that can only be read, and why.
    package static func readOnly(_ path: String, _ reason: String) -> StoreError {
        StoreError(.readOnly, "\(path) is read-only: \(reason)")
    }
}
