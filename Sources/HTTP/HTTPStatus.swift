/// The status of a response: a number and its words.
///
/// - SeeAlso: RFC 9110, section 15
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// 100…599.
    public let code: Int
    /// The words for people, which programs ignore.
    public let reason: String

    /// A status that is not listed here.
    public init(_ code: Int, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Done.
    public static let ok = HTTPStatus(200, "OK")
    /// Taken, and nothing more to say.
    public static let accepted = HTTPStatus(202, "Accepted")
    /// Done, and nothing to show.
    public static let noContent = HTTPStatus(204, "No Content")
    /// The request itself is wrong.
    public static let badRequest = HTTPStatus(400, "Bad Request")
    /// Credentials are missing or do not count.
    public static let unauthorized = HTTPStatus(401, "Unauthorized")
    /// Not for this caller.
    public static let forbidden = HTTPStatus(403, "Forbidden")
    /// There is nothing here.
    public static let notFound = HTTPStatus(404, "Not Found")
    /// Not with this method.
    public static let methodNotAllowed = HTTPStatus(405, "Method Not Allowed")
    /// Not in a form the client takes.
    public static let notAcceptable = HTTPStatus(406, "Not Acceptable")
    /// The client took too long.
    public static let requestTimeout = HTTPStatus(408, "Request Timeout")
    /// The state of the resource does not allow it.
    public static let conflict = HTTPStatus(409, "Conflict")
    /// The body is too large.
    public static let contentTooLarge = HTTPStatus(413, "Content Too Large")
    /// The target is too long.
    public static let uriTooLong = HTTPStatus(414, "URI Too Long")
    /// The body is of a kind that is not read here.
    public static let unsupportedMediaType = HTTPStatus(415, "Unsupported Media Type")
    /// What the client expects is not done here.
    public static let expectationFailed = HTTPStatus(417, "Expectation Failed")
    /// The request is for another server.
    public static let misdirectedRequest = HTTPStatus(421, "Misdirected Request")
    /// The caller asks too often.
    public static let tooManyRequests = HTTPStatus(429, "Too Many Requests")
    /// The fields are too many or too long.
    public static let fieldsTooLarge = HTTPStatus(431, "Request Header Fields Too Large")
    /// The server failed.
    public static let internalServerError = HTTPStatus(500, "Internal Server Error")
    /// The server does not know how.
    public static let notImplemented = HTTPStatus(501, "Not Implemented")
    /// The server cannot at present.
    public static let serviceUnavailable = HTTPStatus(503, "Service Unavailable")
    /// The version of the protocol is not spoken here.
    public static let versionNotSupported = HTTPStatus(505, "HTTP Version Not Supported")

    /// For example `404 Not Found`.
    public var description: String { "\(code) \(reason)" }
}
