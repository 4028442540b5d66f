import Basics
import TestSupport
import Testing

extension Integration {
    /// What restores leave on a device, however they end: no file, no folder and no unit.
    @Suite(
        "RestoreLeftovers", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreLeftoversTests {
        private static func unit(_ word: String, _ program: String) -> String {
            "printf '[Unit]\\nDescription=\(word)\\n[Service]\\nExecStart=\(program)\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/own.service; systemctl daemon-reload; systemctl enable --quiet own; systemctl restart own || :; "
        }

        /// A machine on which a unit drifted: what reads units anew knows all of a run's own as well.
        private func drifted(_ program: String = "/bin/sleep 1000") async throws -> (RestoreRig, String) {
            let rig = try await RestoreRig(Self.unit("one", program))
            let backup = try await rig.backUp(["systemd-units"])
            try rig.machine.run(Self.unit("two", "/bin/sleep 2000"))
            return (rig, backup)
        }

        @Test func `a restore that is kept leaves nothing, and neither does its undo`() async throws {
            let (rig, backup) = try await drifted()
            let before = try rig.leftovers()
            #expect(before == "")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            #expect(try rig.text("systemctl show -p Description own") == "Description=one\n")
            #expect(try rig.leftovers() == "")
            try await rig.home.expect(0, "restore", "undo", rig.newestRun())
            #expect(try rig.text("systemctl show -p Description own") == "Description=two\n")
            #expect(try rig.leftovers() == "")
        }

        @Test func `rules that filter and lie in no file come back with the rest`() async throws {
            let rig = try await RestoreRig(
                "printf 'flush ruleset\\ntable inet own {\\n}\\n' >/etc/nftables.conf; systemctl enable --quiet nftables"
            )
            let backup = try await rig.backUp(["firewall", "systemd-units"])
            try rig.machine.run(
                """
                echo '# none' >/etc/nftables.conf; systemctl disable --quiet nftables
                nft add table inet mine; nft 'add chain inet mine input { type filter hook input priority 10; }'
                nft add rule inet mine input tcp dport 9999 drop; iptables -N HANDMADE; iptables -A HANDMADE -p tcp --dport 9 -j DROP
                """)
            let rules = "nft -s list table inet mine; iptables-save | grep -v '^[#:]'; nft list tables | sort"
            let live = try rig.text(rules)
            #expect(live.contains("HANDMADE") && live.contains("9999"))
            let plan = try await rig.home.json(0, "restore", "plan", backup, "--in-place")
            let warnings = (plan["warnings"]?.array ?? []).compactMap(\.string)
            #expect(
                warnings.contains { $0.hasPrefix("The rules of the firewall are loaded anew") }, "\(warnings)"
            )
            try await rig.swapAndDie(rig.approvedPlan(backup), patience: 20)
            #expect(try rig.text("nft list tables").contains("inet mine") == false)
            try rig.machine.run(
                "for i in $(seq 240); do grep -q undone /var/lib/holdfast/run-*/phase && exit 0; sleep 0.5; done; exit 1"
            )
            #expect(try await rig.resumed() == "rolled-back")
            #expect(try rig.text(rules) == live)
            #expect(try rig.leftovers() == "")
        }

        @Test func `a restore that goes back leaves nothing`() async throws {
            let (rig, backup) = try await drifted("/bin/sleep 1\\nExecStartPre=/bin/false")
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(try await rig.newestState() == "rolled-back", "\(applied.story)")
            #expect(try rig.leftovers() == "")
        }

        @Test func `a check that refuses leaves nothing`() async throws {
            let (rig, backup) = try await drifted("/opt/gone")
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(try await rig.newestState() == "refused", "\(applied.story)")
            #expect(try rig.leftovers() == "")
        }

        @Test func `what the watch took back leaves nothing once it is known`() async throws {
            let (rig, backup) = try await drifted()
            try await rig.swapAndDie(rig.approvedPlan(backup), patience: 20)
            try rig.machine.run(
                "for i in $(seq 240); do grep -q undone /var/lib/holdfast/run-*/phase && exit 0; sleep 0.5; done; exit 1"
            )
            #expect(try await rig.resumed() == "rolled-back")
            #expect(try rig.leftovers() == "")
        }

        @Test func `what a starting machine took back leaves nothing once it is known`() async throws {
            let (rig, backup) = try await drifted()
            try await rig.swapAndDie(rig.approvedPlan(backup))
            try rig.machine.restart()
            #expect(try await rig.resumed() == "rolled-back")
            #expect(try rig.text("systemctl show -p Description own") == "Description=two\n")
            #expect(try rig.leftovers() == "")
        }
    }
}
