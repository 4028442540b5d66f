import Dispatch

/// Runs the jobs of an actor one after the other on a dispatch queue of its own.
///
/// An actor that owns a handle of a blocking C library (SQLite, files, `waitpid`) keeps one of these and returns it as
/// its `unownedExecutor`: its methods may then block without taking a thread from the cooperative pool. The queue lies
/// on libdispatch's overcommitting pool, so that it gets a thread even when all others wait. Cancelling a task does
/// not take its job off the queue; the actor reaches the C side itself (`sqlite3_interrupt`, `shutdown`).
///
/// ```swift
/// actor Store {
///     private let executor = QueueExecutor("store")
///     nonisolated var unownedExecutor: UnownedSerialExecutor {
///         // The actor keeps its executor alive.
///         unsafe executor.asUnownedSerialExecutor()
///     }
/// }
/// ```
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue
    private let key = DispatchSpecificKey<Bool>()

    /// - Parameter label: the name of the queue in debuggers.
    package init(_ label: String) {
        queue = DispatchQueue(label: "holdfast." + label)
        queue.setSpecific(key: key, value: true)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Stops the program when the caller does not run on this queue.
    package func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }

    /// Whether the caller runs on this queue.
    package func isIsolatingCurrentContext() -> Bool? { DispatchQueue.getSpecific(key: key) ?? false }
}
