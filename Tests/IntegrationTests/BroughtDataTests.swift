import Basics
import TestSupport
import Testing

extension Integration {
    /// Bind mounts that were gone and came back, and how their way back ends whatever is there by then.
    @Suite(
        "BroughtData", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .enabled(if: HoldfastHome.isExtended, "takes minutes: HOLDFAST_EXTENDED=1"),
        .timeLimit(.minutes(10)))
    struct BroughtDataTests {
        /// Four containers: on a folder, through a link, through a link on the way, and on a single file.
        private static let setup = #"""
            set -e
            mkdir -p /vol/plain /vol/tgt /vol/mid/sub /vol/single /opt; ln -s /vol/tgt /opt/lnk; ln -s /vol/mid /midl
            for f in plain tgt mid/sub; do echo good >/vol/$f/rows; done; echo good >/vol/single/conf
            run() { docker run -d --restart always --stop-signal SIGKILL "$@" busybox:1 sh -c 'while :; do date >>/v/log; sleep 0.2; done'; }
            run --name plain -v /vol/plain:/v; run --name lnk -v /opt/lnk:/v; run --name mid -v /midl/sub:/v
            docker run -d --restart always --stop-signal SIGKILL --name file -v /vol/single/conf:/conf busybox:1 \
            sh -c 'while :; do date >>/conf; sleep 0.2; done'

