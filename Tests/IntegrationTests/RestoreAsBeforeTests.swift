import Basics
import TestSupport
import Testing

extension Integration {
    /// What was as broken before a restore as after it is told, and no failure of the restore.
    @Suite(
        "RestoreAsBefore", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreAsBeforeTests {
        /// A unit with a word that tells its versions apart.
        private static func unit(_ word: String, _ service: String...) -> String {
            let lines = service.joined(separator: "\\n")
            return
                "printf '[Unit]\\nDescription=\(word)\\n[Service]\\n\(lines)\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/own.service; systemctl daemon-reload; "
        }

        /// Fails whenever it is started, and is begun again and again.
        private static func failing(_ word: String) -> String {
            unit(
                word, "ExecStartPre=/bin/false", "ExecStart=/bin/sleep 1000", "Restart=always",
                "RestartSec=600")
        }

        private static let start = "systemctl enable --quiet own; systemctl start own; "
        private static let state = "cat /etc/cron.d/job; systemctl show -p Description own"

        private static let drift = "echo '# two' >/etc/cron.d/job; "

        private func rig(_ text: String) async throws -> RestoreRig {
            try await RestoreRig("echo '# one' >/etc/cron.d/job; " + text)
        }

        /// Carries a plan out that leaves the unit as broken as it is.
        private func applyBesideBroken(_ rig: RestoreRig, _ backup: String) async throws {
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status == 0, "\(applied.story)")
            #expect(
                applied.text.contains("own.service does not run, and did not before."), "\(applied.story)")
            #expect(try rig.text(Self.state) == "# one\nDescription=one\n")
        }

        @Test func `a unit that did not run before may stay so`() async throws {
            let rig = try await rig(Self.failing("one") + Self.start + "exit 0")
            let backup = try await rig.backUp(["cron", "systemd-units"])
            try rig.machine.run(Self.drift + Self.failing("two"))
            #expect(try rig.text("systemctl show -p SubState own") == "SubState=auto-restart\n")
            try await applyBesideBroken(rig, backup)
        }

        @Test func `a unit that had failed and lost its file may fail again`() async throws {
            let rig = try await rig(Self.unit("one", "ExecStart=/bin/false") + Self.start + "exit 0")
            let backup = try await rig.backUp(["cron", "systemd-units"])
            try rig.machine.wait(for: "systemctl is-failed own")
            try rig.machine.run(
                Self.drift + "rm /etc/systemd/system/own.service /etc/systemd/system/*.wants/own.service")
            #expect(try rig.text("systemctl is-failed own") == "failed\n")
            try await applyBesideBroken(rig, backup)
        }

        @Test func `a unit with the faults that it had before may come back`() async throws {
            let rig = try await rig(Self.unit("one", "ExecStart=/opt/gone"))
            let backup = try await rig.backUp(["cron", "systemd-units"])
            try rig.machine.run(Self.drift + Self.unit("two", "ExecStart=/opt/gone"))
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status == 0, "\(applied.story)")
            #expect(
                applied.text.contains("own.service has the faults that it had before."), "\(applied.story)")
            #expect(try rig.text(Self.state) == "# one\nDescription=one\n")
        }

        @Test func `a fault that was not there before refuses, and the error says how the rest comes back`()
            async throws
        {
            let rig = try await rig(Self.unit("one", "ExecStart=/opt/gone"))
            let backup = try await rig.backUp(["cron", "systemd-units"])
            try rig.machine.run(Self.drift + Self.unit("two", "ExecStart=/bin/true"))
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status == 7, "\(applied.story)")
            #expect(applied.errorText.contains("/opt/gone"), "\(applied.story)")
            #expect(applied.errorText.contains("The approval of the plan is used up"), "\(applied.story)")
            #expect(
                applied.errorText.contains(
                    "\(backup) --in-place --exclude /etc/systemd/system/own.service"),
                "\(applied.story)")
            #expect(try rig.text("cat /etc/cron.d/job") == "# two\n")
            // As it says.
            try await rig.home.expect(
                0, "restore", "apply", rig.approvedPlan(backup, ["--section", "cron"]))
            #expect(try rig.text("cat /etc/cron.d/job") == "# one\n")
        }

        @Test func `a unit that ran before and does not start takes everything back, with a way on`()
            async throws
        {
            let rig = try await rig(Self.failing("one") + "systemctl enable --quiet own")
            let backup = try await rig.backUp(["cron", "systemd-units"])
            try rig.machine.run(Self.drift + Self.unit("two", "ExecStart=/bin/sleep 1000") + Self.start)
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status != 0, "\(applied.story)")
            #expect(applied.errorText.contains("own.service does not start"), "\(applied.story)")
            #expect(applied.errorText.contains("The approval of the plan is used up"), "\(applied.story)")
            #expect(
                applied.errorText.contains(
                    "\(backup) --in-place --exclude /etc/systemd/system/own.service"),
                "\(applied.story)")
            #expect(
                try rig.text(Self.state + "; systemctl is-active own")
                    == "# two\nDescription=two\nactive\n")
        }
    }
}
