import Basics
import Storage

extension StoreSuite {
    static let planChecks = [
        LedgerCheck("an empty ledger holds nothing") { ledger in
            try expect(try await ledger.plans(limit: 9).isEmpty, "there are plans")
            try expect(try await ledger.approvals(limit: 9).isEmpty, "there are approvals")
            try expect(try await ledger.approvals(ofPlan: "a").isEmpty, "there are approvals of a plan")
            try expect(try await ledger.runs(limit: 9).isEmpty, "there are runs")
            try expect(try await ledger.unfinishedRuns().isEmpty, "there are unfinished runs")
            try expect(try await ledger.plan("a") == nil, "there is a plan")
            try expect(try await ledger.run("a") == nil, "there is a run")
            try expect(try await ledger.removePlans(expiredBefore: .init(nanoseconds: .max)) == 0, "removed")
        },
        LedgerCheck("a plan comes back as it was added") { ledger in
            var empty = plan("b")
            empty.document = []
            for plan in [plan("a"), empty] {
                try await ledger.add(plan)
                try expect(try await ledger.plan(plan.id) == plan, "the plan changed")
            }
            try expect(try await ledger.plan("A") == nil, "an id is taken in another case")
        },
        LedgerCheck("the same plan again has no effect, another of its id is refused") { ledger in
            let first = plan("a")
            try await ledger.add(first)
            try await ledger.add(first)
            var later = first
            later.created = later.created + .seconds(1)
            try await ledger.add(later)
            var other = first
            other.document.append(1)
            try await expectError(.conflict) { [other] () throws(StoreError) in try await ledger.add(other) }
            try expect(try await ledger.plans(limit: 9) == [first], "the first plan was replaced")
        },
        LedgerCheck("plans come newest first, by limit") { ledger in
            for (id, minute) in [("b", 1), ("a", 3), ("c", 1), ("d", 2)] {
                try await ledger.add(plan(id, minute: minute))
            }
            for limit in [-1, 0, 1, 3, 9] {
                let found = try await ledger.plans(limit: limit).map(\.id)
                try expect(found == Array(["a", "d", "c", "b"].prefix(max(0, limit))), "found \(found)")
            }
        },
        LedgerCheck("plans are found by the beginning of their id, taken as it is written") { ledger in
            for (minute, id) in ["abc", "abd", "ab", "b", "aB%", "a_c"].enumerated() {
                try await ledger.add(plan(id, minute: minute))
            }
            for (prefix, ids) in [
                ("ab", ["ab", "abd", "abc"]), ("abc", ["abc"]), ("aB%", ["aB%"]), ("%", []), ("a_", ["a_c"]),
                ("abcd", []), ("a*", []), ("", ["a_c", "aB%", "b", "ab", "abd", "abc"]),
            ] {
                let found = try await ledger.plans(beginningWith: prefix, limit: 9).map(\.id)
                try expect(found == ids, "found \(found) for ‘\(prefix)’")
            }
            let found = try await ledger.plans(beginningWith: "ab", limit: 2).map(\.id)
            try expect(found == ["ab", "abd"], "found \(found) by limit")
        },
        LedgerCheck("expired plans go with their approvals, those with a run stay") { ledger in
            for (minute, id) in ["a", "b", "c"].enumerated() {
                try await ledger.add(plan(id, minute: minute))
                try await ledger.add(approval("of-\(id)", of: id))
            }
            try await ledger.use(["of-a"], for: run("r", of: "a"))
            let last = plan("c", minute: 2).expires
            try expect(try await ledger.removePlans(expiredBefore: last) == 1, "not one plan was removed")
            try expect(try await ledger.plans(limit: 9).map(\.id) == ["c", "a"], "other plans are left")
            let left = try await ledger.approvals(limit: 9).map(\.id)
            try expect(left == ["of-c", "of-a"], "the approvals \(left) are left")
            try expect(try await ledger.removePlans(expiredBefore: last + .seconds(1)) == 1, "not removed")
        },
    ]
}