            """#
        private static let state = "docker ps -a --format '{{.Names}} {{.State}}' | sort"
        /// What the containers see, as far as it is there: a folder that is gone is still seen by one that was not stopped.
        private static let seen = """
            for c in plain lnk mid file; do docker exec $c sh -c "grep -c deleted /proc/self/mountinfo || :"; done 2>&1
            """
        private static let allUp = "file running\nlnk running\nmid running\nplain running\n"

        @Test func `containers behind links get the folder that came back, and stand still when it goes`()
            async throws
        {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            for loss in ["rm -rf /vol", "docker stop plain lnk mid file; rm -rf /vol"] {
                try rig.machine.run(loss)
                try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
                #expect(try rig.text(Self.seen) == "0\n0\n0\n0\n", "\(loss)")
                #expect(try rig.text(Self.state) == Self.allUp, "\(loss)")
                #expect(
                    try rig.text(
                        "cat /opt/lnk/rows /midl/sub/rows /vol/plain/rows; head -n 1 /vol/single/conf")
                        == "good\ngood\ngood\ngood\n", "\(loss)")
                let run = try await rig.newestRun()
                try await rig.home.undo(run, of: "box")
                #expect(try rig.text("ls -d /vol 2>&1 || :").contains("No such file"), "\(loss)")
                #expect(
                    try rig.text(Self.state) == Self.allUp.replacing("running", with: "exited"), "\(loss)")
                #expect(try rig.leftovers() == "", "\(loss)")
            }
            // The containers as well, and what was taken back once more from the safety copy of that, which has no links.
            try rig.machine.run("docker rm -f plain lnk mid file; rm -rf /vol")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            try await rig.home.undo(rig.newestRun(), of: "box")
            let taken = try await rig.home.json(0, "restore", "show", rig.newestRun())["run"] ?? .null
            let copy = try #require(taken["safetyCopy"]?.string)
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(copy))
            #expect(try rig.text(Self.state) == Self.allUp)
            #expect(try rig.text(Self.seen) == "0\n0\n0\n0\n")
        }

        @Test func `what somebody put beside it stays, and what is in its place meanwhile makes room`()
            async throws
        {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker stop plain lnk mid file; rm -rf /vol")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            let run = try await rig.newestRun()
            try rig.machine.run("echo mine >/vol/other")
            let asked = try await rig.home.json(6, "restore", "undo", run)
            let id = try #require(asked["error"]?["message"]?.string)
            #expect(id.contains("person"), "\(asked)")
            // The machine cannot start one of them again: all goes back, and each file is where it was.
            try rig.machine.run(
                "docker run -d --name late --restart always -v /vol/other:/o busybox:1 sleep 100000")
            let outcome = try await rig.home.undo(run, of: "box")
            #expect(
                outcome.contains("/vol stays: something is in it that the run did not bring"), "\(outcome)")
            #expect(try rig.text("find /vol | sort") == "/vol\n/vol/other\n")
            #expect(try rig.text("cat /vol/other") == "mine\n")
            let left = try rig.leftovers()
            #expect(left == "")
        }

        @Test func `what a run started that goes back stands still again`() async throws {
            let bench = try await SwapBench(
                Self.setup
                    + "mkdir /srv/zz; docker run -d --name zz --stop-signal SIGKILL -v /srv/zz:/z busybox:1 sleep 100000\n"
            )
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run(
                "docker stop plain lnk mid file zz; rm -rf /vol")
            // One that cannot be started takes all back.
            let id = try await rig.approvedPlan(backup)
            try rig.machine.run("rmdir /srv/zz; touch /srv/zz")
            let outcome = try await rig.home.run(["restore", "apply", id])
            #expect(
                outcome.status == 7 && outcome.errorText.contains("zz does not start"), "\(outcome.story)")
            #expect(try rig.text("docker ps --format '{{.Names}}'; ls -d /vol 2>&1 || :").contains("No such"))
            #expect(try rig.text("docker ps --format '{{.Names}}'") == "")
            let left = try rig.leftovers()
            #expect(left == "")
        }

        @Test func `one that never ran for long keeps nothing else from coming back`() async throws {
            func wait(until state: String) -> String {
                "until [ \"$(docker inspect --format '{{.State.Status}}' bad)\" = \(state) ] && [ \"$(docker inspect --format '{{.RestartCount}}' bad)\" -gt 2 ]; do sleep 0.1; done\n"
            }
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /srv/d; echo good >/srv/d/rows
                docker run -d --name bad --restart always -v /srv/d:/d busybox:1 sh -c 'sleep 3; exit 3'

                """# + wait(until: "running"))
            let rig = bench.rig
            let backup = try await bench.backUp()
            // It runs for a moment, or waits to be started again, when it is planned, carried out and taken back.
            for (loss, lost) in [
                (wait(until: "running") + "echo other >/srv/d/rows", "other\n"),
                (wait(until: "restarting") + "echo other >/srv/d/rows", "other\n"),
                ("docker rm -f bad; rm -rf /srv/d", ""),
            ] {
                try rig.machine.run(loss)
                let made = try await rig.approvedPlan(backup, ["--replace-data"])
                let told = try await rig.home.json(0, "restore", "show", made)["plan"]?["warnings"] ?? .null
                #expect("\(told)".contains("Container bad ended and was started again and again"), "\(told)")
                try await rig.home.expect(0, "restore", "apply", made)
                #expect(try rig.text("cat /srv/d/rows") == "good\n", "\(loss)")
                #expect(try rig.text("docker ps -a --format '{{.Names}}'") == "bad\n")
                try await rig.home.undo(rig.newestRun(), of: "box")
                #expect(try rig.text("cat /srv/d/rows 2>/dev/null || :") == lost, "\(loss)")
            }
        }

        @Test func `each container is stopped with the time that it was given`() async throws {
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /srv/slow; echo good >/srv/slow/rows
                docker run -d --name slow --stop-timeout 50 -v /srv/slow:/d busybox:1 \
                sh -c 'trap "sleep 33; echo clean >/end; exit 0" TERM; while :; do sleep 1; done'

                """#)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("echo other >/srv/slow/rows")
            let plan = try await rig.approvedPlan(backup, ["--replace-data"])
            let run = try rig.home.start(["restore", "apply", plan])
            // Others may write to the vault while the device works.
            try rig.machine.wait(for: "grep -q swapping /var/lib/holdfast/run-*/phase")
            try await rig.home.expect(0, "backup", "create", "box", "--only", "docker-networks")
            #expect(try rig.text("cat /var/lib/holdfast/run-*/phase") == "swapping\n")
            let outcome = await run.outcome(within: .seconds(240))
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(try rig.text("docker exec slow cat /end") == "clean\n")
            #expect(try rig.text("cat /srv/slow/rows") == "good\n")
        }
    }
}
