import Basics
import Storage

/// Lists jobs.
package struct ListJobs: ServiceOperation {
    package struct Input: OperationInput {
        @Field("At most so many, newest first; 0 for all.", placeholder: "N") var limit = 50
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let jobs: [JobView]

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["JOB", "OPERATION", "BY", "STARTED", "STATE", "PROGRESS"],
                    rows: jobs.map { job in
                        [
                            Cell(job.job), Cell(job.operation), Cell(job.actor),
                            Cell(job.started.description), job.stateCell, Cell(job.progress),
                        ]
                    }, empty: "Nothing was run in the background yet.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "job", verb: .list, summary: "List what runs in the background, and what did",
        discussion: """
            A job whose process is gone without an end is told as ‘cut-off’. The newest finished jobs are remembered, older \
            ones are forgotten.
            """,
        effect: .reads, errors: [.notInitialised],
        examples: [Contract.Example("holdfast job list", "what runs, newest first")],
        reach: .scoped,
        guidance: Guidance(
            "list_jobs", title: "List jobs", in: .backups,
            purpose: "Lists what runs in the background, and what did, newest first.",
            behaviour: "Only looks.",
            use: "Use it to find a job whose id is lost; for one job's result use get_job.",
            returns: "Returns a page of jobs; ‘cut-off’ means that its process died.",
            essentials: ["job", "operation", "state", "started"],
            next: [.init("get_job", ["job": "jobs.0.job"])]))

    package init() {}

    private static let limit = 10_000

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        let desk = JobDesk(context: context)
        try await desk.settle()
        let store = try await context.services.jobs()
        do {
            let all = try await store.jobs(
                limit: context.caller.scope == .all ? limit : max(limit, Self.limit))
            return Output(jobs: all.filter { desk.isVisible($0) }.prefix(limit).map(JobView.init))
        } catch { throw OperationError(job: error) }
    }
}
