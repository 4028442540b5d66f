import Basics
import Storage

/// Shows one job, and follows it to its end where asked.
package struct GetJob: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The job's id.", .operand) var job: String
        @Field("Show its progress until it ends. Ending this does not end the job.") var follow = false
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let job: JobView
        private let wasFollowed: Bool

        init(_ job: JobView, wasFollowed: Bool) {
            self.job = job
            self.wasFollowed = wasFollowed
        }

        package init(from decoder: any Decoder) throws {
            self.init(try JobView(from: decoder), wasFollowed: false)
        }

        package func encode(to encoder: any Encoder) throws { try job.encode(to: encoder) }

        package var display: [DisplayBlock] { job.display }

        /// Who waited for the end is told by it how the job ended.
        package var isComplete: Bool { !wasFollowed || job.state == JobState.done.rawValue }
    }

    /// How often a followed job is looked at.
    private static let interval = Duration.milliseconds(300)

    package static let contract = Contract(
        resource: "job", verb: .get, summary: "Show a job: its progress, its events, its result",
        effect: .reads, errors: [.jobUnknown],
        examples: [
            Contract.Example("holdfast job show 3f8k2m1qz7xw9a4c", "how far it is, or how it ended"),
            Contract.Example("holdfast job show 3f8k2m1qz7xw9a4c --follow", "watch it to its end"),
        ],
        reach: .scoped,
        guidance: Guidance(
            "get_job", title: "Show a job", in: .backups,
            purpose: "Shows how far a job is that runs in the background, or how it ended.",
            behaviour: "Only looks; with ‘follow’ it waits for the end, half a minute at most.",
            use:
                "Use it after a tool that answered with a job; for all jobs use list_jobs; to end one use cancel_job.",
            returns: "Returns state, progress, events, and the result once it is finished."))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let desk = JobDesk(context: context)
        try await desk.settle()
        var (_, record) = try await desk.job(input.job)
        var told = 0
        while input.follow, !record.isFinished {
            tell(record, &told, context)
            do { try await Task.sleep(for: Self.interval) } catch {
                throw OperationError(
                    .cancelled, "Job \(record.id) goes on; nobody follows it any more",
                    hint: "End it with: holdfast job cancel \(record.id)")
            }
            try await desk.settle()
            record = try await desk.job(input.job).record
        }
        if input.follow { tell(record, &told, context) }
        return Output(JobView(record), wasFollowed: input.follow)
    }

    /// Passes the news on: each event once, as far as they are kept.
    private func tell(_ record: JobRecord, _ told: inout Int, _ context: OperationContext) {
        guard let document = JobDocument(record.document), let progress = document.progress else { return }
        var update = ProgressUpdate(
            phase: progress.phase, done: progress.done, total: progress.total, unit: progress.unit,
            bytes: progress.bytes.map { ByteCount($0) })
        for event in document.events.suffix(max(0, document.eventCount - told)) {
            update.event = event
            context.progress.report(update)
        }
        told = document.eventCount
        update.event = nil
        context.progress.report(update)
    }
}
