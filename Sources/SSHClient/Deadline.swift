import RemoteExecution

/// An instant after which a step of a connection is given up, and the error that says so.
struct Deadline: Sendable {
    /// When the time is up.
    private(set) var instant: ContinuousClock.Instant
    /// What is thrown then.
    let error: ShellError

    /// `limit` from `start`; `message` gets the limit added.
    init(_ limit: Duration, from start: ContinuousClock.Instant = .now, _ message: String, hint: String = "")
    {
        instant = start + min(limit, .seconds(1_000_000_000))
        error = ShellError(.timedOut, "\(message) within \(Self.text(limit))", hint: hint)
    }

    /// The same error, `limit` from now.
    func renewed(by limit: Duration) -> Deadline {
        var renewed = self
        renewed.instant = .now + min(limit, .seconds(1_000_000_000))
        return renewed
    }

    /// This one or `other`, whichever comes first.
    func earlier(_ other: Deadline) -> Deadline { other.instant < instant ? other : self }

    /// The one that comes first.
    static func earliest(_ deadlines: Deadline?...) -> Deadline? {
        deadlines.compactMap(\.self).min { $0.instant < $1.instant }
    }

    private static func text(_ limit: Duration) -> String {
        let (seconds, attoseconds) = limit.components
        return attoseconds == 0
            ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
