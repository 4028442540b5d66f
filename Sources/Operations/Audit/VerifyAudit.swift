import Basics
import Storage

/// Checks every record of the audit chain.
package struct VerifyAudit: ServiceOperation {
    package struct Output: Codable, Sendable, Displayable {
        /// Records that were checked.
        package let records: Int64
        /// What is odd though sound, for example a clock that was set back.
        package let remarks: [String]

        package var display: [DisplayBlock] {
            [
                .lines(
                    [
                        Cell(
                            "The audit chain is whole: \(records.counted("record")), each in its place.",
                            .good)
                    ]
                        + remarks.map { Cell($0, .warning) })
            ]
        }
    }

    package static let contract = Contract(
        resource: "audit", verb: .custom("verify"),
        summary: "Check the whole audit chain; names the first bad record",
        discussion: """
            Each record carries a keyed hash over itself and the record before it. A changed, removed or reordered \
            record breaks the chain there; a cut tail is noticed against a checkpoint kept outside of the database.
            """,
        effect: .reads, errors: [.auditBroken, .keyInvalid, .notInitialised],
        examples: [Contract.Example("holdfast audit verify", "has anybody touched the records?")],
        guidance: Guidance(
            "verify_audit", title: "Verify the audit chain", in: .upkeep,
            purpose: "Checks every record of the audit chain and names the first bad one.",
            behaviour: "Only looks.",
            use: "Use it when tampering is feared; to read records use list_audit.",
            returns: "Returns the number of records and what is odd; a broken chain is an error."))

    package init() {}

    /// Nothing can be said about records of another key.
    static func otherKey(_ count: Int64) -> OperationError {
        OperationError(
            .keyInvalid,
            "The key in place is not the one that the \(count.counted("audit record")) "
                + "and the checkpoint were written with",
            hint:
                "They cannot be checked without it. Move this key away and run: holdfast key restore --from FILE"
        )
    }

    package func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        let trail = try await context.services.audit()
        let verdict: AuditVerdict
        do { verdict = try await trail.verify() } catch { throw OperationError(error) }
        switch verdict {
        case .intact(let count, let remarks):
            return Output(records: count, remarks: remarks.map { "Record \($0.sequence): \($0.text)." })
        case .broken(let sequence, let reason):
            throw OperationError(
                .auditBroken, "The audit chain is broken at record \(sequence): \(reason)",
                hint:
                    "Records before \(sequence) are whole. Keep a copy of the state folder and find out who changed it."
            )
        case .unanchored(let count, let reason):
            throw OperationError(
                .auditBroken,
                "The \(count.counted("record")) of the audit chain agree, but nothing proves that they are all: \(reason)",
                hint: "If you did not remove the checkpoint yourself, treat the last records as incomplete.")
        case .otherKey(let count): throw Self.otherKey(count)
        case .cut(let last, let expected):
            throw OperationError(
                .auditBroken,
                "The audit chain ends at record \(last), but its checkpoint knows of record \(expected)",
                hint: "Records were removed at the end, or an older copy of the database was put in place.")
        }
    }
}
