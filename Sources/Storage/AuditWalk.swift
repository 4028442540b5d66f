import Basics

/// The check of a chain, one record after the other: give it all records by rising number, then `finish`.
///
/// It keeps the end of the chain only, so that a chain of any length is checked in constant memory.
package struct AuditWalk {
    /// What is known of the checkpoint when the walk begins.
    package enum Anchor: Sendable, Equatable {
        /// There is no file.
        case missing
        /// There is a file that the key's owner did not write.
        case forged
        case known(AuditCheckpoint)
    }

    /// How many remarks are kept in words; later ones are only counted.
    package static let remarkLimit = 20
    /// How far from its place a moved record is looked for.
    private static let searchDistance: Int64 = 512

    private let chain: AuditChain
    private let anchor: Anchor
    private var end: AuditCheckpoint?
    private var latest: Timestamp?
    private var remarks: [AuditRemark] = []
    private var remarkCount = 0
    /// The verdict on the first record while no record carries a mark of this key.
    private var strange: AuditVerdict?

    /// - Parameter anchor: the checkpoint as it was *before* the records were read, so that it is never the newer one.
    package init(chain: AuditChain, anchor: Anchor) {
        self.chain = chain
        self.anchor = anchor
    }

    /// Checks the next record.
    /// - Returns: the verdict when the record is bad and the walk is over; nil to go on.
    package mutating func visit(_ record: AuditRecord) -> AuditVerdict? {
        let place = (end?.sequence ?? 0) + 1
        if record.sequence > place { return .broken(sequence: place, reason: "the record is missing") }
        if record.sequence < place {
            return .broken(sequence: record.sequence, reason: "the record has the number of another one")
        }
        guard chain.mark(of: record) == record.mark else {
            let verdict = strange ?? .broken(sequence: place, reason: reasonForWrongMark(record))
            guard mayBeOfOtherKey(place) else { return verdict }
            strange = verdict
            end = AuditCheckpoint(record)
            return nil
        }
        if let strange { return strange }
        guard record.previous == end?.mark ?? AuditChain.origin else {
            return .broken(
                sequence: place,
                reason:
                    "the record belongs to another course of the chain: it does not follow record \(place - 1)"
            )
        }
        if case .known(let checkpoint) = anchor, checkpoint.sequence == place, checkpoint.mark != record.mark
        {
            return .broken(
                sequence: place,
                reason: "the record is not the one that the checkpoint names: the end of the chain "
                    + "was cut off or replaced, and written anew")
        }
        noteClock(record)
        end = AuditCheckpoint(record)
        return nil
    }

    /// The verdict on a chain of which every record was visited and none was bad.
    package func finish() -> AuditVerdict {
        let end = end ?? AuditCheckpoint(nil)
        if let strange { return isOtherKeyLikely(end.sequence) ? .otherKey(count: end.sequence) : strange }
        switch anchor {
        case .known(let checkpoint) where checkpoint.sequence > end.sequence:
            return .cut(lastSequence: end.sequence, expected: checkpoint.sequence)
        case .known: break
        case .forged:
            return .unanchored(
                count: end.sequence, reason: "the checkpoint was altered, or written with another key")
        case .missing:
            guard end.sequence == 0 else {
                return .unanchored(count: end.sequence, reason: "the checkpoint was removed")
            }
        }
        var shown = remarks
        if remarkCount > remarks.count {
            shown.append(
                AuditRemark(sequence: end.sequence, text: "\(remarkCount - remarks.count) more remarks"))
        }
        return .intact(count: end.sequence, remarks: shown)
    }

    /// Whether a wrong mark at `place` may only mean that the key is another one: no mark was right so far.
    private func mayBeOfOtherKey(_ place: Int64) -> Bool {
        if case .known = anchor { return false }
        return place == 1 || strange != nil
    }

    /// Without the file of the checkpoint, one record alone may as well have been altered.
    private func isOtherKeyLikely(_ count: Int64) -> Bool { anchor == .forged || count > 1 }

    private func reasonForWrongMark(_ record: AuditRecord) -> String {
        var moved = record
        let place = record.sequence
        for other in max(1, place - Self.searchDistance)...place + Self.searchDistance where other != place {
            moved.sequence = other
            if chain.mark(of: moved) == record.mark { return "record \(other) stands in its place" }
        }
        return "the record was altered"
    }

    private mutating func noteClock(_ record: AuditRecord) {
        defer { latest = max(latest ?? record.time, record.time) }
        guard let latest, record.time < latest else { return }
        remarkCount += 1
        guard remarks.count < Self.remarkLimit else { return }
        let text = "its time \(record.time) lies before \(latest), the time of an earlier record"
        remarks.append(AuditRemark(sequence: record.sequence, text: text))
    }
}
