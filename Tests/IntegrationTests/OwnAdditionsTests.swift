import Basics
import TestSupport
import Testing

extension Integration {
    /// What was added below own paths since a backup, on a real machine.
    @Suite(
        "OwnAdditions", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct OwnAdditionsTests {
        private func subjects(_ plan: JSONValue) -> [String] {
            plan["steps"]?.array?.compactMap { $0["subject"]?.string } ?? []
        }

        private let added = """
            mkdir /srv/app/more /srv/app/disk; echo x >/srv/app/more/x; echo log >/srv/app/logs/log
            mount -t tmpfs -o size=64k none /srv/app/disk; echo y >/srv/app/disk/y
            printf drift >/srv/app/f; ln -s /etc/passwd '/srv/app/a b'
            """

        private func rig() async throws -> RestoreRig {
            try await RestoreRig("mkdir -p /srv/app/logs; echo one >/srv/app/f")
        }

        @Test func `stays unless asked for, and all of it where the backup left something out`()
            async throws
        {
            let rig = try await rig()
            let backup = try await rig.backUp(
                ["cron"], ["--path", "/srv/app", "--exclude", "/srv/app/logs/*"])
            try rig.machine.run(added)
            let reasons = [
                []: "--remove-added takes them away",
                ["--remove-added"]: "the backup left out what an exclusion matched",
            ]
            for (words, reason) in reasons {
                let plan = try await rig.home.run(
                    ["restore", "plan", backup, "--in-place", "--json"] + words
                ).json()
                #expect(subjects(plan) == ["/srv/app/f"], "\(plan)")
                let told = plan["warnings"]?.array?.compactMap(\.string) ?? []
                #expect(
                    told.contains { $0.contains("(6): /srv/app/a b, ") && $0.hasSuffix("; " + reason) },
                    "\(told)")
            }
        }

        @Test func `goes when asked for, and an undo brings it back`() async throws {
            let rig = try await rig()
            try rig.machine.run(added)
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try rig.machine.run(
                "echo late >/srv/app/late; mkdir -p /srv/app/new/er; echo z >/srv/app/new/er/z; rm -r /srv/app/more"
            )
            let list = "find /srv/app | LC_ALL=C sort; cat /srv/app/disk/y"
            let drifted = try rig.text(list + "; cat /srv/app/late /srv/app/new/er/z")
            let spared = try await rig.home.run([
                "restore", "plan", backup, "--in-place", "--remove-added", "--exclude", "/srv/app/new",
                "--json",
            ]).json()
            #expect(subjects(spared).filter { $0.hasPrefix("/srv/app/new") } == [], "\(spared)")
            #expect(subjects(spared).contains("/srv/app/late"), "\(spared)")
            let plan = try await rig.approvedPlan(backup, ["--remove-added"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(
                try rig.text(list).split(separator: "\n") == [
                    "/srv/app", "/srv/app/a b", "/srv/app/disk", "/srv/app/disk/y", "/srv/app/f",
                    "/srv/app/logs", "/srv/app/logs/log", "/srv/app/more", "/srv/app/more/x", "y",
                ])
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(list + "; cat /srv/app/late /srv/app/new/er/z") == drifted)
        }

        @Test func `a folder in whose place a file was comes back with all that it held`() async throws {
            let rig = try await rig()
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try rig.machine.run("rm /srv/app/f; mkdir -p /srv/app/f/deep; echo gold >/srv/app/f/deep/er")
            let list = "find /srv/app | LC_ALL=C sort; cat /srv/app/f/deep/er"
            let drifted = try rig.text(list)
            let refused = try await rig.home.run(["restore", "plan", backup, "--in-place"])
            #expect(refused.status != 0 && refused.text.contains("/srv/app/f/deep/er"), "\(refused.story)")
            let plan = try await rig.approvedPlan(backup, ["--remove-added"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text("cat /srv/app/f; ls -A /srv/app") == "one\nf\nlogs\n")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(list) == drifted)
        }

        @Test func `what nobody read or is mounted in such a folder stops the swap on the device`()
            async throws
        {
            let rig = try await rig()
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try await rig.home.expect(0, "device", "set", "box", "--add-exclude", "*/cache")
            try rig.machine.run("rm /srv/app/f; mkdir -p /srv/app/f/cache; echo gold >/srv/app/f/cache/it")
            let plan = try await rig.approvedPlan(backup, ["--path", "/srv/app/f"])
            let applied = try await rig.home.run(["restore", "apply", plan])
            #expect(applied.status == 7, "\(applied.story)")
            #expect(
                applied.errorText.contains("/srv/app/f holds 3 names, not the 1 of the plan"),
                "\(applied.story)")
            #expect(try rig.text("cat /srv/app/f/cache/it; ls -A /srv/app") == "gold\nf\nlogs\n")
            // An empty mount is in no list of files.
            try rig.machine.run(
                "rm -r /srv/app/f/cache; mkdir '/srv/app/f/a b' /srv/disk; mount --bind /srv/disk '/srv/app/f/a b'"
            )
            let mounted = try await rig.home.run([
                "restore", "plan", backup, "--in-place", "--path", "/srv/app/f", "--remove-added",
            ])
            #expect(mounted.status != 0 && mounted.text.contains("/srv/app/f/a b"), "\(mounted.story)")
        }
    }
}
