import Basics
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
        await withCheckedContinuation { continuation in begin(work) { continuation.resume(returning: $0) } }
    }

    /// The same for one who does not wait.
    /// - Parameter end: gets the exit code.
    package static func begin(
        _ work: @escaping @Sendable () async -> Int32, _ end: @escaping @Sendable (Int32) -> Void
    ) {
        let state = Shared()
        _ = signal(SIGPIPE, SIG_IGN)
        do throws(SystemError) {
            try SignalWatch.start(watched) { number in
                let (action, task) = state.value.withLock { ($0.interruption.received(number), $0.work) }
                switch action {
                case .cancel: cancel(task)
                case .exit(let code): _exit(code)
                }
            }
        } catch {
            // They end the process at once then, as they do until here.
        }
        let task = Task.detached {
            let code = await work()
            end(state.value.withLock { $0.interruption.exitCode(for: code) })
        }
        state.value.withLock { state in
            state.work = task
            if state.interruption.first != nil { task.cancel() }
        }
    }

    /// Shared by the signals and the work.
    private final class Shared: Sendable {
        let value = Mutex(State())
    }

    /// What the signals and the work know of each other.
    private struct State {
        var interruption = Interruption()
        var work: Task<Void, Never>?
    }

    /// Ends the work, and says so, on a thread of its own: neither work that takes its time to listen nor a terminal that
    /// takes no text may delay the next signal.
    private static func cancel(_ task: Task<Void, Never>?) {
        do throws(SystemError) {
            try BackgroundThread.start {
                task?.cancel()
                announce()
            }
        } catch { task?.cancel() }
    }

    /// Tells a person that their Ctrl-C was heard.
    private static func announce() {
        guard StandardStream.error.isTerminal else { return }
        let text = "\nholdfast: ending at the next safe point; once more ends it at once\n"
        // A terminal that is gone cannot be told, and needs not be.
        do { try StandardStream.error.write(Array(text.utf8)) } catch { return }
    }
}
