import Basics

/// A signed token: header, claims and signature, taken apart and not yet believed.
///
/// - SeeAlso: RFC 7515, RFC 7519, RFC 8725
public struct SignedToken: Sendable {
    /// The longest token in bytes.
    public static let limit = 8192

    /// The algorithm its header names.
    public let algorithm: SignatureAlgorithm
    /// The key its header names; nil for none.
    public let keyID: String?
    private let claims: JSONValue
    private let signed: [UInt8]
    private let signature: [UInt8]

    /// What a token must say.
    public struct Expectation: Sendable, Equatable {
        /// Who makes tokens.
        public let issuer: String
        /// Whom they are made for.
        public let audience: String
        /// How far clocks may differ, in seconds.
        public var leeway: Int64 = 30

        /// An expectation.
        public init(issuer: String, audience: String) {
            self.issuer = issuer
            self.audience = audience
        }
    }

    /// What a believed token says.
    public struct Claims: Sendable, Equatable {
        /// Whom it speaks for.
        public let subject: String
        /// What they may do, as the issuer's words.
        public let scopes: [String]
        /// Seconds since 1970.
        public let expires: Int64
    }

    /// Whether a text has the form of a signed token.
    public static func resembles(_ text: String) -> Bool {
        text.utf8.count(where: { $0 == UInt8(ascii: ".") }) == 2
    }

    /// Takes a token apart.
    /// - Throws: `malformed`, `algorithm`.
    public init(_ text: String) throws(JOSEError) {
        guard text.utf8.count <= Self.limit else { throw JOSEError(.malformed, "the token is too long") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Base64URL.bytes(parts[0]), let body = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2])
        else { throw JOSEError(.malformed, "this is no signed token") }
        // The parser refuses a member that is given twice: two readers might take different ones.
        guard let header = try? JSONParser.parse(head, depthLimit: 8), header.object != nil,
            let claims = try? JSONParser.parse(body, depthLimit: 16), claims.object != nil
        else { throw JOSEError(.malformed, "the token's parts are no JSON objects") }
        guard header["crit"] == nil else {
            throw JOSEError(.malformed, "the token wants something that is not known here")
        }
        guard let algorithm = header["alg"]?.string.flatMap({ SignatureAlgorithm(rawValue: $0) }) else {
            throw JOSEError(.algorithm, "the token's algorithm is not taken here")
        }
        switch header["kid"] {
        case nil: keyID = nil
        case .string(let id)? where id.utf8.count <= 256: keyID = id
        default: throw JOSEError(.malformed, "the token's key has no usable name")
        }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signed = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    /// What the token says, once its signature and its claims hold.
    ///
    /// Keys that the token itself carries or points to are never used.
    /// - Parameter now: seconds since 1970.
    public func claims(
        by keys: PublicKeySet, for expectation: Expectation, now: Int64
    ) throws(JOSEError) -> Claims {
        let candidates = keys.keys(for: algorithm, id: keyID)
        guard !candidates.isEmpty else { throw JOSEError(.unknownKey, "no key of the issuer fits the token") }
        guard candidates.contains(where: { $0.verifies(signature, over: signed) }) else {
            throw JOSEError(.signature, "the token's signature is not the issuer's")
        }
        guard claims["iss"]?.string == expectation.issuer else {
            throw JOSEError(.issuer, "the token is of another issuer")
        }
        guard names(claims["aud"]).contains(expectation.audience) else {
            throw JOSEError(.audience, "the token is for somebody else")
        }
        guard let expires = seconds("exp") else {
            throw JOSEError(.claim, "the token does not say when it ends")
        }
        guard expires > now - expectation.leeway else { throw JOSEError(.expired, "the token has expired") }
        for name in ["nbf", "iat"] where claims[name] != nil {
            guard let start = seconds(name) else {
                throw JOSEError(.claim, "the token's ‘\(name)’ is no time")
            }
            guard start <= now + expectation.leeway else {
                throw JOSEError(.early, "the token does not count yet")
            }
        }
        guard let subject = claims["sub"]?.string, (1...256).contains(subject.utf8.count) else {
            throw JOSEError(.claim, "the token does not say for whom it speaks")
        }
        let scopes = claims["scope"]?.string?.split(separator: " ").map(String.init) ?? names(claims["scp"])
        return Claims(subject: subject, scopes: scopes, expires: expires)
    }

    private func seconds(_ name: String) -> Int64? {
        guard let value = claims[name]?.double, value.isFinite, value > -1e15, value < 1e15 else {
            return nil
        }
        return Int64(value)
    }

    /// A text, or a list of texts.
    private func names(_ value: JSONValue?) -> [String] {
        value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? []
    }
}
