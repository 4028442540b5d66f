import Dispatch
import Synchronization

/// Lets so many messages through as are answered: the reader waits here, on its own thread.
final class Gate: Sendable {
    private struct State {
        var messages = 0
        var bytes = 0
        var isClosed = false
        var idlers: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextIdler = 0
    }

    private static let patience: DispatchTimeInterval = .milliseconds(50)

    private let messageLimit: Int
    private let byteLimit: Int
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    init(messages: Int, bytes: Int) {
        messageLimit = messages
        byteLimit = bytes
    }

    /// Waits until a message of that size may come in; one at least always may.
    /// - Parameter isOver: asked each time that nothing was answered for a while.
    /// - Returns: false when the gate was closed, or `isOver` said so.
    func take(_ size: Int, unless isOver: () -> Bool) -> Bool {
        while true {
            let isIn: Bool? = state.withLock { state in
                guard !state.isClosed else { return nil }
                guard
                    state.messages == 0
                        || state.messages < messageLimit && state.bytes + size <= byteLimit
                else { return false }
                state.messages += 1
                state.bytes += size
                return true
            }
            switch isIn {
            case nil: return false
            case true?: return true
            case false?:
                guard wake.wait(timeout: .now() + Self.patience) == .timedOut, isOver() else { continue }
                return false
            }
        }
    }

    /// A message of that size was answered.
    func give(_ size: Int) {
        let idlers = state.withLock { state in
            state.messages -= 1
            state.bytes -= size
            guard state.messages == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.idlers = [:] }
            return Array(state.idlers.values)
        }
        for idler in idlers { idler.resume() }
        wake.signal()
    }

    /// Lets nothing more through.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Waits until all is answered, for so long at most.
    func isIdle(within limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.idle() }
            group.addTask { do { try await Task.sleep(for: limit) } catch { return } }
            await group.next()
            group.cancelAll()
        }
    }

    private func idle() async {
        let number = state.withLock { state in
            defer { state.nextIdler += 1 }
            return state.nextIdler
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    guard state.messages > 0, !Task.isCancelled else { return true }
                    state.idlers[number] = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.idlers.removeValue(forKey: number) }?.resume()
        }
    }
}
