import Basics
import Codecs
import Restore
import Storage

/// Stored plans and their approvals, checked before anything trusts them.
struct PlanBook {
    let context: OperationContext

    /// The plan that `text` names, whole or by its beginning, and its id.
    /// - Throws: `planUnknown`; `planAltered` when what is stored is not what the id names.
    func plan(_ text: String) async throws(OperationError) -> (plan: RestorePlan, id: String) {
        let ledger = try await context.services.ledger()
        let wanted = text.lowercased()
        let found: [PlanRecord]
        do {
            found =
                wanted.utf8.count < 4 ? [] : try await ledger.plans(beginningWith: wanted, limit: 2)
        } catch { throw OperationError(ledger: error) }
        guard let record = found.first else {
            throw OperationError(
                .planUnknown, "There is no plan \(TerminalText.escape(text))",
                hint: "Make one with: holdfast restore plan BACKUP")
        }
        guard found.count == 1 else {
            throw OperationError(
                .argumentInvalid, "Several plans begin with \(wanted)", hint: "Give more of its name.")
        }
        let hash = try await context.services.restoreHash()
        guard let plan = RestorePlan(canonical: record.document), plan.id(hash: hash) == record.id,
            plan.target.device == record.device, plan.expires == record.expires
        else {
            throw OperationError(
                .planAltered, "Plan \(record.id) is not what was planned: its content was altered",
                hint: "Make a new one with: holdfast restore plan \(record.backup)")
        }
        return (plan, record.id)
    }

    /// The plan, if it may still be approved and carried out.
    /// - Throws: `planExpired`, `planBlocked`, and what `plan(_:)` throws.
    func livePlan(_ text: String) async throws(OperationError) -> (plan: RestorePlan, id: String) {
        let (plan, id) = try await plan(text)
        guard context.clock.now() < plan.expires else {
            throw OperationError(
                .planExpired, "Plan \(id) expired at \(plan.expires)",
                hint:
                    "The device may have changed since. Make a new one with: holdfast restore plan \(plan.backup)"
            )
        }
        guard plan.conflicts.isEmpty else {
            throw OperationError(
                .planBlocked, "Plan \(id) cannot be carried out: \(plan.conflicts.joined(separator: "; "))")
        }
        return (plan, id)
    }

    /// Approvals of a plan that still count: written by this program, not expired, not used, not taken back.
    func validApprovals(of id: String) async throws(OperationError) -> [ApprovalRecord] {
        let ledger = try await context.services.ledger()
        let hash = try await context.services.restoreHash()
        let now = context.clock.now()
        let all: [ApprovalRecord]
        do { all = try await ledger.approvals(ofPlan: id) } catch { throw OperationError(ledger: error) }
        return all.filter { approval in
            approval.plan == id && approval.usedBy == nil && approval.revoked == nil && now < approval.expires
                && Self.mark(approval, hash) == approval.mark
        }
    }

    static func mark(_ approval: ApprovalRecord, _ hash: KeyedHash) -> String {
        ApprovalMark.text(
            id: approval.id, plan: approval.plan, kind: approval.kind.rawValue, who: approval.who,
            origin: approval.origin, given: approval.given, expires: approval.expires, hash: hash)
    }

    /// Asks the person at the terminal and stores the yes.
    /// - Throws: `personRequired` when there is nobody to ask; `approvalMissing` when the answer is no.
    func ask(_ plan: RestorePlan, _ id: String) async throws(OperationError) -> ApprovalRecord {
        guard let person = context.person else {
            throw OperationError(
                .personRequired, "Plan \(id) needs the yes of a person at a terminal",
                hint: "On a terminal, run: holdfast approve \(id)")
        }
        let view = PlanView(plan, id: id, approvals: 0)
        let summary = view.display.map { $0.redacted(by: context.services.redactor) }
        let question =
            "This changes \(plan.target.device) (\(plan.steps.count) steps, risk \(plan.risk.rawValue)). Type the device's name to approve:"
        guard await person.types(plan.target.device, asked: question, after: summary) else {
            throw OperationError(.approvalMissing, "Plan \(id) was not approved")
        }
        return try await give(id, plan, kind: .person, who: context.caller.actor, origin: person.origin)
    }

    private func give(
        _ id: String, _ plan: RestorePlan, kind: ApprovalRecord.Kind, who: String, origin: String
    ) async throws(OperationError) -> ApprovalRecord {
        let hash = try await context.services.restoreHash()
        var approval = ApprovalRecord(
            id: Self.newID(), plan: id, kind: kind, who: who,
            origin: "\(context.caller.surface) \(origin)", given: context.clock.now(),
            expires: plan.expires, mark: "")
        approval.mark = Self.mark(approval, hash)
        let ledger = try await context.services.ledger()
        do { try await ledger.add(approval) } catch { throw OperationError(ledger: error) }
        return approval
    }

    /// Sixteen random letters and digits.
    static func newID() -> String {
        Base32.string((0..<10).map { _ in UInt8.random(in: .min ... .max) }).lowercased()
    }
}

extension OperationError {
    /// What the ledger's failure means to a caller.
    init(ledger error: StoreError) {
        switch error.code {
        case .notFound: self.init(.planUnknown, error.message)
        case .conflict: self.init(.approvalMissing, error.message)
        default: self.init(error)
        }
    }
}
