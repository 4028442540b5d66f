/// One answer.
public struct HTTPResponse: Sendable {
    /// What follows the head.
    public enum Body: Sendable {
        /// All of it, at once.
        case bytes([UInt8])
        /// Piece by piece, as long as there are pieces.
        case stream(HTTPStream)
    }

    /// The status.
    public var status: HTTPStatus
    /// The header fields; those that describe the connection and the length of the body are added by the transport.
    public var fields: HTTPFields
    /// What follows the head.
    public var body: Body
    /// Whether the connection ends behind this response.
    public var endsConnection = false

    /// A response.
    public init(_ status: HTTPStatus, _ fields: HTTPFields = .init(), body: Body = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// A text.
    public static func text(_ text: String, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    /// Bytes of JSON; they must not be kept by anybody on the way.
    public static func json(_ bytes: [UInt8], _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(
            status, ["Content-Type": "application/json", "Cache-Control": "no-store"], body: .bytes(bytes))
    }

    /// Events as they happen.
    public static func events(_ stream: HTTPStream) -> HTTPResponse {
        HTTPResponse(
            .ok,
            [
                "Content-Type": "text/event-stream", "Cache-Control": "no-cache, no-transform",
                "X-Accel-Buffering": "no",
            ], body: .stream(stream))
    }
}

/// A body that comes piece by piece.
///
/// The transport asks for a piece only after the network took those before: whoever makes them is slowed down by a slow
/// client, and never has to keep what it did not make yet.
public struct HTTPStream: Sendable {
    /// What is sent when there was nothing to send for a while.
    public struct KeepAlive: Sendable {
        /// How long nothing may be sent.
        public let interval: Duration
        /// The bytes then sent.
        public let bytes: [UInt8]

        /// The comment of an event stream, which clients ignore.
        public static let comment = KeepAlive(interval: .seconds(15), bytes: Array(": \n\n".utf8))

        /// Bytes for silences.
        public init(interval: Duration, bytes: [UInt8]) {
            self.interval = interval
            self.bytes = bytes
        }
    }

    /// What is sent in silence; nil for nothing.
    public let keepAlive: KeepAlive?
    /// The next piece, not empty; nil at the end.
    ///
    /// Called by one task, which is cancelled when the client goes or the server ends: it must then return nil soon.
    public let next: @Sendable () async -> [UInt8]?
    /// What is sent where the server ends first; it must not wait.
    ///
    /// Nil for a stream that has no end of its own: it ends as soon as the server is told to end. Others have their time.
    public let lastWords: (@Sendable () -> [UInt8])?
    /// Called exactly once, when no further piece will be asked for.
    public let finished: @Sendable () -> Void

    /// A stream.
    public init(
        keepAlive: KeepAlive? = nil, lastWords: (@Sendable () -> [UInt8])? = nil,
        finished: @escaping @Sendable () -> Void = {}, next: @escaping @Sendable () async -> [UInt8]?
    ) {
        self.keepAlive = keepAlive
        self.lastWords = lastWords
        self.next = next
        self.finished = finished
    }
}
