import Basics
import Storage
import TestSupport
import Testing

@Suite("AuditWalk")
struct AuditWalkTests {
    private static let chain = AuditChain(mark: StoreSuite.mark())
    private static let start = Timestamp(seconds: 1_700_000_000)

    /// A sound chain whose entries are numbered from `first`.
    private static func records(_ count: Int, first: Int = 0, key: UInt8 = 7) -> [AuditRecord] {
        let chain = AuditChain(mark: StoreSuite.mark(key: key))
        var records: [AuditRecord] = []
        for number in first..<first + count {
            records.append(
                chain.record(
                    after: records.last.map { AuditCheckpoint($0) }, StoreSuite.entry(number),
                    at: start + .seconds(number)))
        }
        return records
    }

    private static func verdict(_ records: [AuditRecord], anchor: AuditWalk.Anchor? = nil) -> AuditVerdict {
        var walk = AuditWalk(chain: chain, anchor: anchor ?? .known(AuditCheckpoint(records.last)))
        for record in records {
            if let bad = walk.visit(record) { return bad }
        }
        return walk.finish()
    }

    struct Alteration: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout AuditRecord) -> Void

        init(_ description: String, _ change: @escaping @Sendable (inout AuditRecord) -> Void) {
            testDescription = description
            self.change = change
        }
    }

    @Test(arguments: [
        Alteration("time") { $0.time = $0.time + .nanoseconds(1) },
        Alteration("phase") { $0.entry.phase = .outcome },
        Alteration("action") { $0.entry.action += "x" },
        Alteration("operation") { $0.entry.operation = "backup list" },
        Alteration("actor") { $0.entry.actor = "person:eve" },
        Alteration("surface") { $0.entry.surface = "mcp" },
        Alteration("arguments") { $0.entry.arguments = ["device": "other"] },
        Alteration("result") { $0.entry.result = "ok" },
        Alteration("detail") { $0.entry.detail = "" },
        Alteration("previous") { $0.previous = AuditChain.origin },
        Alteration("mark") { $0.mark = AuditChain.origin },
        Alteration("empty mark") { $0.mark = "" },
    ])
    func `an altered field is found, in whichever record`(_ alteration: Alteration) {
        for place in 0..<5 {
            var records = Self.records(5)
            let before = records[place]
            alteration.change(&records[place])
            guard records[place] != before else { continue }
            let verdict = Self.verdict(records, anchor: .known(AuditCheckpoint(Self.records(5).last)))
            guard case .broken(let sequence, _) = verdict else {
                Issue.record("\(verdict) for record \(place + 1)")
                continue
            }
            #expect(sequence == Int64(place + 1))
        }
    }

    @Test func `a record marked anew without the key is found`() {
        var records = Self.records(3)
        records[1].entry.actor = "person:eve"
        records[1].mark = AuditChain(mark: StoreSuite.mark(key: 9)).mark(of: records[1])
        #expect(Self.verdict(records) == .broken(sequence: 2, reason: "the record was altered"))
    }

    @Test func `a deleted record is missing`() {
        for place in 0..<4 {
            var records = Self.records(5)
            records.remove(at: place)
            #expect(
                Self.verdict(records) == .broken(sequence: Int64(place + 1), reason: "the record is missing"))
        }
    }

    @Test func `records that changed places are named`() {
        var records = Self.records(6)
        records.swapAt(1, 4)
        (records[1].sequence, records[4].sequence) = (2, 5)
        #expect(Self.verdict(records) == .broken(sequence: 2, reason: "record 5 stands in its place"))
    }

    @Test func `a record given twice is found`() {
        var records = Self.records(3)
        records.insert(records[1], at: 1)
        #expect(
            Self.verdict(records)
                == .broken(sequence: 2, reason: "the record has the number of another one"))
    }

    @Test func `records of another course under the same key do not fit`() {
        let records = Self.records(2) + Self.records(4, first: 50).dropFirst(2)
        guard case .broken(3, let reason) = Self.verdict(records) else {
            Issue.record("the other course was taken")
            return
        }
        #expect(reason.contains("does not follow record 2"))
    }

    @Test func `records of another key are told apart from altered ones`() {
        #expect(Self.verdict(Self.records(2, key: 9), anchor: .forged) == .otherKey(count: 2))
        #expect(Self.verdict(Self.records(2, key: 9), anchor: .missing) == .otherKey(count: 2))
        let altered = AuditVerdict.broken(sequence: 1, reason: "the record was altered")
        #expect(Self.verdict(Self.records(1, key: 9), anchor: .missing) == altered)
        let checkpoint = AuditCheckpoint(Self.records(2).last)
        #expect(Self.verdict(Self.records(2, key: 9), anchor: .known(checkpoint)) == altered)
    }

    @Test func `a first record that was altered is no other key while a later one is sound`() {
        var records = Self.records(3)
        records[0].entry.actor = "person:eve"
        for anchor in [AuditWalk.Anchor.forged, .missing] {
            #expect(
                Self.verdict(records, anchor: anchor)
                    == .broken(sequence: 1, reason: "the record was altered"))
        }
    }

    @Test func `a cut end is found by the checkpoint`() {
        let records = Self.records(5)
        let anchor = AuditWalk.Anchor.known(AuditCheckpoint(records[4]))
        for count in 0..<5 {
            #expect(
                Self.verdict(Array(records.prefix(count)), anchor: anchor)
                    == .cut(lastSequence: Int64(count), expected: 5))
        }
    }

    @Test func `an end cut off and written anew is found by the checkpoint`() {
        let old = Self.records(5)
        var records = Array(old.prefix(3))
        for number in 70..<74 {
            records.append(
                Self.chain.record(
                    after: records.last.map { AuditCheckpoint($0) }, StoreSuite.entry(number),
                    at: Self.start + .seconds(number)))
        }
        guard case .broken(5, let reason) = Self.verdict(records, anchor: .known(AuditCheckpoint(old[4])))
        else {
            Issue.record("the new end was taken")
            return
        }
        #expect(reason.contains("written anew"))
    }

    @Test func `a checkpoint behind the end is no tampering`() {
        let records = Self.records(5)
        for behind in records {
            let verdict = Self.verdict(records, anchor: .known(AuditCheckpoint(behind)))
            #expect(verdict == .intact(count: 5, remarks: []))
        }
        #expect(Self.verdict(records, anchor: .known(AuditCheckpoint(nil))) == .intact(count: 5, remarks: []))
    }

    @Test func `without a trustworthy checkpoint the end is not proven`() {
        let records = Self.records(3)
        #expect(
            Self.verdict(records, anchor: .missing)
                == .unanchored(count: 3, reason: "the checkpoint was removed"))
        guard case .unanchored(3, _) = Self.verdict(records, anchor: .forged) else {
            Issue.record("a forged checkpoint was taken")
            return
        }
        #expect(Self.verdict([], anchor: .missing) == .intact(count: 0, remarks: []))
    }

    @Test func `remarks on the clock are bounded`() {
        var records: [AuditRecord] = []
        for number in 0..<50 {
            records.append(
                Self.chain.record(
                    after: records.last.map { AuditCheckpoint($0) }, StoreSuite.entry(number),
                    at: Self.start + .seconds(-number)))
        }
        guard case .intact(50, let remarks) = Self.verdict(records) else {
            Issue.record("a clock set back was blamed")
            return
        }
        #expect(remarks.count == AuditWalk.remarkLimit + 1)
        #expect(remarks.first?.sequence == 2)
        #expect(
            remarks.first?.text
                == "its time 2023-11-14T22:13:19Z lies before 2023-11-14T22:13:20Z, the time of an earlier record"
        )
        #expect(remarks.last?.text == "29 more remarks")
    }
}
