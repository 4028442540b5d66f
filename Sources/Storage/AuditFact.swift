import Basics

/// What the audit chain proves beyond the course of operations: who was given which right, and what became of it.
///
/// The rows of a database can be altered by whoever can write its file; a fact cannot, nor can one be left out.
package enum AuditFact: Sendable, Equatable {
    /// An approval of one plan was given.
    package struct Granting: Sendable, Equatable {
        package var approval: String
        package var plan: String
        /// Binds everything in the approval.
        package var mark: String
        /// Tells people apart.
        package var account: String
        /// Who, and from where, for readers.
        package var who: String
        package var origin: String
        /// Id of the policy that gave it; empty for a person.
        package var policy: String

        package init(
            approval: String, plan: String, mark: String, account: String, who: String = "",
            origin: String = "", policy: String = ""
        ) {
            self.approval = approval
            self.plan = plan
            self.mark = mark
            self.account = account
            self.who = who
            self.origin = origin
            self.policy = policy
        }
    }

    /// An approval of one plan was given.
    case granted(Granting)
    /// An approval was used up by a run.
    case spent(approval: String, run: String)
    /// An approval was taken back.
    case revoked(approval: String)
    /// A run's own approval was used for its way back, the run `back`; another way back needs one of its own.
    case undone(run: String, back: String)
    /// A policy was adopted; `digest` binds everything in it.
    case adopted(policy: String, name: String, digest: String)
    /// A policy was taken back.
    case withdrawn(policy: String)
    /// From here on plans for a device, and for whatever shows its host key, need so many people.
    case required(device: String, hostKey: String, approvals: Int)

    /// The word for what happened: the `operation` of its record.
    private var word: String {
        switch self {
        case .granted: "approval granted"
        case .spent: "approval spent"
        case .revoked: "approval revoked"
        case .undone: "run undone"
        case .adopted: "policy adopted"
        case .withdrawn: "policy revoked"
        case .required: "approvals required"
        }
    }

    /// What it is about: the `action` of its record.
    private var subject: String {
        switch self {
        case .granted(let granting): granting.approval
        case .spent(let approval, _), .revoked(let approval): approval
        case .undone(let run, _): run
        case .adopted(let policy, _, _), .withdrawn(let policy): policy
        case .required(let device, _, _): device
        }
    }

    private var arguments: [String: JSONValue] {
        switch self {
        case .granted(let granting):
            [
                "plan": .string(granting.plan), "mark": .string(granting.mark),
                "account": .string(granting.account), "who": .string(granting.who),
                "origin": .string(granting.origin), "policy": .string(granting.policy),
            ]
        case .spent(_, let run): ["run": .string(run)]
        case .undone(_, let back): ["back": .string(back)]
        case .revoked, .withdrawn: [:]
        case .adopted(_, let name, let digest): ["name": .string(name), "digest": .string(digest)]
        case .required(_, let hostKey, let approvals):
            ["host_key": .string(hostKey), "approvals": .int(Int64(approvals))]
        }
    }

    /// The record's content.
    package func entry(actor: String, surface: String) -> AuditEntry {
        AuditEntry(
            phase: .fact, action: subject, operation: word, actor: actor, surface: surface,
            arguments: .object(arguments), result: "ok")
    }

    /// Nil when `entry` is no fact, or none this program knows.
    package init?(_ entry: AuditEntry) {
        guard entry.phase == .fact else { return nil }
        let subject = entry.action
        func text(_ name: String) -> String { entry.arguments[name]?.string ?? "" }
        switch entry.operation {
        case "approval granted":
            self = .granted(
                Granting(
                    approval: subject, plan: text("plan"), mark: text("mark"), account: text("account"),
                    who: text("who"), origin: text("origin"), policy: text("policy")))
        case "approval spent": self = .spent(approval: subject, run: text("run"))
        case "approval revoked": self = .revoked(approval: subject)
        case "run undone": self = .undone(run: subject, back: text("back"))
        case "policy adopted":
            self = .adopted(policy: subject, name: text("name"), digest: text("digest"))
        case "policy revoked": self = .withdrawn(policy: subject)
        case "approvals required":
            guard let approvals = entry.arguments["approvals"]?.int.flatMap(Int.init(exactly:)) else {
                return nil
            }
            self = .required(device: subject, hostKey: text("host_key"), approvals: approvals)
        default: return nil
        }
    }
}
