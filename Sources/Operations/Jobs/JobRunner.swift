import Basics
import Storage
import Synchronization

/// Carries one job out, in the process that was started for it.
package struct JobRunner: Sendable {
    /// How often the record is brought up to date and looked at for a request to end.
    private static let interval = Duration.milliseconds(500)
    /// How often a busy store is asked again for the last word.
    private static let attempts = 10

    private let id: JobID
    private let order: JobOrder
    private let operation: AnyOperation
    private let context: OperationContext
    private let store: any JobStore
    private let record: JobRecord
    private let news: JobNews

    /// - Throws: `jobUnknown` when no such job waits; `argumentInvalid` when the order fits no operation.
    package init(
        _ order: JobOrder, operations: [AnyOperation], in context: OperationContext
    ) async throws(OperationError) {
        let store = try await context.services.jobs()
        let found: JobRecord?
        do { found = try await store.job(order.job) } catch { throw OperationError(job: error) }
        guard let id = JobID(order.job), let record = found, record.operation == order.operation,
            record.actor == order.actor, record.state == JobState.starting.rawValue,
            let document = JobDocument(record.document)
        else { throw OperationError(.jobUnknown, "There is no job \(order.job) that waits to begin") }
        guard let caller = order.caller,
            let operation = operations.first(where: {
                $0.contract.command.joined(separator: " ") == order.operation
            }), operation.contract.isLong
        else {
            throw OperationError(.argumentInvalid, "‘\(order.operation)’ is no operation that runs as a job")
        }
        self.id = id
        self.order = order
        self.operation = operation
        self.store = store
        self.record = record
        news = JobNews(document, redactor: context.services.redactor)
        self.context = OperationContext(
            caller: caller.through("\(caller.surface) job \(id)"),
            clock: context.clock, progress: news, services: context.services, log: context.log)
    }

    private enum Event: Sendable {
        case ended(Result<OperationResult, OperationError>)
        /// Somebody asked for the end.
        case cancelRequested
        case nothing
    }

    /// Runs the operation to its end and keeps the record up to date.
    ///
    /// Cancelling the task, or a request in the store, cancels the operation, which ends at its next safe point.
    package func run() async {
        var isCancelled = false
        let outcome = await withTaskGroup(of: Event.self) { group in
            group.addTask { .ended(await self.outcome()) }
            group.addTask { await watch() }
            var outcome: Result<OperationResult, OperationError>?
            while outcome == nil, let event = await group.next() {
                switch event {
                case .ended(let result): outcome = result
                case .cancelRequested:
                    isCancelled = true
                    await write(.cancelling)
                    group.cancelAll()
                case .nothing: break
                }
            }
            group.cancelAll()
            return outcome ?? .failure(OperationError(.cancelled, "The job was cancelled"))
        }
        news.end(outcome)
        await writeEnd(Self.state(of: outcome, isCancelled: isCancelled))
        JobDesk(context: context).release(id)
    }

    private func outcome() async -> Result<OperationResult, OperationError> {
        do throws(OperationError) {
            try await TokenJobs(of: order.actor)?.checkMayBegin(in: context)
            return .success(try await operation.call(order.arguments, in: context))
        } catch { return .failure(error) }
    }

    private static func state(
        of outcome: Result<OperationResult, OperationError>, isCancelled: Bool
    ) -> JobState {
        switch outcome {
        case .success(let result): result.isComplete ? .done : .partial
        case .failure(let error): error.code == .cancelled || isCancelled ? .cancelled : .failed
        }
    }

    /// Keeps the record up to date until somebody asks for the end.
    private func watch() async -> Event {
        await write(.running)
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return .nothing }
            if news.isNew { await write(.running) }
            let isRequested = await context.log.ignoringErrors("looking for a request to end the job") {
                try await store.isCancelRequested(ofJob: record.id)
            }
            if isRequested == true { return .cancelRequested }
        }
        return .nothing
    }

    /// A store that is busy or full gets the news with the next one.
    private func write(_ state: JobState) async {
        _ = await context.log.ignoringErrors("writing down how far the job is") {
            try await store.update(current(state))
        }
    }

    private func writeEnd(_ state: JobState) async {
        var reason = ""
        for _ in 0..<Self.attempts {
            do throws(StoreError) { return try await store.update(current(state)) } catch {
                reason = error.message
                guard error.code == .busy || error.code == .full else { break }
            }
        }
        context.log.error(
            "the end of a job could not be written down",
            ["job": .string(record.id), "reason": .string(reason)])
    }

    private func current(_ state: JobState) -> JobRecord {
        var next = record
        next.state = state.rawValue
        next.isFinished = state.isEnd
        next.updated = context.clock.now()
        next.document = news.take().bytes
        return next
    }
}

/// What a running job reports, kept until it is written down.
final class JobNews: ProgressReporter {
    private struct State {
        var document: JobDocument
        var isNew = false
    }

    private let state: Mutex<State>
    private let redactor: Redactor

    init(_ document: JobDocument, redactor: Redactor) {
        state = Mutex(State(document: document))
        self.redactor = redactor
    }

    /// Whether something was reported since the last `take`.
    var isNew: Bool { state.withLock(\.isNew) }

    func report(_ update: ProgressUpdate) {
        state.withLock { state in
            state.document.note(update, redactor)
            state.isNew = true
        }
    }

    /// Takes the end in.
    func end(_ outcome: Result<OperationResult, OperationError>) {
        state.withLock { $0.document.end(outcome) }
    }

    /// All that was reported so far.
    func take() -> JobDocument {
        state.withLock { state in
            state.isNew = false
            return state.document
        }
    }
}
