import Basics
import TestSupport
import Testing

extension Integration {
    /// Units that are switched on by a restore, on a real machine.
    @Suite(
        "UnitSwitch", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct UnitSwitchTests {
        private static let setup = #"""
            unit() { printf '[Unit]\nDescription=x\n[Service]\nExecStart=%s\n[Install]\nWantedBy=multi-user.target\n' "$2" >"/etc/systemd/system/$1"; }
            unit own.service '/bin/sleep 100000'; unit tm@.service '/bin/sleep 100000'; unit bad.service /bin/sleep
            systemctl daemon-reload; systemctl enable --quiet --now own tm@one; systemctl enable --quiet bad
            """#
        private let list = """
            for u in own tm@one bad; do printf '%s %s\\n' "$(systemctl is-enabled $u)" "$(systemctl is-active $u)"; done
            """

        @Test func `they run, also instances; one that does not start is told; an undo stops them`()
            async throws
        {
            let rig = try await RestoreRig(Self.setup)
            let backup = try await rig.backUp(["systemd-units"])
            try rig.machine.run("systemctl disable --quiet --now own tm@one bad")
            let drifted = try rig.text(list)
            #expect(drifted == "disabled inactive\ndisabled inactive\ndisabled inactive\n")
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(applied.status == 3, "\(applied.story)")
            #expect(applied.text.contains("bad.service is enabled and does not start"), "\(applied.story)")
            #expect(applied.text.contains("own.service was started, as it is enabled"), "\(applied.story)")
            #expect(try rig.text(list) == "enabled active\nenabled active\nenabled failed\n")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text(list) == drifted)
        }
    }
}
