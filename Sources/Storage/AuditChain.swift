package import Basics

/// How audit records are joined into a chain: the bytes that are marked, and the marks; pure.
///
/// The bytes are specified in `docs/audit.md`.
package struct AuditChain: Sendable {
    /// What stands for the mark before the first record.
    package static let origin = String(repeating: "0", count: 64)

    private let chainMark: ChainMark

    package init(mark: ChainMark) { chainMark = mark }

    /// The record that follows `last`, or the first one when that is nil.
    package func record(after last: AuditCheckpoint?, _ entry: AuditEntry, at time: Timestamp) -> AuditRecord
    {
        var record = AuditRecord(
            sequence: (last?.sequence ?? 0) + 1, time: time, entry: entry,
            previous: last?.mark ?? Self.origin,
            mark: "")
        record.mark = mark(of: record)
        return record
    }

    /// The hexadecimal mark that belongs to the content of `record`, whatever mark it carries.
    package func mark(of record: AuditRecord) -> String { Hex.string(chainMark.mark(Self.bytes(of: record))) }

    /// The mark that belongs to a checkpoint, so that nobody without the key can write one.
    func mark(of checkpoint: AuditCheckpoint) -> String {
        let version = checkpoint.marksRows ? "2" : "1"
        return Hex.string(
            chainMark.mark(
                Self.joined([
                    "holdfast.audit.checkpoint.\(version)", String(checkpoint.sequence), checkpoint.mark,
                ])))
    }

    /// The hexadecimal mark of a row of another table: nobody without the key can write or alter one.
    package func mark(ofRowIn table: String, _ fields: [[UInt8]]) -> String {
        Hex.string(chainMark.mark(Self.joined([Array("holdfast.row.1".utf8), Array(table.utf8)] + fields)))
    }

    /// The canonical bytes of a record without its own mark.
    package static func bytes(of record: AuditRecord) -> [UInt8] {
        let entry = record.entry
        return joined([
            "holdfast.audit.record.1", String(record.sequence), String(record.time.nanoseconds),
            entry.phase.rawValue, entry.action, entry.operation, entry.actor, entry.surface,
            JSONWriter.text(entry.arguments), entry.result, entry.detail, record.previous,
        ])
    }

    /// Every field as its length in eight bytes, least significant first, and its UTF-8.
    private static func joined(_ fields: [String]) -> [UInt8] { joined(fields.map { Array($0.utf8) }) }

    private static func joined(_ fields: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            let length = UInt64(field.count)
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
            bytes.append(contentsOf: field)
        }
        return bytes
    }
}
