/// One event of an event stream.
///
/// - SeeAlso: HTML Standard, section 9.2
public struct ServerSentEvent: Sendable, Equatable {
    /// Names the event, so that a client can ask for what followed; nil for none.
    public var id: String?
    /// The kind of event; nil for `message`.
    public var name: String?
    /// The content; line feeds in it stay.
    public var data: String
    /// After how many milliseconds a client may come back when the stream ends; nil for its own choice.
    public var retry: Int?

    /// An event.
    public init(_ data: String, id: String? = nil, name: String? = nil, retry: Int? = nil) {
        self.data = data
        self.id = id
        self.name = name
        self.retry = retry
    }

    /// The bytes of the stream, with the empty line behind them.
    public var bytes: [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(data.utf8.count + 64)
        if let id { Self.add("id", id, to: &text) }
        if let name { Self.add("event", name, to: &text) }
        if let retry { Self.add("retry", String(retry), to: &text) }
        // A carriage return ends a line as well: the rest would be read as a field of its own.
        let lines = data.utf8.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }
        for line in lines {
            text += "data: ".utf8
            text += line
            text.append(0x0A)
        }
        text.append(0x0A)
        return text
    }

    private static func add(_ name: String, _ value: String, to text: inout [UInt8]) {
        text += name.utf8
        text += ": ".utf8
        text += value.utf8.filter { $0 >= 0x20 }
        text.append(0x0A)
    }
}
