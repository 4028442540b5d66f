import Basics

/// The public keys of an issuer.
public struct PublicKeySet: Sendable, Equatable {
    /// The largest set in bytes of JSON.
    public static let limit = 262_144
    /// The most keys of a set.
    private static let countLimit = 64

    /// Those that can be used; others are left out.
    public let keys: [PublicKey]

    /// Reads a set.
    /// - Throws: `malformed` for what is none, or has no key that can be used.
    public init(_ bytes: [UInt8]) throws(JOSEError) {
        guard bytes.count <= Self.limit, let json = try? JSONParser.parse(bytes, depthLimit: 16),
            let list = json["keys"]?.array
        else { throw JOSEError(.malformed, "this is no set of keys in JSON") }
        guard list.count <= Self.countLimit else { throw JOSEError(.malformed, "the set has too many keys") }
        keys = list.compactMap { PublicKey($0) }
        guard !keys.isEmpty else {
            throw JOSEError(.malformed, "the set has no key for RS256, ES256 or EdDSA")
        }
    }

    /// The keys that a token may have been signed with.
    func keys(for algorithm: SignatureAlgorithm, id: String?) -> [PublicKey] {
        keys.filter { $0.algorithm == algorithm && (id == nil || $0.id == id) }
    }
}
