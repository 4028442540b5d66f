package import Basics
import Codecs
import RemoteExecution
import Restore
import Storage

/// A stored yes, as lists show it.
package struct ApprovalView: Codable, Sendable, Displayable {
    package let approval: String
    package let plan: String
    /// `person` or `policy`.
    package let kind: String
    package let who: String
    /// Surface and terminal.
    package let origin: String
    package let given: Timestamp
    package let expires: Timestamp
    /// Number of the account that said yes; id of the policy.
    package let account: String
    /// `valid`, `used`, `revoked`, `expired`; `altered` when the record is not what was written, `unproven` when the audit
    /// chain does not show that it was given.
    package let state: String
    /// The run that used it.
    package let run: String?
    /// How many people have approved the plan, and how many must.
    package let approvals: Int
    package let approvalsNeeded: Int

    init(
        _ record: ApprovalRecord, state: PlanBook.State, run: String?, approvals: Int, needed: Int
    ) {
        account = record.account
        approval = record.id
        plan = record.plan
        kind = record.kind.rawValue
        who = record.who
        origin = record.origin
        given = record.given
        expires = record.expires
        self.run = run
        self.state = state.rawValue
        self.approvals = approvals
        approvalsNeeded = needed
    }

    var stateCell: Cell {
        switch state {
        case "valid": Cell(state, .good)
        case "altered", "unproven": Cell(state, .bad)
        default: Cell(state, .dim)
        }
    }

    package var display: [DisplayBlock] {
        let isEnough = approvals >= approvalsNeeded
        let count = approvalsNeeded > 1 ? " (\(approvals) of \(approvalsNeeded))" : ""
        return [
            .lines([
                Cell("Plan \(plan) is approved by \(who) until \(expires)\(count).", .good),
                Cell(
                    isEnough
                        ? "Carry it out with: holdfast restore apply \(plan)"
                        : "Another person approves it with: holdfast approve \(plan)"),
            ])
        ]
    }
}

/// Says yes to exactly one plan, at a terminal.
package struct ApprovePlan: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The plan: its id, or the beginning of it.", .operand) var plan: String
        package init() {}
    }

    package static let contract = Contract(
        resource: "approval", verb: .create, summary: "Approve a plan, at a terminal",
        discussion: """
            Shows the plan and wants the device's name typed. There is no option that says yes: a program, a script or an \
            assistant cannot approve. The approval counts once, for this plan, until the plan expires. It is recorded with \
            the account, the terminal and where the login came from. A device may need several people: see ‘device set’.
            """,
        effect: .writes,
        errors: [
            .planUnknown, .planAltered, .planExpired, .planBlocked, .personRequired, .approvalMissing,
            .auditBroken,
        ],
        examples: [Contract.Example("holdfast approve 7q3k", "read the plan, type the device's name")],
        command: ["approve"])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError)
        -> ApprovalView
    {
        let book = PlanBook(context: context)
        let (plan, id) = try await book.livePlan(input.plan)
        guard let name = DeviceName(plan.target.device) else {
            throw OperationError(.planAltered, "Plan \(id) names no device")
        }
        let device = try await context.device(name)
        let consent = Consent(context: context, plan: plan, id: id, device: device)
        let standing = try await consent.asked(try await consent.standing())
        guard let approval = standing.approvals.last else {
            throw OperationError(.approvalMissing, "Plan \(id) was not approved")
        }
        return ApprovalView(
            approval, state: .valid, run: nil, approvals: standing.approvals.count, needed: standing.needed)
    }
}

