/// Writes the head of a response, and the frame of a body whose length nobody knows beforehand.
///
/// - SeeAlso: RFC 9112, sections 4, 6.1 and 7
public enum HTTPResponseEncoder {
    /// How the end of the body is told.
    public enum Framing: Sendable, Equatable {
        /// There is no body, whatever the fields say.
        case none
        /// That many bytes follow.
        case length(Int)
        /// Chunks follow.
        case chunked
        /// The end of the connection is the end of the body.
        case untilClose
    }

    /// The way a response travels.
    public static func framing(_ response: HTTPResponse, to head: HTTPRequestHead) -> Framing {
        let hasNone = response.status.code == 204 || response.status.code == 304
        if hasNone { return .none }
        switch response.body {
        case .bytes(let bytes): return .length(bytes.count)
        case .stream: return head.minorVersion == 0 ? .untilClose : .chunked
        }
    }

    /// The head up to and with the empty line.
    ///
    /// - Parameters:
    ///   - date: the value of the field `Date`.
    ///   - keepsAlive: whether another request may follow on the connection.
    public static func head(
        _ response: HTTPResponse, framing: Framing, date: String, keepsAlive: Bool
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(256)
        text += "HTTP/1.1 \(response.status.code) \(response.status.reason)\r\nDate: \(date)\r\n".utf8
        for field in response.fields.all {
            text += field.name.utf8
            text += [0x3A, 0x20]
            // A value that came from elsewhere must not begin a field of its own.
            text += field.value.utf8.lazy.map { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F ? 0x20 : $0 }
            text += [0x0D, 0x0A]
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let length): text += "Content-Length: \(length)\r\n".utf8
        case .chunked: text += "Transfer-Encoding: chunked\r\n".utf8
        }
        text += keepsAlive ? "\r\n".utf8 : "Connection: close\r\n\r\n".utf8
        return text
    }

    /// One chunk around `piece`, which must not be empty.
    public static func chunk(_ piece: [UInt8]) -> [UInt8] {
        Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + [0x0D, 0x0A]
    }

    /// What ends a body in chunks.
    public static let lastChunk = Array("0\r\n\r\n".utf8)

    /// What tells a client that waits with its body to send it.
    public static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
}
