import Basics
import CSodium

/// SHA-256 without a key, piece by piece: what a device's `sha256sum` computes as well.
///
/// - SeeAlso: FIPS 180-4; libsodium's `crypto_hash_sha256`
@safe package struct PlainHash: Sendable {
    private var state = crypto_hash_sha256_state()

    package init() { unsafe crypto_hash_sha256_init(&state) }

    /// Takes the next piece.
    package mutating func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            _ = unsafe crypto_hash_sha256_update(&state, buffer.baseAddress, UInt64(buffer.count))
        }
    }

    /// 64 hexadecimal digits, lower case, of all pieces so far.
    package func hex() -> String {
        var copy = state
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        unsafe crypto_hash_sha256_final(&copy, &digest)
        return Hex.string(digest)
    }
}
