import Basics
import CEvent
import CSystem
import Glibc
import Synchronization

/// One libevent base: runs callbacks of sockets, and the jobs of the actors and tasks it is the executor of, all of them one
/// after the other.
///
/// It has a thread, which lends this to a pool of workers: most of what comes over a socket is then worked on where it was
/// read, and nobody is woken on the way. The thread takes over while the workers are busy. All of them sleep in the kernel
/// while there is nothing to do. The thread ends when the last reference to the loop goes.
final class EventLoop: SerialExecutor, TaskExecutor {
    private let state: LoopState

    /// - Parameter workers: who may lead the loop; nil for its own thread alone.
    /// - Throws: when the system gives no thread or no descriptor.
    init(workers: WorkerPool?) throws(SystemError) {
        state = try LoopState()
        let state = state
        try BackgroundThread.start { state.run(lentTo: workers) }
    }

    deinit { state.end() }

    /// What events are made with; only for code that runs on the loop.
    var base: OpaquePointer { unsafe state.base }

    /// Lets sockets wait where the thread that leads has work to do, which it began for one of them.
    func yieldToWork() { if WorkerPool.hasWork { state.endRound() } }

    func enqueue(_ job: consuming ExecutorJob) { state.enqueue(UnownedJob(job), on: self) }

    /// Stops the program when the caller does not run on the loop.
    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "this belongs on the event loop")
    }

    /// Whether the caller runs on the loop.
    func isIsolatingCurrentContext() -> Bool? { state.isCurrent }
}

/// What the threads of a loop and its executor share.
///
/// Unchecked: `base` is used by the one thread that leads, and freed by the loop's own when it does; all else does not change,
/// is atomic or locked.
@safe private final class LoopState: Poller, @unchecked Sendable {
    private struct Job {
        let job: UnownedJob
        let loop: EventLoop
    }

    private struct Jobs {
        var list: [Job] = []
        /// Whether a thread waits for sockets, or is about to: it must be woken for what comes.
        var isWaiting = false
    }

    let base: OpaquePointer
    /// Wakes the thread that waits for sockets.
    private let descriptor: Int32
    /// Wakes the loop's own thread when nobody has led for a while.
    private let watch: WatchTimer
    /// How often the lead was left.
    private let absences = Atomic(0)
    /// The absence that the watch was set for; 0 while it is not set.
    ///
    /// Setting it costs more than much of what workers do, so that it is left alone when they come back in time.
    private let watched = Atomic(0)
    private let jobs = Mutex(Jobs())
    private let isEnding = Atomic(false)
    /// Where a thread finds which loop it leads.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        guard unsafe pthread_key_create(&key, nil) == 0 else {
            preconditionFailure("the system has no place for what belongs to a thread")
        }
        return key
    }()
    /// How often jobs are looked for behind others before the sockets have their turn.
    private static let rounds = 8
    /// How long sockets wait for workers that have other things to do; twice as long at most.
    private static let patience = Duration.milliseconds(8)

    init() throws(SystemError) {
        watch = try WatchTimer()
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
        guard let base = unsafe event_base_new() else {
            close(descriptor)
            throw SystemError("event_base_new")
        }
        unsafe self.base = base
    }

    /// Runs when neither a thread nor the loop has a use for it, so that nobody writes to a number that is another file's.
    deinit { close(descriptor) }

    var isCurrent: Bool {
        unsafe pthread_getspecific(Self.key)
            == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    func enqueue(_ job: UnownedJob, on loop: EventLoop) {
        let mustWake = jobs.withLock { jobs in
            jobs.list.append(Job(job: job, loop: loop))
            return jobs.isWaiting && jobs.list.count == 1
        }
        guard mustWake else { return }
        if isCurrent { endRound() } else { wake() }
    }

    /// Ends a round before all that is there was handled; sockets that always have something would make it endless.
    func endRound() { unsafe _ = event_base_loopbreak(base) }

    func end() {
        isEnding.store(true, ordering: .releasing)
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        // A counter that is full wakes the thread just as well.
        _ = unsafe write(descriptor, &one, 8)
    }

    // MARK: Leading

    var isOver: Bool { isEnding.load(ordering: .acquiring) }

    func left() {
        absences.wrappingAdd(1, ordering: .acquiringAndReleasing)
        watchOver()
    }

    /// Has the loop's own thread look whether this absence lasts, unless it is going to look anyway.
    private func watchOver() {
        let absence = absences.load(ordering: .acquiring)
        let (isSet, _) = watched.compareExchange(
            expected: 0, desired: absence, ordering: .acquiringAndReleasing)
        if isSet { watch.set(after: Self.patience) }
    }

    func poll() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe _ = pthread_setspecific(Self.key, context)
        runJobs()
        let mayWait = jobs.withLock { jobs in
            jobs.isWaiting = jobs.list.isEmpty && !WorkerPool.hasWork
            return jobs.isWaiting
        }
        let flags = mayWait ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK
        unsafe _ = event_base_loop(base, flags)
        jobs.withLock { $0.isWaiting = false }
        runJobs()
        _ = pthread_setspecific(Self.key, nil)
    }

    private func runJobs() {
        for _ in 0..<Self.rounds {
            let present = jobs.withLock { jobs in
                defer { jobs.list = [] }
                return jobs.list
            }
            guard !present.isEmpty else { return }
            for item in present {
                unsafe item.job.runSynchronously(
                    isolatedTo: item.loop.asUnownedSerialExecutor(),
                    taskExecutor: item.loop.asUnownedTaskExecutor())
            }
        }
    }

    // MARK: The loop's own thread

    func run(lentTo workers: WorkerPool?) {
        // Each write is told once, so that the counter need not be read: it takes centuries to fill.
        let wakeUp = unsafe event_new(
            base, descriptor, Int16(EV_READ | EV_PERSIST | EV_ET),
            { _, _, context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<LoopState>.fromOpaque(context).takeUnretainedValue().endRound()
            }, Unmanaged.passUnretained(self).toOpaque())
        if unsafe wakeUp == nil || event_add(wakeUp, nil) != 0 {
            preconditionFailure("the system has no memory for one event")
        }
        if let workers, workers.offer(self) { run(with: workers) } else { while !isOver { poll() } }
        unsafe event_free(wakeUp)
        unsafe event_base_free(base)
    }

    /// Leads while no worker does.
    private func run(with workers: WorkerPool) {
        while !isOver {
            poll()
            guard !isOver, workers.handBack() else { continue }
            left()
            while !isMissed() || !workers.reclaim() {}
        }
        workers.withdraw()
    }

    /// Sleeps until the watch is over; whether the lead was left once and for all that time.
    private func isMissed() -> Bool {
        watch.wait()
        let absence = watched.exchange(0, ordering: .acquiringAndReleasing)
        guard absence != absences.load(ordering: .acquiring) else { return true }
        watchOver()
        return false
    }
}
