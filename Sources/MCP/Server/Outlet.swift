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

    private struct State {
        var isOpen = true
        var last: Double?
        var waiting: Progress?
    }

    private let sink: any MessageSink
    private let request: RPCID
    private let progressToken: JSONValue?
    private let leastLevel: LogLevel?
    private let knowsWords: Bool
    private let state = Mutex(State())
    /// Wakes the pump; nil where nobody wants progress, as nearly always.
    private let news: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)?

    init(
        sink: any MessageSink, request: RPCRequest, revision: Revision, leastLevel: LogLevel?
    ) {
        self.sink = sink
        self.request = request.id
        let token = request.meta["progressToken"]
        progressToken = token.flatMap { RPCID($0) }?.json
        news =
            progressToken == nil
            ? nil : AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.leastLevel = leastLevel
        knowsWords = revision.hasCompletionCapability
    }

    /// Whether anybody listens to progress.
    var wantsProgress: Bool { progressToken != nil }

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

    /// Sends what was reported, until the outlet closes or the task is cancelled.
    func pump() async {
        guard let news else { return }
        for await _ in news.stream {
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
        guard let leastLevel, level >= leastLevel else { return }
        await send(
            RPCNotification(
                method: "notifications/message",
                parameters: ["level": .string(level.rawValue), "logger": .string(logger), "data": data]))
    }

    private func send(_ notification: RPCNotification) async {
        guard state.withLock(\.isOpen), !Task.isCancelled else { return }
        await sink.send(.message(.notification(notification)), about: request)
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
