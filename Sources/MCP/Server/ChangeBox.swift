import Synchronization

/// News that wait for one reader: the same news twice are one, so that a slow reader never makes it grow.
final class ChangeBox: Sendable {
    private static let limit = 1024

    private let waiting = Mutex<[Change]>([])
    private let (signals, signal) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))

    func add(_ change: Change) {
        let isNew = waiting.withLock { waiting in
            guard !waiting.contains(change), waiting.count < Self.limit else { return false }
            waiting.append(change)
            return true
        }
        if isNew { signal.yield() }
    }

    /// Ends the reader's loop after what is waiting.
    func close() { signal.finish() }

    /// Hands the news over, until closed or the task is cancelled.
    func read(_ body: (Change) async -> Void) async {
        for await _ in signals {
            let changes = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for change in changes { await body(change) }
        }
    }
}
