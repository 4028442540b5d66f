package import Basics
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
    /// `valid`, `used`, `revoked`, `expired`.
    package let state: String
    /// The run that used it.
    package let run: String?

    init(_ record: ApprovalRecord, now: Timestamp) {
        approval = record.id
        plan = record.plan
        kind = record.kind.rawValue
        who = record.who
        origin = record.origin
        given = record.given
        expires = record.expires
        run = record.usedBy
        state =
            if record.usedBy != nil { "used" } else if record.revoked != nil {
                "revoked"
            } else if now
                >= record.expires
            { "expired" } else { "valid" }
    }

    package var display: [DisplayBlock] {
        [
            .lines([
                Cell("Plan \(plan) is approved by \(who) until \(expires).", .good),
                Cell("Carry it out with: holdfast restore apply \(plan)"),
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
            assistant cannot approve. The approval counts once, for this plan, until the plan expires.
            """,
        effect: .writes,
        errors: [.planUnknown, .planExpired, .planBlocked, .personRequired, .approvalMissing],
        examples: [Contract.Example("holdfast approve 7q3k", "read the plan, type the device's name")],
        command: ["approve"])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError)
        -> ApprovalView
    {
        let book = PlanBook(context: context)
        let (plan, id) = try await book.livePlan(input.plan)
        return ApprovalView(try await book.ask(plan, id), now: context.clock.now())
    }
}

/// Lists approvals.
package struct ListApprovals: ServiceOperation {
    package struct Input: OperationInput {
        @Field("At most so many, newest first.", placeholder: "N") var limit = 50
        package init() {}
    }

    package struct Output: Codable, Sendable, Displayable {
        package let approvals: [ApprovalView]

        package var display: [DisplayBlock] {
            [
                .table(
                    columns: ["APPROVAL", "PLAN", "BY", "FROM", "GIVEN", "STATE"],
                    rows: approvals.map { approval in
                        [
                            Cell(approval.approval), Cell(approval.plan),
                            Cell(approval.kind == "policy" ? "policy \(approval.who)" : approval.who),
                            Cell(approval.origin), Cell(approval.given.description),
                            Cell(approval.state, approval.state == "valid" ? .good : .dim),
                        ]
                    }, empty: "No approval was given yet.")
            ]
        }
    }

    package static let contract = Contract(
        resource: "approval", verb: .list, summary: "List approvals: who said yes to what", effect: .reads,
        errors: [.notInitialised],
        examples: [Contract.Example("holdfast approval list", "who said yes to what, newest first")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        guard (1...10_000).contains(input.limit) else {
            throw OperationError(.argumentInvalid, "--limit takes 1 to 10000")
        }
        let ledger = try await context.services.ledger()
        let now = context.clock.now()
        do {
            return Output(
                approvals: try await ledger.approvals(limit: input.limit).map { ApprovalView($0, now: now) })
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
        errors: [.approvalUnknown],
        examples: [Contract.Example("holdfast approval revoke 3f8k2m1qz7xw9a4c", "it no longer counts")])

    package init() {}

    package func run(_ input: Input, in context: OperationContext) async throws(OperationError) -> Output {
        let ledger = try await context.services.ledger()
        do { try await ledger.revoke(input.approval, at: context.clock.now()) } catch {
            switch error.code {
            case .notFound, .conflict:
                throw OperationError(
                    .approvalUnknown,
                    "Approval \(TerminalText.escape(input.approval)) cannot be taken back: \(error.message)",
                    hint: "See: holdfast approval list")
            default: throw OperationError(error)
            }
        }
        return Output(approval: input.approval)
    }
}
