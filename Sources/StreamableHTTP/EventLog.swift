import HTTP

/// The events of a session's streams, so that a client whose connection broke can ask for what followed.
///
/// Bounded in number and bytes: the oldest events go first.
package struct EventLog: Sendable {
    /// Which event, of which stream.
    package struct ID: Sendable, Hashable {
        /// 0 for the stream that belongs to no request.
        let stream: Int
        let number: Int

        init(stream: Int, number: Int) {
            self.stream = stream
            self.number = number
        }

        /// Nil for what is no id of an event.
        package init?(_ text: String) {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2,
                parts.allSatisfy({
                    (1...18).contains($0.utf8.count) && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
                }),
                let stream = Int(parts[0]), let number = Int(parts[1])
            else { return nil }
            self.init(stream: stream, number: number)
        }

        /// As it stands in the field `id`.
        package var text: String { "\(stream)-\(number)" }
    }

    private static let countLimit = 256
    private static let byteLimit = 1 << 20

    private var events: [(id: ID, event: ServerSentEvent)] = []
    private var bytes = 0
    private var lastNumber = 0
    /// The newest event that was thrown away, of all streams.
    private var lastDropped = 0

    /// Keeps what is sent on a stream.
    /// - Returns: the event with its id.
    mutating func append(_ data: String, to stream: Int) -> ServerSentEvent {
        lastNumber += 1
        let id = ID(stream: stream, number: lastNumber)
        let event = ServerSentEvent(data, id: id.text)
        events.append((id, event))
        bytes += data.utf8.count
        while events.count > Self.countLimit || bytes > Self.byteLimit && events.count > 1 {
            let first = events.removeFirst()
            bytes -= first.event.data.utf8.count
            lastDropped = first.id.number
        }
        return event
    }

    /// What followed an event on its stream; nil where that cannot be told any more, or never was.
    func events(after id: ID) -> [ServerSentEvent]? {
        guard id.number >= lastDropped, id.number <= lastNumber else { return nil }
        return events.filter { $0.id.stream == id.stream && $0.id.number > id.number }.map(\.event)
    }
}
