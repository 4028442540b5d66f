import Basics
import TestSupport
import Testing

extension Integration {
    /// Instances of a real LXD: backed up, lost with all that they need, and brought back.
    @Suite(
        "RealInstance", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RealInstanceTests {
        /// A daemon with an image of busybox, a storage pool, a bridge and a profile of its own, and two instances.
        private static let setup = #"""
            set -e
            systemctl start lxd.socket lxd
            printf '%s\n' 'storage_pools:' '- {name: default, driver: dir}' 'profiles:' '- name: default' '  devices:' \
                '    root: {path: /, pool: default, type: disk}' | lxd init --preseed
            cd "$(mktemp -d)"
            mkdir rootfs
            tar -C rootfs -xf /opt/img/busybox.tar
            mkdir -p rootfs/sbin rootfs/proc rootfs/sys rootfs/dev
            printf '#!/bin/sh\nexec /bin/sleep 100000\n' >rootfs/sbin/init
            chmod 755 rootfs/sbin/init
            printf '%s\n' 'architecture: x86_64' 'creation_date: 1700000000' 'properties: {os: busybox}' >metadata.yaml
            tar -czf image.tar.gz metadata.yaml rootfs
            lxc -q image import image.tar.gz --alias bb
            lxc -q storage create fast dir
            lxc -q network create hfbr0 ipv4.address=10.98.7.1/24 ipv6.address=none
            lxc -q profile create web
            lxc -q profile set web user.token=hunter2-hunter2-9
            lxc -q profile device add web eth0 nic network=hfbr0 name=eth0
            lxc -q launch bb web -p default -p web -s fast
            lxc -q init bb old
            lxc exec web -- sh -c 'echo marker-1 >/etc/marker'
            lxc -q snapshot web first
            rm -rf /root/.config/lxc
            """#

        private static let loss = """
            lxc -q delete -f web old
            lxc -q profile delete web
            lxc -q network delete hfbr0
            lxc -q storage delete fast
            rm -rf /root/.config/lxc
            """

        /// What there is and how it is set, in the client's words.
        private func state(_ rig: RestoreRig) throws -> String {
            try rig.text(
                """
                lxc list -f csv -c ns 2>/dev/null; lxc profile show web | grep -v used_by; lxc network get hfbr0 ipv4.address
                lxc storage get fast source; lxc exec web -- cat /etc/marker; lxc info web | grep -o ' first ' | head -n 1
                lxc config device get web root pool; rm -rf /root/.config/lxc; exit 0
                """)
        }

        @Test func `they come back with their profile, network and pool, and an undo takes all of it away`()
            async throws
        {
            let rig = try await RestoreRig(Self.setup)
            let backup = try await rig.backUp(["lxd", "lxd-data"], ["--include-data"])
            #expect(
                try rig.text("ls -A /root/.config/lxc /var/tmp 2>/dev/null | grep -E 'holdfast|yml'; exit 0")
                    == "")
            let before = try state(rig)
            #expect(before.contains("web,RUNNING") && before.contains("marker-1"), "\(before)")
            try rig.machine.run(Self.loss)

            let sections = ["--section", "lxd", "--section", "lxd-data"]
            let planned = try await rig.home.run(
                ["restore", "plan", backup, "--in-place", "--json"] + sections)
            let steps = try planned.json()["steps"]?.array?.map {
                "\($0["action"]?.string ?? "") \($0["subject"]?.string ?? "")"
            }
            #expect(
                steps == [
                    "import-instance old", "create-instance-part storage-pool fast",
                    "create-instance-part network hfbr0", "create-instance-part profile web",
                    "import-instance web",
                ], "\(planned.story)")
            #expect(!planned.story.contains("hunter2"))
            let applied = try await rig.home.json(
                0, "restore", "apply", try await rig.approvedPlan(backup, sections))
            #expect(applied["state"] == "kept", "\(applied)")
            var after = try state(rig)
            // A daemon that is busy answers late.
            for _ in 0..<20 where after != before {
                try await Task.sleep(for: .seconds(1))
                after = try state(rig)
            }
            #expect(after == before, "\(after)\nwas:\n\(before)")
            #expect(try rig.leftovers() == "")
            #expect(try rig.text("ls -A /root/.config/lxc 2>/dev/null; exit 0") == "")

            let run = try #require(applied["run"]?.string)
            // What was written since goes with it: that is for a person to say, and the safety copy keeps it.
            try rig.machine.run("lxc exec web -- sh -c 'echo precious >/etc/since'; rm -rf /root/.config/lxc")
            try await rig.home.expect(6, "restore", "undo", run)
            try await rig.home.undo(run, of: "box")
            let names =
                "lxc list -f csv -c n 2>/dev/null; lxc profile list -f csv | cut -d, -f1; lxc storage list -f csv | cut -d, -f1"
            let left = try rig.text(names)
            #expect(left == "default\ndefault\n", "\(left)")
            #expect(try rig.text("lxc network show hfbr0 >/dev/null 2>&1 || echo gone") == "gone\n")

            let back = try await rig.home.run(["restore", "undo", try await rig.newestRun()])
            #expect(
                back.errorText.contains("Plan them from its safety copy: holdfast restore plan"),
                "\(back.story)")
            let copy = back.errorText.split(separator: " ").last { $0.contains("Z-") }
            let again = try await rig.approvedPlan(String(copy ?? ""))
            try await rig.home.expect(0, "restore", "apply", again)
            #expect(try rig.text("lxc exec web -- cat /etc/since; rm -rf /root/.config/lxc") == "precious\n")
        }

        @Test func `one that does not start goes again, with all that was made for it`() async throws {
            let rig = try await RestoreRig(Self.setup)
            let backup = try await rig.backUp(["lxd", "lxd-data"], ["--include-data"])
            // Somebody else's interface has the name of its bridge; the pool was made before that shows.
            try rig.machine.run(Self.loss + "\nip link add hfbr0 type bridge")
            let outcome = try await rig.home.run(["restore", "apply", try await rig.approvedPlan(backup)])
            #expect(outcome.status != 0, "\(outcome.story)")
            #expect(
                outcome.errorText.contains("the network hfbr0 of lxc has come into being meanwhile"),
                "\(outcome.story)")
            #expect(!outcome.story.contains("hunter2"))
            let names =
                "lxc list -f csv -c n 2>/dev/null; lxc profile list -f csv | cut -d, -f1; lxc storage list -f csv | cut -d, -f1"
            #expect(try rig.text(names) == "default\ndefault\n")
            #expect(try rig.leftovers() == "")
        }
    }
}
