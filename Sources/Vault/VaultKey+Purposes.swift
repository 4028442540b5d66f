package import Codecs

extension VaultKey {
    /// Keyed hashes for parts of the program that lie outside of the vault and share its key's fate.
    package enum Purpose: UInt64, Sendable {
        /// Chains the records of the audit trail.
        case audit = 16
        /// Marks hidden secrets, so that a changed one is told from an unchanged one.
        case redaction = 17
        /// Names restore plans, marks states of files in them, and proves approvals.
        case restore = 18
        /// Hides the secrets of tokens from who can read the database.
        case tokens = 19
    }

    /// The keyed hash for `purpose`; no two purposes share a key.
    package func hash(for purpose: Purpose) -> KeyedHash {
        KeyedHash(key: master.subkey(purpose.rawValue, context: VaultKeys.context))
    }
}
