/// Why a store did not do what it was asked.
package struct StoreError: Error, Equatable, CustomStringConvertible {
    /// The cases a caller can act on.
    package enum Code: Sendable {
        /// There is no such thing.
        case notFound
        /// The name is taken, or the change would break a rule of the store.
        case conflict
        /// Another process holds the store.
        case busy
        /// A file cannot be read or written.
        case unavailable
        /// No space is left on the disk.
        case full
        /// The disk, or the file for this user, can only be read.
        case readOnly
        /// What must have been there before is not there any more.
        case missing
        /// What is stored was written with another key.
        case wrongKey
        /// What is stored contradicts itself.
        case corrupt
        /// The store was written by a newer version of the program.
        case tooNew
        /// The task was cancelled.
        case cancelled
    }

    /// The case a caller can act on.
    package let code: Code
    /// What happened, as one sentence without a full stop.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
