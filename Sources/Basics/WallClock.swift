// Either module may be the first to bring `timespec`, which decides where its members are visible from.
private import CSystem
import Glibc

/// Where the program learns the time; injected, so that tests decide it.
package protocol WallClock: Sendable {
    /// The present instant.
    func now() -> Timestamp
}

/// The machine's own real-time clock.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
