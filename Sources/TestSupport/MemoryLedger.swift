package import Basics
package import Storage

/// A ledger of restores in memory, for tests of what uses one.
package actor MemoryLedger: RestoreLedger {
    private var plans: [PlanRecord] = []
    private var approvals: [ApprovalRecord] = []
    private var runs: [RunRecord] = []

    package init() {}

    package func add(_ plan: PlanRecord) throws(StoreError) {
        guard let known = self.plan(plan.id) else { return plans.append(plan) }
        guard known.document == plan.document else { throw StoreError(.conflict, "another plan") }
    }

    package func plans(limit: Int) -> [PlanRecord] { newest(plans, by: \.created, limit) }

    package func plan(_ id: String) -> PlanRecord? { plans.first { $0.id == id } }

    package func plans(beginningWith prefix: String, limit: Int) -> [PlanRecord] {
        newest(plans.filter { $0.id.hasPrefix(prefix) }, by: \.created, limit)
    }

    package func removePlans(expiredBefore instant: Timestamp) -> Int {
        let gone = plans.filter { plan in plan.expires < instant && !runs.contains { $0.plan == plan.id } }
        let ids = Set(gone.map(\.id))
        plans.removeAll { ids.contains($0.id) }
        approvals.removeAll { ids.contains($0.plan) }
        return gone.count
    }

    package func add(_ approval: ApprovalRecord) throws(StoreError) {
        guard plan(approval.plan) != nil else { throw StoreError(.notFound, "no such plan") }
        guard approval.usedBy == nil, approval.revoked == nil,
            !approvals.contains(where: { $0.id == approval.id })
        else { throw StoreError(.conflict, "a taken id, or an approval used or revoked before") }
        approvals.append(approval)
    }

    package func approvals(ofPlan plan: String) -> [ApprovalRecord] {
        oldest(approvals.filter { $0.plan == plan }, by: \.given)
    }

    package func approvals(limit: Int) -> [ApprovalRecord] { newest(approvals, by: \.given, limit) }

    package func use(_ approvals: [String], for run: RunRecord) throws(StoreError) {
        guard plan(run.plan) != nil, self.run(run.id) == nil, Set(approvals).count == approvals.count else {
            throw StoreError(.conflict, "no such plan, a taken id, or an approval named twice")
        }
        let places = self.approvals.indices.filter { index in
            let known = self.approvals[index]
            return approvals.contains(known.id) && known.plan == run.plan && known.usedBy == nil
                && known.revoked == nil
        }
        guard places.count == approvals.count else {
            throw StoreError(.conflict, "an approval is unknown, used, revoked or of another plan")
        }
        for place in places { self.approvals[place].usedBy = run.id }
        runs.append(run)
    }

    package func revoke(_ approval: String, at instant: Timestamp) throws(StoreError) {
        guard let place = approvals.firstIndex(where: { $0.id == approval }) else {
            throw StoreError(.notFound, "no such approval")
        }
        guard approvals[place].usedBy == nil else { throw StoreError(.conflict, "it was used") }
        approvals[place].revoked = approvals[place].revoked ?? instant
    }

    package func update(_ run: RunRecord) throws(StoreError) {
        guard let place = runs.firstIndex(where: { $0.id == run.id }) else {
            throw StoreError(.notFound, "no such run")
        }
        let known = runs[place]
        guard known.plan == run.plan, known.device == run.device, known.started == run.started else {
            throw StoreError(.conflict, "another run")
        }
        runs[place] = run
    }

    package func runs(limit: Int) -> [RunRecord] { newest(runs, by: \.started, limit) }

    package func run(_ id: String) -> RunRecord? { runs.first { $0.id == id } }

    package func unfinishedRuns() -> [RunRecord] { oldest(runs.filter { !$0.isFinished }, by: \.started) }

    private func newest<Record>(
        _ records: [Record], by time: KeyPath<Record, Timestamp>, _ limit: Int
    ) -> [Record] {
        Array(oldest(records, by: time).reversed().prefix(max(0, limit)))
    }

    /// By time, those of the same instant in the order they came in.
    private func oldest<Record>(_ records: [Record], by time: KeyPath<Record, Timestamp>) -> [Record] {
        records.enumerated().sorted { left, right in
            let (first, second) = (left.element[keyPath: time], right.element[keyPath: time])
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }
}
