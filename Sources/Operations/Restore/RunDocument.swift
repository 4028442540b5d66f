import Basics
import Restore
import Storage

/// What is stored of a run besides its state.
struct RunDocument: Sendable, Equatable {
    /// The stages a run goes through, and its ends.
    enum State: String, Sendable, CaseIterable {
        /// The safety copy is made.
        case preparing
        /// The device has been sent what it is to do.
        case applying
        /// Everything is in its place; the device waits for the confirmation.
        case confirming
        /// Ended well.
        case kept
        /// Ended, and everything is as it was.
        case rolledBack = "rolled-back"
        /// Ended before anything was changed.
        case refused
        /// The device could not be asked; it goes back by itself.
        case unknown

        var isEnd: Bool { self == .kept || self == .rolledBack || self == .refused }
    }

    var backup: String
    /// Id of the backup of what was there before; empty until it is made.
    var safetyCopy = ""
    /// The run that this one undoes; empty for any other.
    var undoes = ""
    /// The run of the first stage of the same plan; empty where there is none.
    var follows = ""
    /// The stage of a plan that has stages; empty for the whole.
    var stage = ""
    var events: [String] = []
    /// Why it ended as it did.
    var reason = ""
    var steps = 0
    /// Whether it takes something away which only a plan from the safety copy brings again.
    var takesForGood = false
    /// Folders around files that the run makes, in hexadecimal digits; nil where nobody wrote it down.
    var made: [String]?
    /// What packages of the run brought that its plan does not name: further packages, accounts of programs.
    var brought: [RestoreStep] = []
    /// Marks of the files as the run left them, by path in hexadecimal digits: what an undo must find.
    var after: [String: String] = [:]

    var bytes: [UInt8] {
        JSONWriter.bytes(
            .object([
                "backup": .string(backup), "safetyCopy": .string(safetyCopy), "undoes": .string(undoes),
                "follows": .string(follows), "stage": .string(stage),
                "events": .array(events.map { .string($0) }), "reason": .string(reason),
                "steps": .int(Int64(steps)), "takesForGood": .bool(takesForGood),
                "made": made.map { .array($0.map { .string($0) }) } ?? .null,
                "brought": .array(brought.map(\.json)), "after": .object(after.mapValues { .string($0) }),
            ]))
    }

    /// Takes in what a swap that came to its end says.
    mutating func take(_ staging: RestoreSession.Staging) {
        events += staging.events
        staging.notDone.forEach { add(reason: $0) }
    }

    /// Takes in what could not be cleared away.
    mutating func take(_ left: [Leftover]) { left.forEach { add(reason: $0.sentence) } }

    /// Adds why it ended otherwise than it should.
    mutating func add(reason more: String) {
        reason = [reason, more].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    init(backup: String) { self.backup = backup }

    /// Paths that the run changed, as far as they were read back.
    var changedPaths: [[UInt8]] { after.keys.compactMap { Hex.bytes($0) } }

    /// What the run did: the steps of its plan, and what came with them.
    func steps(of plan: RestorePlan) -> [RestoreStep] {
        switch RestorePlan.Stage(rawValue: stage) {
        case .foundation: plan.foundation.steps + brought
        case .rest: plan.remainder
        case nil: plan.steps
        }
    }

    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), let backup = json["backup"]?.string else { return nil }
        self.backup = backup
        safetyCopy = json["safetyCopy"]?.string ?? ""
        undoes = json["undoes"]?.string ?? ""
        follows = json["follows"]?.string ?? ""
        stage = json["stage"]?.string ?? ""
        events = (json["events"]?.array ?? []).compactMap(\.string)
        reason = json["reason"]?.string ?? ""
        steps = json["steps"]?.int.flatMap { Int(exactly: $0) } ?? 0
        takesForGood = json["takesForGood"]?.bool ?? false
        made = json["made"]?.array?.compactMap(\.string)
        brought = (json["brought"]?.array ?? []).compactMap(RestoreStep.init(json:))
        after = (json["after"]?.object ?? [:]).compactMapValues(\.string)
    }
}
