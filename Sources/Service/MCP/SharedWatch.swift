import MCP
import Synchronization

/// Lets connections that see the same share one look at the state, however many they are.
package final class SharedWatch: Sendable {
    private struct View {
        var listeners: [Int: AsyncStream<Change>.Continuation] = [:]
        var task: Task<Void, Never>?
    }

    private struct State {
        var views: [String: View] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// A watch that nobody listens to yet.
    package init() {}

    /// News from now on, of what `content` shows.
    func changes(of content: ProductContent) -> AsyncStream<Change> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Change.self, bufferingPolicy: .bufferingNewest(256))
        let key = content.view
        let number = state.withLock { state in
            state.next += 1
            state.views[key, default: View()].listeners[state.next] = continuation
            if state.views[key]?.task == nil {
                // Not structured: it lives as long as somebody listens.
                state.views[key]?.task = Task { await self.watch(content, key) }
            }
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.leave(number, key) }
        return stream
    }

    /// How many views are looked at.
    var count: Int { state.withLock(\.views.count) }

    private func watch(_ content: ProductContent, _ key: String) async {
        for await change in StateWatch(content: content).changes() {
            let listeners = state.withLock { Array(($0.views[key]?.listeners ?? [:]).values) }
            for listener in listeners { listener.yield(change) }
        }
        // Nothing can be seen any more: whoever listens learns that, and may begin anew.
        guard !Task.isCancelled else { return }
        let left = state.withLock { Array(($0.views.removeValue(forKey: key)?.listeners ?? [:]).values) }
        for listener in left { listener.finish() }
    }

    private func leave(_ number: Int, _ key: String) {
        let task: Task<Void, Never>? = state.withLock { state in
            guard state.views[key]?.listeners.removeValue(forKey: number) != nil,
                state.views[key]?.listeners.isEmpty == true
            else { return nil }
            return state.views.removeValue(forKey: key)?.task
        }
        task?.cancel()
    }
}
