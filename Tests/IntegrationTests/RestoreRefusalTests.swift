import Basics
import TestSupport
import Testing

extension Integration {
    /// Restores that nobody may carry out: refused, nothing touched, on the record.
    @Suite(
        "RestoreRefusals", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreRefusalTests {
        @Test func `without a yes, with another word, or without a terminal`() async throws {
            let bench = try await RefusalBench()
            let plan = try await bench.plan()
            try await bench.expectRefusal("person-required", plan)
            try await bench.home.expect(6, "approve", plan)
            for word in ["yes", "y", "BOX", plan, ""] {
                let outcome = try await bench.home.onTerminal(["approve", plan], typing: word)
                #expect(outcome.status == 6, "\(outcome.story)")
            }
            try await bench.expectRefusal("person-required", plan)
            try await bench.expectRefusal("plan-unknown", String(plan.reversed()))
        }

        @Test func `an approval that was made up, taken back, or brought back in the database`() async throws
        {
            let bench = try await RefusalBench()
            let plan = try await bench.plan()
            try bench.tamper(
                "INSERT INTO approval SELECT NULL, 'forged', id, 'person', 'person:root', 'cli', created, expires, '\(String(repeating: "0", count: 64))', NULL, NULL, '0' FROM plan"
            )
            try await bench.expectRefusal("person-required", plan)
            try await bench.home.approve(plan, of: "box")
            let list = try await bench.home.json(0, "approval", "list")["approvals"]?.array ?? []
            let states = Set(list.compactMap { $0["state"]?.string })
            #expect(states == ["altered", "valid"])
            let given = list.first { $0["state"]?.string == "valid" }
            try await bench.home.expect(0, "approval", "revoke", try #require(given?["approval"]?.string))
            try await bench.expectRefusal("person-required", plan)
            try bench.tamper("UPDATE approval SET revoked = NULL")
            try await bench.expectRefusal("person-required", plan)
            let records = try await bench.home.json(0, "audit", "list")["records"]?.array ?? []
            let facts = records.filter { $0["phase"]?.string == "fact" }
            #expect(
                facts.compactMap { $0["operation"]?.string } == ["approval revoked", "approval granted"])
            #expect(facts.last?["arguments"]?["account"]?.string?.isEmpty == false)
            #expect(facts.last?["arguments"]?["origin"]?.string?.contains("/dev/pts/") == true)
        }

        @Test func `a used approval, brought back in the database onto the very same ground`() async throws {
            let bench = try await RefusalBench()
            let plan = try await bench.approvedPlan()
            try Shell.run(
                "sqlite3 '\(bench.home.path)/holdfast.db' \".backup '\(bench.home.scratch.path)/older'\"")
            try await bench.home.expect(0, "restore", "apply", plan)
            try bench.drift()
            try await bench.expectRefusal("person-required", plan)
            try bench.tamper("UPDATE approval SET used_by = NULL")
            try await bench.expectRefusal("person-required", plan)
            try bench.tamper("UPDATE approval SET used_by = NULL; DELETE FROM run")
            try await bench.expectRefusal("person-required", plan)
            try bench.tamper("DELETE FROM audit WHERE operation = 'approval spent'")
            try await bench.expectRefusal("audit-broken", plan)
            // The database as it was before the restore; the checkpoint remembers.
            try Shell.run(
                "sqlite3 '\(bench.home.path)/holdfast.db' \".restore '\(bench.home.scratch.path)/older'\"")
            try await bench.expectRefusal("audit-broken", plan)
        }

        @Test func `another device's plan and another device's approval`() async throws {
            let bench = try await RefusalBench()
            try await bench.home.add(bench.machine, as: "twin", account: .root)
            let own = try await bench.approvedPlan()
            let other = try await bench.plan("--device", "twin")
            #expect(own != other)
            try bench.tamper("UPDATE approval SET plan = '\(other)'")
            try await bench.expectRefusal("person-required", other)
            try await bench.expectRefusal("person-required", own)
            try bench.tamper(
                "UPDATE approval SET plan = '\(own)'; UPDATE plan SET device = 'twin' WHERE id = '\(own)'")
            try await bench.expectRefusal("plan-altered", own)
            try bench.tamper(
                "UPDATE plan SET document = (SELECT document FROM plan WHERE id = '\(other)') WHERE id = '\(own)'"
            )
            try await bench.expectRefusal("plan-altered", own)
        }

        /// What somebody might change in a stored plan, as SQL over its text `d`.
        private static let alterations = [
            "expires, row and document":
                "UPDATE plan SET expires = expires + 60000000000, document = CAST(replace(d, '\"expires\":' || expires, '\"expires\":' || (expires + 60000000000)) AS BLOB)",
            "the path":
                "UPDATE plan SET document = CAST(replace(d, '2f6574632f63726f6e2e642f6a6f62', '2f6574632f736861646f77') AS BLOB)",
            "the action": "UPDATE plan SET document = CAST(replace(d, '\"replace\"', '\"remove\"') AS BLOB)",
            "the target's host key":
                "UPDATE plan SET document = CAST(replace(d, 'SHA256:', 'SHA256:A') AS BLOB)",
            "the target's machine":
                "UPDATE plan SET document = CAST(replace(d, '\"machineID\":\"', '\"machineID\":\"0') AS BLOB)",
            "the place":
                "UPDATE plan SET document = CAST(replace(d, '\"folder\":null', '\"folder\":\"/etc/cron.d\"') AS BLOB)",
            "the backup":
                "UPDATE plan SET document = CAST(replace(d, '\"backup\":\"2', '\"backup\":\"1') AS BLOB)",
            "the risk":
                "UPDATE plan SET document = CAST(replace(d, '\"risk\":\"low\"', '\"risk\":\"high\"') AS BLOB)",
            "another name": "UPDATE plan SET id = substr(id, 1, 25) || 'x'",
        ]

        @Test func `a plan altered past the triggers`() async throws {
            let bench = try await RefusalBench()
            let plan = try await bench.approvedPlan()
            try bench.tamper("CREATE TABLE kept AS SELECT * FROM plan")
            var refused = 0
            for (what, sql) in Self.alterations.sorted(by: { $0.key < $1.key }) {
                let own = sql.replacing("(d, ", with: "(CAST(document AS TEXT), ")
                try bench.tamper("\(own.replacing("\"", with: "\\\"")) WHERE id = '\(plan)'")
                let changed = try Shell.output(
                    "sqlite3 '\(bench.home.path)/holdfast.db' \"SELECT count(*) FROM plan JOIN kept USING (number) WHERE plan.document <> kept.document OR plan.id <> kept.id\""
                )
                #expect(DeviceText.string(changed).hasPrefix("1"), "\(what): nothing was altered")
                let name = what == "another name" ? String(plan.prefix(25)) : plan
                try await bench.expectRefusal("plan-altered", name)
                try bench.tamper("DELETE FROM plan; INSERT INTO plan SELECT * FROM kept")
                refused += 1
            }
            #expect(refused >= 9)
            // As it was, it counts.
            try await bench.home.expect(0, "restore", "apply", plan)
        }

        @Test func `another host key, another machine, and ground that moved`() async throws {
            let bench = try await RefusalBench()
            let moved = try await bench.approvedPlan()
            try bench.machine.run("echo more >>/etc/cron.d/job")
            try await bench.expectRefusal("plan-stale", moved, because: "/etc/cron.d/job")
            try bench.drift()
            let machine = try await bench.approvedPlan()
            try bench.machine.run(
                "cp -a /etc/machine-id /root/id; tr 0-9a-f 1-9a-f0 </root/id >/etc/machine-id")
            try await bench.expectRefusal("plan-stale", machine, because: "its machine id differs")
            try bench.machine.run("cat /root/id >/etc/machine-id; rm /root/id")
            let plan = try await bench.approvedPlan()
            try bench.tamper(
                "UPDATE device SET document = replace(document, 'SHA256:', 'SHA256:A') WHERE name = 'box'")
            try await bench.expectRefusal("store-corrupt", plan, because: "altered outside of the program")
        }

        @Test func `a run's name in the database is no command`() async throws {
            let bench = try await RefusalBench()
            let plan = try await bench.approvedPlan()
            try bench.tamper(
                """
                INSERT INTO run SELECT NULL, 'x; touch /pwned; #', id, device, created, created, 'applying', 0,
                CAST('{\\"backup\\":\\"b\\"}' AS BLOB), '' FROM plan
                """)
            let before = try bench.touched()
            let resumed = try await bench.home.run(["restore", "resume"])
            #expect(resumed.errorText.contains("altered outside of Holdfast"), "\(resumed.story)")
            #expect(try bench.touched() == before)
            let list = try await bench.home.json(0, "restore", "list")["runs"]?.array
            #expect(list?.first?["state"]?.string == "altered")
            let undone = try await bench.home.run(["restore", "undo", "x; touch /pwned; #"])
            #expect(undone.status != 0, "\(undone.story)")
            #expect(try bench.touched() == before)
            // It is in nobody's way.
            try await bench.home.expect(0, "restore", "apply", plan)
            #expect(!(try bench.touched()).contains("pwned"))
        }
    }
}
