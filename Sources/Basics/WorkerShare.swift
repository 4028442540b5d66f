import Dispatch
import Glibc
import Synchronization

/// What the threads of a pool share.
final class WorkerShare: Sendable {
    /// Something for a thread to do; holds on to the pool that it came to.
    enum Work {
        case job(UnownedJob, WorkerPool)
        case strand(StrandExecutor)

        fileprivate func run() {
            switch self {
            case .job(let job, let pool): unsafe job.runSynchronously(on: pool.asUnownedTaskExecutor())
            case .strand(let strand): strand.run()
            }
        }
    }

    private struct State {
        var works: [Work] = []
        /// Where in `works` those begin that nobody took.
        var first = 0
        /// What wakes the threads that sleep: the last one first, whose memory is still near.
        var bells: [DispatchSemaphore] = []
        var threads = 0
        var isEnding = false
        /// What a thread waits on that has nothing else to do; nil for nothing.
        var poller: (any Poller)?
        /// Whether a thread leads the poller, be it one of the pool's or the poller's own.
        var isLed = false

        mutating func pop() -> Work? {
            guard first < works.count else { return nil }
            let work = works[first]
            first += 1
            if first == works.count {
                works.removeAll(keepingCapacity: first <= 1024)
                first = 0
            }
            return work
        }
    }

    private enum Step {
        case wake(DispatchSemaphore)
        case start
        case wait
    }

    /// What a thread does next.
    private enum Turn {
        case work(Work)
        case poll(any Poller)
        /// Sleep until somebody rings.
        case sleep
        case end
    }

    /// How many works in a row a thread takes from itself while others wait.
    private static let streakLimit = 32

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = max(1, limit) }

    func submit(_ work: Work) {
        if let thread = WorkerThread.current, thread.share === self, thread.next == nil {
            thread.next = work
            return
        }
        let step = state.withLock { state in
            state.works.append(work)
            return rouse(&state)
        }
        take(step)
    }

    private func take(_ step: Step) {
        switch step {
        case .wake(let bell): bell.signal()
        case .wait: break
        case .start:
            do { try BackgroundThread.start { self.run() } } catch {
                // The threads that there are do it, later; without any there would be nobody.
                precondition(state.withLock(\.threads) > 1, "the system gives no thread: \(error)")
                state.withLock { $0.threads -= 1 }
            }
        }
    }

    /// How another thread comes to look for something to do.
    private func rouse(_ state: inout State) -> Step {
        if let bell = state.bells.popLast() { return .wake(bell) }
        // The one that leads is none of those that work.
        guard state.threads < limit + (state.poller == nil ? 0 : 1) else { return .wait }
        state.threads += 1
        return .start
    }

    // MARK: The poller

    func offer(_ poller: any Poller) -> Bool {
        state.withLock { state in
            guard state.poller == nil else { return false }
            state.poller = poller
            state.isLed = true
            return true
        }
    }

    func handBack() -> Bool {
        let step = state.withLock { state in
            let step = rouse(&state)
            if case .wait = step { return step }
            state.isLed = false
            return step
        }
        if case .wait = step { return false }
        take(step)
        return true
    }

    func reclaim() -> Bool {
        state.withLock { state in
            defer { state.isLed = true }
            return !state.isLed
        }
    }

    func withdraw() {
        state.withLock { state in
            state.poller = nil
            state.isLed = false
        }
    }

    private func lead(_ poller: any Poller, _ thread: WorkerThread) {
        repeat { poller.poll() } while thread.next == nil && !poller.isOver
        state.withLock { $0.isLed = false }
        poller.left()
    }

    // MARK: Threads

    func end() {
        let bells = state.withLock { state in
            state.isEnding = true
            defer { state.bells = [] }
            return state.bells
        }
        for bell in bells { bell.signal() }
    }

    private func run() {
        let thread = WorkerThread(share: self)
        thread.enter()
        defer { thread.leave() }
        var streak = 0
        while true {
            if let next = thread.next, streak < Self.streakLimit {
                thread.next = nil
                streak += 1
                next.run()
                continue
            }
            streak = 0
            switch turn(of: thread) {
            case .work(let work): work.run()
            case .poll(let poller): lead(poller, thread)
            case .sleep: thread.bell.wait()
            case .end: return
            }
        }
    }

    /// What others left to do, or the thread's own; what there is to wait on where there is neither.
    private func turn(of thread: WorkerThread) -> Turn {
        state.withLock { state in
            if let work = state.pop() {
                if let next = thread.next { state.works.append(next) }
                thread.next = nil
                return .work(work)
            }
            if let next = thread.next {
                thread.next = nil
                return .work(next)
            }
            guard !state.isEnding else { return .end }
            if let poller = state.poller, !state.isLed, !poller.isOver {
                state.isLed = true
                return .poll(poller)
            }
            state.bells.append(thread.bell)
            return .sleep
        }
    }
}

/// A thread of a pool, as it knows itself; used on that thread alone.
final class WorkerThread {
    let share: WorkerShare
    /// What it sleeps on.
    let bell = DispatchSemaphore(value: 0)
    /// What it does when it is done with what it does.
    var next: WorkerShare.Work?

    init(share: WorkerShare) { self.share = share }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        guard unsafe pthread_key_create(&key, nil) == 0 else {
            preconditionFailure("the system has no place for what belongs to a thread")
        }
        return key
    }()

    /// The thread that runs this; nil where it is none of a pool.
    static var current: WorkerThread? {
        guard let pointer = unsafe pthread_getspecific(key) else { return nil }
        return unsafe Unmanaged<WorkerThread>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Tells the thread that runs this from all others of pools; -1 where it is none.
    static var number: Int {
        guard let pointer = unsafe pthread_getspecific(key) else { return -1 }
        return Int(bitPattern: pointer)
    }

    /// Makes it the thread that runs this.
    func enter() { unsafe _ = pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque()) }

    /// The thread that runs this is none of a pool any more.
    func leave() { _ = pthread_setspecific(Self.key, nil) }
}
