package import Basics

extension AnyOperation {
    /// What JSON a long operation answers with when it goes to the background.
    package static func jobShape() throws(JSONShapeError) -> JSONShape {
        try JSONShape(of: SubmittedJob.self)
    }

    /// The name of the field that sends a long operation to the background.
    package static let backgroundName = "background"

    /// What every long operation takes besides its own fields.
    static let backgroundField = OperationField(
        name: backgroundName, property: backgroundName,
        description: FieldDescription(
            help: "Run it as a job, apart from who asked: see ‘holdfast job’.", style: .option,
            placeholder: nil,
            short: nil, kind: .flag, isRequired: false),
        defaultValue: .bool(false))

    /// Prepares the operation here, then sends it to the background.
    func background(_ arguments: [String: JSONValue]) -> Body {
        let command = contract.command.joined(separator: " ")
        let own = arguments.filter { $0.key != Self.backgroundField.name && !$0.value.isNull }
        let preparation = preparation
        return {
            (merged: JSONValue, context: OperationContext) async throws(OperationError) -> OperationResult in
            try await preparation(merged, context)
            let job = try await JobDesk(context: context).submit(command, own)
            return try Self.result(of: SubmittedJob(job: job), redactor: context.services.redactor)
        }
    }
}

/// A job that was taken in.
struct SubmittedJob: Codable, Sendable, Displayable {
    let job: JobView

    init(job: JobView) { self.job = job }

    init(from decoder: any Decoder) throws { job = try JobView(from: decoder) }

    func encode(to encoder: any Encoder) throws { try job.encode(to: encoder) }

    var display: [DisplayBlock] {
        [
            .lines([
                Cell("Job \(job.job) runs ‘\(job.operation)’ in the background.", .good),
                Cell("Follow it with: holdfast job show \(job.job) --follow"),
                Cell("End it with: holdfast job cancel \(job.job)"),
            ])
        ]
    }
}
