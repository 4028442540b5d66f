import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Restores that lock out, are killed, cut off, or find no room.
    @Suite(
        "RestoreFaults", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(30)))
    struct RestoreFaultTests {
        /// A way to lock everybody out that no validator can see.
        enum Lockout: String, CaseIterable {
            case sshd
            case network

            var section: String { self == .sshd ? "sshd" : "network-config" }

            var file: String {
                self == .sshd ? "/etc/ssh/sshd_config" : "/etc/systemd/network/10-eth0.network"
            }

            var breaks: String {
                switch self {
                case .sshd: "printf 'AllowUsers nobody\\n' >>\(file)"
                case .network: "sed -i 's/^Address=.*/Address=192.0.2.77\\/24/' \(file)"
                }
            }
        }

        /// What a restore may have changed or left behind.
        private static let state = """
            cat /etc/cron.d/*; stat -c '%n %a %U' /etc/cron.d/* | sort
            find / -xdev -name '.holdfast-*' 2>/dev/null; ls /var/lib/holdfast 2>/dev/null; exit 0

            """

        private func prepared(_ text: String) async throws -> (TestMachine, HoldfastHome) {
            let machine = try TestMachine()
            try machine.run(text)
            let home = try await HoldfastHome.initialised()
            try await home.add(machine, as: "box", account: .root)
            return (machine, home)
        }

        private func backUp(_ home: HoldfastHome, _ more: String...) async throws -> String {
            let outcome = try await home.run(["backup", "create", "box", "--json"] + more)
            return try #require(
                try outcome.json()["backups"]?.array?.first?["backup"]?.string, "\(outcome.story)")
        }

        private func approvedPlan(
            _ home: HoldfastHome, _ backup: String, _ more: [String] = []
        ) async throws -> String {
            let outcome = try await home.run(["restore", "plan", backup, "--in-place", "--json"] + more)
            let plan = try #require(try outcome.json()["plan"]?.string, "\(outcome.story)")
            try await home.approve(plan, of: "box")
            return plan
        }

        @Test(arguments: Lockout.allCases, [false, true])
        func `a machine that locks everybody out comes back by itself`(
            _ lockout: Lockout, isKilled: Bool
        ) async throws {
            let (machine, home) = try await prepared(":")
            try machine.run("cp -a \(lockout.file) /root/sound")
            try machine.run(lockout.breaks)
            let backup = try await backUp(
                home, "--only", lockout.section, "--only", "identity", "--only", "users")
            try machine.run("cp -a /root/sound \(lockout.file)")
            let plan = try await approvedPlan(home, backup)
            let run = try home.start(["restore", "apply", plan, "--confirm-within", "20"])
            let clock = ContinuousClock()
            if isKilled {
                try machine.wait(for: "grep -q -e swapping -e swapped /var/lib/holdfast/run-*/phase")
                run.signal(SIGKILL)
            }
            let start = clock.now
            let outcome = await run.outcome(within: .seconds(240))
            if isKilled {
                var resumed = try await home.run(["restore", "resume"])
                while resumed.status != 0, clock.now - start < .seconds(120) {
                    resumed = try await home.run(["restore", "resume"])
                }
                #expect(resumed.text.contains("rolled-back"), "\(resumed.story)")
            } else {
                #expect(outcome.status != 0, "\(outcome.story)")
                #expect(outcome.errorText.contains("all is as it was"), "\(outcome.story)")
                #expect(outcome.errorText.contains("nobody confirmed it in time"), "\(outcome.story)")
            }
            print(
                "\(lockout.rawValue), Holdfast \(isKilled ? "killed" : "alive"): reachable again after",
                clock.now - start)
            #expect(try machine.read("/root/sound") == machine.read(lockout.file))
            #expect(
                String(
                    decoding: try machine.run("find / -xdev -name '*holdfast*'; exit 0"),
                    as: UTF8.self) == "")
            try await home.expect(0, "device", "check", "box")
        }

        /// How a restore is disturbed.
        enum Disturbance: String, CaseIterable {
            case killed
            case cut
        }

        @Test(arguments: Disturbance.allCases)
        func `whenever it is disturbed, the machine is in the old state or the new one`(
            _ disturbance: Disturbance
        ) async throws {
            let (machine, home) = try await prepared(
                "for i in 1 2 3 4 5 6 7 8; do echo \"# sound $i\" >/etc/cron.d/job$i; done; mkdir -p /etc/cron.d"
            )
            let backup = try await backUp(home, "--only", "cron", "--only", "identity", "--only", "users")
            let sound = try machine.run(Self.state)
            let drift =
                "for i in 1 2 3 4; do echo drifted >/etc/cron.d/job$i; done; rm -f /etc/cron.d/job5; echo x >/etc/cron.d/more; chmod 600 /etc/cron.d/job6"
            var ends: [String: Int] = [:]
            let step = HoldfastHome.isExtended ? 40 : 400
            for delay in stride(from: 0, through: 2800, by: step) {
                try machine.run(drift)
                let drifted = try machine.run(Self.state)
                let plan = try await approvedPlan(home, backup)
                let run = try home.start(["restore", "apply", plan, "--confirm-within", "20"])
                usleep(UInt32(delay * 1000))
                switch disturbance {
                case .killed: run.signal(SIGKILL)
                case .cut: try machine.run("pkill -9 -f 'sshd: root' || :")
                }
                let outcome = await run.outcome(within: .seconds(200))
                var resumed = try await home.run(["restore", "resume", "--json"])
                for _ in 0..<30 where resumed.status != 0 {
                    resumed = try await home.run(["restore", "resume", "--json"])
                }
                #expect(resumed.status == 0, "\(resumed.story)")
                let now = try machine.run(Self.state)
                let list = try await home.json(0, "restore", "list", "--limit", "1")
                let state = list["runs"]?.array?.first?["state"]?.string ?? "none"
                #expect(
                    now == sound || now == drifted,
                    "disturbed after \(delay) ms: \(DeviceText.string(now))\n\(outcome.story)")
                if outcome.status == 0 { #expect(now == sound) }
                let said = list["runs"]?.array?.first?["plan"]?.string == plan ? state : "never begun"
                #expect(
                    (said == "kept") == (now == sound), "after \(delay) ms it said \(said)\n\(outcome.story)")
                ends[said, default: 0] += 1
            }
            print("\(disturbance.rawValue): \(ends)")
        }

        @Test func `without a safety copy nothing is changed`() async throws {
            let (machine, home) = try await prepared("echo '# sound' >/etc/cron.d/job")
            let backup = try await backUp(home, "--only", "cron", "--only", "identity", "--only", "users")
            try machine.run("echo drifted >/etc/cron.d/job")
            let drifted = try machine.run(Self.state)
            let plan = try await approvedPlan(home, backup)
            try Shell.run(
                "mv '\(home.path)/vault/backups' '\(home.path)/vault/aside' && cp -r '\(home.path)/vault/aside' '\(home.path)/vault/backups' && chattr +i '\(home.path)/vault/backups'"
            )
            defer { _ = try? Shell.run("chattr -i '\(home.path)/vault/backups'") }
            let outcome = try await home.run(["restore", "apply", plan])
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("nothing was changed"), "\(outcome.story)")
            #expect(try machine.run(Self.state) == drifted)
        }

        @Test(arguments: ["/var/lib/holdfast", "/etc/cron.d"])
        func `without room on the device nothing is changed`(_ folder: String) async throws {
            let (machine, home) = try await prepared(
                "head -c 300000 /dev/urandom | od | sed 's,^,# ,' >/etc/cron.d/big; echo '# sound' >/etc/cron.d/job"
            )
            let backup = try await backUp(home, "--only", "cron", "--only", "identity", "--only", "users")
            try machine.run("echo drifted >/etc/cron.d/job; rm /etc/cron.d/big")
            let plan = try await approvedPlan(home, backup)
            try machine.run(
                """
                mkdir -p \(folder) /root/kept; cp -a \(folder)/. /root/kept
                mount -t tmpfs -o size=48k,mode=755 none \(folder); cp -a /root/kept/. \(folder)
                """)
            let drifted = try machine.run(Self.state)
            // A plan that is made now says so itself.
            let late = try await home.run(["restore", "plan", backup, "--in-place", "--json"])
            let conflicts = try late.json()["conflicts"]?.array?.compactMap(\.string) ?? []
            #expect(conflicts.contains { $0.contains(" to \(folder), where ") }, "\(late.story)")
            let outcome = try await home.run(["restore", "apply", plan])
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("No space left"), "\(outcome.story)")
            #expect(try machine.run(Self.state) == drifted)
        }
    }
}
