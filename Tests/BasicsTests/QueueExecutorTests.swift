import Basics
import Dispatch
import Glibc
import Testing

private actor Counter {
    private let executor: QueueExecutor
    private var numbers: [Int] = []
    private var isInside = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ executor: QueueExecutor) { self.executor = executor }

    /// Gives way to other threads in the middle; answers whether another call was inside at the same time.
    func blockAndCount(_ number: Int) -> Bool {
        let wasInside = isInside
        isInside = true
        sched_yield()
        numbers.append(number)
        isInside = false
        return wasInside
    }

    func waitOn(_ gate: DispatchSemaphore) { gate.wait() }

    func isIsolating() -> Bool? { executor.isIsolatingCurrentContext() }

    nonisolated func countFromCallback() { assumeIsolated { $0.numbers.append(-1) } }

    func countThroughCallback() -> Int {
        countFromCallback()
        return numbers.count
    }

    func count() -> Int { numbers.count }
}

@Suite("QueueExecutor")
struct QueueExecutorTests {
    @Test func `runs the jobs of an actor one at a time`() async {
        let counter = Counter(QueueExecutor("test"))
        let overlaps = await withTaskGroup { group in
            for number in 0..<50 { group.addTask { await counter.blockAndCount(number) } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(overlaps == 0)
        #expect(await counter.count() == 50)
    }

    @Test func `knows from inside and outside whether it isolates`() async {
        let executor = QueueExecutor("test")
        let counter = Counter(executor)
        #expect(await counter.isIsolating() == true)
        #expect(executor.isIsolatingCurrentContext() == false)
        let other = Counter(QueueExecutor("other"))
        #expect(await other.isIsolating() == true)
    }

    @Test func `lets a callback on the queue assume the isolation`() async {
        #expect(await Counter(QueueExecutor("test")).countThroughCallback() == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `blocked actors take no thread from the cooperative pool`() async {
        let gate = DispatchSemaphore(value: 0)
        let counters = (0..<16).map { Counter(QueueExecutor("blocked \($0)")) }
        await withTaskGroup { group in
            for counter in counters { group.addTask { await counter.waitOn(gate) } }
            // With the pool's threads all blocked these tasks would never run.
            await withTaskGroup { free in
                for _ in 0..<16 { free.addTask { await Task.yield() } }
            }
            for _ in counters { gate.signal() }
        }
    }
}
