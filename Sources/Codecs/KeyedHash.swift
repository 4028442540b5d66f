import CSodium

/// BLAKE2b with 256 bits of output under a secret key: who lacks the key can neither compute nor guess a digest.
///
/// - SeeAlso: RFC 7693; libsodium's `crypto_generichash`.
package struct KeyedHash: Sendable {
    private let key: SecretKey

    package init(key: SecretKey) { self.key = key }

    /// The digest of `bytes`.
    package func digest(_ bytes: [UInt8]) -> Digest256 { digest(bytes, 0..<bytes.count) }

    /// The digest of the bytes of `bytes` within `range`.
    package func digest(_ bytes: [UInt8], _ range: Range<Int>) -> Digest256 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "range outside of the bytes")
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let status = unsafe withUnsafeMutableBytes(of: &words) { output -> Int32 in
            guard let digest = unsafe output.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                return -1
            }
            return unsafe bytes.withUnsafeBufferPointer { input in
                unsafe key.withBytes { key in
                    unsafe crypto_generichash(
                        digest, Digest256.length,
                        input.baseAddress.map { unsafe $0 + range.lowerBound }, UInt64(range.count),
                        key, SecretKey.length)
                }
            }
        }
        precondition(status == 0, "crypto_generichash refused its own constants")
        return Digest256(
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1),
            UInt64(bigEndian: words.2), UInt64(bigEndian: words.3))
    }
}
