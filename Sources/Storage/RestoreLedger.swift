package import Basics

/// What was planned, approved and run to restore devices.
///
/// Every change is durable when the call returns. Records of the same instant count as newer the later they were
/// added. A negative limit is 0. Cancelling has no effect once a call began.
/// A run that was altered outside of the program comes back with the state `altered`, as finished and without a document.
/// - Note: Every function may throw `busy`, `unavailable`, `corrupt` and `tooNew`; the others are named with it.
package protocol RestoreLedger: Sendable {
    /// Keeps a plan; without effect when a plan of this id and document is there already.
    /// - Throws: `conflict` when the id belongs to another document.
    func add(_ plan: PlanRecord) async throws(StoreError)
    /// The newest `limit` plans at most, newest first.
    func plans(limit: Int) async throws(StoreError) -> [PlanRecord]
    /// The plan of exactly this id; nil when there is none.
    func plan(_ id: String) async throws(StoreError) -> PlanRecord?
    /// The newest `limit` plans at most whose id begins with `prefix`, newest first.
    func plans(beginningWith prefix: String, limit: Int) async throws(StoreError) -> [PlanRecord]
    /// Forgets the plans that expired before `instant`, with their approvals; never one that has a run.
    /// - Returns: how many plans were removed.
    func removePlans(expiredBefore instant: Timestamp) async throws(StoreError) -> Int

    /// Keeps an approval.
    /// - Throws: `notFound` when its plan is not stored; `conflict` when its id is taken.
    func add(_ approval: ApprovalRecord) async throws(StoreError)
    /// The approvals of one plan, oldest first, used and revoked ones among them.
    func approvals(ofPlan plan: String) async throws(StoreError) -> [ApprovalRecord]
    /// The newest `limit` approvals at most, newest first.
    func approvals(limit: Int) async throws(StoreError) -> [ApprovalRecord]
    /// Marks the approvals as used by `run` and adds the run: all of it or nothing.
    ///
    /// Of several processes that do this at once with one approval, exactly one succeeds. Whether an approval expired
    /// and whether these are enough is for the caller to check, before.
    /// - Throws: `conflict` when one of the approvals is unknown, used, revoked, of another plan or named twice, when
    ///   the run's id is taken, or when its plan is not stored; then nothing is changed.
    func use(_ approvals: [String], for run: RunRecord) async throws(StoreError)
    /// Takes an unused approval back; one that was taken back before keeps its first instant.
    /// - Throws: `notFound` when there is none of this id; `conflict` when it was used.
    func revoke(_ approval: String, at instant: Timestamp) async throws(StoreError)

    /// Replaces what is known about a run: its instant of update, state, end and document.
    /// - Throws: `notFound` when there is none of this id; `conflict` when plan, device or start differ.
    func update(_ run: RunRecord) async throws(StoreError)
    /// The newest `limit` runs at most, newest first.
    func runs(limit: Int) async throws(StoreError) -> [RunRecord]
    /// The run of exactly this id; nil when there is none.
    func run(_ id: String) async throws(StoreError) -> RunRecord?
    /// The runs that are not finished, oldest first.
    func unfinishedRuns() async throws(StoreError) -> [RunRecord]
}
