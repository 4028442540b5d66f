import Basics
import Storage

/// Approvals as the audit chain proves them; what the rows of the database say counts for nothing against it.
struct Grants {
    let context: OperationContext

    /// What the chain proves.
    /// - Throws: `auditBroken` when it proves nothing.
    func book() async throws(OperationError) -> GrantBook {
        let trail = try await context.services.audit()
        let proof: (verdict: AuditVerdict, fold: GrantBook)
        do { proof = try await trail.prove(GrantBook()) } catch { throw OperationError(error) }
        guard case .intact = proof.verdict else {
            throw OperationError(
                .auditBroken,
                "The audit chain does not prove who approved what: \(Self.reason(proof.verdict))",
                hint: "Nothing was done. See: holdfast audit verify")
        }
        return proof.fold
    }

    /// Puts a fact on the chain; durable when it returns.
    func write(_ fact: AuditFact) async throws(OperationError) {
        let trail = try await context.services.audit()
        let entry = fact.entry(actor: context.caller.actor, surface: context.caller.surface)
        do { try await trail.append(entry, by: context.clock) } catch {
            throw OperationError(
                OperationError(error).code,
                "Nothing was done, as it could not be put on the audit record: \(error.message)",
                hint: OperationError(error).hint)
        }
    }

    /// Uses the approvals up for `run`, in the ledger and on the chain.
    ///
    /// Nothing of the run may reach a device before this returns.
    /// - Throws: `approvalMissing` when the chain shows that one of them counts no more.
    func spend(_ approvals: [ApprovalRecord], for run: String) async throws(OperationError) {
        guard !approvals.isEmpty else { return }
        for approval in approvals { try await write(.spent(approval: approval.id, run: run)) }
        // Read again: of two programs that use one approval, the chain shows who was first.
        let book = try await book()
        for approval in approvals {
            guard let grant = book.grants[approval.id], grant.spentBy == run, !book.isWithdrawn(grant) else {
                throw OperationError(
                    .approvalMissing, "Approval \(approval.id) was used or taken back meanwhile",
                    hint: "Nothing was changed. See: holdfast approval list")
            }
        }
    }

    /// Uses the approval of `run` for its one way back, the run `back`.
    ///
    /// Nothing of the way back may reach a device before this returns.
    /// - Throws: `approvalMissing` when the chain shows that another way back was first.
    func spend(approvalOf run: String, onWayBack back: String) async throws(OperationError) {
        try await write(.undone(run: run, back: back))
        guard try await book().undone[run] == back else {
            throw OperationError(
                .approvalMissing, "The approval of run \(run) was used for another way back meanwhile",
                hint: "Nothing was changed. See: holdfast restore list")
        }
    }

    private static func reason(_ verdict: AuditVerdict) -> String {
        switch verdict {
        case .intact: "it is whole"
        case .broken(let sequence, let reason): "record \(sequence): \(reason)"
        case .cut(let last, let expected):
            "it ends at record \(last), its checkpoint names \(expected); an older copy of the database was put back, or its end was cut off"
        case .unanchored(_, let reason): reason
        case .otherKey: "it was written with another key"
        }
    }
}
