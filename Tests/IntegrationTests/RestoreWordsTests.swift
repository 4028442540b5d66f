import Basics
import TestSupport
import Testing

extension Integration {
    /// What a restore says of itself: no more than is true.
    @Suite(
        "RestoreWords", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreWordsTests {
        @Test func `a folder that is there is in the way of the plan, not of the restore`() async throws {
            let rig = try await RestoreRig("mkdir /srv/there; echo one >/etc/cron.d/job")
            let backup = try await rig.backUp(["cron"])
            let plan = try await rig.home.json(
                3, "restore", "plan", backup, "--section", "cron", "--to", "/srv/there")
            #expect(
                plan["conflicts"]?.array?.compactMap(\.string)
                    == ["/srv/there exists on box: name a new folder with --to"])
            #expect(try await rig.home.json(0, "restore", "list")["runs"]?.array?.isEmpty == true)
            let other = try await rig.home.json(
                0, "restore", "plan", backup, "--section", "cron", "--to", "/srv/new")
            #expect(other["conflicts"]?.array?.isEmpty == true)
        }

        @Test func `a plan that was carried out says by which run`() async throws {
            let rig = try await RestoreRig("echo '# one' >/etc/cron.d/job")
            let backup = try await rig.backUp(["cron"])
            try rig.machine.run("echo '# two' >/etc/cron.d/job")
            let plan = try await rig.approvedPlan(backup)
            let applied = try await rig.home.run(["restore", "apply", plan])
            #expect(applied.status == 0, "\(applied.story)")
            #expect(applied.text.contains("Read back: the path is as the backup has it."), "\(applied.story)")
            #expect(applied.errorText.contains("sending 1 step to box"), "\(applied.story)")
            let again = try await rig.home.run(["restore", "apply", plan])
            #expect(again.status == 6, "\(again.story)")
            let run = try await rig.newestRun()
            #expect(
                again.errorText.contains(
                    "The plan was carried out by run \(run) already, and an approval counts once"),
                "\(again.story)")
            #expect(!applied.errorText.contains("0 steps"), "\(applied.story)")
            let shown = try await rig.home.run(["restore", "show", plan])
            #expect(shown.text.contains("used up by run \(run)"), "\(shown.story)")
            #expect(!shown.text.contains("holdfast approve"), "\(shown.story)")
            let view = try await rig.home.json(0, "restore", "show", plan)["plan"]
            #expect(view?["carriedOutBy"]?.string == run)
        }

        @Test func `a run that was cut off is decided before the next plan`() async throws {
            let rig = try await RestoreRig("echo '# one' >/etc/cron.d/job; echo '# a' >>/etc/hosts")
            let backup = try await rig.backUp(["cron", "network-config"])
            try rig.machine.run("echo '# two' >/etc/cron.d/job; echo '# b' >>/etc/hosts")
            try await rig.swapAndDie(rig.approvedPlan(backup))
            let run = try await rig.newestRun()
            let plan = try await rig.home.json(3, "restore", "plan", backup, "--in-place")
            let conflicts = plan["conflicts"]?.array?.compactMap(\.string) ?? []
            #expect(conflicts.contains { $0.hasPrefix("run \(run) on box has not come") }, "\(conflicts)")
            #expect(try await rig.resumed() == "kept")
            let after = try await rig.home.json(0, "restore", "plan", backup, "--in-place")
            #expect(after["steps"]?.array?.isEmpty == true, "\(after)")
        }

        @Test func `what was broken before is not brought back by an undo, which says where it is`()
            async throws
        {
            let rig = try await RestoreRig("echo '# sound' >/etc/cron.d/job; echo '# a' >/etc/cron.d/other")
            let backup = try await rig.backUp(["cron"])
            try rig.machine.run("echo broken >/etc/cron.d/job; echo '# b' >/etc/cron.d/other")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            let run = try await rig.home.json(0, "restore", "show", rig.newestRun())
            let copy = try #require(run["run"]?["safetyCopy"]?.string)
            let undone = try await rig.home.run(["restore", "undo", rig.newestRun()])
            #expect(undone.status == 7, "\(undone.story)")
            #expect(
                undone.errorText.contains("What was there before the restore is in backup \(copy)"),
                "\(undone.story)")
            #expect(try rig.text("cat /etc/cron.d/job /etc/cron.d/other") == "# sound\n# a\n")
            // As it says.
            let rest = try await rig.approvedPlan(copy, ["--path", "/etc/cron.d/other"])
            try await rig.home.expect(0, "restore", "apply", rest)
            #expect(try rig.text("cat /etc/cron.d/job /etc/cron.d/other") == "# sound\n# b\n")
        }

        @Test(.enabled(if: PackageRepository.missing == nil, "\(PackageRepository.missing ?? "")"))
        func `a package that no source has is no success`() async throws {
            let rig = try await RestoreRig("rm -f /etc/apt/sources.list; rm -rf /etc/apt/sources.list.d/*")
            let backup = try await rig.backUp(["packages-dpkg", "cron"])
            // What another package names is known to apt, and comes from nowhere either.
            try rig.machine.run(
                "dpkg --purge --force-depends haproxy acl >/dev/null 2>&1; echo '# x' >/etc/cron.d/x")
            #expect(try rig.text("apt-cache show acl >/dev/null 2>&1 && echo known") == "known\n")
            let planned = try await rig.home.run(["restore", "plan", backup, "--in-place"])
            #expect(
                planned.text.contains(
                    "An undo takes these away again, unless others need them by then: install acl"),
                "\(planned.story)")
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status == 3, "\(applied.story)")
            #expect(applied.text.contains("No source had 2 packages: acl, haproxy"), "\(applied.story)")
            #expect(try await rig.newestState() == "kept")
            #expect(try rig.text("ls /etc/cron.d | grep -c '^x$' || :") == "0\n")
        }
    }
}
