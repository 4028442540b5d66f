import Basics
import Dispatch
import Glibc
import RemoteExecution
import Synchronization

/// Carries the bytes of one local run between the process's pipes and the consumer.
final class LocalPump: Sendable {
    /// Read at once, in bytes.
    private static let pieceSize = 256 << 10

    private enum Step: Sendable {
        case piece([UInt8], OutputStreamKind)
        case wrote
        case silent
        case ended
        case failed(SystemError)
    }

    private struct Streams {
        var isOutputOpen = true
        var areErrorsOpen = true
        var isInputOpen = true
        var pending: [UInt8]
        var closesAfterPending: Bool
        /// Has more for standard input, which ends with it where it `closes`.
        var source: (content: any ShellSource, closes: Bool)?
    }

    private let process: LocalProcess
    private let limits: ShellJob.Limits
    private let queue = DispatchQueue(label: "holdfast.local")
    private let streams: Mutex<Streams>
    private let isCancelled = Atomic<Bool>(false)

    init(_ job: ShellJob) throws(SystemError) {
        limits = job.limits
        streams = Mutex(
            Streams(
                pending: job.input, closesAfterPending: !job.keepsInputOpen && job.rest == nil,
                source: job.rest.map { ($0, !job.keepsInputOpen) }))
        process = try LocalProcess(command: job.command)
    }

    func run(into consumer: any ShellConsumer) async throws(ShellError) -> ShellExit {
        let result: Result<Ending, ShellError> = await withTaskCancellationHandler {
            do throws(ShellError) { return .success(try await pump(into: consumer)) } catch {
                return .failure(error)
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
            process.kill()
        }
        let ending = await onQueue { [process] in
            // A run that came to its end has no status yet; any other is ended here, whatever still runs.
            if case .success(let end) = result, !end.isEnough {} else { process.kill() }
            close(process.output)
            close(process.errors)
            if self.streams.withLock({ $0.isInputOpen }) { close(process.input) }
            if case .success = result, !self.isCancelled.load(ordering: .relaxed) {
            } else {
                process.endSession()
            }
            return process.wait()
        }
        if isCancelled.load(ordering: .relaxed) { throw Self.cancelled }
        let end = try result.get()
        guard !end.isEnough else { return ShellExit(status: nil, received: end.received) }
        return ShellExit(status: ending.status, signal: ending.signal, received: end.received)
    }

    /// How reading came to its end.
    private struct Ending {
        /// Whether the consumer had all it wants, and not the script closed its outputs.
        let isEnough: Bool
        let received: Int64
    }

    private func pump(into consumer: any ShellConsumer) async throws(ShellError) -> Ending {
        let clock = ContinuousClock()
        let start = clock.now
        var received: Int64 = 0
        var lastOutput = start
        while true {
            guard !isCancelled.load(ordering: .relaxed) else { throw Self.cancelled }
            try await feed()
            let now = clock.now
            guard now - start < limits.total else { throw timeout("after \(limits.total)") }
            guard now - lastOutput < limits.idle else { throw timeout("after \(limits.idle) of silence") }
            switch await onQueue({ self.step() }) {
            case .piece(let bytes, let stream):
                received += Int64(bytes.count)
                lastOutput = clock.now
                guard received <= limits.output else {
                    throw ShellError(
                        .outputLimit, "This machine's script printed more than \(ByteCount(limits.output))")
                }
                if try await hand(bytes, stream, to: consumer) {
                    return Ending(isEnough: true, received: received)
                }
                // The consumer's time is not the script's silence.
                lastOutput = clock.now
            case .wrote: lastOutput = clock.now
            case .silent: continue
            case .ended: return Ending(isEnough: false, received: received)
            case .failed(let error):
                throw ShellError(.disconnected, "The local script's pipe broke: \(error)")
            }
        }
    }

    private static let cancelled = ShellError(.cancelled, "The run was cancelled")

    /// Asks the source for more once all it gave is written.
    private func feed() async throws(ShellError) {
        let waiting = streams.withLock { $0.isInputOpen && $0.pending.isEmpty ? $0.source?.content : nil }
        guard let waiting else { return }
        let piece: [UInt8]?
        do { piece = try await waiting.next() } catch let error as ShellError { throw error } catch {
            throw ShellError(.consumer, "\(error)")
        }
        streams.withLock {
            if let piece {
                $0.pending += piece
            } else {
                if $0.source?.closes == true { $0.closesAfterPending = true }
                $0.source = nil
            }
        }
    }

    private func timeout(_ detail: String) -> ShellError {
        ShellError(.timedOut, "The script on this machine was ended \(detail)")
    }

    /// True when the consumer has all it wants.
    private func hand(
        _ bytes: [UInt8], _ stream: OutputStreamKind, to consumer: any ShellConsumer
    ) async throws(ShellError) -> Bool {
        let reply: ShellReply
        do { reply = try await consumer.receive(bytes, from: stream) } catch let error as ShellError {
            throw error
        } catch { throw ShellError(.consumer, "\(error)") }
        switch reply {
        case .proceed: return false
        case .finish: return true
        case .send(let bytes, let closes):
            streams.withLock {
                $0.pending += bytes
                $0.closesAfterPending = closes
            }
            return false
        case .stream(let source, let closes):
            streams.withLock { $0.source = (source, closes) }
            return false
        }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) }
        }
    }

    /// One round of waiting, at most half a second, then one read or write.
    private func step() -> Step {
        let open = streams.withLock { streams in
            if streams.isInputOpen, streams.pending.isEmpty, streams.closesAfterPending {
                close(process.input)
                streams.isInputOpen = false
            }
            return (
                streams.isOutputOpen, streams.areErrorsOpen, streams.isInputOpen && !streams.pending.isEmpty
            )
        }
        guard open.0 || open.1 else { return .ended }
        var polls = [
            pollfd(fd: open.0 ? process.output : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: open.1 ? process.errors : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: open.2 ? process.input : -1, events: Int16(POLLOUT), revents: 0),
        ]
        let ready = unsafe poll(&polls, nfds_t(polls.count), 500)
        guard ready > 0 else { return ready == 0 || errno == EINTR ? .silent : .failed(SystemError("poll")) }
        if polls[1].revents != 0 { return read(process.errors, .standardError) }
        if polls[2].revents != 0 { return write() }
        return read(process.output, .standardOutput)
    }

    private func read(_ descriptor: Int32, _ stream: OutputStreamKind) -> Step {
        var failure: SystemError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
            let got = unsafe Glibc.read(descriptor, buffer.baseAddress, Self.pieceSize)
            if got < 0, errno != EINTR, errno != EAGAIN { failure = SystemError("read") }
            if got < 0, failure == nil { failure = SystemError("again", code: EAGAIN) }
            count = max(0, got)
        }
        if let failure { return failure.code == EAGAIN ? .silent : .failed(failure) }
        guard bytes.isEmpty else { return .piece(bytes, stream) }
        streams.withLock {
            if stream == .standardOutput { $0.isOutputOpen = false } else { $0.areErrorsOpen = false }
        }
        return .wrote
    }

    private func write() -> Step {
        streams.withLock { streams in
            let sent = unsafe streams.pending.withUnsafeBytes {
                unsafe Glibc.write(process.input, $0.baseAddress, $0.count)
            }
            if sent >= 0 {
                streams.pending.removeFirst(sent)
            } else if errno != EAGAIN, errno != EINTR {
                // The script ended without reading it all: its exit status tells why.
                close(process.input)
                streams.isInputOpen = false
                streams.pending = []
            }
            return .wrote
        }
    }
}
