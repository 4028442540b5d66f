/// What the audit chain proves about approvals and policies: given, used, taken back; pure.
package struct GrantBook: AuditFold, Equatable {
    /// What became of one approval.
    package struct Grant: Sendable, Equatable {
        /// Id of the plan it is for.
        package let plan: String
        /// The mark over everything in it.
        package let mark: String
        /// Tells people apart.
        package let account: String
        /// Id of the policy that gave it; empty for a person.
        package let policy: String
        /// The run that used it up first.
        package var spentBy: String?
        package var isRevoked = false
    }

    /// What became of one policy.
    package struct Adoption: Sendable, Equatable {
        package let name: String
        /// The digest of everything in it.
        package let digest: String
        package var isRevoked = false

        package init(name: String, digest: String, isRevoked: Bool = false) {
            self.name = name
            self.digest = digest
            self.isRevoked = isRevoked
        }
    }

    /// By the id of the approval.
    package private(set) var grants: [String: Grant] = [:]
    /// By the id of the policy.
    package private(set) var adoptions: [String: Adoption] = [:]
    /// By the run whose own approval was used for its way back: the way back that used it first.
    package private(set) var undone: [String: String] = [:]
    private var neededByDevice: [String: Int] = [:]
    private var neededByHostKey: [String: Int] = [:]

    package init() {}

    package mutating func visit(_ record: AuditRecord) {
        switch AuditFact(record.entry) {
        case .granted(let given):
            guard grants[given.approval] == nil else { return }
            grants[given.approval] = Grant(
                plan: given.plan, mark: given.mark, account: given.account, policy: given.policy)
        case .spent(let approval, let run):
            // The first one counts: who comes later finds another run there, or that it was taken back.
            guard let grant = grants[approval], grant.spentBy == nil, !isWithdrawn(grant) else { return }
            grants[approval]?.spentBy = run
        case .revoked(let approval): grants[approval]?.isRevoked = true
        case .undone(let run, let back):
            if undone[run] == nil { undone[run] = back }
        case .adopted(let policy, let name, let digest):
            guard adoptions[policy] == nil else { return }
            adoptions[policy] = Adoption(name: name, digest: digest)
        case .withdrawn(let policy): adoptions[policy]?.isRevoked = true
        case .required(let device, let hostKey, let approvals):
            neededByDevice[device] = approvals
            if !hostKey.isEmpty { neededByHostKey[hostKey] = approvals }
        case nil: return
        }
    }

    /// How many people must say yes to a plan for that device: the most that its name or its host key asks for.
    package func needed(device: String, hostKey: String) -> Int {
        max(1, neededByDevice[device] ?? 1, neededByHostKey[hostKey] ?? 1)
    }

    /// Whether an approval was taken back, itself or with the policy that gave it.
    package func isWithdrawn(_ grant: Grant) -> Bool {
        grant.isRevoked || !grant.policy.isEmpty && adoptions[grant.policy]?.isRevoked != false
    }

    /// The approvals that `run` used up.
    package func approvals(usedBy run: String) -> [Grant] { grants.values.filter { $0.spentBy == run } }
}
