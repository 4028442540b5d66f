import Basics
import TestSupport
import Testing

extension Integration {
    /// Files with several names, on a real machine.
    @Suite(
        "FurtherNames", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct FurtherNamesTests {
        private let list =
            "cd /srv/app; cat aaa bbb ccc; stat -c '%h %n' *; ls -i | awk '{ print $1 }' | uniq | wc -l"

        private func rig() async throws -> RestoreRig {
            try await RestoreRig("mkdir /srv/app; cd /srv/app; echo 1 >aaa; ln aaa bbb; ln aaa ccc")
        }

        @Test func `all names of a file that changed in place get it back, and lose it again by an undo`()
            async throws
        {
            let rig = try await rig()
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            let sound = try rig.text(list)
            try rig.machine.run("echo X >/srv/app/bbb")
            let drifted = try rig.text(list)
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            #expect(try rig.text(list) == sound)
            let again = try await rig.home.run(["restore", "plan", backup, "--in-place", "--json"]).json()
            #expect(again["steps"]?.array?.isEmpty == true, "\(again)")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(list) == drifted)
        }

        @Test func `one name by itself is a file with the content of the backup`() async throws {
            let rig = try await rig()
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try rig.machine.run("cd /srv/app; rm bbb ccc; echo X >aaa")
            let plan = try await rig.approvedPlan(backup, ["--path", "/srv/app/[bc]*"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(
                try rig.text("cd /srv/app; cat aaa bbb ccc; stat -c '%h %n' *")
                    == "X\n1\n1\n1 aaa\n2 bbb\n2 ccc\n")
            let folder = try await rig.home.run([
                "restore", "plan", backup, "--path", "/srv/app/ccc", "--to", "/srv/beside", "--json",
            ]).json()
            let id = try #require(folder["plan"]?.string, "\(folder)")
            try await rig.home.approve(id, of: "box")
            try await rig.home.expect(0, "restore", "apply", id)
            #expect(try rig.text("cat /srv/beside/srv/app/ccc") == "1\n")
        }
    }
}
