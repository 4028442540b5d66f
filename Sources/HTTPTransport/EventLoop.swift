import Basics
import CEvent
import CSystem
import Glibc
import Synchronization

/// One thread with one libevent base: runs callbacks of sockets, and the jobs of the actors and tasks it is the executor
/// of.
///
/// It sleeps in the kernel while there is nothing to do. The thread ends when the last reference to the loop goes.
final class EventLoop: SerialExecutor, TaskExecutor {
    private let state: LoopState

    /// - Throws: when the system gives no thread or no descriptor.
    init(_ name: String) throws(SystemError) {
        state = try LoopState()
        let state = state
        try BackgroundThread.start { state.run() }
    }

    deinit { state.end() }

    /// What events are made with; only for code that runs on the loop.
    var base: OpaquePointer { unsafe state.base }

    func enqueue(_ job: consuming ExecutorJob) { state.enqueue(UnownedJob(job), on: self) }

    /// Stops the program when the caller does not run on the loop.
    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "this belongs on the thread of the event loop")
    }

    /// Whether the caller runs on the loop.
    func isIsolatingCurrentContext() -> Bool? { state.isCurrent }
}

/// What the thread of a loop and its executor share.
///
/// Unchecked: `base`, `wakeUp` and `isWorking` are used on the thread alone, which frees them; all else does not change, is
/// atomic or locked.
@safe private final class LoopState: @unchecked Sendable {
    private struct Work {
        let job: UnownedJob
        let loop: EventLoop
    }

    let base: OpaquePointer
    private let descriptor: Int32
    private let work = Mutex<[Work]>([])
    private let isEnding = Atomic(false)
    /// Where the thread of a loop finds which one it is.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        guard unsafe pthread_key_create(&key, nil) == 0 else {
            preconditionFailure("the system has no place for what belongs to a thread")
        }
        return key
    }()
    /// Whether jobs run, behind which others are looked for.
    private var isWorking = false
    /// How often others are looked for before the sockets have their turn.
    private static let rounds = 8

    init() throws(SystemError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError("eventfd") }
        guard let base = unsafe event_base_new() else {
            close(descriptor)
            throw SystemError("event_base_new")
        }
        unsafe self.base = base
    }

    var isCurrent: Bool {
        unsafe pthread_getspecific(Self.key)
            == UnsafeMutableRawPointer(Unmanaged.passUnretained(self).toOpaque())
    }

    func enqueue(_ job: UnownedJob, on loop: EventLoop) {
        let isFirst = work.withLock { work in
            work.append(Work(job: job, loop: loop))
            return work.count == 1
        }
        guard isFirst, !(isCurrent && isWorking) else { return }
        wake()
    }

    func end() {
        isEnding.store(true, ordering: .releasing)
        wake()
    }

    private func wake() {
        var one: UInt64 = 1
        // A counter that is full wakes the thread just as well.
        _ = unsafe write(descriptor, &one, 8)
    }

    func run() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe _ = pthread_setspecific(Self.key, context)
        // Each write is told once, so that the counter need not be read: it takes centuries to fill.
        let wakeUp = unsafe event_new(
            base, descriptor, Int16(EV_READ | EV_PERSIST | EV_ET),
            { _, _, context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<LoopState>.fromOpaque(context).takeUnretainedValue().awake()
            }, context)
        if unsafe wakeUp == nil || event_add(wakeUp, nil) != 0 {
            preconditionFailure("the system has no memory for one event")
        }
        unsafe event_base_dispatch(base)
        unsafe event_free(wakeUp)
        unsafe event_base_free(base)
    }

    /// Runs when neither the thread nor the loop has a use for it, so that nobody writes to a number that is another file's.
    deinit { close(descriptor) }

    private func awake() {
        isWorking = true
        for _ in 0..<Self.rounds {
            let present = work.withLock { work in
                defer { work = [] }
                return work
            }
            guard !present.isEmpty else { break }
            for item in present {
                unsafe item.job.runSynchronously(
                    isolatedTo: item.loop.asUnownedSerialExecutor(),
                    taskExecutor: item.loop.asUnownedTaskExecutor())
            }
        }
        isWorking = false
        if !work.withLock(\.isEmpty) { wake() }
        if isEnding.load(ordering: .acquiring) { unsafe event_base_loopbreak(base) }
    }
}
