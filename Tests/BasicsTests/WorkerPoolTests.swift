import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Basics

private actor Ledger {
    private let executor: StrandExecutor
    private var numbers: [Int] = []
    private var isInside = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ pool: WorkerPool) { executor = StrandExecutor(pool) }

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

    func thread() -> UInt { UInt(pthread_self()) }

    func isIsolating() -> Bool? { executor.isIsolatingCurrentContext() }

    nonisolated func isIsolatingOutside() -> Bool? { executor.isIsolatingCurrentContext() }

    nonisolated func countFromCallback() { assumeIsolated { $0.numbers.append(-1) } }

    func countThroughCallback() -> Int {
        countFromCallback()
        return numbers.count
    }

    func all() -> [Int] { numbers }
}

private final class Flag: Sendable { let value = Atomic(false) }

private func present() -> UInt { UInt(pthread_self()) }

@Suite("WorkerPool and StrandExecutor", .timeLimit(.minutes(5)))
struct WorkerPoolTests {
    @Test(arguments: [1, 4]) func `the jobs of an actor run one at a time, and all of them`(_ limit: Int)
        async
    {
        let pool = WorkerPool(limit: limit)
        let ledger = Ledger(pool)
        let overlaps = await withTaskGroup { group in
            for number in 0..<500 {
                // Half of them from the pool itself.
                group.addTask(executorPreference: number % 2 == 0 ? pool : nil) {
                    await ledger.blockAndCount(number)
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(overlaps == 0)
        #expect(await ledger.all().sorted() == Array(0..<500))
    }

    @Test func `a task that calls an actor of its pool stays on its thread`() async {
        let pool = WorkerPool()
        let ledger = Ledger(pool)
        await Task(executorPreference: pool) {
            for _ in 0..<100 {
                let before = present()
                let within = await ledger.thread()
                #expect(within == before)
                #expect(present() == before)
            }
        }.value
    }

    @Test func `knows from inside and outside whether it isolates`() async {
        let ledger = Ledger(WorkerPool())
        #expect(await ledger.isIsolating() == true)
        #expect(ledger.isIsolatingOutside() == false)
        #expect(await ledger.countThroughCallback() == 1)
    }

    @Test func `jobs that block stop others only when all threads are taken`() async {
        let pool = WorkerPool(limit: 4)
        let gate = DispatchSemaphore(value: 0)
        let blocked = (0..<3).map { _ in Ledger(pool) }
        await withTaskGroup { group in
            for ledger in blocked { group.addTask { await ledger.waitOn(gate) } }
            let free = Ledger(pool)
            for number in 0..<50 {
                _ = await free.blockAndCount(number)
                await Task(executorPreference: pool) { await Task.yield() }.value
            }
            for _ in blocked { gate.signal() }
        }
    }

    @Test func `a job that goes on and on keeps no other from its turn`() async {
        let pool = WorkerPool(limit: 1)
        let ledger = Ledger(pool)
        let isOver = Flag()
        let spinner = Task(executorPreference: pool) {
            var turns = 0
            while !isOver.value.load(ordering: .relaxed) {
                _ = await ledger.thread()
                turns += 1
            }
            return turns
        }
        for _ in 0..<20 { await Task(executorPreference: pool) {}.value }
        isOver.value.store(true, ordering: .relaxed)
        #expect(await spinner.value >= 0)
    }
}
