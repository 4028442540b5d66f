import Basics
import COpenSSL

/// A public key of an issuer, good for exactly one algorithm.
///
/// - SeeAlso: RFC 7517, RFC 7518 section 6, RFC 8037
public struct PublicKey: Sendable, Equatable {
    /// The numbers of the key.
    private enum Material: Sendable, Equatable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        /// 0x04, x, y.
        case p256(point: [UInt8])
        case ed25519([UInt8])
    }

    /// The name its issuer gave it; nil for none.
    public let id: String?
    /// The one algorithm it is for.
    public let algorithm: SignatureAlgorithm
    private let material: Material

    /// Reads a key in JSON; nil for keys of other kinds, for other uses, and for numbers that are no key.
    init?(_ json: JSONValue) {
        guard let kind = json["kty"]?.string else { return nil }
        if let use = json["use"], use != "sig" { return nil }
        if let operations = json["key_ops"], operations.array?.contains("verify") != true { return nil }
        func bytes(_ name: String, _ count: Int? = nil) -> [UInt8]? {
            guard let text = json[name]?.string, text.utf8.count <= 2048, let bytes = Base64URL.bytes(text)
            else {
                return nil
            }
            return count == nil || bytes.count == count ? bytes : nil
        }
        switch (kind, json["crv"]?.string) {
        case ("RSA", nil):
            // 2048 to 8192 bits; a small exponent is no fault of its own.
            guard let modulus = bytes("n"), let exponent = bytes("e"), (256...1024).contains(modulus.count),
                modulus[0] != 0, (1...8).contains(exponent.count), exponent[0] != 0,
                exponent.last.map({ $0 & 1 == 1 }) == true,
                exponent != [1]
            else { return nil }
            (algorithm, material) = (.rs256, .rsa(modulus: modulus, exponent: exponent))
        case ("EC", "P-256"):
            guard let x = bytes("x", 32), let y = bytes("y", 32) else { return nil }
            (algorithm, material) = (.es256, .p256(point: [4] + x + y))
        case ("OKP", "Ed25519"):
            guard let x = bytes("x", 32) else { return nil }
            (algorithm, material) = (.edDSA, .ed25519(x))
        default: return nil
        }
        if let named = json["alg"], named.string != algorithm.rawValue { return nil }
        id = json["kid"]?.string
        guard isUsable else { return nil }
    }

    private var isUsable: Bool {
        guard let key = unsafe makeKey() else { return false }
        unsafe EVP_PKEY_free(key)
        return true
    }

    private func makeKey() -> OpaquePointer? {
        switch material {
        case .rsa(let n, let e): unsafe holdfast_rsa_key(n, n.count, e, e.count)
        case .p256(let point): unsafe holdfast_p256_key(point, point.count)
        case .ed25519(let x): unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, x, x.count)
        }
    }

    /// Whether `signature` over `bytes` is this key's.
    func verifies(_ signature: [UInt8], over bytes: [UInt8]) -> Bool {
        var signature = signature
        if algorithm == .es256 {
            guard signature.count == 64 else { return false }
            var der = [UInt8](repeating: 0, count: 80)
            let length = unsafe Int(holdfast_ecdsa_der(signature, &der))
            guard length > 0 else { return false }
            signature = Array(der.prefix(length))
        }
        guard let key = unsafe makeKey(), let context = unsafe EVP_MD_CTX_new() else { return false }
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(key)
            // What failed is no secret, and the next caller must not find it.
            ERR_clear_error()
        }
        let digest = unsafe algorithm == .edDSA ? nil : EVP_sha256()
        guard unsafe EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
        return unsafe EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
    }
}
