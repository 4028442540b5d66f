package import Basics
package import Storage

extension SQLiteStore: RestoreLedger {
    private var runTable: RunTable { RunTable(seal: seal) }

    package func add(_ plan: PlanRecord) throws(StoreError) {
        try writing { (connection) throws(StoreError) in
            guard try !PlanTable.insert(plan, into: connection) else { return }
            guard try PlanTable.find(plan.id, in: connection)?.document == plan.document else {
                throw StoreError(.conflict, "the id ‘\(plan.id)’ belongs to another plan")
            }
        }
    }

    package func plans(limit: Int) throws(StoreError) -> [PlanRecord] {
        try plans(beginningWith: "", limit: limit)
    }

    package func plan(_ id: String) throws(StoreError) -> PlanRecord? {
        try using { (connection) throws(StoreError) in try PlanTable.find(id, in: connection) }
    }

    package func plans(beginningWith prefix: String, limit: Int) throws(StoreError) -> [PlanRecord] {
        try using { (connection) throws(StoreError) in
            try PlanTable.newest(Self.bounded(limit), beginningWith: prefix, in: connection)
        }
    }

    package func removePlans(expiredBefore instant: Timestamp) throws(StoreError) -> Int {
        try using { (connection) throws(StoreError) in
            try PlanTable.remove(expiredBefore: instant, from: connection)
        }
    }

    package func add(_ approval: ApprovalRecord) throws(StoreError) {
        guard approval.usedBy == nil, approval.revoked == nil else {
            throw StoreError(.conflict, "the new approval ‘\(approval.id)’ is already used or revoked")
        }
        try writing { (connection) throws(StoreError) in
            guard try PlanTable.find(approval.plan, in: connection) != nil else {
                throw StoreError(.notFound, "there is no plan ‘\(approval.plan)’")
            }
            guard try ApprovalTable.insert(approval, into: connection) else {
                throw StoreError(.conflict, "there is already an approval ‘\(approval.id)’")
            }
        }
    }

    package func approvals(ofPlan plan: String) throws(StoreError) -> [ApprovalRecord] {
        try using { (connection) throws(StoreError) in try ApprovalTable.all(ofPlan: plan, in: connection) }
    }

    package func approvals(limit: Int) throws(StoreError) -> [ApprovalRecord] {
        try using { (connection) throws(StoreError) in
            try ApprovalTable.newest(Self.bounded(limit), in: connection)
        }
    }

    package func use(_ approvals: [String], for run: RunRecord) throws(StoreError) {
        try writing { (connection) throws(StoreError) in
            guard try PlanTable.find(run.plan, in: connection) != nil else {
                throw StoreError(.conflict, "there is no plan ‘\(run.plan)’ to run")
            }
            guard try runTable.insert(run, into: connection) else {
                throw StoreError(.conflict, "there is already a run ‘\(run.id)’")
            }
            for approval in approvals {
                guard try ApprovalTable.use(approval, for: run, in: connection) else {
                    throw try Self.refusal(of: approval, for: run, in: connection)
                }
            }
        }
    }

    package func revoke(_ approval: String, at instant: Timestamp) throws(StoreError) {
        try writing { (connection) throws(StoreError) in
            guard try !ApprovalTable.revoke(approval, at: instant, in: connection) else { return }
            guard let found = try ApprovalTable.find(approval, in: connection) else {
                throw StoreError(.notFound, "there is no approval ‘\(approval)’")
            }
            throw StoreError(.conflict, "the approval ‘\(approval)’ was used by run \(found.usedBy ?? "")")
        }
    }

    package func update(_ run: RunRecord) throws(StoreError) {
        try writing { (connection) throws(StoreError) in
            guard try !runTable.replace(run, in: connection) else { return }
            guard try runTable.find(run.id, in: connection) != nil else {
                throw StoreError(.notFound, "there is no run ‘\(run.id)’")
            }
            throw StoreError(
                .conflict, "plan, device and start of a run never change, those of ‘\(run.id)’ would")
        }
    }

    package func runs(limit: Int) throws(StoreError) -> [RunRecord] {
        try using { (connection) throws(StoreError) in
            try runTable.newest(Self.bounded(limit), in: connection)
        }
    }

    package func run(_ id: String) throws(StoreError) -> RunRecord? {
        try using { (connection) throws(StoreError) in try runTable.find(id, in: connection) }
    }

    package func unfinishedRuns() throws(StoreError) -> [RunRecord] {
        try using { (connection) throws(StoreError) in try runTable.unfinished(in: connection) }
    }

    private func writing(_ body: (borrowing SQLiteConnection) throws(StoreError) -> Void) throws(StoreError) {
        try using { (connection) throws(StoreError) in try connection.writing(body) }
    }

    /// SQLite takes a negative limit for none at all.
    private static func bounded(_ limit: Int) -> Int64 { Int64(min(max(0, limit), recordLimit)) }

    /// Why an approval cannot be used, in words.
    private static func refusal(
        of id: String, for run: RunRecord, in connection: borrowing SQLiteConnection
    ) throws(StoreError) -> StoreError {
        guard let approval = try ApprovalTable.find(id, in: connection) else {
            return StoreError(.conflict, "there is no approval ‘\(id)’")
        }
        if approval.plan != run.plan {
            return StoreError(.conflict, "the approval ‘\(id)’ is for the plan \(approval.plan)")
        }
        if let revoked = approval.revoked {
            return StoreError(.conflict, "the approval ‘\(id)’ was revoked at \(revoked)")
        }
        let user = approval.usedBy == run.id ? "this run itself" : "run \(approval.usedBy ?? "")"
        return StoreError(.conflict, "the approval ‘\(id)’ was already used by \(user)")
    }
}
