import Basics
import Synchronization

/// A few threads for calls that cannot avoid blocking: name resolution, key files, the agent's signatures.
final class Workers: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var waiting: [Job] = []
        var running = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// At most `limit` jobs run at the same time, the others wait in order.
    init(limit: Int) {
        self.limit = limit
    }

    /// Runs `job` on one of the threads; where there can be none, on the caller's.
    func submit(_ job: @escaping Job) {
        let starts = state.withLock { state in
            state.waiting.append(job)
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
        guard starts else { return }
        do {
            try BackgroundThread.start { self.work() }
        } catch {
            work()
        }
    }

    private func work() {
        while let job = next() { job() }
    }

    private func next() -> Job? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }
}
