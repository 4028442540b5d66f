import CSodium

/// SHA-256, for digests that other programs know: fingerprints of keys, checksums of files.
///
/// What the vault names its own objects by is `KeyedHash`.
/// - SeeAlso: FIPS 180-4; libsodium's `crypto_hash_sha256`.
package enum SHA256 {
    /// The digest of `bytes`.
    package static func digest(_ bytes: [UInt8]) -> Digest256 {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let status = unsafe withUnsafeMutableBytes(of: &words) { output -> Int32 in
            guard let digest = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                return -1
            }
            return unsafe bytes.withUnsafeBufferPointer { input in
                unsafe crypto_hash_sha256(digest, input.baseAddress, UInt64(input.count))
            }
        }
        precondition(status == 0, "crypto_hash_sha256 refused its own constants")
        return Digest256(
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1),
            UInt64(bigEndian: words.2), UInt64(bigEndian: words.3))
    }
}
