import Basics

/// Takes the bytes of a connection and gives the requests in them, one after the other.
///
/// Everything is bounded by the limits. After a refusal it gives nothing more: what follows can no longer be told apart.
/// It knows no socket and no time; deadlines are for whoever reads the bytes.
/// - SeeAlso: RFC 9112
public struct HTTPRequestParser: Sendable {
    /// What the bytes so far hold.
    public enum Event: Sendable, Equatable {
        /// The head of a request is whole; its body may still be on its way.
        case head(HTTPRequestHead)
        /// The request of the head before is whole.
        case request(HTTPRequestHead, body: [UInt8])
        /// The connection must end.
        case refused(HTTPRefusal)
    }

    private enum State {
        case head
        case body(HTTPRequestHead, missing: Int)
        case chunkSize(HTTPRequestHead)
        case chunk(HTTPRequestHead, missing: Int)
        case chunkEnd(HTTPRequestHead)
        case trailer(HTTPRequestHead, read: Int)
        case whole(HTTPRequestHead)
        case ended
    }

    /// The longest line that announces a chunk, its extensions included, in bytes.
    private static let chunkLineLimit = 256

    private let limits: HTTPLimits
    private var state = State.head
    private var buffer: [UInt8] = []
    /// Where in `buffer` the bytes begin that were not used yet.
    private var start = 0
    /// Where the search for the end of a line goes on.
    private var searched = 0
    /// Where the line begins that is being searched.
    private var line = 0
    private var body: [UInt8] = []

    /// A parser for a new connection.
    public init(limits: HTTPLimits = .init()) { self.limits = limits }

    /// Whether a request has begun and is not whole yet.
    public var isInside: Bool {
        guard case .head = state else { return true }
        return start < buffer.count
    }

    /// How many bytes it keeps.
    public var keptBytes: Int { buffer.count - start + body.count }

    /// Takes bytes in the order of their arrival.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if case .ended = state { return }
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            line -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next event; nil when more bytes are needed.
    public mutating func next() -> Event? {
        do throws(HTTPRefusal) { return try step() } catch {
            state = .ended
            buffer = []
            body = []
            (start, searched, line) = (0, 0, 0)
            return .refused(error)
        }
    }

    private mutating func step() throws(HTTPRefusal) -> Event? {
        while true {
            switch state {
            case .head: return try head()
            case .body(let head, let missing):
                let taken = take(missing)
                guard taken == missing else {
                    state = .body(head, missing: missing - taken)
                    return nil
                }
                state = .whole(head)
            case .chunkSize(let head): guard try chunkSize(head) else { return nil }
            case .chunk(let head, let missing):
                let taken = take(missing)
                state = taken == missing ? .chunkEnd(head) : .chunk(head, missing: missing - taken)
                guard taken == missing else { return nil }
            case .chunkEnd(let head):
                guard buffer.count - start >= 2 else { return nil }
                guard buffer[start] == 0x0D, buffer[start + 1] == 0x0A else {
                    throw HTTPRefusal(.badRequest, "a chunk does not end where it said")
                }
                skip(2)
                state = .chunkSize(head)
            case .trailer(let head, let read): guard try trailer(head, read) else { return nil }
            case .whole(let head):
                let content = body
                body = []
                state = .head
                return .request(head, body: content)
            case .ended: return nil
            }
        }
    }

    private mutating func head() throws(HTTPRefusal) -> Event? {
        // Some clients end a body with an empty line that is no part of it.
        while buffer.count - start >= 2, buffer[start] == 0x0D, buffer[start + 1] == 0x0A { skip(2) }
        guard start < buffer.count else { return nil }
        guard HTTPHeadParser.isTokenByte(buffer[start]) || buffer[start] == 0x0D else {
            throw HTTPRefusal(.badRequest, "these bytes are no HTTP")
        }
        while let end = try lineEnd(limit: limits.head) {
            guard end - 1 == line else {
                line = end + 1
                continue
            }
            let bytes = buffer[start..<line]
            let (head, framing) = try HTTPHeadParser(limits: limits).parse(bytes)
            skip(end + 1 - start)
            switch framing {
            case .none: state = .whole(head)
            case .length(let length):
                state = .body(head, missing: length)
                body.reserveCapacity(min(length, 1 << 16))
            case .chunked: state = .chunkSize(head)
            }
            return .head(head)
        }
        return nil
    }

    /// Where the line that begins at `line` ends with its line feed; nil when it is not whole.
    private mutating func lineEnd(limit: Int) throws(HTTPRefusal) -> Int? {
        while searched < buffer.count {
            guard searched - start < limit else { break }
            if buffer[searched] == 0x0A {
                guard searched > line, buffer[searched - 1] == 0x0D else {
                    throw HTTPRefusal(.badRequest, "a line ends without a carriage return")
                }
                defer { searched += 1 }
                return searched
            }
            searched += 1
        }
        guard searched - start < limit else {
            throw line == start && limit == limits.head
                ? HTTPRefusal(.uriTooLong, "the request line is longer than \(limit) bytes")
                : HTTPRefusal(.fieldsTooLarge, "the head or a line of it is longer than \(limit) bytes")
        }
        return nil
    }

    /// Moves up to `count` bytes to the body.
    private mutating func take(_ count: Int) -> Int {
        let taken = min(count, buffer.count - start)
        body.append(contentsOf: buffer[start..<start + taken])
        skip(taken)
        return taken
    }

    private mutating func skip(_ count: Int) {
        start += count
        (searched, line) = (start, start)
    }

    private mutating func chunkSize(_ head: HTTPRequestHead) throws(HTTPRefusal) -> Bool {
        guard let end = try lineEnd(limit: Self.chunkLineLimit) else { return false }
        let text = buffer[start..<end - 1]
        let digits = text.prefix { Hex.digit($0) != nil }
        let rest = text.dropFirst(digits.count).drop { $0 == 0x20 || $0 == 0x09 }
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
        else { throw HTTPRefusal(.badRequest, "a chunk does not begin with its size") }
        let size = digits.count > 8 ? Int.max : digits.reduce(0) { $0 << 4 | Int(Hex.digit($1) ?? 0) }
        guard size <= limits.body - body.count else { throw HTTPHeadParser.tooLarge(limits) }
        skip(end + 1 - start)
        state = size == 0 ? .trailer(head, read: 0) : .chunk(head, missing: size)
        return true
    }

    /// Reads over the fields behind a body in chunks, which nobody here has a use for.
    private mutating func trailer(_ head: HTTPRequestHead, _ read: Int) throws(HTTPRefusal) -> Bool {
        guard let end = try lineEnd(limit: Self.chunkLineLimit) else { return false }
        let length = end + 1 - start
        guard read + length <= limits.head else {
            throw HTTPRefusal(
                .fieldsTooLarge, "the fields behind the body are longer than \(limits.head) bytes")
        }
        skip(length)
        state = length == 2 ? .whole(head) : .trailer(head, read: read + length)
        return true
    }
}
