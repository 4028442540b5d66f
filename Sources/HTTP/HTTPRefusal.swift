/// Why bytes are no request that can be served; the connection ends with it.
public struct HTTPRefusal: Error, Sendable, Equatable {
    /// What the client is told.
    public let status: HTTPStatus
    /// What was wrong, as a sentence without a full stop.
    public let reason: String

    /// A refusal.
    public init(_ status: HTTPStatus, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
