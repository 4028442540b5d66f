import Basics
import RemoteExecution
import Restore
import Storage

/// Whether enough people said yes to one plan, and how the missing yes is asked for.
struct Consent {
    let context: OperationContext
    let plan: RestorePlan
    let id: String
    /// The device as it is registered; nil when it is not.
    let device: Device?
    /// Whether a policy may say yes; never to a way back, which is a person's.
    var allowsPolicies = true

    /// Which approvals of the plan count, and how many are needed.
    struct Standing {
        /// Proven, not used, not taken back, not expired; one for each account, oldest first.
        var approvals: [ApprovalRecord]
        let needed: Int
        /// What the chain proved when it was asked.
        let book: GrantBook

        var isEnough: Bool { approvals.count >= needed }

        /// `1 of 2`.
        var words: String { "\(approvals.count) of \(needed)" }
    }

    /// What counts now.
    /// - Throws: `auditBroken` when the chain proves nothing.
    func standing() async throws(OperationError) -> Standing {
        let book = try await Grants(context: context).book()
        let needed = max(
            device?.approvals ?? 1, book.needed(device: plan.target.device, hostKey: plan.target.hostKey))
        let proven = try await PlanBook(context: context).provenApprovals(of: id, book)
        var accounts: Set<String> = []
        // Where several people are needed, a policy is nobody.
        let counted = proven.filter { approval in
            (needed == 1 || approval.kind == .person) && accounts.insert(approval.account).inserted
        }
        return Standing(approvals: counted, needed: needed, book: book)
    }

    /// The approvals to use up: those that are there, a policy's, or the yes of whoever sits at the terminal.
    /// - Throws: `approvalMissing`, `personRequired`, `auditBroken`.
    func obtain() async throws(OperationError) -> [ApprovalRecord] {
        var standing = try await standing()
        var reasons: [String] = []
        if !standing.isEnough { (standing, reasons) = try await covered(standing) }
        if !standing.isEnough { standing = try await asked(standing, reasons) }
        guard standing.isEnough else {
            throw OperationError(
                .approvalMissing,
                "Plan \(id) has \(standing.words) approvals that \(plan.target.device) needs",
                hint: "Another person approves it with: holdfast approve \(id)")
        }
        return Array(standing.approvals.prefix(standing.needed))
    }

    /// Lets a policy approve the plan, where one covers it and one person would do; else why none does.
    private func covered(
        _ standing: Standing
    ) async throws(OperationError) -> (standing: Standing, reasons: [String]) {
        guard allowsPolicies, standing.needed == 1, let device else { return (standing, []) }
        let (approval, reasons) = try await PolicyBook(context: context).approval(
            of: plan, id, on: device, standing.book)
        var standing = standing
        if let approval { standing.approvals.append(approval) }
        return (standing, reasons)
    }

    /// Asks the person at the terminal and stores the yes.
    /// - Parameter reasons: why no policy covers it.
    /// - Throws: `personRequired` when there is nobody to ask; `approvalMissing` when the answer is no, or when this
    ///   person has said yes before.
    @discardableResult
    func asked(_ standing: Standing, _ reasons: [String] = []) async throws(OperationError) -> Standing {
        guard let person = context.person else {
            let count = standing.needed > 1 ? " and has \(standing.words) that count" : ""
            if standing.approvals.isEmpty, let run = try await keptRun() {
                throw OperationError(
                    .personRequired,
                    "The plan was carried out by run \(run) already, and an approval counts once",
                    hint: "Nothing was done. For what has changed since, make a new plan: \(plan.again)")
            }
            throw OperationError(
                .personRequired, "Plan \(id) needs the yes of a person at a terminal\(count)",
                hint: (["On a terminal, run: holdfast approve \(id), then: holdfast restore apply \(id)"]
                    + reasons.prefix(5)).joined(
                        separator: ". "))
        }
        let witness = person.witness
        guard !standing.approvals.contains(where: { $0.account == witness.account }) || standing.needed == 1
        else {
            throw OperationError(
                .approvalMissing,
                "Plan \(id) has \(standing.words) approvals, yours among them; \(plan.target.device) needs one of another person",
                hint: "Another account approves it with: holdfast approve \(id)")
        }
        let view = PlanView(plan, id: id, approvals: standing.approvals.count, needed: standing.needed)
        let summary = view.display.map { $0.redacted(by: context.services.redactor) }
        let question =
            "This changes \(plan.target.device) (\(plan.steps.count.counted("step")), risk \(plan.risk.rawValue)). Type the device's name to approve:"
        guard try await person.confirms(plan.target.device, asked: question, after: summary) else {
            throw OperationError(.approvalMissing, "Plan \(id) was not approved")
        }
        guard context.clock.now() < plan.expires else {
            throw OperationError(
                .planExpired, "Plan \(id) expired at \(plan.expires), before it was approved")
        }
        let approval = try await PlanBook(context: context).give(
            id, plan, kind: .person, who: witness.actor, account: witness.account, origin: witness.origin)
        var standing = standing
        standing.approvals.append(approval)
        return standing
    }

    /// The run that carried the plan out last, so that its approval is used up; nil when none did.
    func keptRun() async throws(OperationError) -> String? {
        let ledger = try await context.services.ledger()
        let runs: [RunRecord]
        do { runs = try await ledger.runs(limit: 10_000) } catch { throw OperationError(error) }
        let last = runs.first { $0.plan == id }
        return last?.state == RunDocument.State.kept.rawValue ? last?.id : nil
    }
}
