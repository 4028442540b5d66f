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

        @Test func `a folder that came in the place of a file, or got something else, outlives the way back`()
            async throws
        {
            let rig = try await RestoreRig(
                "mkdir -p /srv/app/d; echo one >/srv/app/k; echo one >/srv/app/d/f")
            let backup = try await rig.backUp([], ["--path", "/srv/app"])
            try rig.machine.run("echo two >/srv/app/k; rm -r /srv/app/d")
            try await rig.home.expect(
                0, "restore", "apply", rig.approvedPlan(backup, ["--section", "paths"]))
            let run = try await rig.newestRun()
            try rig.machine.run("rm /srv/app/k; mkdir /srv/app/k; echo x >/srv/app/k/x; echo y >/srv/app/d/y")
            let blocked = try await rig.home.run(["restore", "undo", run])
            #expect(
                blocked.status != 0
                    && blocked.errorText.contains("/srv/app/k was no folder before the run and is one now"),
                "\(blocked.story)")
            try rig.machine.run("mv /srv/app/k /srv/app/moved")
            let told = try await rig.home.undo(run, of: "box")
            #expect(
                told.contains("/srv/app/d stays: something is in it that the run did not bring"), "\(told)")
            #expect(
                try rig.text("cd /srv/app && find . -type f | sort; cat k moved/x d/y")
                    == "./d/y\n./k\n./moved/x\ntwo\nx\ny\n")
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

        /// The paths that the safety copy of the newest run holds below `folder`.
        private func copied(_ rig: RestoreRig, below folder: String) async throws -> [String] {
            let run = try await rig.home.json(0, "restore", "show", try await rig.newestRun())
            let copy = try #require(run["run"]?["safetyCopy"]?.string, "\(run)")
            let files = try await rig.home.json(0, "backup", "files", copy, "--limit", "0")
            let paths = files["files"]?.array?.compactMap { $0["path"]?.string } ?? []
            return paths.filter { $0.hasPrefix(folder) }
        }

        @Test func `of own paths only what is in scope is read, and folders around it stay as they are`()
            async throws
        {
            let rig = try await RestoreRig(
                "mkdir -p /srv/app/conf /srv/app/huge; echo one >/srv/app/conf/f; echo x >/srv/app/huge/x")
            try await rig.home.expect(0, "device", "set", "box", "--add-path", "/srv/app")
            let backup = try await rig.backUp(["cron"])
            try rig.machine.run(
                "echo drift >/srv/app/conf/f; chmod 700 /srv/app/conf; chmod 711 /srv/app; echo '# x' >/etc/cron.d/x"
            )
            // Of another section: nothing of them at all.
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup, ["--section", "cron"]))
            #expect(try await copied(rig, below: "/srv").isEmpty)
            #expect(
                try rig.text("cat /srv/app/conf/f; ls /etc/cron.d/x 2>&1 | grep -c 'No such'") == "drift\n1\n"
            )
            // A file: that one.
            let plan = try await rig.approvedPlan(backup, ["--path", "/srv/app/conf/f"])
            let shown = try await rig.home.json(0, "restore", "show", plan)
            #expect(
                shown["plan"]?["steps"]?.array?.compactMap { $0["subject"]?.string } == ["/srv/app/conf/f"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try await copied(rig, below: "/srv") == ["/srv/app/conf/f"])
            #expect(
                try rig.text("cat /srv/app/conf/f; stat -c %a /srv/app /srv/app/conf") == "one\n711\n700\n")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text("cat /srv/app/conf/f") == "drift\n")
            // All of it, folders as well; and a new folder beside.
            try await rig.home.expect(
                0, "restore", "apply", rig.approvedPlan(backup, ["--section", "paths"]))
            #expect(try rig.text("stat -c %a /srv/app /srv/app/conf") == "755\n755\n")
            let staged = try await rig.home.json(0, "restore", "plan", backup, "--to", "/var/tmp/beside")
            let beside = try #require(staged["plan"]?.string)
            try await rig.home.approve(beside, of: "box")
            try await rig.home.expect(0, "restore", "apply", beside)
            #expect(
                try rig.text("cat /var/tmp/beside/srv/app/conf/f /var/tmp/beside/srv/app/huge/x")
                    == "one\nx\n")
            #expect(try rig.leftovers() == "")
        }

        @Test(.enabled(if: HoldfastHome.isExtended, "half a million files take minutes here"))
        func `a device with too many files is refused by the name of their folder`() async throws {
            let rig = try await RestoreRig("mkdir -p /srv/app/flood; echo one >/srv/app/f")
            let backup = try await rig.backUp([], ["--path", "/srv/app"])
            try rig.machine.run("cd /srv/app/flood && seq 500100 | xargs touch; echo drift >/srv/app/f")
            let refused = try await rig.home.run(["restore", "plan", backup, "--in-place"])
            #expect(refused.status != 0)
            #expect(
                refused.errorText.contains("more than the 500000 files and folders that one plan compares")
                    && refused.errorText.contains("lie in /srv/app/flood"), "\(refused.story)")
            try await rig.home.expect(
                0, "restore", "apply", rig.approvedPlan(backup, ["--path", "/srv/app/f"]))
            #expect(try rig.text("cat /srv/app/f") == "one\n")
        }
    }
}
