import Dispatch
import Synchronization

/// A few threads for calls that cannot avoid blocking: name resolution, key files, the agent's signatures.
final class Workers: Sendable {
    typealias Job = @Sendable () -> Void

    private struct State {
        var waiting: [Job] = []
        var running = 0
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let limit: Int

    /// At most `limit` jobs run at the same time, the others wait in order.
    init(label: String, limit: Int) {
        queue = DispatchQueue(label: label, attributes: .concurrent)
        self.limit = limit
    }

    /// Runs `job` on one of the threads.
    func submit(_ job: @escaping Job) {
        let starts = state.withLock { state in
            state.waiting.append(job)
            guard state.running < limit else { return false }
            state.running += 1
            return true
        }
        if starts { queue.async { self.work() } }
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