/// Lists approvals.
package struct ListApprovals: ServiceOperation {
    package struct Input: OperationInput {
        @Field("At most so many, newest first; 0 for all.", placeholder: "N") var limit = 50
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let approvals: [ApprovalView]

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["APPROVAL", "PLAN", "BY", "FROM", "GIVEN", "OF", "STATE"],
                    rows: approvals.map { approval in
                        [
                            Cell(approval.approval), Cell(approval.plan),
                            Cell(approval.kind == "policy" ? "policy \(approval.who)" : approval.who),
                            Cell(approval.origin), Cell(approval.given.description),
                            Cell("\(approval.approvals) of \(approval.approvalsNeeded)"),
                            approval.stateCell,
                        ]
                    }, empty: "No approval was given yet.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "approval", verb: .list, summary: "List approvals: who said yes to what", effect: .reads,
        errors: [.notInitialised],
        examples: [Contract.Example("holdfast approval list", "who said yes to what, newest first")],
        reach: .scoped,
        guidance: Guidance(
            "list_approvals", title: "List approvals", in: .upkeep,
            purpose: "Lists who approved which plan, and whether the approval still counts.",
            behaviour: "Only looks; approving is for people at a terminal.",
            use: "Use it to see whether a person said yes; for the plan itself use get_restore.",
            returns: "Returns a page of approvals.", essentials: ["approval", "plan", "who", "state"]))

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let limit = try ListLimit.checked(input.limit)
        let ledger = try await context.services.ledger()
        let hash = try await context.services.restoreHash()
        var book: GrantBook?
        do throws(OperationError) { book = try await Grants(context: context).book() } catch {
            guard error.code == .auditBroken else { throw error }
            context.warnings.add("No approval counts: \(error.message)")
        }
        let devices = try await context.devices()
        let now = context.clock.now()
        func state(_ approval: ApprovalRecord) -> PlanBook.State {
            PlanBook.state(of: approval, book, hash, now: now)
        }
        func needed(_ plan: PlanRecord?) -> Int {
            guard let name = plan?.device else { return 1 }
            let device = devices.first { $0.name.text == name }
            let key = device?.hostKey?.fingerprint ?? ""
            return max(device?.approvals ?? 1, book?.needed(device: name, hostKey: key) ?? 1)
        }
        do {
            let records = try await ledger.approvals(limit: limit)
            var views: [String: ApprovalView] = [:]
            for (plan, own) in Dictionary(grouping: records, by: \.plan) {
                let needed = needed(try await ledger.plan(plan))
                // All of the plan's, as the list may show only some of them.
                let all = Dictionary(grouping: try await ledger.approvals(ofPlan: plan), by: state)
                for record in own {
                    let state = state(record)
                    views[record.id] = ApprovalView(
                        record, state: state, run: book?.grants[record.id]?.spentBy ?? record.usedBy,
                        approvals: Set((all[state] ?? []).map(\.account)).count, needed: needed)
                }
            }
            return Output(approvals: records.compactMap { views[$0.id] })
        } catch { throw OperationError(ledger: error) }
    }
}

/// Takes an approval back.
package struct RevokeApproval: ServiceOperation {
    package struct Input: OperationInput {
        @Field("The approval's id.", .operand) var approval: String
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let approval: String

        package var display: [DisplayBlock] { [.lines([Cell("Approval \(approval) no longer counts.")])] }
    }

    package static let contract = Contract(
        resource: "approval", verb: .custom("revoke"), summary: "Take an approval back", effect: .writes,
        errors: [.approvalUnknown, .auditBroken],
        examples: [Contract.Example("holdfast approval revoke 3f8k2m1qz7xw9a4c", "it no longer counts")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let grants = Grants(context: context)
        let book = try await grants.book()
        guard let grant = book.grants[input.approval] else {
            throw refusal(input.approval, "the audit chain does not show that it was given")
        }
        if let run = grant.spentBy { throw refusal(input.approval, "it was used by run \(run)") }
        if !grant.isRevoked { try await grants.write(.revoked(approval: input.approval)) }
        // Read again: a run may have used it meanwhile, and then it was not taken back in time.
        if let run = try await grants.book().grants[input.approval]?.spentBy {
            throw refusal(input.approval, "run \(run) used it meanwhile")
        }
        let ledger = try await context.services.ledger()
        do { try await ledger.revoke(input.approval, at: context.clock.now()) } catch {
            // A row that is missing cannot be used either: what counts stands on the chain.
            guard error.code == .notFound || error.code == .conflict else { throw OperationError(error) }
        }
        return Output(approval: input.approval)
    }

    private func refusal(_ approval: String, _ reason: String) -> OperationError {
        OperationError(
            .approvalUnknown, "Approval \(TerminalText.escape(approval)) cannot be taken back: \(reason)",
            hint: "See: holdfast approval list")
    }
}
