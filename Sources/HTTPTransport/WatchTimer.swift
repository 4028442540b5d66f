import Basics
import CSystem
import Glibc

/// Wakes a thread after a while; setting it wakes nobody.
final class WatchTimer: Sendable {
    private let descriptor: Int32

    /// - Throws: when the system gives no descriptor.
    init() throws(SystemError) {
        descriptor = holdfast_timer()
        guard descriptor >= 0 else { throw SystemError("timerfd_create") }
    }

    deinit { close(descriptor) }

    /// Wakes who waits after `time` from now, instead of what was set before.
    func set(after time: Duration) {
        let (seconds, attoseconds) = time.components
        holdfast_timer_set(descriptor, Int(seconds), Int(attoseconds / 1_000_000_000))
    }

    /// Blocks until the time that was set is over.
    func wait() {
        var count: UInt64 = 0
        // A signal cuts it short, which is a look too many for the caller and nothing worse.
        _ = unsafe read(descriptor, &count, 8)
    }
}
