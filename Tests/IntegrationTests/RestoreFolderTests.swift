import Basics
import TestSupport
import Testing

extension Integration {
    /// Folders around what is restored: missing ones, and ones whose names are no text.
    @Suite(
        "RestoreFolder", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreFolderTests {
        private static let tree = "cd /srv && find . -printf '%p %y %m %U %G %s\\n' | LC_ALL=C sort | od -c"

        @Test func `a folder that is missing around a single file is made, and goes with the way back`()
            async throws
        {
            let rig = try await RestoreRig(
                "mkdir -p /srv/app/conf; echo one >/srv/app/conf/f; chmod 750 /srv/app/conf")
            let backup = try await rig.backUp([], ["--path", "/srv/app/conf/f"])
            let sound = try rig.text("stat -c '%n %F %U' /srv/app /srv/app/conf /srv/app/conf/f")
            try rig.machine.run("rm -r /srv/app")
            let bare = try rig.text(Self.tree)
            let plan = try await rig.approvedPlan(backup, ["--path", "/srv/app/conf/f"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text("stat -c '%n %F %U' /srv/app /srv/app/conf /srv/app/conf/f") == sound)
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(Self.tree) == bare)
            #expect(try rig.leftovers() == "")
        }

        @Test func `a folder that another section has is made as the backup says`() async throws {
            let rig = try await RestoreRig("chmod 751 /etc/default")
            let backup = try await rig.backUp(["sshd"], ["--path", "/etc/default"])
            try rig.machine.run("mv /etc/default /root/default")
            let plan = try await rig.approvedPlan(backup, ["--section", "sshd"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text("stat -c %a /etc/default; ls -A /etc/default") == "751\nssh\n")
        }

        @Test func `folders whose names are no text are restored byte for byte`() async throws {
            let rig = try await RestoreRig(
                """
                d=$(printf '/srv/app/\\377x\\303'); mkdir -p "$d/in ner"; echo one >"$d/file"; echo two >"$d/in ner/f"
                """)
            let backup = try await rig.backUp([], ["--path", "/srv/app"])
            let sound = try rig.text(Self.tree)
            try rig.machine.run(
                "cd /srv/app/*x*; echo changed, and longer >file; rm 'in ner/f'; echo new >'in ner/n'")
            let drifted = try rig.text(Self.tree)
            let plan = try await rig.approvedPlan(backup, ["--section", "paths"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text(Self.tree) != drifted)
            #expect(try rig.text("cd /srv/app/*x*; cat file 'in ner/f'") == "one\ntwo\n")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(Self.tree) == drifted)
            // Nothing of it is left when the whole of it is missing.
            try rig.machine.run("rm -r /srv/app")
            let again = try await rig.approvedPlan(backup, ["--section", "paths"])
            try await rig.home.expect(0, "restore", "apply", again)
            #expect(try rig.text(Self.tree) == sound)
        }
    }
}
