import Dispatch
import Synchronization

/// A few threads for tasks and actors whose jobs may block, unlike those of the system's pool.
///
/// What a job hands to its own pool runs next on the same thread, so that a task that calls an actor of the pool and
/// comes back wakes nobody; all else is taken by whichever thread is free, or by a new one up to the limit. Threads
/// sleep in the kernel while there is nothing to do, one of them in the poller where there is one, and end when the last
/// reference to the pool goes.
package final class WorkerPool: TaskExecutor {
    let shared: WorkerShare

    /// - Parameter limit: the most threads, at least one.
    package init(limit: Int = 4) { shared = WorkerShare(limit: limit) }

    deinit { shared.end() }

    package func enqueue(_ job: consuming ExecutorJob) { submit(.job(UnownedJob(job), self)) }

    /// Lets a thread do `work` soon.
    func submit(_ work: WorkerShare.Work) { shared.submit(work) }
}

/// Runs the jobs of an actor one after the other on the threads of a pool, where they may block.
///
/// For an actor that owns a handle of a blocking library and is called by tasks of the same pool; for any other,
/// `QueueExecutor` does.
package final class StrandExecutor: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whether a thread runs its jobs, or will.
        var isScheduled = false
    }

    private let pool: WorkerPool
    private let state = Mutex(State())
    /// The thread that runs its jobs; 0 for none.
    private let thread = Atomic(0)

    package init(_ pool: WorkerPool) { self.pool = pool }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isFirst { pool.submit(.strand(self)) }
    }

    /// Stops the program when the caller does not run on this strand.
    package func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "this belongs on the thread that runs the strand")
    }

    /// Whether the caller runs on this strand.
    package func isIsolatingCurrentContext() -> Bool? {
        thread.load(ordering: .relaxed) == WorkerThread.number
    }

    /// Runs what is there; called on a thread of the pool.
    func run() {
        while true {
            let jobs = state.withLock { state in
                defer { state.jobs = [] }
                state.isScheduled = !state.jobs.isEmpty
                return state.jobs
            }
            guard !jobs.isEmpty else { return }
            thread.store(WorkerThread.number, ordering: .relaxed)
            for job in jobs {
                unsafe job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: pool.asUnownedTaskExecutor())
            }
            thread.store(0, ordering: .relaxed)
        }
    }
}
