import RemoteExecution

/// Counts what a device sends that is of no use, so that one that floods does not hold its run for ever.
struct FloodGauge {
    /// Bytes of no use after which the run is ended.
    static let limit = 128 << 20
    /// Probes that may print beyond what is kept of them, each within its time: one program that floods costs its own
    /// section only.
    private static let patience = 3
    /// How much longer than its limit a step may seem to take, as its last bytes travel.
    private static let grace = Duration.seconds(60)

    /// What a stream of files brings at least, in bytes, in each of these stretches of time.
    static let pace = (bytes: 256 << 10, time: Duration.seconds(600))

    private let plan: CollectionPlan
    /// The longest pause that counts: how long a device may be silent is another limit's.
    private static let pause = Duration.seconds(60)

    private struct Stretch {
        let step: Int
        var last: ContinuousClock.Instant
        var elapsed = Duration.zero
        var bytes = 0
    }

    private var stretch: Stretch?
    /// Whether files came more slowly than any honest device sends them.
    private var isDripping = false
    private var wasted = 0
    private var overflowing: Set<Int> = []

    init(_ plan: CollectionPlan) { self.plan = plan }

    /// Why the run must end: the device sent more that is of no use than any honest one would, or too slowly.
    var problem: ShellError? { wasted > Self.limit ? .flood : isDripping ? .drip : nil }

    /// Counts what came, as waste for as long as `take` says nothing else.
    mutating func receive(_ count: Int) { wasted += count }

    /// Says that `count` bytes were those of the step at `index`, `kept` of them being kept.
    /// - Parameter began: when the step began.
    mutating func take(
        _ count: Int, kept: Int, of index: Int, since began: ContinuousClock.Instant,
        now: ContinuousClock.Instant = .now
    ) {
        let limit = Duration.seconds(plan.steps[index].timeLimit) + Self.grace
        guard now - began < limit else { return }
        wasted -= kept
        guard case .probe = plan.roles[index] else { return keepPace(count, of: index, now) }
        guard kept < count else { return }
        if overflowing.count < Self.patience { overflowing.insert(index) }
        if overflowing.contains(index) { wasted -= count - kept }
    }

    /// Sees to it that a stream of files comes to its end some day.
    private mutating func keepPace(_ count: Int, of index: Int, _ now: ContinuousClock.Instant) {
        var stretch = stretch ?? Stretch(step: index, last: now)
        if stretch.step != index { stretch = Stretch(step: index, last: now) }
        stretch.elapsed += min(now - stretch.last, Self.pause)
        stretch.last = now
        stretch.bytes += count
        if stretch.elapsed >= Self.pace.time {
            if stretch.bytes < Self.pace.bytes { isDripping = true }
            stretch = Stretch(step: index, last: now)
        }
        self.stretch = stretch
    }
}
