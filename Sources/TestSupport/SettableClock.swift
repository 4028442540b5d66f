package import Basics
import Synchronization

/// A clock that stands still until it is told otherwise.
package final class SettableClock: WallClock {
    private let time: Mutex<Timestamp>

    package init(_ text: String = "2026-11-21T09:30:00Z") {
        time = Mutex(Timestamp(text) ?? Timestamp(seconds: 0))
    }

    package func now() -> Timestamp { time.withLock { $0 } }

    /// Moves on.
    package func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}
