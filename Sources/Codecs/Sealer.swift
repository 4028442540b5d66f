import CSodium

/// Authenticated encryption: XChaCha20-Poly1305 with a random nonce in front.
///
/// A sealed text is the 24 bytes of the nonce, the ciphertext (as long as the plain text) and 16 bytes of tag.
/// - SeeAlso: libsodium's `crypto_aead_xchacha20poly1305_ietf`.
package struct Sealer: Sendable {
    /// How much longer a sealed text is than the plain one, in bytes.
    package static let overhead = 40

    private static let nonceLength = 24
    private let key: SecretKey

    package init(key: SecretKey) { self.key = key }

    /// Seals `plain`; it opens only with the same key and the same `context`.
    package func seal(_ plain: [UInt8], context: [UInt8]) -> [UInt8] {
        Sodium.start()
        return unsafe [UInt8](unsafeUninitializedCapacity: plain.count + Self.overhead) { buffer, used in
            guard let base = buffer.baseAddress else { return }
            unsafe randombytes_buf(base, Self.nonceLength)
            let status = unsafe key.withBytes { key in
                unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    base + Self.nonceLength, nil, plain, UInt64(plain.count),
                    context, UInt64(context.count), nil, base, key)
            }
            precondition(status == 0, "XChaCha20-Poly1305 cannot fail to seal")
            used = plain.count + Self.overhead
        }
    }

    /// The plain text of the sealed bytes of `sealed` within `range`; of all of them when nil.
    /// - Throws: `CodecError.sealBroken` when a single bit differs, or the key or the context does.
    package func open(
        _ sealed: [UInt8], in range: Range<Int>? = nil, context: [UInt8]
    ) throws(CodecError) -> [UInt8] {
        let range = range ?? 0..<sealed.count
        guard range.count >= Self.overhead, range.lowerBound >= 0, range.upperBound <= sealed.count else {
            throw .sealBroken
        }
        let length = range.count - Self.overhead
        var status: Int32 = -1
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: max(length, 1)) { buffer, used in
            unsafe sealed.withUnsafeBufferPointer { input in
                guard let base = input.baseAddress else { return }
                let start = unsafe base + range.lowerBound
                status = unsafe key.withBytes { key in
                    unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                        buffer.baseAddress, nil, nil,
                        start + Self.nonceLength, UInt64(range.count - Self.nonceLength),
                        context, UInt64(context.count), start, key)
                }
            }
            used = status == 0 ? length : 0
        }
        guard status == 0 else { throw .sealBroken }
        return plain
    }
}
