import Basics
import Dispatch
import Glibc
import Synchronization

/// Connects the signals of this process with the work it does.
package enum ProcessSignals {
    private static let watched = [SIGINT, SIGTERM, SIGHUP]

    /// Runs `work`; the first SIGINT, SIGTERM or SIGHUP cancels it, the second ends the process at once.
    ///
    /// SIGPIPE is ignored from here on: writing to a closed pipe is an ordinary error.
    /// - Returns: the exit code of the work, or 128 and the signal's number where that ended it.
    package static func run(_ work: @escaping @Sendable () async -> Int32) async -> Int32 {
        let state = Mutex(Interruption())
        let (signals, continuation) = AsyncStream.makeStream(
            of: Interruption.Action.self, bufferingPolicy: .bufferingOldest(4))
        _ = signal(SIGPIPE, SIG_IGN)
        // A queue of its own has a thread of its own: work that keeps all cores busy cannot delay a signal.
        let queue = DispatchQueue(label: "holdfast.signals")
        var sources: [any DispatchSourceSignal] = []
        for number in watched {
            // The source catches the signal by a handler, which programs that are started do not inherit; SIG_IGN they
            // would. Until it is registered the signal ends the process, as it always does.
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                switch state.withLock({ $0.received(number) }) {
                case .cancel:
                    continuation.yield(.cancel)
                    // A terminal that takes no text must not delay the next signal.
                    DispatchQueue(label: "holdfast.remark").async { announce() }
                case .exit(let code): _exit(code)
                }
            }
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.resume()
            }
            sources.append(source)
        }
        defer { for source in sources { source.cancel() } }
        let code = await finish(work, orCancelOn: signals)
        return state.withLock { $0.exitCode(for: code) }
    }

    /// Tells a person that their Ctrl-C was heard.
    private static func announce() {
        guard StandardStream.error.isTerminal else { return }
        let text = "\nholdfast: ending at the next safe point; once more ends it at once\n"
        // A terminal that is gone cannot be told, and needs not be.
        do { try StandardStream.error.write(Array(text.utf8)) } catch { return }
    }

    private static func finish(
        _ work: @escaping @Sendable () async -> Int32, orCancelOn signals: AsyncStream<Interruption.Action>
    ) async -> Int32 {
        await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await work() }
            group.addTask {
                for await _ in signals { return nil }
                return nil
            }
            var code: Int32?
            while code == nil, let next = await group.next() {
                guard let next else {
                    group.cancelAll()
                    continue
                }
                code = next
            }
            group.cancelAll()
            return code ?? ExitCode.cancelled.number
        }
    }
}
