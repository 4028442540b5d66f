import Storage

/// Asks a job to end and waits for it.
package struct CancelJob: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The job's id.", .operand) var job: String
        @Field("Seconds to wait for its end, 0 to 600.", placeholder: "SECONDS") var wait = 60
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let job: JobView

        init(job: JobView) { self.job = job }

        package init(from decoder: any Decoder) throws { job = try JobView(from: decoder) }

        package func encode(to encoder: any Encoder) throws { try job.encode(to: encoder) }

        package var display: [DisplayBlock] {
            let word =
                job.isFinished
                ? "Job \(job.job) ended: \(job.state)." : "Job \(job.job) was asked to end; it has not yet."
            return [.lines([Cell(word)])]
        }
    }

    /// How often its record is looked at.
    private static let interval = Duration.milliseconds(200)

    package static let contract = Contract(
        resource: "job", verb: .custom("cancel"), summary: "Ask a job to end",
        discussion: """
            The job ends at its next safe point, and closes its connections to devices: what runs there ends within \
            seconds, or at its own time limit where the device cannot tell. What it had finished stays. A restore that has begun to change a device is \
            brought to its end by the device itself.
            """,
        effect: .writes, errors: [.jobUnknown, .jobFinished],
        examples: [Contract.Example("holdfast job cancel 3f8k2m1qz7xw9a4c", "end it at its next safe point")],
        reach: .scoped,
        guidance: Guidance(
            "cancel_job", title: "End a job", in: .backups,
            purpose: "Asks a job in the background to end, and waits for that.",
            behaviour:
                "What the job had finished stays; a restore that changes a machine is brought to its end by the machine.",
            use: "Use it only when the job is not wanted any more; to look at it use get_job.",
            returns: "Returns the job; a finished one is an error.", next: [.init("get_job", ["job": "job"])])
    )

    package init() {}

    /// Ending what others began needs the right to begin it.
    private static func check(_ job: JobRecord, _ caller: Caller) throws(OperationError) {
        guard job.actor != caller.actor,
            let operation = allOperations.first(where: {
                $0.contract.command.joined(separator: " ") == job.operation
            }), !caller.level.allows(operation.contract.effect)
        else { return }
        throw OperationError(
            .levelTooLow,
            "Job \(job.id) was begun by somebody else, and ‘\(job.operation)’ needs the level \(AccessLevel.needed(for: operation.contract.effect))",
            hint: "Whoever began it can end it, or a person at a terminal: holdfast job cancel \(job.id)")
    }

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard (0...600).contains(input.wait) else {
            throw OperationError(.argumentInvalid, "--wait takes 0 to 600 seconds")
        }
        let desk = JobDesk(context: context)
        try await desk.settle()
        var (_, record) = try await desk.job(input.job)
        try Self.check(record, context.caller)
        let store = try await context.services.jobs()
        do { try await store.requestCancel(ofJob: record.id) } catch { throw OperationError(job: error) }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(input.wait)
        while !record.isFinished, clock.now < end {
            do { try await Task.sleep(for: Self.interval) } catch { break }
            try await desk.settle()
            record = try await desk.job(input.job).record
        }
        return Output(job: JobView(record))
    }
}
