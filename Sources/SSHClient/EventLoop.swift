import Basics
import CSystem
import Glibc
import Synchronization

/// The one thread that waits for every connection, and the executor of the actors that own them.
///
/// A `Key` stands for one waiting party. Descriptors are attached to keys edge-triggered, so whoever is woken must
/// read or write until the kernel says that it would block. All that may be called from outside the thread is
/// thread-safe. The thread ends after `stop()`, when no job is left.
///
/// It is a task executor too: a continuation resumes on its task's own executor, which would otherwise be the shared
/// pool, and only then hops to the actor's. Calls to a connection are made in `staying`, where both are this one.
final class EventLoop: SerialExecutor, TaskExecutor {
    /// Names one waiting party.
    struct Key: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// Why a wait ended.
    enum Wake: Sendable {
        /// Something happened on an attached descriptor, or `signal` was called.
        case signalled
        /// The deadline passed.
        case deadline
        /// `interrupt` was called; every later wait ends like this at once.
        case interrupted
    }

    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        var isSignalled = false
        var isInterrupted = false
        var waiter: CheckedContinuation<Wake, Never>?
        var handler: (@Sendable (Wake) -> Void)?
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var posted: [UInt64] = []
        var entries: [UInt64: Entry] = [:]
        var deadlines: [UInt64: Instant] = [:]
        var nextNumber: UInt64 = 1
        /// No deadline lies before this instant.
        var earliest: Instant?
        var isSleeping = false
        var isStopping = false
    }

    private let state = Mutex(State())
    private let epoll: Descriptor
    private let wakeup: Descriptor
    private let thread = Atomic<UInt>(0)
    private let origin = Instant.now

    /// Starts the thread.
    ///
    /// - Throws: when the kernel gives no descriptor or thread.
    init() throws(SystemError) {
        epoll = try Descriptor(checking: epoll_create1(CInt(EPOLL_CLOEXEC)), "epoll_create1")
        wakeup = try Descriptor(
            checking: eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)), "eventfd")
        try add(wakeup.number, number: 0, events: EPOLLIN.rawValue)
        try BackgroundThread.start { self.run() }
    }

    /// Ends the thread when its last job is done; connections must be closed before.
    func stop() {
        state.withLock { $0.isStopping = true }
        wake()
    }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let sleeps = state.withLock { state in
            state.jobs.append(unowned)
            defer { state.isSleeping = false }
            return state.isSleeping
        }
        if sleeps { wake() }
    }

    func checkIsolated() {
        precondition(isCurrent, "not on the thread of the event loop")
    }

    private var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Runs `body` so that all its suspensions resume on this loop.
    func staying<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await withTaskExecutorPreference(self, operation: body)
    }

    // MARK: Keys

    /// A new waiting party.
    func makeKey() -> Key {
        state.withLock { state in
            defer { state.nextNumber += 1 }
            state.entries[state.nextNumber] = Entry()
            return Key(number: state.nextNumber)
        }
    }

    /// Forgets `key`; whoever waits on it is interrupted.
    ///
    /// Its descriptors must be detached before.
    func remove(_ key: Key) {
        let entry = state.withLock { state in
            state.deadlines[key.number] = nil
            return state.entries.removeValue(forKey: key.number)
        }
        entry?.waiter?.resume(returning: .interrupted)
    }

    /// Wakes `key` whenever `descriptor` becomes readable, writable or ends.
    func attach(_ descriptor: Descriptor, to key: Key) throws(SystemError) {
        try add(descriptor.number, number: key.number, events: Self.everything)
    }

    /// Undoes `attach`; a wake that is already on its way may still come.
    func detach(_ descriptor: Descriptor) {
        var unused = unsafe epoll_event()
        _ = unsafe epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor.number, &unused)
    }

    /// Stops wakes of `key` by an attached descriptor, but for its end.
    func mute(_ descriptor: Descriptor, of key: Key) {
        // It is attached, so that this cannot fail.
        _ = control(EPOLL_CTL_MOD, descriptor.number, number: key.number, events: 0)
    }

    /// Undoes `mute`; what happened meanwhile wakes the key.
    func unmute(_ descriptor: Descriptor, of key: Key) {
        _ = control(EPOLL_CTL_MOD, descriptor.number, number: key.number, events: Self.everything)
    }

    /// Wakes `key`, now or at its next wait.
    func signal(_ key: Key) {
        if isCurrent { deliver(key.number, .signalled) } else { post(key) }
    }

    /// Wakes `key` after what is under way on the loop's thread.
    func post(_ key: Key) {
        state.withLock { $0.posted.append(key.number) }
        if !isCurrent { wake() }
    }

    /// Ends the present and every later wait on `key`.
    func interrupt(_ key: Key) {
        state.withLock { $0.entries[key.number]?.isInterrupted = true }
        signal(key)
    }

    /// Resumes `waiter` when `key` is woken or `deadline` passes, at the latest.
    ///
    /// One waiter at a time. Not an async function, so that a waiting actor stays on the loop's thread.
    func park(_ waiter: CheckedContinuation<Wake, Never>, on key: Key, until deadline: Instant?) {
        let immediate: Wake? = state.withLock { state in
            guard var entry = state.entries[key.number], !entry.isInterrupted else { return .interrupted }
            defer { state.entries[key.number] = entry }
            if entry.isSignalled {
                entry.isSignalled = false
                return .signalled
            }
            entry.waiter = waiter
            Self.set(deadline, of: key, in: &state)
            return nil
        }
        if let immediate {
            waiter.resume(returning: immediate)
        } else if deadline != nil, !isCurrent {
            wake()
        }
    }

    /// Calls `handler` on the loop's thread at every wake of `key`, until replaced, and once when `deadline` passes.
    func handle(_ key: Key, until deadline: Instant? = nil, _ handler: (@Sendable (Wake) -> Void)?) {
        state.withLock { state in
            guard var entry = state.entries[key.number] else { return }
            entry.handler = handler
            Self.set(handler == nil ? nil : deadline, of: key, in: &state)
            state.entries[key.number] = entry
        }
        if !isCurrent { wake() }
    }

    private static func set(_ deadline: Instant?, of key: Key, in state: inout State) {
        state.deadlines[key.number] = deadline
        guard let deadline else { return }
        state.earliest = state.earliest.map { min($0, deadline) } ?? deadline
    }

    /// The first beat at or after `instant`: what waits for one is dealt with in the same turn as what else does.
    func beat(after instant: Instant) -> Instant {
        let past = (instant - origin) / Self.beat
        return origin + Self.beat * Int(past.rounded(.up))
    }

    private static let beat: Duration = .milliseconds(100)

    // MARK: Thread

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 128)
        while runJobs() {
            let milliseconds = prepareSleep()
            // Devices send many small packets: where several talk at once, one turn takes what came of all of them.
            if milliseconds != 0, isCrowded { usleep(Self.gathering) }
            let count = unsafe epoll_wait(epoll.number, &events, 128, milliseconds)
            state.withLock { $0.isSleeping = false }
            for index in 0..<max(0, Int(count)) {
                let number = unsafe events[index].data.u64
                if number == 0 { wakeup.drain() } else { deliver(number, .signalled) }
            }
            deliverPosted()
            deliverDeadlines()
        }
    }

    /// How long events gather before a turn, in microseconds.
    private static let gathering: UInt32 = 8000
    /// So many runs make a crowd.
    private static let crowd = 4
    /// Runs under way; kept connections, jump hosts and tunnels are none.
    private let runs = Atomic<Int>(0)

    /// Whether there are so many runs that each can wait a little for the others.
    var isCrowded: Bool { runs.load(ordering: .relaxed) >= Self.crowd }

    /// Notes that a run connects or goes on; `leave` must follow.
    func join() { runs.add(1, ordering: .relaxed) }

    /// Notes that a run is over.
    func leave() { runs.subtract(1, ordering: .relaxed) }

    /// Runs jobs, and those that they bring, but lets descriptors have their turn; false when the loop is over.
    private func runJobs() -> Bool {
        let serial = unsafe asUnownedSerialExecutor()
        let plain = unsafe asUnownedTaskExecutor()
        for _ in 0..<8 {
            let (jobs, isOver) = state.withLock { state in
                let jobs = state.jobs
                state.jobs = []
                return (jobs, jobs.isEmpty && state.isStopping)
            }
            if isOver { return false }
            if jobs.isEmpty { break }
            for job in jobs { unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: plain) }
        }
        return true
    }

    /// The time limit of the next `epoll_wait` in milliseconds, -1 for none.
    private func prepareSleep() -> CInt {
        state.withLock { state in
            guard state.jobs.isEmpty, state.posted.isEmpty, !state.isStopping else { return 0 }
            state.isSleeping = true
            guard let earliest = state.earliest else { return -1 }
            let (seconds, attoseconds) = ContinuousClock.now.duration(to: earliest).components
            guard seconds >= 0, attoseconds >= 0 else { return 0 }
            return CInt(
                clamping: seconds.clamped(to: 0...86_400) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
    }

    private func deliver(_ number: UInt64, _ wake: Wake) {
        let (waiter, handler, reason) = state.withLock { state in
            guard var entry = state.entries[number] else {
                return (nil as CheckedContinuation<Wake, Never>?, nil as (@Sendable (Wake) -> Void)?, wake)
            }
            defer { state.entries[number] = entry }
            let reason = entry.isInterrupted ? .interrupted : wake
            if let waiter = entry.waiter {
                entry.waiter = nil
                state.deadlines[number] = nil
                return (waiter, nil, reason)
            }
            if entry.handler == nil, wake == .signalled { entry.isSignalled = true }
            return (nil, entry.handler, reason)
        }
        waiter?.resume(returning: reason)
        handler?(reason)
    }

    private func deliverPosted() {
        let posted = state.withLock { state in
            let posted = state.posted
            state.posted.removeAll(keepingCapacity: true)
            return posted
        }
        for number in posted { deliver(number, .signalled) }
    }

    private func deliverDeadlines() {
        let expired: [UInt64] = state.withLock { state in
            guard let earliest = state.earliest else { return [] }
            let now = ContinuousClock.now
            guard earliest <= now else { return [] }
            var expired: [UInt64] = []
            var next: Instant?
            for (number, deadline) in state.deadlines {
                if deadline <= now {
                    expired.append(number)
                } else {
                    next = next.map { min($0, deadline) } ?? deadline
                }
            }
            for number in expired { state.deadlines[number] = nil }
            state.earliest = next
            return expired
        }
        for number in expired { deliver(number, .deadline) }
    }

    private func wake() {
        wakeup.increment()
    }

    private static let everything = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue

    private func add(_ descriptor: CInt, number: UInt64, events: UInt32) throws(SystemError) {
        guard control(EPOLL_CTL_ADD, descriptor, number: number, events: events) else {
            throw SystemError("epoll_ctl")
        }
    }

    private func control(_ action: CInt, _ descriptor: CInt, number: UInt64, events: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events | EPOLLET.rawValue
        unsafe event.data.u64 = number
        return unsafe epoll_ctl(epoll.number, action, descriptor, &event) == 0
    }
}

extension Int64 {
    fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
