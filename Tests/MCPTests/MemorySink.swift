import Basics
import MCP
import Synchronization

/// Keeps what was sent, and wakes who waits for it.
final class MemorySink: MessageSink {
    private struct State {
        var frames: [JSONValue] = []
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func send(_ frame: OutgoingFrame, about request: RPCID?) async {
        guard let tree = try? JSONParser.parse(frame.bytes) else { return }
        let ready = state.withLock { state in
            state.frames.append(tree)
            let ready = state.waiters.filter { $0.count <= state.frames.count }
            state.waiters.removeAll { $0.count <= state.frames.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// All that was sent, once it is at least that much.
    func frames(_ count: Int) async -> [JSONValue] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.frames.count < count else { return true }
                state.waiters.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return state.withLock(\.frames)
    }
}

/// A client: sends what a test says and waits for what comes back.
struct TestClient {
    let sink = MemorySink()
    let conversation: Conversation

    init(_ content: any ServerContent = SampleContent(), limits: Server.Limits = .init()) {
        conversation = Conversation(
            with: Server(
                information: Implementation(
                    name: "sample", title: "Sample", version: "1", description: "A sample."),
                instructions: "Use it.", content: content, sealer: SampleSealer(), limits: limits),
            standing: sink)
    }

    /// Sends a message and does not wait.
    func send(_ json: JSONValue) async {
        await conversation.receive(RPCReader.read(JSONWriter.bytes(json)), through: sink) {}
    }

    /// Sends a request and gives its answer.
    func answer(_ id: JSONValue, _ method: String, _ parameters: JSONValue = [:]) async -> JSONValue {
        await send(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters])
        var count = 1
        while true {
            let frames = await sink.frames(count)
            if let answer = frames.last(where: { $0["id"] == id && $0["method"] == nil }) { return answer }
            count = frames.count + 1
        }
    }

    /// Begins a session.
    func initialize(_ version: String = "2025-11-25", _ capabilities: JSONValue = [:]) async -> JSONValue {
        let answer = await answer(
            "init", "initialize",
            [
                "protocolVersion": .string(version), "capabilities": capabilities,
                "clientInfo": ["name": "test", "version": "1"],
            ])
        await send(["jsonrpc": "2.0", "method": "notifications/initialized"])
        return answer
    }

    /// Sends a request of the stateless world and gives its answer.
    func modern(
        _ id: JSONValue, _ method: String, _ parameters: [String: JSONValue] = [:],
        capabilities: JSONValue = [:], meta: [String: JSONValue] = [:]
    ) async -> JSONValue {
        await answer(id, method, .object(Self.modern(parameters, capabilities, meta)))
    }

    static func modern(
        _ parameters: [String: JSONValue], _ capabilities: JSONValue = [:], _ meta: [String: JSONValue] = [:]
    ) -> [String: JSONValue] {
        var all = meta
        all["io.modelcontextprotocol/protocolVersion"] = "2026-07-28"
        all["io.modelcontextprotocol/clientCapabilities"] = capabilities
        return parameters.merging(["_meta": .object(all)]) { $1 }
    }
}
