package import Basics

/// What an audit record is about.
package struct AuditEntry: Sendable, Equatable {
    /// Which half of an action a record is, or that it is a fact of its own.
    package enum Phase: String, Sendable {
        /// Written and durable before the action begins.
        case intent
        /// Written after it ended.
        case outcome
        /// Something that holds from here on, for whoever must prove it: see `AuditFact`.
        case fact
    }

    /// Intent, outcome or fact.
    package var phase: Phase
    /// Joins intent and outcome: the same text in both; for a fact, what it is about.
    package var action: String
    /// The operation, for example `backup create`.
    package var operation: String
    /// Who: `person:root`, `assistant:anna`, `grant:…`, `subject:…`, `schedule`.
    package var actor: String
    /// Through which surface: `cli`, `mcp`, `rest`.
    package var surface: String
    /// Arguments, already redacted.
    package var arguments: JSONValue
    /// `ok`, `partial` or the error's code; empty in an intent.
    package var result: String
    /// The error's message, already redacted; empty when there is none.
    package var detail: String

    package init(
        phase: Phase, action: String, operation: String, actor: String, surface: String, arguments: JSONValue,
        result: String = "", detail: String = ""
    ) {
        self.phase = phase
        self.action = action
        self.operation = operation
        self.actor = actor
        self.surface = surface
        self.arguments = arguments
        self.result = result
        self.detail = detail
    }
}

/// A stored entry with its place in the chain.
package struct AuditRecord: Sendable, Equatable {
    /// 1, 2, 3, … without gaps.
    package var sequence: Int64
    /// When it was appended, by the clock of the process that did.
    package var time: Timestamp
    /// What it is about.
    package var entry: AuditEntry
    /// Hexadecimal mark of the record before; of sixty-four zeros for the first.
    package var previous: String
    /// Hexadecimal keyed hash over this record's content and `previous`.
    package var mark: String

    package init(sequence: Int64, time: Timestamp, entry: AuditEntry, previous: String, mark: String) {
        self.sequence = sequence
        self.time = time
        self.entry = entry
        self.previous = previous
        self.mark = mark
    }
}

/// Something about a sound record that a person should know.
package struct AuditRemark: Sendable, Equatable {
    /// The record it is about.
    package let sequence: Int64
    /// As a clause without a full stop.
    package let text: String

    package init(sequence: Int64, text: String) {
        self.sequence = sequence
        self.text = text
    }
}

/// What a check of the whole chain found.
package enum AuditVerdict: Sendable, Equatable {
    /// Every record is whole and in its place; their number, and what is odd though sound (a clock set back).
    case intact(count: Int64, remarks: [AuditRemark])
    /// The first bad record and why.
    case broken(sequence: Int64, reason: String)
    /// The chain ends before the checkpoint kept outside of it.
    case cut(lastSequence: Int64, expected: Int64)
    /// The records agree, but nothing trustworthy says that the last of them is the last one written.
    case unanchored(count: Int64, reason: String)
    /// Neither the checkpoint nor any record was written with the present key; nothing can be said about them.
    case otherKey(count: Int64)
}

/// The one chain of intents and outcomes: only ever appended to, each record hashed with a key over the one before.
package protocol AuditTrail: Sendable {
    /// Appends `entry`; returns after it is durable and the checkpoint names it.
    ///
    /// The record's time is read from `clock` once it is its turn, so that waiting for others never makes time run
    /// backwards. Cancelling has no effect once the call began.
    /// - Throws: `busy` when another process holds the store too long; `full`, `readOnly` or `unavailable` when the disk
    ///   refuses; `wrongKey` when the chain so far is another key's. Then nothing may be done that needed the record,
    ///   although the record itself may have been kept.
    @discardableResult
    func append(_ entry: AuditEntry, by clock: any WallClock) async throws(StoreError) -> AuditRecord
    /// The newest `limit` records at most, newest first, of those with a number below `before` where given.
    /// - Throws: `corrupt` for a record that cannot be read; `verify` tells which.
    func records(limit: Int, before: Int64?) async throws(StoreError) -> [AuditRecord]
    /// Walks the whole chain as `verify` does and shows every sound record to `fold`, by rising number.
    ///
    /// What `fold` saw is proven where the verdict is `intact`, and nowhere else.
    /// - Throws: `cancelled` when the task was cancelled meanwhile.
    func prove<Fold: AuditFold>(_ fold: Fold) async throws(StoreError) -> (verdict: AuditVerdict, fold: Fold)
}

extension AuditTrail {
    /// Walks the whole chain and compares its end with the checkpoint.
    /// - Throws: `cancelled` when the task was cancelled meanwhile.
    package func verify() async throws(StoreError) -> AuditVerdict { try await prove(NoFold()).verdict }
}

/// What a walk of the chain collects.
package protocol AuditFold: Sendable {
    /// Takes the next sound record in.
    mutating func visit(_ record: AuditRecord)
}

/// Collects nothing.
private struct NoFold: AuditFold {
    mutating func visit(_ record: AuditRecord) {}
}
