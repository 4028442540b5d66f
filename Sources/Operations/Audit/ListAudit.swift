package import Basics
import Storage

/// Lists the newest records of the audit chain.
package struct ListAudit: ServiceOperation {
    package struct Input: OperationInput {
        @Field("How many records at most; 0 for all.") var limit = 50
        @Field("Only records before this sequence number.") var before: Int?
        package init() {}
    }

    /// One record of the chain.
    package struct Record: Codable, Sendable {
        package let sequence: Int64
        package let time: Timestamp
        /// `intent`, `outcome` or `fact`.
        package let phase: String
        /// Joins an intent and its outcome; what a fact is about.
        package let action: String
        package let operation: String
        package let actor: String
        package let surface: String
        package let arguments: JSONValue
        /// `ok`, `partial` or an error's code; empty in an intent.
        package let result: String
        package let detail: String
        package let mark: String
    }

    package struct Output: Codable, Sendable, Displayable {
        package let records: [Record]
        private var empty = ""

        private enum CodingKeys: String, CodingKey {
            case records
        }

        init(_ records: [Record], before: Int?) {
            self.records = records
            empty = before.map { "There is no record before \($0)." } ?? "Nothing has been recorded yet."
        }

        package var display: [DisplayBlock] {
            let rows = records.map { record in
                [
                    Cell(String(record.sequence)), Cell(record.time.description), Cell(record.actor),
                    Cell(record.operation), Cell(record.phase, .dim),
                    Cell(record.result, record.result == "ok" || record.result.isEmpty ? .plain : .bad),
                    Cell(JSONWriter.text(record.arguments)),
                ]
            }
            return [
                .table(
                    columns: [
                        Column("NO", isNumeric: true), "TIME", "WHO", "OPERATION", "PHASE", "RESULT",
                        "ARGUMENTS",
                    ],
                    rows: rows, empty: empty)
            ]
        }
    }

    package static let contract = Contract(
        resource: "audit", verb: .list, summary: "List who did what: the newest records of the audit chain",
        effect: .reads, errors: [.notInitialised],
        examples: [Contract.Example("holdfast audit list --limit 10", "the ten newest records")],
        guidance: Guidance(
            "list_audit", title: "List audit records", in: .upkeep,
            purpose: "Lists who did what and how it ended: the newest records of the audit chain.",
            behaviour: "Only looks.",
            use:
                "Use it to find out what changed and by whom; to check that no record was altered use verify_audit.",
            returns: "Returns a page of records, newest first.",
            essentials: ["sequence", "time", "actor", "operation", "phase", "result"]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        guard input.before.map({ $0 > 0 }) ?? true else {
            throw OperationError(
                .argumentInvalid, "--before takes the number of a record, from 1",
                hint: "The numbers are in the first column of: holdfast audit list")
        }
        let trail = try await context.services.audit()
        let records: [AuditRecord]
        do {
            records = try await trail.records(limit: limit, before: input.before.map(Int64.init))
        } catch {
            throw OperationError(error)
        }
        return Output(records.map(Self.record), before: input.before)
    }

    private static func record(_ record: AuditRecord) -> Record {
        Record(
            sequence: record.sequence, time: record.time, phase: record.entry.phase.rawValue,
            action: record.entry.action, operation: record.entry.operation, actor: record.entry.actor,
            surface: record.entry.surface, arguments: record.entry.arguments, result: record.entry.result,
            detail: record.entry.detail, mark: record.mark)
    }
}
