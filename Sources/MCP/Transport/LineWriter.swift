import Basics
import Dispatch
import Synchronization

/// Writes lines, each whole, in the order in which they were sent; whoever sends one waits until it is out.
///
/// A line that a pipe takes at once is written by its sender. What cannot be written without waiting goes to a thread,
/// and so does what was sent meanwhile, all in one piece.
final class LineWriter: MessageSink {
    private struct State {
        var waitingBytes: [UInt8] = []
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Whether somebody writes: a sender, or the queue.
        var isWriting = false
        var isClosed = false
    }

    private let stream: ProtocolStream
    private let onClosed: @Sendable () -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "holdfast.mcp.output")

    /// - Parameter onClosed: called once, when nobody reads any more.
    init(_ stream: ProtocolStream, onClosed: @escaping @Sendable () -> Void) {
        self.stream = stream
        self.onClosed = onClosed
    }

    func send(_ frame: OutgoingFrame, about request: RPCID?) async {
        var line = frame.bytes
        line.append(0x0A)
        let isOurs = state.withLock { state in
            guard !state.isWriting, !state.isClosed else { return false }
            state.isWriting = true
            return true
        }
        guard isOurs else { return await wait(for: line[...], isFirst: false) }
        let done = stream.writeAtOnce(line)
        guard done == line.count else { return await wait(for: line[done...], isFirst: true) }
        let isLeft = state.withLock { state in
            state.isWriting = !state.waiting.isEmpty
            return state.isWriting
        }
        if isLeft { queue.async { self.drain() } }
    }

    /// Waits until the queue wrote `bytes`.
    /// - Parameter isFirst: whether they are the rest of what was begun, with the right to write.
    private func wait(for bytes: ArraySlice<UInt8>, isFirst: Bool) async {
        await withCheckedContinuation { continuation in
            let (isClosed, isStart) = state.withLock { state in
                guard !state.isClosed else { return (true, false) }
                defer { state.isWriting = true }
                if isFirst {
                    state.waitingBytes.insert(contentsOf: bytes, at: 0)
                } else {
                    state.waitingBytes.append(contentsOf: bytes)
                }
                state.waiting.append(continuation)
                return (false, isFirst || !state.isWriting)
            }
            if isClosed { continuation.resume() }
            if isStart { queue.async { self.drain() } }
        }
    }

    /// Writes until nothing is left.
    private func drain() {
        while true {
            let (bytes, senders) = state.withLock { state in
                defer { (state.waitingBytes, state.waiting) = ([], []) }
                state.isWriting = !state.waiting.isEmpty
                return (state.waitingBytes, state.waiting)
            }
            guard !senders.isEmpty else { return }
            do { try stream.write(bytes) } catch { close() }
            for sender in senders { sender.resume() }
        }
    }

    /// Nobody reads any more: there is nobody to tell, and nothing left to do.
    private func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        if isFirst { onClosed() }
    }
}
