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

    private let plan: CollectionPlan
    private var wasted = 0
    private var overflowing: Set<Int> = []

    init(_ plan: CollectionPlan) { self.plan = plan }

    /// Whether the device sent more that is of no use than any honest one would.
    var isFlooded: Bool { wasted > Self.limit }

    /// Counts what came, as waste for as long as `take` says nothing else.
    mutating func receive(_ count: Int) { wasted += count }

    /// Says that `count` bytes were those of the step at `index`, `kept` of them being kept.
    /// - Parameter began: when the step began.
    mutating func take(_ count: Int, kept: Int, of index: Int, since began: ContinuousClock.Instant) {
        let limit = Duration.seconds(plan.steps[index].timeLimit) + Self.grace
        guard ContinuousClock.now - began < limit else { return }
        wasted -= kept
        guard kept < count, case .probe = plan.roles[index] else { return }
        if overflowing.count < Self.patience { overflowing.insert(index) }
        if overflowing.contains(index) { wasted -= count - kept }
    }
}
