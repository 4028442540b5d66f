import RemoteExecution

/// What a run has still to send, and its limits.
struct RunState {
    /// The limits of the job.
    let limits: ShellJob.Limits
    /// The end of the whole run.
    let total: Deadline
    /// How long a little output waits for more.
    var gathering: OutputGathering
    /// What comes is acknowledged and read at once until so many bytes of output came, counted from the last answer.
    ///
    /// More where the device waits for an answer, as it does in a conversation: what it says last is not waited for with more.
    let promptBytes: Int64
    private let idle: Deadline
    private(set) var outbox: ArraySlice<UInt8>
    private(set) var closesInput: Bool
    /// Whether a source has more for standard input.
    private(set) var isFed = false
    /// How much had been received when a conversation that streams last answered: what comes next is waited for.
    private(set) var answered: Int64?
    /// Whether the end of standard input was sent.
    var hasSentEnd = false

    /// The state before anything was sent.
    init(_ job: ShellJob, on label: String, since start: ContinuousClock.Instant) {
        limits = job.limits
        total = Deadline(
            job.limits.total, from: start, "The run on \(label) did not end",
            hint: "Raise the total limit if it needs longer.")
        idle = Deadline(
            job.limits.idle, from: start, "\(label) sent nothing",
            hint:
                "A command on it may hang; raise the idle limit (‘backup create --idle-timeout’) if it is slow."
        )
        gathering = OutputGathering(since: start)
        outbox = job.input[...]
        closesInput = !job.keepsInputOpen && job.rest == nil
        promptBytes = job.keepsInputOpen ? 1 << 20 : 64 << 10
    }

    /// Whether standard input has to be closed now.
    var endIsDue: Bool { outbox.isEmpty && closesInput && !hasSentEnd }

    /// Bytes for standard input, after those that still wait.
    mutating func add(_ bytes: [UInt8], closes: Bool) {
        outbox = outbox.isEmpty ? bytes[...] : outbox + bytes
        if closes { closesInput = true }
    }

    /// Says whether a source has more; at its end standard input ends too where it `closes`.
    mutating func feed(_ hasMore: Bool, closes: Bool) {
        guard !hasSentEnd else { return }
        isFed = hasMore
        if !hasMore, closes { closesInput = true }
    }

    /// Whether all is sent and a source has more.
    var isHungry: Bool { isFed && outbox.isEmpty && !hasSentEnd }

    /// Notes that something is sent now, after `received` bytes, that the device waits for.
    mutating func answers(after received: Int64) {
        if isFed || answered != nil { answered = received }
    }

    /// Notes that the first `count` bytes were sent.
    mutating func sent(_ count: Int) {
        outbox = outbox.dropFirst(count)
        if outbox.isEmpty { outbox = [] }
    }

    /// Drops what nobody reads any more.
    mutating func giveUpSending() {
        outbox = []
        isFed = false
        hasSentEnd = true
    }

    /// The deadline for the next sign of life, counted from now, or the end of the whole run where that is earlier.
    var silence: Deadline { idle.renewed(by: limits.idle).earlier(total) }
}
