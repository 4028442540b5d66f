import Basics
import Codecs
import Dispatch
import Synchronization

/// Works on blocks on threads of its own while its owner goes on: compresses and seals them, or opens and checks them.
///
/// Its owner takes the results in the order in which it handed the inputs in. A bounded number is under way.
struct BlockPipeline<Input: Sendable, Output: Sendable> {
    /// What is done with an input; runs on a worker's thread, with that worker's codec.
    typealias Work = @Sendable (Input, BlockCodec) -> Output

    /// An input under way.
    private final class Job: Sendable {
        private let input: Input
        private let done = DispatchSemaphore(value: 0)
        private let output = Mutex<Output?>(nil)

        init(_ input: Input) { self.input = input }

        func run(_ work: Work, _ codec: BlockCodec) {
            let result = work(input, codec)
            output.withLock { $0 = result }
            done.signal()
        }

        func wait() -> Output? {
            done.wait()
            return output.withLock { $0 }
        }
    }

    private let workers: [(queue: DispatchQueue, codec: BlockCodec)]
    private let depth: Int
    private let work: Work
    private var jobs: [Job] = []
    private var turn = 0

    /// - Parameters:
    ///   - width: how many threads work.
    ///   - work: what they do.
    init(sealer: Sealer, width: Int = 2, work: @escaping Work) throws(VaultError) {
        var workers: [(queue: DispatchQueue, codec: BlockCodec)] = []
        for number in 0..<width {
            workers.append((DispatchQueue(label: "holdfast.block.\(number)"), try BlockCodec(sealer: sealer)))
        }
        self.workers = workers
        self.work = work
        depth = width + 1
    }

    /// Hands an input in.
    /// - Returns: the oldest result, when the pipeline was full; waits for it.
    mutating func submit(_ input: Input) -> Output? {
        let finished = jobs.count >= depth ? next() : nil
        let job = Job(input)
        let worker = workers[turn % workers.count]
        turn += 1
        worker.queue.async { [work] in job.run(work, worker.codec) }
        jobs.append(job)
        return finished
    }

    /// The oldest result, once it is there; nil when nothing is under way.
    mutating func next() -> Output? { jobs.isEmpty ? nil : jobs.removeFirst().wait() }
}
