/// Something that a thread of a pool waits on while it has nothing else to do, such as the sockets of a server.
///
/// One thread leads it at a time: what an event leads to then runs on the thread that saw the event, which wakes nobody. A
/// poller has a thread of its own as well, which leads when all others have work for too long.
package protocol Poller: AnyObject, Sendable {
    /// Waits for events and handles some of them; does not wait where the thread has work (`WorkerPool.hasWork`).
    ///
    /// Called by whoever leads.
    func poll()

    /// The thread that led has work to do: nobody leads until it is done with that, or another takes over.
    ///
    /// Called when the lead is free, on the thread that had it.
    func left()

    /// Whether there is nothing to wait for any more; once true, always true.
    var isOver: Bool { get }
}

/// The lead of a poller, as its own thread knows it.
extension WorkerPool {
    /// Whether the thread that runs this is one of a pool and has work to do.
    package static var hasWork: Bool { WorkerThread.current?.next != nil }

    /// Gives the pool something to wait on, which the caller leads until it hands that back.
    /// - Returns: false when it has something already.
    package func offer(_ poller: any Poller) -> Bool { shared.offer(poller) }

    /// Lets a thread of the pool lead that is free, or becomes free first; false when all of them have work.
    package func handBack() -> Bool { shared.handBack() }

    /// Takes the lead; false when somebody has it.
    package func reclaim() -> Bool { shared.reclaim() }

    /// Takes back what the pool was given; only for who leads.
    package func withdraw() { shared.withdraw() }
}
