/// Why a token or a key does not count.
public struct JOSEError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The cases a caller can act on.
    public enum Code: String, Sendable {
        /// It is no token, or no key.
        case malformed
        /// The algorithm is none of those that are taken, or not the key's.
        case algorithm
        /// No key fits.
        case unknownKey
        /// The signature is not the key's.
        case signature
        /// It counts no longer.
        case expired
        /// It does not count yet.
        case early
        /// Somebody else made it.
        case issuer
        /// It was made for somebody else.
        case audience
        /// A claim is missing, or is none.
        case claim
    }

    /// The case.
    public let code: Code
    /// What is wrong, as a clause without a full stop; holds nothing of the token.
    public let reason: String

    /// An error.
    public init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// The reason.
    public var description: String { reason }
}
