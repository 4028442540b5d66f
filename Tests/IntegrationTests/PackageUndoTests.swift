import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Packages that a restore brought go again, and no others.
    @Suite(
        "Packages taken back",
        .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .enabled(if: PackageRepository.missing == nil, "\(PackageRepository.missing ?? "")"),
        .timeLimit(.minutes(5)))
    struct PackageUndoTests {
        private static let sections = ["packages-dpkg", "cron", "local-configuration"]

        /// Every package with its state, and how it came.
        private static let packages =
            "dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\\n'; apt-mark showauto; sort /etc/passwd /etc/group; find /etc -xdev ! -name '*-' ! -name .pwd.lock -printf '%p %y %m %U %l\\n' | sort"

        /// A machine that installs from a repository of its own, with `wanted` installed for the backup and gone again.
        private func rig(_ wanted: String) async throws -> (rig: RestoreRig, backup: String) {
            let rig = try await RestoreRig()
            try PackageRepository().use(on: rig.machine)
            try rig.machine.run("apt-get -q -y install \(wanted)")
            try rig.machine.run("[ ! -d /etc/site-server ] || echo '# ours' >>/etc/site-server/site.conf")
            let backup = try await rig.backUp(Self.sections)
            try rig.machine.run(
                "apt-get -q -y --auto-remove purge \(wanted); userdel _site 2>/dev/null || :"
            )
            return (rig, backup)
        }

        /// Lines that are in one of two texts only.
        private func changes(_ before: String, _ after: String) -> [Substring] {
            Set(before.split(separator: "\n")).symmetricDifference(after.split(separator: "\n")).sorted()
        }

        @Test func `a package comes with what it needs and its account, and all of that goes with the undo`()
            async throws
        {
            // The backup knows the server alone: what it needs is found out by the package manager.
            let (rig, backup) = try await rig("site-server")
            let before = try rig.text(Self.packages)
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            #expect(try rig.text("systemctl is-active site-server; id -un _site") == "active\n_site\n")
            // One that was edited lies in a folder that the package made.
            #expect(try rig.text("tail -n 1 /etc/site-server/site.conf") == "# ours\n")
            let run = try await rig.newestRun()
            let refused = try await rig.home.run(["restore", "undo", run])
            #expect(
                refused.status == 6 && refused.errorText.contains("yes of a person"), "\(refused.story)")
            let background = try await rig.home.run(["restore", "undo", run, "--background"])
            #expect(background.status == 6, "\(background.story)")
            #expect(try rig.text("systemctl is-active site-server") == "active\n")
            // The way that the refusal names.
            let words = refused.errorText.split { $0.isWhitespace || $0 == "," }
            let plan = try #require(words.first { $0.count == 26 }.map(String.init), "\(refused.story)")
            try await rig.home.approve(plan, of: "box")
            let undone = try await rig.home.run(["restore", "apply", plan])
            #expect(undone.status == 0, "\(undone.story)")
            #expect(changes(before, try rig.text(Self.packages)) == [])
            #expect(try rig.leftovers() == "")
            // What went comes again by a plan from the safety copy, as the undo says.
            let undo = try await rig.newestRun()
            let again = try await rig.home.run(["restore", "undo", undo])
            #expect(again.errorText.contains("packages") && again.status != 0, "\(again.story)")
            let copy = try #require(
                try await rig.home.json(0, "restore", "show", undo)["run"]?["safetyCopy"]?.string)
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(copy))
            #expect(try rig.text("systemctl is-active site-server") == "active\n")
        }

        @Test func `a package that another needs by now stays, and is told`() async throws {
            let (rig, backup) = try await rig("site-common hello-tool")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            let run = try await rig.newestRun()
            try rig.machine.run("apt-get -q -y install site-server")
            let undone = try await rig.home.onTerminal(["restore", "undo", run], typing: "box")
            #expect(
                undone.status == 3
                    && undone.text.contains(
                        "the package site-common stays installed, as its removal would change others: site-server"
                    ),
                "\(undone.story)")
            #expect(try rig.text("systemctl is-active site-server") == "active\n")
            #expect(
                try rig.text("dpkg-query -W -f '${Status}' hello-tool 2>/dev/null || echo gone") == "gone\n")
        }

        @Test func `packages stay where that is asked for`() async throws {
            let (rig, backup) = try await rig("hello-tool")
            try rig.machine.run("echo '# x' >/etc/cron.d/x")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            let run = try await rig.newestRun()
            let undone = try await rig.home.run(["restore", "undo", run, "--keep-packages"])
            #expect(undone.status == 0, "\(undone.story)")
            #expect(try rig.text("cat /etc/cron.d/x; hello-tool") == "# x\nhello\n")
        }

        @Test func `a run that goes back takes away what it had installed by then`() async throws {
            let (rig, backup) = try await rig("site-server picky-tool hello-tool")
            try rig.machine.run("touch /opt/picky")
            let before = try rig.text(Self.packages)
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(
                applied.status != 0 && applied.errorText.contains("packages could not be installed"),
                "\(applied.story)")
            #expect(try await rig.newestState() == "rolled-back")
            // Its account stays, as packages leave theirs.
            try rig.machine.run("userdel _site")
            #expect(changes(before, try rig.text(Self.packages)) == [])
            #expect(try rig.leftovers() == "")
        }

        @Test
        func `a machine that restarts while packages are installed takes them away once it has started`()
            async throws
        {
            let (rig, backup) = try await rig("slow-tool hello-tool")
            try rig.machine.run("touch /opt/slow")
            let before = try rig.text(Self.packages)
            let plan = try await rig.approvedPlan(backup)
            let run = try rig.home.start(["restore", "apply", plan])
            try rig.machine.wait(for: "dpkg-query -W slow-tool >/dev/null 2>&1 && [ ! -e /opt/slow ]")
            run.signal(SIGKILL)
            _ = await run.outcome(within: .seconds(60))
            try rig.machine.restart()
            #expect(try await rig.resumed() == "rolled-back")
            #expect(changes(before, try rig.text(Self.packages)) == [])
            #expect(try rig.leftovers() == "")
        }

        @Test
        func `a run whose Holdfast lives is left to it; the first stage of one that died says what is open`()
            async throws
        {
            let (rig, backup) = try await rig("slow-tool hello-tool site-server")
            try rig.machine.run("echo 15 >/opt/slow")
            let (plan, other) = (try await rig.approvedPlan(backup), try await rig.approvedPlan(backup))
            let run = try rig.home.start(["restore", "apply", plan])
            try rig.machine.wait(for: "dpkg-query -W slow-tool >/dev/null 2>&1 && [ ! -e /opt/slow ]")
            let early = try await rig.home.run(["restore", "resume"])
            #expect(early.status == 3 && early.text.contains("is under way"), "\(early.story)")
            let second = try await rig.home.run(["restore", "apply", other])
            #expect(second.status != 0, "\(second.story)")
            #expect(try await rig.newestState() == "applying")
            run.signal(SIGKILL)
            _ = await run.outcome(within: .seconds(60))
            let resumed = try await rig.home.run(["restore", "resume"])
            #expect(
                resumed.status == 3 && resumed.text.contains("kept")
                    && resumed.text.contains("only its first stage was carried out")
                    && resumed.text.contains("a new plan: holdfast restore plan"), "\(resumed.story)")
        }

        @Test func `a machine that restarts while an undo takes packages away ends that once it has started`()
            async throws
        {
            let (rig, backup) = try await rig("slow-tool hello-tool")
            let before = try rig.text(Self.packages)
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            let run = try await rig.newestRun()
            try rig.machine.run("echo 60 >/opt/slow")
            let undo = Task { try? await rig.home.undo(run, of: "box") }
            try rig.machine.wait(for: "[ ! -e /opt/slow ]")
            try rig.machine.restart()
            _ = await undo.value
            _ = try await rig.resumed()
            #expect(changes(before, try rig.text(Self.packages)) == [])
            #expect(try rig.leftovers() == "")
        }

        @Test func `an installation that was cut off before is not ended by a run`() async throws {
            let (rig, backup) = try await rig("hello-tool")
            let plan = try await rig.approvedPlan(backup)
            try rig.machine.run("dpkg-query -s base-files >/var/lib/dpkg/updates/0000")
            let applied = try await rig.home.run(["restore", "apply", plan])
            #expect(
                applied.status != 0 && applied.errorText.contains("dpkg --configure -a"), "\(applied.story)")
            #expect(try await rig.newestState() == "rolled-back")
            #expect(try rig.text("ls /var/lib/dpkg/updates") == "0000\n")
        }
    }
}
