package import Basics

/// A stored job: a long operation that runs apart from who asked for it.
package struct JobRecord: Sendable, Equatable {
    /// The state of a record that this program did not write as it is.
    package static let altered = "altered"

    /// Names it among all that ever were.
    package var id: String
    /// The operation's command: `backup create`.
    package var operation: String
    /// Who asked for it: `person:root`.
    package var actor: String
    /// When it was asked for.
    package var started: Timestamp
    /// When its record last changed.
    package var updated: Timestamp
    /// Where it stands, in a word of the engine; a store keeps it and never reads it.
    package var state: String
    /// Whether it came to an end, whichever.
    package var isFinished: Bool
    /// Arguments, progress, result as JSON, secrets hidden; a store keeps these bytes as they are and never reads them.
    package var document: [UInt8]

    package init(
        id: String, operation: String, actor: String, started: Timestamp, updated: Timestamp, state: String,
        isFinished: Bool, document: [UInt8]
    ) {
        self.id = id
        self.operation = operation
        self.actor = actor
        self.started = started
        self.updated = updated
        self.state = state
        self.isFinished = isFinished
        self.document = document
    }
}

/// The jobs, and what was asked of those that run.
///
/// Every change is durable when the call returns. A record that was altered outside of the program comes back with the
/// state `altered`, as finished and without a document.
package protocol JobStore: Sendable {
    /// Keeps a new job, unless `isAllowed` says no of those that are not finished; no other job is added in between.
    /// - Returns: whether it was added.
    /// - Throws: `conflict` when its id is taken.
    func add(_ job: JobRecord, where isAllowed: @Sendable ([JobRecord]) -> Bool) async throws(StoreError)
        -> Bool
    /// Replaces what is known about a job; one that is finished stays as it is.
    /// - Throws: `notFound` when there is none of this id; `conflict` when it is finished, or is another one.
    func update(_ job: JobRecord) async throws(StoreError)
    /// The newest `limit` jobs at most, newest first.
    func jobs(limit: Int) async throws(StoreError) -> [JobRecord]
    /// The job of exactly this id; nil when there is none.
    func job(_ id: String) async throws(StoreError) -> JobRecord?
    /// The jobs that are not finished, oldest first.
    func unfinishedJobs() async throws(StoreError) -> [JobRecord]
    /// Asks a job to end.
    /// - Throws: `notFound` when there is none of this id; `conflict` when it is finished.
    func requestCancel(ofJob id: String) async throws(StoreError)
    /// Whether a job was asked to end.
    func isCancelRequested(ofJob id: String) async throws(StoreError) -> Bool
    /// Forgets the oldest finished jobs beyond the newest `count`.
    /// - Returns: the ids of those removed.
    @discardableResult
    func removeFinishedJobs(keeping count: Int) async throws(StoreError) -> [String]
}

extension JobStore {
    /// Keeps a new job.
    /// - Throws: `conflict` when its id is taken.
    package func add(_ job: JobRecord) async throws(StoreError) { _ = try await add(job) { _ in true } }
}
