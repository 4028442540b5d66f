import Basics
import CEvent
import Glibc

/// A timer on an event loop: runs its body once, at a set time, unless it is set anew or stopped before.
///
/// Belongs to the loop's thread, as all that uses it.
@safe final class LoopTimer {
    private let event: OpaquePointer
    private let body: () -> Void

    /// - Parameter body: runs on the loop; it must not hold what holds the timer.
    init?(on base: OpaquePointer, _ body: @escaping () -> Void) {
        self.body = body
        // The context is this object itself, which needs its address before it is whole: it is assigned below.
        guard let event = unsafe event_new(base, -1, 0, { _, _, _ in }, nil) else { return nil }
        unsafe self.event = event
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        let isAssigned = unsafe event_assign(
            event, base, -1, 0,
            { _, _, context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<LoopTimer>.fromOpaque(context).takeUnretainedValue().body()
            }, context)
        guard isAssigned == 0 else { return nil }
    }

    deinit { unsafe event_free(event) }

    /// Runs the body after `delay`, in the place of any time set before.
    func set(after delay: Duration) {
        let (seconds, attoseconds) = delay.components
        var time = timeval(
            tv_sec: max(0, Int(seconds)), tv_usec: max(0, Int(attoseconds / 1_000_000_000_000)))
        unsafe event_add(event, &time)
    }

    /// Runs the body no more.
    func stop() { unsafe event_del(event) }
}
