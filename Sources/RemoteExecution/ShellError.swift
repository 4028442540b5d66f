/// Why a device could not be reached or a run did not come to its end.
package struct ShellError: Error, Equatable, CustomStringConvertible {
    /// The cases a caller can act on.
    package enum Code: String, Sendable, Codable {
        /// The host name could not be resolved.
        case unknownHost
        /// Nothing answered, or it refused the connection.
        case unreachable
        /// The host key differs from the pinned one. Never tried again by itself.
        case hostKeyChanged
        /// No host key is pinned for this device.
        case hostKeyUnknown
        /// No offered key was accepted.
        case authenticationFailed
        /// A private key could not be read, or needs a passphrase that no agent holds.
        case keyUnusable
        /// A time limit passed; `message` says which.
        case timedOut
        /// The connection ended in the middle of a run.
        case disconnected
        /// The device sent more than the limit.
        case outputLimit
        /// The account's shell or a forced command did not run the script.
        case shellRefused
        /// The caller cancelled.
        case cancelled
        /// The other side broke the protocol, or both sides have no algorithm in common.
        case protocolFailure
        /// The configuration given for the device cannot be used.
        case configuration
        /// A library of this machine that connects to devices is missing.
        case libraryMissing
        /// The consumer threw; `message` has its words.
        case consumer
    }

    package let code: Code
    /// What happened, as one sentence without a full stop.
    package let message: String
    /// What to do next, as a sentence; empty when there is nothing to say.
    package let hint: String
    /// The keys of a host key conflict: the pinned one, the presented one.
    package let hostKeys: [HostKey]
    /// The jump host whose key it is about, as it is written; nil for the device itself.
    package let jump: String?

    package init(
        _ code: Code, _ message: String, hint: String = "", hostKeys: [HostKey] = [], jump: String? = nil
    ) {
        self.jump = jump
        self.code = code
        self.message = message
        self.hint = hint
        self.hostKeys = hostKeys
    }

    /// A device that would not stop sending.
    package static var flood: ShellError {
        ShellError(.outputLimit, "the device floods: it sends without end what it was not asked for")
    }

    /// A device whose files come so slowly that they never end.
    package static var drip: ShellError {
        ShellError(.timedOut, "the device sends its files too slowly to come to an end")
    }

    package var description: String { hint.isEmpty ? message : "\(message). \(hint)" }
}
