/// The token a request carries.
///
/// - SeeAlso: RFC 6750, section 2.1
public enum BearerToken {
    /// The longest token that is looked at, in bytes.
    public static let limit = 8192

    /// Names under which credentials are sent in targets, in lower case and without signs.
    private static let credentialNames: Set = [
        "accesskey", "accesstoken", "apikey", "apitoken", "auth", "authorization", "authtoken", "bearer",
        "bearertoken", "clientsecret", "credential", "credentials", "idtoken", "jwt", "passwd", "password",
        "refreshtoken", "secret", "sessiontoken", "token", "xapikey", "xauthtoken",
    ]

    /// The token in the field `Authorization`; nil when the request carries no credentials at all.
    ///
    /// - Parameter isToken: whether a text has the form of a token that may count here.
    /// - Throws: a problem for credentials that are no bearer token, for more than one, and for a token in the target,
    ///   where every proxy on the way writes it down.
    public static func token(
        of head: HTTPRequestHead, isToken: (String) -> Bool = { _ in false }
    ) throws(HTTPProblem) -> String? {
        if isCarried(by: head.target, isToken) {
            throw HTTPProblem(
                .badRequest, code: "token-in-target", "A token must not be part of the target",
                hint: "Send it in the field Authorization: Bearer TOKEN.")
        }
        let values = head.fields.values(of: "authorization")
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            throw HTTPProblem(
                .badRequest, code: "token-malformed", "There is more than one Authorization field")
        }
        let scheme = value.prefix { $0 != " " }
        let token = value.dropFirst(scheme.count).trimmed
        guard scheme.lowercased() == "bearer", !token.isEmpty, token.utf8.count <= limit,
            token.utf8.allSatisfy(isTokenByte)
        else {
            throw HTTPProblem(
                .badRequest, code: "token-malformed", "The field Authorization is not ‘Bearer TOKEN’")
        }
        return token
    }

    /// Whether a credential stands in a target: under a name of one, or anywhere in the form of one.
    private static func isCarried(by target: HTTPTarget, _ isToken: (String) -> Bool) -> Bool {
        func text(_ bytes: Substring.UTF8View) -> String {
            // A wrong escape is no way past.
            PercentText.decode(Array(bytes)[...], plusIsBlank: true) ?? String(decoding: bytes, as: UTF8.self)
        }
        return target.query.utf8[...].split { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }.contains {
            pair in
            let name = text(pair.prefix { $0 != UInt8(ascii: "=") })
            let value = text(pair.drop { $0 != UInt8(ascii: "=") }.dropFirst())
            let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
            return credentialNames.contains(plain) || isToken(name) || isToken(value.trimmed)
                || isToken(String(value.drop { $0 != " " }).trimmed)
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~+/=".utf8.contains(byte)
        }
    }
}

/// Tells a client which token it needs: the field `WWW-Authenticate`.
///
/// - SeeAlso: RFC 6750 section 3, RFC 9728 section 5.1
public struct BearerChallenge: Sendable, Equatable {
    /// Why the request was refused.
    public enum Reason: String, Sendable {
        /// The request is malformed.
        case invalidRequest = "invalid_request"
        /// The token does not count.
        case invalidToken = "invalid_token"
        /// The token counts, and is not enough.
        case insufficientScope = "insufficient_scope"
    }

    /// Nil where the request carried no token.
    public var reason: Reason?
    /// The reason in words; empty for none.
    public var description: String
    /// The scopes that are needed, separated by blanks; empty for none.
    public var scope: String
    /// Where the metadata of this resource lies; nil where there is none.
    public var metadata: String?

    /// A challenge.
    public init(
        _ reason: Reason? = nil, description: String = "", scope: String = "", metadata: String? = nil
    ) {
        self.reason = reason
        self.description = description
        self.scope = scope
        self.metadata = metadata
    }

    /// The value of the field.
    public var value: String {
        var parts: [String] = []
        if let metadata { parts.append("resource_metadata=" + Self.quoted(metadata)) }
        if let reason { parts.append("error=" + Self.quoted(reason.rawValue)) }
        if !description.isEmpty { parts.append("error_description=" + Self.quoted(description)) }
        if !scope.isEmpty { parts.append("scope=" + Self.quoted(scope)) }
        return parts.isEmpty ? "Bearer" : "Bearer " + parts.joined(separator: ", ")
    }

    /// A quoted string of the characters that may stand in one.
    private static func quoted(_ text: String) -> String {
        let inside = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"", "\\": "\\" + String(scalar)
            case " "..."~": String(scalar)
            default: "?"
            }
        }
        return "\"" + inside.joined() + "\""
    }
}
