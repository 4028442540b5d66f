import Synchronization

/// Looks after answers that let their clients wait: one task for all of them, which ends when nobody waits any more.
///
/// A timer for each request would cost more than most requests do.
final class Patience: Sendable {
    private struct Waiting {
        let since: ContinuousClock.Instant
        let sink: ReplySink
    }

    private struct State {
        var waiting: [Int: Waiting] = [:]
        var lastNumber = 0
        var isLooking = false
    }

    /// How long a client waits before it is shown that its connection lives; a tenth more at most.
    private let limit: Duration
    private let state = Mutex(State())

    init(_ limit: Duration) { self.limit = limit }

    /// How many wait.
    var count: Int { state.withLock(\.waiting.count) }

    /// Looks after an answer from now on.
    /// - Returns: its number, with which it is left alone again.
    func enter(_ sink: ReplySink, at now: ContinuousClock.Instant = .now) -> Int {
        let (number, isFirst) = state.withLock { state in
            state.lastNumber += 1
            state.waiting[state.lastNumber] = Waiting(since: now, sink: sink)
            defer { state.isLooking = true }
            return (state.lastNumber, !state.isLooking)
        }
        // No task of a caller's: it serves whoever comes while it lasts, and ends by itself.
        if isFirst { Task { await look() } }
        return number
    }

    /// Leaves an answer alone.
    func leave(_ number: Int) { state.withLock { $0.waiting[number] = nil } }

    private func look() async {
        while true {
            // Nobody cancels it.
            try? await Task.sleep(for: limit / 10)
            guard let late = late(at: .now) else { return }
            for sink in late { sink.showLife() }
        }
    }

    /// Those whose time is over, which are left alone from here on; nil when nobody waited any more.
    private func late(at now: ContinuousClock.Instant) -> [ReplySink]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isLooking = false
                return nil
            }
            let late = state.waiting.filter { now - $0.value.since >= limit }
            for number in late.keys { state.waiting[number] = nil }
            return late.values.map(\.sink)
        }
    }
}
