package import Codecs

/// The keyed hash that seals audit records and their checkpoint; who lacks the key can neither forge nor check a mark.
package struct ChainMark: Sendable {
    private let digest: @Sendable ([UInt8]) -> [UInt8]

    /// - Parameter digest: a keyed hash of at least 16 bytes, always the same for the same bytes.
    package init(_ digest: @escaping @Sendable ([UInt8]) -> [UInt8]) { self.digest = digest }

    /// BLAKE2b-256 under a key that is used for nothing else.
    package init(_ hash: KeyedHash) { self.init { hash.digest($0).bytes } }

    /// The mark of `bytes`.
    package func mark(_ bytes: [UInt8]) -> [UInt8] { digest(bytes) }
}
