import Basics
import Storage

extension StoreSuite {
    private static func filled(_ ledger: any RestoreLedger, _ approvals: [String] = ["x"]) async throws {
        for id in ["p", "q"] { try await ledger.add(plan(id)) }
        for (minute, id) in approvals.enumerated() {
            try await ledger.add(approval(id, of: "p", minute: minute))
        }
    }

    /// That `use` is refused with a conflict and changes nothing.
    private static func expectRefusal(
        _ ledger: any RestoreLedger, _ approvals: [String], for run: RunRecord
    ) async throws {
        let (given, runs) = (try await ledger.approvals(limit: 99), try await ledger.runs(limit: 99))
        try await expectError(.conflict) { () throws(StoreError) in
            try await ledger.use(approvals, for: run)
        }
        try expect(try await ledger.approvals(limit: 99) == given, "the refused use changed an approval")
        try expect(try await ledger.runs(limit: 99) == runs, "the refused use changed a run")
    }

    static let approvalChecks = [
        LedgerCheck("an approval comes back as it was added") { ledger in
            try await filled(ledger, [])
            let all = ApprovalRecord.Kind.allCases.map { approval($0.rawValue, of: "p", kind: $0) }
            for approval in all { try await ledger.add(approval) }
            try expect(try await ledger.approvals(ofPlan: "p") == all, "an approval changed")
            try expect(try await ledger.approvals(ofPlan: "q").isEmpty, "another plan has approvals")
        },
        LedgerCheck("approvals are ordered by when they were given") { ledger in
            try await filled(ledger, [])
            for (id, plan, minute) in [("b", "p", 1), ("a", "p", 0), ("d", "q", 1), ("c", "p", 1)] {
                try await ledger.add(approval(id, of: plan, minute: minute))
            }
            let ofPlan = try await ledger.approvals(ofPlan: "p").map(\.id)
            try expect(ofPlan == ["a", "b", "c"], "found \(ofPlan)")
            for limit in [-1, 0, 2, 9] {
                let found = try await ledger.approvals(limit: limit).map(\.id)
                try expect(found == Array(["c", "d", "b", "a"].prefix(max(0, limit))), "found \(found)")
            }
        },
        LedgerCheck("an approval has a plan, an id of its own, and is new") { ledger in
            try await filled(ledger)
            let lost = approval("y", of: "none")
            try await expectError(.notFound) { () throws(StoreError) in try await ledger.add(lost) }
            let twin = approval("x", of: "q")
            try await expectError(.conflict) { () throws(StoreError) in try await ledger.add(twin) }
            var used = approval("y", of: "p")
            used.usedBy = "r"
            try await expectError(.conflict) { [used] () throws(StoreError) in try await ledger.add(used) }
            var revoked = approval("y", of: "p")
            revoked.revoked = revoked.given
            try await expectError(.conflict) { [revoked] () throws(StoreError) in
                try await ledger.add(revoked)
            }
            try expect(try await ledger.approvals(limit: 9) == [approval("x", of: "p")], "one was kept")
        },
        LedgerCheck("a run uses its approvals up") { ledger in
            try await filled(ledger, ["x", "y", "z"])
            try await ledger.use(["z", "x"], for: run("r", of: "p"))
            let users = try await ledger.approvals(ofPlan: "p").map(\.usedBy)
            try expect(users == ["r", nil, "r"], "used by \(users)")
            try expect(try await ledger.run("r") == run("r", of: "p"), "the run changed")
        },
        LedgerCheck("what cannot be used is refused and nothing changed") { ledger in
            try await filled(ledger, ["free", "used", "revoked"])
            try await ledger.add(approval("other", of: "q"))
            try await ledger.use(["used"], for: run("first", of: "p"))
            try await ledger.revoke("revoked", at: Timestamp(seconds: 1))
            for bad in ["used", "revoked", "other", "none", "free"] {
                try await expectRefusal(ledger, ["free", bad], for: run("r", of: "p"))
            }
            try await expectRefusal(ledger, ["free"], for: run("first", of: "p"))
            try await expectRefusal(ledger, [], for: run("r", of: "none"))
            try await ledger.use(["free"], for: run("r", of: "p"))
            try await expectRefusal(ledger, ["free"], for: run("s", of: "p"))
        },
        LedgerCheck("of many that use one approval at once, one wins") { ledger in
            try await filled(ledger)
            let winners = await withTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        do throws(StoreError) {
                            try await ledger.use(["x"], for: run("r\(number)", of: "p"))
                            return 1
                        } catch { return error.code == .conflict ? 0 : 100 }
                    }
                }
                return await group.reduce(0, +)
            }
            try expect(winners == 1, "\(winners) won")
            let runs = try await ledger.runs(limit: 99)
            try expect(try await ledger.approvals(limit: 9).map(\.usedBy) == runs.map(\.id), "\(runs)")
        },
        LedgerCheck("an approval can be taken back until it is used") { ledger in
            try await filled(ledger, ["x", "y"])
            try await ledger.use(["y"], for: run("r", of: "p"))
            let instants = [Timestamp(nanoseconds: 5), Timestamp(nanoseconds: 9)]
            for instant in instants { try await ledger.revoke("x", at: instant) }
            var expected = approval("x", of: "p")
            expected.revoked = instants[0]
            try expect(try await ledger.approvals(ofPlan: "p").first == expected, "not taken back")
            for (id, code) in [("y", StoreError.Code.conflict), ("none", .notFound)] {
                try await expectError(code) { () throws(StoreError) in
                    try await ledger.revoke(id, at: instants[0])
                }
            }
        },
    ]
}
