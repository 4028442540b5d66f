import Basics
import Codecs
import RemoteExecution
import Restore
import Storage
import Vault

/// Adopted policies, as the audit chain proves them.
struct PolicyBook {
    /// How many are looked at.
    static let limit = 1000

    let context: OperationContext

    /// What a stored policy is worth.
    enum State: String, Sendable {
        case valid
        case expired
        case revoked
        /// The row is not what was adopted.
        case altered
        /// The audit chain does not show that it was adopted.
        case unproven
    }

    /// A stored policy with what it is worth.
    struct Entry: Sendable {
        let record: PolicyRecord
        /// Nil when what is stored is no policy.
        let policy: Policy?
        let state: State
    }

    /// All that are stored, newest first.
    /// - Parameter book: what the chain proves; nil when it proves nothing.
    func entries(_ book: GrantBook?) async throws(OperationError) -> [Entry] {
        let store = try await context.services.policies()
        let hash = try await context.services.restoreHash()
        let now = context.clock.now()
        let records: [PolicyRecord]
        do { records = try await store.policies(limit: Self.limit) } catch { throw OperationError(error) }
        return records.map { record in
            let policy = Policy(canonical: record.document)
            return Entry(
                record: record, policy: policy, state: Self.state(record, policy, book, hash, now))
        }
    }

    private static func state(
        _ record: PolicyRecord, _ policy: Policy?, _ book: GrantBook?, _ hash: KeyedHash, _ now: Timestamp
    ) -> State {
        guard let adoption = book?.adoptions[record.id] else { return .unproven }
        guard let policy, policy.name == record.name, adoption.name == record.name,
            adoption.digest == digest(record.id, policy, hash)
        else { return .altered }
        if adoption.isRevoked || record.revoked != nil { return .revoked }
        return now >= policy.expires ? .expired : .valid
    }

    /// What binds everything in a policy to its adoption.
    static func digest(_ id: String, _ policy: Policy, _ hash: KeyedHash) -> String {
        let fields: [JSONValue] = [
            "holdfast policy 1", .string(id), .string(Hex.string(policy.canonical)),
        ]
        return hash.digest(JSONWriter.bytes(.array(fields))).description
    }

    /// The approval of a policy that covers the plan, given now; or why none does, for each that could.
    /// - Parameter book: what the chain proves.
    func approval(
        of plan: RestorePlan, _ id: String, on device: Device, _ book: GrantBook
    ) async throws(OperationError) -> (approval: ApprovalRecord?, reasons: [String]) {
        let standing = try await entries(book).filter { $0.state == .valid }
        guard !standing.isEmpty else { return (nil, []) }
        let (_, manifest) = try await context.manifest(plan.backup)
        let occasion = Policy.Occasion(
            device: device, backupMachine: manifest.summary.device.machineID, now: context.clock.now())
        var reasons: [String] = []
        for entry in standing {
            guard let policy = entry.policy else { continue }
            if let reason = policy.reasonAgainst(plan, occasion) {
                reasons.append("Policy \(policy.name): \(reason)")
                continue
            }
            let approval = try await PlanBook(context: context).give(
                id, plan, kind: .policy, who: policy.name, account: "policy \(entry.record.id)",
                origin: "policy", policy: entry.record.id)
            return (approval, [])
        }
        return (nil, reasons)
    }
}
