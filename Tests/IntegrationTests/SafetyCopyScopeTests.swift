import Basics
import TestSupport
import Testing

extension Integration {
    /// What a safety copy holds: what its plan is about, and nothing that looks like more.
    @Suite(
        "SafetyCopyScope", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct SafetyCopyScopeTests {
        private func safetyCopy(_ rig: RestoreRig) async throws -> String {
            let run = try await rig.home.json(0, "restore", "show", try await rig.newestRun())
            return try #require(run["run"]?["safetyCopy"]?.string, "\(run)")
        }

        @Test func `of a plan of own paths it holds these alone, and claims nothing of who is known there`()
            async throws
        {
            let rig = try await RestoreRig("mkdir /srv/app; echo one >/srv/app/f; chown games: /srv/app/f")
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try rig.machine.run(
                "echo drift >/srv/app/f; chown games: /srv/app/f; echo new >/srv/app/new; echo x >/etc/skel/x"
            )
            let plan = try await rig.approvedPlan(backup, ["--section", "paths"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text("cat /srv/app/f; stat -c %U /srv/app/f") == "one\ngames\n")
            let copy = try await safetyCopy(rig)
            let shown = try await rig.home.json(0, "backup", "show", copy)
            let sections = shown["sections"]?.array ?? []
            #expect(sections.map { $0["name"]?.string } == ["paths"], "\(shown)")
            #expect(sections.map { $0["status"]?.string } == ["ok"] && sections.first?["files"]?.int == 3)
            let files = try await rig.home.json(0, "backup", "files", copy, "--limit", "0")
            #expect(
                files["files"]?.array?.compactMap { $0["path"]?.string } == [
                    "/srv/app", "/srv/app/f", "/srv/app/new",
                ])
            // What it does not hold cannot be restored from it, and is not gone.
            let refused = try await rig.home.run([
                "restore", "plan", copy, "--section", "users", "--in-place",
            ])
            #expect(refused.status != 0, "\(refused.story)")
            #expect(refused.errorText.contains("The backup has no section ‘users’"), "\(refused.story)")
            #expect(refused.errorText.contains("It has: paths."), "\(refused.story)")
            let diff = try await rig.home.run(["backup", "diff", backup, copy, "--json"]).json()
            #expect(diff["items"]?.array?.isEmpty == true, "\(diff)")
            #expect(
                diff["files"]?.array?.compactMap { $0["path"]?.string } == ["/srv/app/f", "/srv/app/new"],
                "\(diff)")
            try await rig.home.expect(0, "backup", "verify", copy)
            // It knows its machine, and is the way back.
            let again = try await rig.home.run(["restore", "plan", copy, "--in-place", "--json"]).json()
            #expect(
                again["steps"]?.array?.compactMap { $0["subject"]?.string } == ["/srv/app/f"], "\(again)")
            #expect(again["conflicts"]?.array?.isEmpty == true, "\(again)")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(
                try rig.text("cat /srv/app/f /srv/app/new; stat -c %U /srv/app/f") == "drift\nnew\ngames\n")
        }

        @Test func `of accounts it holds their files as well`() async throws {
            let rig = try await RestoreRig()
            let backup = try await rig.backUp([])
            try rig.machine.run("useradd --no-create-home mallory; echo x >/etc/skel/x")
            let drifted = try rig.text("cat /etc/passwd /etc/shadow /etc/group; ls -A /etc/skel")
            let plan = try await rig.approvedPlan(backup, ["--section", "users"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(
                try rig.text("grep -c mallory /etc/passwd; ls /etc/skel/x 2>&1 | grep -c 'No such'")
                    == "0\n1\n")
            let shown = try await rig.home.json(0, "backup", "show", try await safetyCopy(rig))
            #expect(shown["sections"]?.array?.map { $0["name"]?.string } == ["users"], "\(shown)")
            #expect((shown["sections"]?.array?.first?["files"]?.int ?? 0) > 20)
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text("cat /etc/passwd /etc/shadow /etc/group; ls -A /etc/skel") == drifted)
        }
    }
}
