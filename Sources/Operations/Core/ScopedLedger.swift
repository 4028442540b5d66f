import Basics
import Storage

/// A ledger in which only plans and runs for the devices of a scope are, with the approvals of those plans.
///
/// What is for another device is not there, under its whole name as little as under the beginning of it.
struct ScopedLedger: RestoreLedger {
    /// The most records that are looked through for those of the scope.
    private static let looked = Int(Int32.max)

    let base: any RestoreLedger
    let scope: DeviceScope

    // MARK: Plans

    func add(_ plan: PlanRecord) async throws(StoreError) {
        try check(plan.device)
        try await base.add(plan)
    }

    func plans(limit: Int) async throws(StoreError) -> [PlanRecord] {
        Array(try await base.plans(limit: Self.looked).filter { holds($0.device) }.prefix(max(0, limit)))
    }

    func plan(_ id: String) async throws(StoreError) -> PlanRecord? {
        let plan = try await base.plan(id)
        return plan.map { holds($0.device) } == true ? plan : nil
    }

    func plans(beginningWith prefix: String, limit: Int) async throws(StoreError) -> [PlanRecord] {
        let all = try await base.plans(beginningWith: prefix, limit: Self.looked)
        return Array(all.filter { holds($0.device) }.prefix(max(0, limit)))
    }

    func removePlans(expiredBefore instant: Timestamp) async throws(StoreError) -> Int {
        try await base.removePlans(expiredBefore: instant)
    }

    // MARK: Approvals

    func add(_ approval: ApprovalRecord) async throws(StoreError) {
        guard try await plan(approval.plan) != nil else { throw Self.unknown }
        try await base.add(approval)
    }

    func approvals(ofPlan plan: String) async throws(StoreError) -> [ApprovalRecord] {
        guard try await self.plan(plan) != nil else { return [] }
        return try await base.approvals(ofPlan: plan)
    }

    func approvals(limit: Int) async throws(StoreError) -> [ApprovalRecord] {
        var found: [ApprovalRecord] = []
        var known: [String: Bool] = [:]
        for approval in try await base.approvals(limit: Self.looked) {
            guard found.count < limit else { break }
            let isKnown: Bool
            if let before = known[approval.plan] {
                isKnown = before
            } else {
                isKnown = try await plan(approval.plan) != nil
            }
            known[approval.plan] = isKnown
            if isKnown { found.append(approval) }
        }
        return found
    }

    func use(_ approvals: [String], for run: RunRecord) async throws(StoreError) {
        try check(run.device)
        try await base.use(approvals, for: run)
    }

    func revoke(_ approval: String, at instant: Timestamp) async throws(StoreError) {
        guard try await approvals(limit: Self.looked).contains(where: { $0.id == approval }) else {
            throw Self.unknown
        }
        try await base.revoke(approval, at: instant)
    }

    // MARK: Runs

    func update(_ run: RunRecord) async throws(StoreError) {
        try check(run.device)
        try await base.update(run)
    }

    func runs(limit: Int) async throws(StoreError) -> [RunRecord] {
        Array(try await base.runs(limit: Self.looked).filter { holds($0.device) }.prefix(max(0, limit)))
    }

    func run(_ id: String) async throws(StoreError) -> RunRecord? {
        let run = try await base.run(id)
        return run.map { holds($0.device) } == true ? run : nil
    }

    func unfinishedRuns() async throws(StoreError) -> [RunRecord] {
        try await base.unfinishedRuns().filter { holds($0.device) }
    }

    // MARK: The scope

    private static let unknown = StoreError(.notFound, "there is no such plan")

    private func holds(_ device: String) -> Bool { scope.contains(named: device) }

    private func check(_ device: String) throws(StoreError) {
        guard holds(device) else { throw Self.unknown }
    }
}
