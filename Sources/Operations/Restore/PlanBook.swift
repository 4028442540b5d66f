import Basics
import Codecs
import Restore
import Storage

/// Stored plans and their approvals, checked before anything trusts them.
struct PlanBook {
    let context: OperationContext

    /// Stores a plan under its id.
    func add(_ plan: RestorePlan, _ id: String) async throws(OperationError) {
        let ledger = try await context.services.ledger()
        do {
            try await ledger.add(
                PlanRecord(
                    id: id, device: plan.target.device, backup: plan.backup, created: plan.created,
                    expires: plan.expires, document: plan.canonical))
        } catch { throw OperationError(ledger: error) }
    }

    /// The plan that `text` names, whole or by its beginning, and its id.
    /// - Throws: `planUnknown`; `planAltered` when what is stored is not what the id names.
    func plan(_ text: String) async throws(OperationError) -> (plan: RestorePlan, id: String) {
        guard !text.isEmpty else {
            throw OperationError(
                .argumentInvalid, "A plan is named by its id, and this one is empty",
                hint: "Its id stands in: holdfast restore list")
        }
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
                hint: "Make a new one with: holdfast restore plan BACKUP")
        }
        return (plan, record.id)
    }

    /// A stored plan that differs from `plan` in nothing but when it was made and expires, and that nobody carried out;
    /// nil where there is none, or not for long any more.
    func live(like plan: RestorePlan) async throws(OperationError) -> (plan: RestorePlan, id: String)? {
        let ledger = try await context.services.ledger()
        let hash = try await context.services.restoreHash()
        do {
            let carriedOut = Set(try await ledger.runs(limit: Self.searched).map(\.plan))
            for record in try await ledger.plans(limit: Self.searched)
            where record.backup == plan.backup && !carriedOut.contains(record.id) {
                guard var known = RestorePlan(canonical: record.document), known.id(hash: hash) == record.id,
                    context.clock.now() + .seconds(60) < known.expires
                else { continue }
                let found = known
                (known.created, known.expires) = (plan.created, plan.expires)
                if known.canonical == plan.canonical { return (found, record.id) }
            }
        } catch { throw OperationError(ledger: error) }
        return nil
    }

    /// How many of the newest plans and runs are looked through.
    private static let searched = 200

    /// The plan, if it may still be approved and carried out.
    /// - Throws: `planExpired`, `planBlocked`, and what `plan(_:)` throws.
    func livePlan(_ text: String) async throws(OperationError) -> (plan: RestorePlan, id: String) {
        let (plan, id) = try await plan(text)
        guard context.clock.now() < plan.expires else {
            throw OperationError(
                .planExpired, "Plan \(id) expired at \(plan.expires)",
                hint:
                    "The device may have changed since. Make a new one with: \(plan.again)"
            )
        }
        guard plan.conflicts.isEmpty else {
            throw OperationError(
                .planBlocked, "Plan \(id) cannot be carried out: \(plan.conflicts.joined(separator: "; "))")
        }
        return (plan, id)
    }

    /// Approvals of a plan that still count, oldest first: written by this program, proven by the chain, not expired, and
    /// neither used nor taken back, there or here.
    func provenApprovals(of id: String, _ book: GrantBook) async throws(OperationError) -> [ApprovalRecord] {
        let ledger = try await context.services.ledger()
        let hash = try await context.services.restoreHash()
        let now = context.clock.now()
        let all: [ApprovalRecord]
        do { all = try await ledger.approvals(ofPlan: id) } catch { throw OperationError(ledger: error) }
        return all.filter { approval in
            approval.plan == id && Self.state(of: approval, book, hash, now: now) == .valid
        }
    }

    /// What an approval is worth.
    enum State: String, Sendable {
        case valid
        case used
        case revoked
        case expired
        /// The row is not what this program wrote.
        case altered
        /// The audit chain does not show that it was given.
        case unproven
    }

    /// - Parameter book: what the chain proves; nil when it proves nothing.
    static func state(
        of approval: ApprovalRecord, _ book: GrantBook?, _ hash: KeyedHash, now: Timestamp
    ) -> State {
        guard mark(approval, hash) == approval.mark else { return .altered }
        guard let book, let grant = book.grants[approval.id], grant.plan == approval.plan,
            grant.mark == approval.mark, grant.account == approval.account
        else { return .unproven }
        if grant.spentBy != nil || approval.usedBy != nil { return .used }
        if approval.revoked != nil || book.isWithdrawn(grant) { return .revoked }
        return now >= approval.expires ? .expired : .valid
    }

    static func mark(_ approval: ApprovalRecord, _ hash: KeyedHash) -> String {
        ApprovalMark.text(
            id: approval.id, plan: approval.plan, kind: approval.kind.rawValue, who: approval.who,
            account: approval.account, origin: approval.origin, given: approval.given,
            expires: approval.expires, hash: hash)
    }

    /// Puts a yes on the chain and keeps it.
    func give(
        _ id: String, _ plan: RestorePlan, kind: ApprovalRecord.Kind, who: String, account: String,
        origin: String, policy: String = ""
    ) async throws(OperationError) -> ApprovalRecord {
        let hash = try await context.services.restoreHash()
        var approval = ApprovalRecord(
            id: Self.newID(), plan: id, kind: kind, who: who,
            origin: "\(context.caller.surface) \(origin)", given: context.clock.now(),
            expires: plan.expires, mark: "", account: account)
        approval.mark = Self.mark(approval, hash)
        try await Grants(context: context).write(
            .granted(
                AuditFact.Granting(
                    approval: approval.id, plan: id, mark: approval.mark, account: account, who: who,
                    origin: approval.origin, policy: policy)))
        let ledger = try await context.services.ledger()
        do { try await ledger.add(approval) } catch { throw OperationError(ledger: error) }
        return approval
    }

    /// Sixteen random letters and digits.
    static func newID() -> String {
        Base32.randomName()
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
