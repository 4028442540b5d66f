import Basics
import TestSupport
import Testing

extension Integration {
    /// Restores that somebody ends while the device is at work.
    @Suite(
        "RestoreCancel", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreCancelTests {
        /// The program that hangs, by what the device is doing then.
        enum Moment: String, CaseIterable, Sendable {
            case safetyCopy = "uname"
            case rehearsal = "crontab"
        }

        private func state(_ bench: RefusalBench) throws -> String {
            DeviceText.string(
                try bench.machine.run(
                    """
                    ls -a /etc/cron.d; cat /etc/cron.d/*; stat -c '%n %a %U %y' /etc/cron.d/*
                    find / -xdev -name '.holdfast-*' 2>/dev/null; ls -A /var/lib/holdfast 2>/dev/null; exit 0

                    """))
        }

        /// What of Holdfast runs on the machine.
        private func processes(_ bench: RefusalBench, _ moment: Moment) throws -> [String] {
            DeviceText.lines(try bench.machine.run("ps -e -o args")).filter { line in
                line.contains("hf_") || line.contains("holdfast") || line.contains(moment.rawValue)
            }
        }

        /// A machine on which the moment's program hangs while `/run/hold` is there.
        private func bench(hangingIn moment: Moment) async throws -> RefusalBench {
            let bench = try await RefusalBench()
            let tool = moment.rawValue
            try bench.machine.run(
                """
                cat >/usr/local/sbin/\(tool) <<'END'
                #!/bin/sh
                # The machine itself asks for it as well.
                [ -n "${HF_UID:-}" ] && [ -e /run/hold ] && : >/run/held
                while [ -n "${HF_UID:-}" ] && [ -e /run/hold ]; do sleep 0.2; done
                exec /usr/bin/\(tool) "$@"
                END
                chmod 755 /usr/local/sbin/\(tool)

                """)
            return bench
        }

        /// Applies a plan until the program hangs; the job.
        private func applied(_ plan: String, on bench: RefusalBench) async throws -> String {
            try bench.machine.run(": >/run/hold")
            let started = try await bench.home.json(0, "restore", "apply", plan, "--background")
            let job = try #require(started["job"]?.string)
            try bench.machine.wait(for: "[ -e /run/held ]")
            return job
        }

        @Test(arguments: Moment.allCases)
        func `what runs on the device ends within seconds, and nothing was changed`(
            _ moment: Moment
        ) async throws {
            let bench = try await bench(hangingIn: moment)
            let plan = try await bench.approvedPlan()
            let before = try state(bench)
            let job = try await applied(plan, on: bench)
            #expect(try !processes(bench, moment).isEmpty)

            let start = ContinuousClock.now
            let ended = try await bench.home.json(0, "job", "cancel", job)
            #expect(ended["state"]?.string == "cancelled", "\(ended)")
            var left = try processes(bench, moment)
            while !left.isEmpty, ContinuousClock.now - start < .seconds(15) {
                try await Task.sleep(for: .milliseconds(100))
                left = try processes(bench, moment)
            }
            print("cancelled in the \(moment): nothing ran on the device after", ContinuousClock.now - start)
            #expect(left.isEmpty, "\(left)")
            #expect(try state(bench) == before)
            let runs = try await bench.home.json(0, "restore", "list")["runs"]?.array ?? []
            let states = runs.compactMap { $0["state"]?.string }
            #expect(states.allSatisfy { $0 == "refused" }, "\(states)")

            try bench.machine.run("rm /run/hold")
            try await bench.home.expect(0, "restore", "resume")
            #expect(try state(bench) == before)
            try await bench.home.expect(0, "restore", "apply", try await bench.approvedPlan())
            #expect(try bench.machine.line("cat /etc/cron.d/job") == "sound")
            try await bench.home.expect(0, "audit", "verify")
        }

        /// The programs of the run go first and its folder long after them, and the question comes between, as on a busy machine.
        @Test func `a run is never asked while half of it is gone`() async throws {
            let bench = try await bench(hangingIn: .rehearsal)
            try bench.machine.run(
                """
                cat >/usr/local/sbin/rm <<'END'
                #!/bin/sh
                for place do
                case $place in /var/lib/holdfast/*) /usr/bin/rm -rf "$place/settle" "$place/leftovers"; slow=1 ;; esac
                done
                [ -z "${slow:-}" ] || sleep 1.5
                exec /usr/bin/rm "$@"
                END
                printf '#!/bin/sh\n[ ! -e /run/held ] || sleep 1.7\nexec /usr/bin/id "$@"\n' >/usr/local/sbin/id
                chmod 755 /usr/local/sbin/rm /usr/local/sbin/id

                """)
            let plan = try await bench.approvedPlan()
            let before = try state(bench)
            let job = try await applied(plan, on: bench)
            #expect(try await bench.home.json(0, "job", "cancel", job)["state"]?.string == "cancelled")
            let runs = try await bench.home.json(0, "restore", "list")["runs"]?.array ?? []
            #expect(runs.compactMap { $0["state"]?.string } == ["refused"])
            try await Task.sleep(for: .seconds(3))
            #expect(try state(bench) == before)
        }

        /// What a clearing left that was cut off itself, as by a loss of power, is cleared away by whoever asks next.
        @Test func `half a run is no run`() async throws {
            let bench = try await bench(hangingIn: .rehearsal)
            let plan = try await bench.approvedPlan()
            let before = try state(bench)
            let job = try await applied(plan, on: bench)
            try bench.machine.run(
                """
                cd /var/lib/holdfast/run-* && mkdir begun && ( . ./lib; . "$D/leftovers" ) && rm settle leftovers
                pkill -9 -f '^sshd.*notty'

                """)
            try await bench.home.expect(3, "job", "show", job, "--follow")
            let runs = try await bench.home.json(0, "restore", "list")["runs"]?.array ?? []
            #expect(runs.compactMap { $0["state"]?.string } == ["refused"])
            #expect(
                DeviceText.string(try bench.machine.run("ls -A /var/lib/holdfast 2>/dev/null; exit 0"))
                    .isEmpty)
            try bench.machine.run("rm /run/hold")
            try bench.machine.wait(for: "! pgrep -f /var/lib/holdfast/run-")
            #expect(try state(bench) == before)
        }
    }
}
