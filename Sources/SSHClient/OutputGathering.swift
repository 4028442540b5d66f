/// Decides how long a little output of a run waits for more before it is handed over.
///
/// A device prints line by line; read as it comes, that is a thousand wake-ups a device, each of which crosses threads.
/// The pause grows with the time the run took already, so that it never makes a run noticeably longer, and shrinks with
/// the rate at which output comes, so that it never holds a flood back.
struct OutputGathering {
    /// The part of a run's time so far that its output may wait.
    private static let share = 64
    /// The same where many runs are under way, whose number hides the waiting of each.
    private static let crowdedShare = 4
    /// No pause is longer.
    private static let longest: Duration = .milliseconds(200)
    /// A shorter pause is not worth its wake-up.
    private static let shortest: Duration = .milliseconds(8)
    /// So much output is worth a wake-up, in bytes; sockets hold more than that.
    private static let worthwhile: Int64 = 64 << 10

    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private var counted: Int64 = 0

    /// For a run that begins at `start`.
    init(since start: ContinuousClock.Instant) {
        self.start = start
        last = start
    }

    /// How long to wait before more is read, now that something arrived; nil for not at all.
    ///
    /// - Parameter received: bytes of output that were read so far.
    mutating func pause(
        at now: ContinuousClock.Instant, received: Int64, isCrowded: Bool
    ) -> Duration? {
        let (elapsed, recent, count) = (now - start, now - last, received - counted)
        // Output comes in bursts: a rate over less time says nothing, unless it was very much.
        if recent >= Self.shortest || count >= Self.worthwhile { (last, counted) = (now, received) }
        var pause = min(elapsed / (isCrowded ? Self.crowdedShare : Self.share), Self.longest)
        // At the rate since the last call, this brings what is worthwhile.
        if count > 0 {
            pause = min(pause, max(recent, Self.shortest) * (Double(Self.worthwhile) / Double(count)))
        }
        return pause < Self.shortest ? nil : pause
    }
}
