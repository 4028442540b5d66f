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
        let sources = watched.map { number in
            // A handler and not SIG_IGN: what is ignored stays ignored in every program that is started.
            _ = signal(number) { _ in }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                switch state.withLock({ $0.received(number) }) {
                case .cancel: continuation.yield(.cancel)
                case .exit(let code): _exit(code)
                }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        let code = await finish(work, orCancelOn: signals)
        return state.withLock { $0.exitCode(for: code) }
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
