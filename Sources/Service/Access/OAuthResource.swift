import Basics
import HTTP
import JOSE
import Operations

/// This server as a resource that an authorization server gives access to.
///
/// - SeeAlso: RFC 9728, RFC 8707
struct OAuthResource: Sendable {
    /// The scopes, each holding those before it.
    static let scopes: [(name: String, level: AccessLevel)] = [
        ("holdfast:read", .read), ("holdfast:propose", .propose), ("holdfast:write", .write),
        ("holdfast:destroy", .destroy),
    ]

    /// Who makes the tokens.
    let issuer: String
    /// The canonical address of this resource, which tokens are made for.
    let resource: String
    let keys: KeyRing
    let clock: any WallClock

    /// The document that tells clients where tokens come from.
    var metadata: JSONValue {
        [
            "resource": .string(resource), "authorization_servers": [.string(issuer)],
            "scopes_supported": .array(Self.scopes.prefix(1).map { .string($0.name) }),
            "bearer_methods_supported": ["header"], "resource_name": "Holdfast",
        ]
    }

    /// Where that document lies.
    var metadataAddress: String {
        let parts = resource.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let rest = parts.count > 2 ? parts[2] : ""
        let host = rest.prefix { $0 != "/" }
        return "\(parts[0])//\(host)/.well-known/oauth-protected-resource\(rest.dropFirst(host.count))"
    }

    /// Whom a token speaks for.
    func principal(for text: String) async throws(JOSEError) -> Principal {
        let token = try SignedToken(text)
        let expectation = SignedToken.Expectation(issuer: issuer, audience: resource)
        let now = clock.now().seconds
        let claims: SignedToken.Claims
        do throws(JOSEError) {
            claims = try token.claims(by: try await keys.present(), for: expectation, now: now)
        } catch {
            guard error.code == .unknownKey, let newer = await keys.renewed() else { throw error }
            claims = try token.claims(by: newer, for: expectation, now: now)
        }
        let levels = Self.scopes.filter { claims.scopes.contains($0.name) }.map(\.level)
        guard let level = levels.max() else {
            throw JOSEError(.claim, "the token's scope holds nothing of this server")
        }
        return Principal(
            actor: "subject:" + Self.plain(claims.subject), level: level, scope: .all, toolsets: [])
    }

    /// A subject is the issuer's word, and stands in records and logs.
    private static func plain(_ subject: String) -> String {
        String(
            String.UnicodeScalarView(
                subject.unicodeScalars.map { (0x21..<0x7F).contains($0.value) ? $0 : "_" }))
    }
}
