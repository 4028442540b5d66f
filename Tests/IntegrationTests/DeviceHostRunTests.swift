import Basics
import TestSupport
import Testing

extension Integration {
    /// Configuration of assistants' programs on another machine, over SSH.
    @Suite("Host configuration of devices", .timeLimit(.minutes(20)))
    struct DeviceHostRunTests {
        private static let text = #"{"mcpServers": {"a": {"command": "/bin/a"}}} // kept"#

        @Test func `a wiped file comes back by a plan that a person approved`() async throws {
            let rig = try await RestoreRig(
                """
                mkdir -p /root/.gemini; printf '%s' '\(Self.text)' >/root/.gemini/settings.json
                chmod 640 /root/.gemini/settings.json
                touch -d '2024-02-03 04:05:06' /root/.gemini/settings.json

                """)
            let look = "stat -c '%a %U %Y' /root/.gemini/settings.json; cat /root/.gemini/settings.json"
            let before = try rig.text(look)
            let hosts = try await rig.home.json(0, "host-config", "hosts", "--device", "box")
            #expect(hosts["hosts"]?.array?.map { $0["host"] } == ["gemini-cli"])
            let made = try await rig.home.json(0, "host-config", "backup", "--all", "--device", "box")
            let backup = try #require(made["hosts"]?[0]?["backup"]?.string)
            try rig.machine.run("echo >/root/.gemini/settings.json")
            let diff = try await rig.home.json(0, "host-config", "diff", "gemini-cli", "--device", "box")
            #expect(diff["files"]?[0]?["removed"] == ["a"])
            let refused = try await rig.home.run(["host-config", "restore", "gemini-cli", "--device", "box"])
            #expect(
                refused.status != 0 && refused.story.contains("holdfast restore plan")
                    && refused.story.contains("\(backup) --device box --in-place"),
                "\(refused.story)")
            let plan = try await rig.approvedPlan(backup, ["--device", "box"])
            try await rig.home.expect(0, "restore", "apply", plan)
            #expect(try rig.text(look) == before)
            #expect(try rig.leftovers() == "")
        }

        @Test(.enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"))
        func `a small userland is read as well`() async throws {
            let world = try DeviceWorld(DeviceWorld.Options(.busybox))
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "box")
            let found = try await home.run(["host-config", "hosts", "--device", "box", "--json"])
            #expect(found.status == 0, "\(found.story)")
        }
    }
}
