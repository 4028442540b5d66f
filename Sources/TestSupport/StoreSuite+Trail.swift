import Basics
import Storage

extension StoreSuite {
    private static let start = Timestamp(nanoseconds: 1_700_000_000_000_000_001)

    private static func fill(_ store: any Store, _ count: Int) async throws -> [AuditRecord] {
        var records: [AuditRecord] = []
        for number in 0..<count {
            records.append(try await store.append(entry(number), at: start + .milliseconds(number)))
        }
        return records
    }

    static let trailChecks = [
        Check("an empty trail is intact") { store in
            try expect(try await store.verify() == .intact(count: 0, remarks: []), "the trail is not intact")
            try expect(try await store.records(limit: 10, before: nil).isEmpty, "there are records")
        },
        Check("records come back as they were appended, newest first") { store in
            let records = try await fill(store, 5)
            try expect(
                try await store.records(limit: 10, before: nil) == records.reversed(), "records changed")
            try expect(records.map(\.entry) == (0..<5).map { entry($0) }, "entries changed")
            try expect(records.map(\.sequence) == [1, 2, 3, 4, 5], "the numbers have gaps")
        },
        Check("each record carries the mark of the one before") { store in
            let records = try await fill(store, 3)
            try expect(records[0].previous == AuditChain.origin, "the first record follows something")
            try expect(records[1].previous == records[0].mark, "the second record does not follow the first")
            let chain = AuditChain(mark: mark())
            try expect(
                records.allSatisfy { chain.mark(of: $0) == $0.mark }, "a mark is not the documented one")
        },
        Check("pages of records join without gaps") { store in
            let records = try await fill(store, 7)
            var found: [AuditRecord] = []
            while true {
                let page = try await store.records(limit: 3, before: found.last?.sequence)
                if page.isEmpty { break }
                found += page
            }
            try expect(found == records.reversed(), "pages lost or doubled records")
            try expect(
                try await store.records(limit: 0, before: nil).isEmpty, "a page of nothing holds records")
            try expect(
                try await store.records(limit: -1, before: nil).isEmpty, "a negative page holds records")
        },
        Check("a trail of intents and outcomes is intact") { store in
            for number in 0..<10 {
                try await store.append(entry(number, phase: .intent), at: start)
                try await store.append(entry(number, phase: .outcome), at: start)
            }
            try expect(try await store.verify() == .intact(count: 20, remarks: []), "the trail is not intact")
        },
        Check("a clock set back is remarked, not blamed") { store in
            _ = try await fill(store, 2)
            try await store.append(entry(3), at: start + .seconds(-60))
            guard case .intact(3, let remarks) = try await store.verify() else {
                throw Failure(description: "the trail is not intact")
            }
            try expect(remarks.map(\.sequence) == [3], "remarks on \(remarks.map(\.sequence))")
        },
        Check("appends at the same moment form one chain") { store in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 { group.addTask { try await store.append(entry(number), at: start) } }
                try await group.waitForAll()
            }
            try expect(try await store.verify() == .intact(count: 20, remarks: []), "the trail is not intact")
        },
    ]
}
