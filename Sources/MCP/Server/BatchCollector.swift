import Synchronization

/// Gathers the answers to a batch until the last one is there.
final class BatchCollector: Sendable {
    private struct State {
        var missing: Int
        var responses: [RPCResponse] = []
    }

    private let state: Mutex<State>

    init(count: Int) { state = Mutex(State(missing: count)) }

    /// Takes an answer; nil where the message wanted none.
    /// - Returns: all answers, when this was the last.
    func add(_ response: RPCResponse?) -> [RPCResponse]? {
        state.withLock { state in
            state.missing -= 1
            if let response { state.responses.append(response) }
            return state.missing == 0 ? state.responses : nil
        }
    }
}
