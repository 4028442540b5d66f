import Basics
import Storage

extension StoreSuite {
    static let runChecks = [
        LedgerCheck("runs come newest first, the unfinished oldest first") { ledger in
            try await ledger.add(plan("p"))
            for (id, minute) in [("b", 1), ("a", 3), ("c", 1), ("d", 2)] {
                try await ledger.use([], for: run(id, of: "p", minute: minute))
            }
            for limit in [-1, 0, 2, 9] {
                let found = try await ledger.runs(limit: limit).map(\.id)
                try expect(found == Array(["a", "d", "c", "b"].prefix(max(0, limit))), "found \(found)")
            }
            let open = try await ledger.unfinishedRuns().map(\.id)
            try expect(open == ["b", "c", "d", "a"], "unfinished are \(open)")
        },
        LedgerCheck("an update replaces what is known about a run") { ledger in
            try await ledger.add(plan("p"))
            for id in ["r", "s"] { try await ledger.use([], for: run(id, of: "p")) }
            var run = run("r", of: "p")
            for (state, isFinished) in [("swapped", false), ("kept", true), ("undone", false)] {
                run.updated = run.updated + .seconds(1)
                (run.state, run.isFinished, run.document) = (state, isFinished, Array(state.utf8))
                try await ledger.update(run)
                try expect(try await ledger.run("r") == run, "the update is not there")
                let open = try await ledger.unfinishedRuns().map(\.id)
                try expect(open == (isFinished ? ["s"] : ["r", "s"]), "unfinished are \(open)")
            }
            try expect(try await ledger.run("s") == Self.run("s", of: "p"), "another run changed")
        },
        LedgerCheck("an update of another run, or into another one, is refused") { ledger in
            for id in ["p", "q"] { try await ledger.add(plan(id)) }
            let first = run("r", of: "p")
            let unknown = run("s", of: "p")
            try await ledger.use([], for: first)
            try await expectError(.notFound) { () throws(StoreError) in try await ledger.update(unknown) }
            var moved = first
            moved.device = "other"
            for bad in [run("r", of: "q"), run("r", of: "p", minute: 1), moved] {
                try await expectError(.conflict) { () throws(StoreError) in try await ledger.update(bad) }
            }
            try expect(try await ledger.runs(limit: 9) == [first], "the run changed")
        },
    ]
}
