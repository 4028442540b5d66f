import Basics
import Synchronization

/// One client on two descriptors, one message a line.
///
/// Reads no faster than it answers: what waits is bounded in number and bytes, and so is the length of a line. Ends when
/// the input ends, when nobody reads the output any more, and when the task is cancelled.
public struct StdioTransport: Transport {
    /// The bounds of this transport.
    public struct Limits: Sendable {
        /// The longest message in bytes.
        public var message = 4 << 20
        /// How many bytes of messages may wait for their answers.
        public var waitingBytes = 16 << 20
        /// How many messages may wait for their answers.
        public var waitingMessages = 256
        /// How long requests under way may go on after the end of the input.
        public var grace: Duration = .milliseconds(100)
        /// How long they may take to end themselves after that.
        public var cancelling: Duration = .milliseconds(40)

        /// The usual bounds.
        public init() {}
    }

    private let input: Int32
    private let output: Int32
    private let limits: Limits

    /// A transport over descriptors that stay open while it serves; nothing else may read or write them.
    public init(input: Int32, output: Int32, limits: Limits = Limits()) {
        self.input = input
        self.output = output
        self.limits = limits
    }

    /// Serves one client until it is gone.
    public func serve(_ server: Server) async {
        let (ends, end) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let writer = LineWriter(ProtocolStream(output)) { end.finish() }
        let gate = Gate(messages: limits.waitingMessages, bytes: limits.waitingBytes)
        // What goes through it is bounded by the gate.
        let (events, event) = AsyncStream.makeStream(of: LineFramer.Event.self, bufferingPolicy: .unbounded)
        let reader = LineReader(stream: ProtocolStream(input), limit: limits.message, gate: gate)
        do {
            try BackgroundThread.start {
                reader.run { event.yield($0) }
                event.finish()
                end.finish()
            }
        } catch {
            // Without a thread to read with there is nothing to serve.
            end.finish()
        }
        let conversation = Conversation(with: server, standing: writer)
        // Not structured, as a client that never reads holds them for ever, and the end must not wait for it.
        let answering = Task(executorPreference: server.executor) {
            await answer(events, in: conversation, through: writer, gate)
        }
        let telling = Task { await conversation.sendChanges() }
        for await _ in ends {}
        // The end: what is under way may finish, then it is told to, then it is left behind.
        await gate.isIdle(within: limits.grace)
        conversation.close()
        await gate.isIdle(within: limits.cancelling)
        answering.cancel()
        telling.cancel()
        gate.close()
    }

    private func answer(
        _ events: AsyncStream<LineFramer.Event>, in conversation: Conversation, through writer: LineWriter,
        _ gate: Gate
    ) async {
        var watching: Task<Void, Never>?
        defer { watching?.cancel() }
        for await event in events {
            let cost: Int
            let reading: RPCReader.Reading
            switch event {
            case .line(let bytes):
                cost = bytes.count
                reading = RPCReader.read(bytes)
            case .tooLong(let head):
                cost = 0
                let error = RPCError.invalidRequest("A message may have \(limits.message) bytes")
                reading = .malformed(error, id: IDScout.id(in: head))
            }
            // Who begins to listen misses nothing of what the next message leads to.
            if watching == nil, Self.beginsToListen(reading) { watching = watch(conversation) }
            await conversation.receive(reading, through: writer) { gate.give(cost) }
            if watching == nil, conversation.wantsChanges { watching = watch(conversation) }
        }
    }
}

extension StdioTransport {
    private static func beginsToListen(_ reading: RPCReader.Reading) -> Bool {
        guard case .message(.request(let request)) = reading else { return false }
        return request.method == "subscriptions/listen"
    }

    /// Tells of changes from this very moment on, until cancelled.
    private func watch(_ conversation: Conversation) -> Task<Void, Never> {
        let changes = conversation.server.content.changes()
        return Task { for await change in changes { conversation.announce(change) } }
    }
}

/// Reads lines on a thread of its own.
private struct LineReader: Sendable {
    let stream: ProtocolStream
    let limit: Int
    let gate: Gate

    /// Hands the lines over as they come, each when the gate lets it through; returns at the end of the input.
    func run(_ body: (LineFramer.Event) -> Void) {
        var framer = LineFramer(limit: limit)
        while let bytes = try? stream.read(limit: 1 << 16), !bytes.isEmpty {
            for event in framer.push(bytes[...]) {
                guard take(event) else { return }
                body(event)
            }
        }
        for event in framer.finish() where take(event) { body(event) }
    }

    private func take(_ event: LineFramer.Event) -> Bool {
        var size = 0
        if case .line(let bytes) = event { size = bytes.count }
        // Who neither reads nor sends any more is gone, whatever of theirs is still waiting.
        return gate.take(size) { stream.isHungUp }
    }
}
