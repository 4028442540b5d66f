/// The token a request carries.
///
/// - SeeAlso: RFC 6750, section 2.1
public enum BearerToken {
    /// The longest token that is looked at, in bytes.
    public static let limit = 8192

    /// The token in the field `Authorization`; nil when the request carries no credentials at all.
    ///
    /// - Throws: a problem for credentials that are no bearer token, for more than one, and for a token in the target,
    ///   where every proxy on the way writes it down.
    public static func token(of head: HTTPRequestHead) throws(HTTPProblem) -> String? {
        if head.target.query.split(separator: "&").contains(where: { $0.hasPrefix("access_token=") }) {
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
