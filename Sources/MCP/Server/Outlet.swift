import Basics
import Synchronization

/// The way of one request's news to its client: in order, never more than the client asked for, never after the end.
final class Outlet: Sendable {
    /// How far a request is.
    struct Progress: Sendable, Equatable {
        let value: Double
        let total: Double?
        let message: String
    }

    /// The shortest time between two reports that did not wait.
    private static let interval: Duration = .milliseconds(100)

    /// How many log messages wait at most; further ones are counted and left out.
    private static let noteLimit = 64

    private struct State {
        var isOpen = true
        var last: Double?
        var waiting: Progress?
        /// Log messages that wait, the oldest first.
        var notes: [RPCNotification] = []
        var dropped = 0
    }

    private let sink: any MessageSink
    private let request: RPCID
    private let progressToken: JSONValue?
    private let leastLevel: LogLevel?
    private let knowsWords: Bool
    private let state = Mutex(State())
    /// Wakes the pump; nil where nobody wants progress or log messages, as nearly always.
    private let news: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)?

    init(
        sink: any MessageSink, request: RPCRequest, revision: Revision, leastLevel: LogLevel?
    ) {
        self.sink = sink
        self.request = request.id
        let token = request.meta["progressToken"]
        progressToken = token.flatMap { RPCID($0) }?.json
        news =
            progressToken == nil && leastLevel == nil
            ? nil : AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.leastLevel = leastLevel
        knowsWords = revision.hasCompletionCapability
    }

    /// Whether anybody listens to what comes before the answer.
    var wantsNews: Bool { news != nil }

    /// Whether messages of that level are wanted.
    func wants(_ level: LogLevel) -> Bool { leastLevel.map { level >= $0 } ?? false }

    /// Keeps the newest report for the pump.
    func report(_ progress: Progress) {
        guard progressToken != nil else { return }
        let isNew = state.withLock { state in
            guard state.isOpen else { return false }
            defer { state.waiting = progress }
            return state.waiting == nil
        }
        if isNew { news?.continuation.yield() }
    }

    /// Sends what was reported and noted, until the outlet closes or the task is cancelled.
    func pump() async {
        guard let news else { return }
        for await _ in news.stream {
            await sendNotes()
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            if let waiting { await send(progress: waiting) }
            do { try await Task.sleep(for: Self.interval) } catch { return }
        }
    }

    /// Sends a report; values never go back, as the protocol wants it.
    func send(progress: Progress) async {
        guard let progressToken else { return }
        let value: Double? = state.withLock { state in
            guard state.isOpen else { return nil }
            let value = max(progress.value, state.last.map { $0 + 0.001 } ?? progress.value)
            state.last = value
            return value
        }
        guard let value else { return }
        var members: [String: JSONValue] = ["progressToken": progressToken, "progress": Self.number(value)]
        if let total = progress.total, total >= value { members["total"] = Self.number(total) }
        if knowsWords, !progress.message.isEmpty { members["message"] = .string(progress.message) }
        await send(RPCNotification(method: "notifications/progress", parameters: members))
    }

    private static func number(_ value: Double) -> JSONValue {
        Int64(exactly: value).map { .int($0) } ?? .double(value)
    }

    /// Sends a log message.
    func log(_ level: LogLevel, logger: String, _ data: JSONValue) async {
        guard wants(level) else { return }
        await send(Self.message(level, logger, data))
    }

    /// Keeps a log message for the pump.
    func note(_ level: LogLevel, logger: String, _ data: JSONValue) {
        guard wants(level) else { return }
        state.withLock { state in
            guard state.isOpen else { return }
            if state.notes.count < Self.noteLimit {
                state.notes.append(Self.message(level, logger, data))
            } else {
                state.dropped += 1
            }
        }
        news?.continuation.yield()
    }

    /// Sends the log messages that wait, in order; one sender at a time.
    func sendNotes() async {
        while let note = state.withLock(\.notes.first) {
            guard await send(note) else { return }
            state.withLock { _ = $0.notes.removeFirst() }
        }
        let dropped = state.withLock { state in
            defer { state.dropped = 0 }
            return state.dropped
        }
        if dropped > 0 { await log(.warning, logger: "server", ["droppedMessages": .int(Int64(dropped))]) }
    }

    private static func message(_ level: LogLevel, _ logger: String, _ data: JSONValue) -> RPCNotification {
        RPCNotification(
            method: "notifications/message",
            parameters: ["level": .string(level.rawValue), "logger": .string(logger), "data": data])
    }

    /// - Returns: whether it was sent.
    @discardableResult
    private func send(_ notification: RPCNotification) async -> Bool {
        guard state.withLock(\.isOpen), !Task.isCancelled else { return false }
        await sink.send(.message(.notification(notification)), about: request)
        return true
    }

    /// Lets the client go until it comes back for the rest.
    func rest() async {
        guard state.withLock(\.isOpen), !Task.isCancelled else { return }
        await sink.rest(about: request)
    }

    /// From here on nothing is sent.
    func close() {
        state.withLock { $0.isOpen = false }
        news?.continuation.finish()
    }
}
