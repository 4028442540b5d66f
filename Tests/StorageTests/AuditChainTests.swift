import Basics
import Storage
import TestSupport
import Testing

@Suite("AuditChain")
struct AuditChainTests {
    private let chain = AuditChain(mark: StoreSuite.mark())
    private let time = Timestamp(nanoseconds: 1_763_717_400_000_000_005)

    @Test func `a record has the documented bytes`() {
        let entry = AuditEntry(
            phase: .outcome, action: "a1", operation: "device add", actor: "person:ö", surface: "cli",
            arguments: ["b": 1, "a": [true, nil]], result: "ok", detail: "")
        let record = AuditRecord(
            sequence: 2, time: time, entry: entry, previous: AuditChain.origin, mark: "ignored")
        let fields = [
            "holdfast.audit.record.1", "2", "1763717400000000005", "outcome", "a1", "device add", "person:ö",
            "cli",
            #"{"a":[true,null],"b":1}"#, "ok", "", AuditChain.origin,
        ]
        let expected = fields.flatMap { field in
            [UInt8(field.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(field.utf8)
        }
        #expect(AuditChain.bytes(of: record) == expected)
    }

    @Test func `the first record follows the origin, the next the first`() {
        let first = chain.record(after: nil, StoreSuite.entry(1), at: time)
        let second = chain.record(after: AuditCheckpoint(first), StoreSuite.entry(2), at: time)
        #expect(first.sequence == 1 && first.previous == AuditChain.origin)
        #expect(second.sequence == 2 && second.previous == first.mark)
        #expect(first.mark.count == 64 && first.mark != second.mark)
        #expect(chain.mark(of: first) == first.mark)
    }

    @Test func `text moved from one field into the next changes the mark`() {
        var left = chain.record(after: nil, StoreSuite.entry(1), at: time)
        var right = left
        (left.entry.action, left.entry.operation) = ("ab", "c")
        (right.entry.action, right.entry.operation) = ("a", "bc")
        #expect(chain.mark(of: left) != chain.mark(of: right))
    }

    @Test func `another key makes other marks`() {
        let record = chain.record(after: nil, StoreSuite.entry(1), at: time)
        #expect(AuditChain(mark: StoreSuite.mark(key: 8)).mark(of: record) != record.mark)
    }

    @Test func `a checkpoint is read back under its own key only`() {
        let checkpoint = AuditCheckpoint(sequence: 7, mark: String(repeating: "ab", count: 32))
        let bytes = checkpoint.bytes(in: chain)
        #expect(AuditCheckpoint(bytes, in: chain) == checkpoint)
        #expect(AuditCheckpoint(bytes, in: AuditChain(mark: StoreSuite.mark(key: 8))) == nil)
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            #expect(AuditCheckpoint(altered, in: chain) == nil)
        }
        #expect(AuditCheckpoint([], in: chain) == nil)
        #expect(AuditCheckpoint(Array(bytes.dropLast()), in: chain) == nil)
    }
}
