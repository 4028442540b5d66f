import CSystem
import Glibc

/// Signals of this process, taken by a thread of their own: work that keeps all cores busy delays none.
package enum SignalWatch {
    /// Calls `body` with the number of each of these signals that comes from now on, one after the other.
    ///
    /// One that is ignored stays so.
    /// They are caught by a handler, which programs that are started do not inherit; a signal that is ignored they would.
    /// There is one watch in a process: a later one takes the place of an earlier one.
    /// - Throws: where no thread or descriptor is left; the signals do then what they did before.
    package static func start(
        _ signals: [Int32], _ body: @escaping @Sendable (Int32) -> Void
    ) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe holdfast_pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemError("pipe2") }
        let (incoming, outgoing) = (ends[0], ends[1])
        do throws(SystemError) {
            // A handler must not wait; the bytes of thousands of signals fit in.
            guard holdfast_fcntl(outgoing, F_SETFL, O_NONBLOCK) == 0 else { throw SystemError("fcntl") }
            try BackgroundThread.start {
                var number: UInt8 = 0
                while true {
                    let count = unsafe read(incoming, &number, 1)
                    if count == 1 { body(Int32(number)) } else if count == 0 || errno != EINTR { return }
                }
            }
        } catch {
            close(incoming)
            close(outgoing)
            throw error
        }
        for signal in signals where holdfast_catch_signal(signal, outgoing) != 0 {
            throw SystemError("sigaction")
        }
    }
}
