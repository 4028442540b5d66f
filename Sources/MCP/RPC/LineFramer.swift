/// Cuts a stream of bytes into lines, holding never more than one line of the longest length that is allowed.
///
/// Takes CR LF for LF, leaves out blank lines and a byte order mark at the very beginning.
public struct LineFramer: Sendable {
    /// What the stream held.
    public enum Event: Sendable, Equatable {
        case line([UInt8])
        /// A line longer than allowed; its bytes are gone. `head` is its beginning.
        case tooLong(head: [UInt8])
    }

    /// How much of a line that is too long is kept, to find its id.
    private static let headLength = 4096

    /// The longest line in bytes.
    public let limit: Int
    private var pending: [UInt8] = []
    private var isSkipping = false
    private var isAtBeginning = true

    /// A framer for lines of at most `limit` bytes.
    public init(limit: Int) { self.limit = limit }

    /// Takes bytes as they came, and gives the lines that they complete.
    public mutating func push(_ bytes: ArraySlice<UInt8>) -> [Event] {
        var events: [Event] = []
        var rest = bytes
        while let end = rest.firstIndex(of: 0x0A) {
            append(rest[rest.startIndex..<end], to: &events)
            close(into: &events)
            rest = rest[(end + 1)...]
        }
        append(rest, to: &events)
        return events
    }

    /// The stream ended: what is left is a line as well.
    public mutating func finish() -> [Event] {
        var events: [Event] = []
        close(into: &events)
        return events
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>, to events: inout [Event]) {
        guard !isSkipping else { return }
        // One more for the CR that may stand before the end.
        guard pending.count + bytes.count <= limit + 1 else {
            let head = pending.prefix(Self.headLength) + bytes.prefix(max(0, Self.headLength - pending.count))
            events.append(.tooLong(head: Array(head)))
            pending = []
            isSkipping = true
            return
        }
        pending.append(contentsOf: bytes)
    }

    private mutating func close(into events: inout [Event]) {
        defer {
            pending = []
            isSkipping = false
            isAtBeginning = false
        }
        guard !isSkipping else { return }
        if isAtBeginning, pending.starts(with: [0xEF, 0xBB, 0xBF]) { pending.removeFirst(3) }
        if pending.last == 0x0D { pending.removeLast() }
        guard pending.count <= limit else {
            events.append(.tooLong(head: Array(pending.prefix(Self.headLength))))
            return
        }
        guard pending.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
        events.append(.line(pending))
    }
}
