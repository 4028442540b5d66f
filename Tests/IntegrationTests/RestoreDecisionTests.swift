import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Runs whose decision was taken and not carried out, by whomever, and devices that restart in between.
    @Suite(
        "RestoreDecision", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(15)))
    struct RestoreDecisionTests {
        /// A change that takes a few seconds to settle, so that nobody confirms it at once.
        private static let sound = """
            echo '# sound' >/etc/cron.d/job; echo '# sound' >/etc/sudoers.d/own; chmod 440 /etc/sudoers.d/own
            """
        private static let drift = """
            echo '# drift' >/etc/cron.d/job; echo '# drift' >/etc/sudoers.d/own; echo more >/etc/cron.d/more
            """
        private static let state = "cat /etc/cron.d/* /etc/sudoers.d/own; stat -c '%n %a' /etc/cron.d/*"

        /// A machine with a swapped run that nobody confirmed and no Holdfast waits for.
        private func waiting(
            patience: Int = 600
        ) async throws -> (rig: RestoreRig, sound: String, drifted: String) {
            let rig = try await RestoreRig(Self.sound)
            let sound = try rig.text(Self.state)
            let backup = try await rig.backUp(["cron", "sudoers"])
            try rig.machine.run(Self.drift)
            let drifted = try rig.text(Self.state)
            let plan = try await rig.approvedPlan(backup)
            try await rig.swapAndDie(plan, patience: patience)
            #expect(try rig.text(Self.state) == sound)
            return (rig, sound, drifted)
        }

        /// Where a decision may be cut off, as shell text in the run's folder that brings it there.
        struct Cut: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let text: String
            let isKept: Bool
        }

        static let cuts = [
            Cut(testDescription: "decided to keep, nothing done", text: "ln -s keep decided", isKept: true),
            Cut(
                testDescription: "kept, not cleared away",
                text: "ln -s keep decided; ( . ./lib; . $D/leftovers ); echo kept >phase", isKept: true),
            Cut(
                testDescription: "kept and noted, not cleared away",
                text:
                    "ln -s keep decided; ( . ./lib; . $D/leftovers ); echo kept >phase; : >/run/holdfast-kept-${PWD##*-}",
                isKept: true),
            Cut(
                testDescription: "cleared away but for the remains",
                text:
                    "r=${PWD##*-}; ( . ./lib; . $D/leftovers ); ( . ./lib; hf_disarm ); : >/run/holdfast-kept-$r; mv $PWD /var/lib/holdfast/.ended-$r",
                isKept: true),
            Cut(testDescription: "decided to undo, nothing done", text: "ln -s undo decided", isKept: false),
            Cut(
                testDescription: "half undone",
                text:
                    "ln -s undo decided; echo undoing >phase; . ./lib; head -n 1 $D/back >$D/half; . $D/half",
                isKept: false),
            Cut(
                testDescription: "undone but for what lies beside",
                text: "ln -s undo decided; echo undoing >phase; ( . ./lib; . $D/back ); : >went-back",
                isKept: false),
        ]

        @Test(arguments: cuts)
        func `whoever comes next carries out what was decided`(_ cut: Cut) async throws {
            let (rig, sound, drifted) = try await waiting()
            try rig.machine.run("cd /var/lib/holdfast/run-* && { \(cut.text)\n}")
            #expect(try await rig.resumed() == (cut.isKept ? "kept" : "rolled-back"))
            #expect(try rig.text(Self.state) == (cut.isKept ? sound : drifted))
            #expect(try rig.leftovers() == "")
        }

        @Test func `the watch carries out a decision to keep when its confirmer died`() async throws {
            let (rig, sound, _) = try await waiting(patience: 20)
            try rig.machine.run("cd /var/lib/holdfast/run-* && ln -s keep decided")
            try rig.machine.run(
                "for i in $(seq 120); do [ -d /var/lib/holdfast/run-* ] || exit 0; sleep 0.5; done; exit 1")
            #expect(try rig.text(Self.state) == sound)
            #expect(try rig.leftovers() == "")
            #expect(try await rig.resumed() == "kept")
        }

        private func logins(_ rig: RestoreRig) throws -> Int {
            try rig.machine.run("journalctl --sync")
            let count = try rig.text("journalctl -q -o cat _COMM=sshd | grep -c 'Accepted publickey'; exit 0")
            return try #require(Int(count.filter(\.isNumber)))
        }

        @Test(arguments: [
            ("cron", "/etc/cron.d/job", 1), ("systemd-units", "/etc/systemd/system/own.service", 2),
        ])
        func `only what may cut the way to the machine takes a second connection`(
            _ section: String, _ path: String, _ connections: Int
        ) async throws {
            let rig = try await RestoreRig(
                "echo '# sound' >/etc/cron.d/job; printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/own.service"
            )
            let sound = try rig.text("cat \(path)")
            let backup = try await rig.backUp([section])
            try rig.machine.run("echo '# drift' >>\(path)")
            let plan = try await rig.approvedPlan(backup)
            let before = try logins(rig)
            let outcome = try await rig.home.run(["restore", "apply", plan])
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(outcome.text.contains("Read back: the path is as the backup has it"), "\(outcome.story)")
            #expect(try logins(rig) - before == connections)
            #expect(try rig.text("cat \(path)") == sound)
            #expect(try rig.leftovers() == "")
        }

        @Test func `a device that does not hear the word goes back`() async throws {
            let rig = try await RestoreRig("echo '# sound' >/etc/cron.d/job")
            let state = "cat /etc/cron.d/job; ls -A /etc/cron.d"
            let backup = try await rig.backUp(["cron"])
            try rig.machine.run("echo '# drift' >/etc/cron.d/job")
            let drifted = try rig.text(state)
            let plan = try await rig.approvedPlan(backup)
            // The validator waits for us.
            try rig.machine.run(
                "printf '#!/bin/sh\\nuntil [ -e /run/go ]; do sleep 0.1; done\\n' >/usr/local/sbin/crontab; chmod 755 /usr/local/sbin/crontab"
            )
            let run = try rig.home.start(["restore", "apply", plan, "--confirm-within", "20"])
            try rig.machine.wait(for: "grep -q staged /var/lib/holdfast/run-*/phase")
            run.signal(SIGSTOP)
            try rig.machine.run(": >/run/go")
            try rig.machine.run(
                "for i in $(seq 240); do grep -q undone /var/lib/holdfast/run-*/phase && exit 0; sleep 0.5; done; exit 1"
            )
            #expect(try rig.text(state) == drifted)
            run.signal(SIGCONT)
            let outcome = await run.outcome(within: .seconds(120))
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("all is as it was"), "\(outcome.story)")
            #expect(try await rig.newestState() == "rolled-back")
            #expect(try rig.leftovers() == "")
        }

        @Test func `a device that restarts before the confirmation goes back`() async throws {
            let (rig, _, drifted) = try await waiting()
            try rig.machine.restart()
            #expect(try rig.text(Self.state) == drifted)
            #expect(try rig.text("cat /var/lib/holdfast/run-*/phase") == "undone\n")
            #expect(try rig.text("find /etc/systemd -name '*holdfast*'") == "")
            #expect(try await rig.resumed() == "rolled-back")
            #expect(try rig.leftovers() == "")
        }

        @Test func `a firewall that locks everybody out is not loaded by the device that restarts`()
            async throws
        {
            let rig = try await RestoreRig(
                #"printf 'flush ruleset\ntable inet bad {\nchain input {\ntype filter hook input priority 0; policy drop;\n}\n}\n' >/etc/nftables.conf"#
            )
            let backup = try await rig.backUp(["firewall"])
            try rig.machine.run(
                #"printf 'flush ruleset\ntable inet good {\n}\n' >/etc/nftables.conf; systemctl enable --quiet --now nftables"#
            )
            try await rig.swapAndDie(rig.approvedPlan(backup))
            #expect(try rig.text("nft list tables inet") == "table inet bad\n")
            try rig.machine.run("nft flush ruleset")
            try rig.machine.restart()
            #expect(try rig.text("nft list tables inet") == "table inet good\n")
            #expect(try await rig.resumed() == "rolled-back")
            #expect(try rig.leftovers() == "")
        }

        @Test func `a device that restarts after the decision keeps to it`() async throws {
            let (rig, sound, _) = try await waiting()
            try rig.machine.run("cd /var/lib/holdfast/run-* && ln -s keep decided")
            try rig.machine.restart()
            #expect(try rig.text(Self.state) == sound)
            #expect(try await rig.resumed() == "kept")
            #expect(try rig.leftovers() == "")
        }

        @Test func `a way back brings a run that was cut off to its end first, and asks a person`()
            async throws
        {
            let (rig, sound, _) = try await waiting()
            // Nobody recorded what the run left, hence its own approval does not reach to the way back.
            let refused = try await rig.home.run(["restore", "undo", rig.newestRun()])
            #expect(
                refused.status == 6 && refused.errorText.contains("needs the yes of a person"),
                "\(refused.story)")
            #expect(try rig.text(Self.state) == sound)
            #expect(try rig.machine.line("ls /var/lib/holdfast | grep -c run- || true") == "0")
            #expect(try rig.leftovers() == "")
        }

        @Test func `two runs never meet on a device`() async throws {
            let (rig, sound, _) = try await waiting()
            try rig.machine.run("echo '# other' >/etc/cron.d/job")
            // Another Holdfast knows nothing of the run that waits.
            let other = try await HoldfastHome.initialised()
            try await other.add(rig.machine, as: "box", account: .root)
            _ = try await other.run(
                ["backup", "create", "box", "--only", "cron", "--only", "identity", "--only", "users"])
            try rig.machine.run("echo '# third' >/etc/cron.d/job")
            let planned = try await other.json(0, "restore", "plan", "latest:box", "--in-place")
            let plan = try #require(planned["plan"]?.string)
            try await other.approve(plan, of: "box")
            let refused = try await other.run(["restore", "apply", plan])
            #expect(refused.status != 0)
            #expect(refused.errorText.contains("another restore is under way"), "\(refused.story)")
            try rig.machine.run("echo '# sound' >/etc/cron.d/job")
            #expect(try await rig.resumed() == "kept")
            #expect(try rig.text(Self.state) == sound)
        }
    }
}
