import Basics
import TestSupport
import Testing

extension Integration {
    /// Data of containers that is of another kind than the backup has it, lies behind links, or does not let itself be removed.
    @Suite(
        "DataKind", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct DataKindTests {
        /// A container with one bind mount, `good` in it.
        private static func setup(_ source: String, _ file: String) -> String {
            """
            set -e
            mkdir -p "$(dirname \(file))"; echo good >\(file)
            docker run -d --name c1 --stop-signal SIGKILL -v \(source):/d busybox:1 sleep 100000

            """
        }

        private func texts(_ plan: JSONValue, _ name: String) -> [String] {
            (plan[name]?.array ?? []).compactMap(\.string)
        }

        /// Does with `run` what it says itself of what it could not remove.
        private func expectTold(_ run: String, below folder: String, _ rig: RestoreRig) async throws {
            let shown = try await rig.home.json(0, "restore", "show", run)["run"] ?? .null
            let reason = shown["reason"]?.string ?? ""
            let beside = "\(folder)/.holdfast-\(run)."
            #expect(shown["state"] == "kept")
            #expect(reason.hasPrefix(beside), "\(reason)")
            #expect(
                reason.contains("could not be removed and stays on the device (cannot remove"), "\(reason)")
            #expect(reason.contains("Operation not permitted"), "\(reason)")
            let way = try #require(reason.firstRange(of: "chattr -R -i "), "\(reason)")
            let commands = reason[way.lowerBound...].replacing("; then: ", with: "\n")
            #expect(try rig.leftovers().contains(beside))
            try rig.machine.run(commands + "\n")
            #expect(try rig.leftovers() == "")
        }

        @Test func `what cannot be removed once a run is decided is told, with what to do`() async throws {
            let bench = try await SwapBench(Self.setup("/srv/app/db", "/srv/app/db/rows"))
            let rig = bench.rig
            let backup = try await bench.backUp()
            // An undo that takes the folder away again.
            try rig.machine.run("docker rm -f c1; rm -rf /srv/app")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            try rig.machine.run("chattr +i /srv/app/db/rows")
            let story = try await rig.home.undo(rig.newestRun(), of: "box", status: 3)
            #expect(story.contains("could not be removed and stays"), "\(story)")
            #expect(try rig.text("ls -d /srv/app 2>&1 || :").contains("No such file"))
            try await expectTold(rig.newestRun(), below: "/srv", rig)
            // A restore that replaces it as a whole.
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            try rig.machine.run("echo other >/srv/app/db/rows; chattr +i /srv/app/db/rows")
            try await rig.home.expect(
                3, "restore", "apply", rig.approvedPlan(backup, ["--replace-data"]))
            #expect(try rig.text("cat /srv/app/db/rows") == "good\n")
            try await expectTold(rig.newestRun(), below: "/srv/app", rig)
        }

        @Test func `what a run that goes back cannot remove is told as well`() async throws {
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /srv/d; echo good >/srv/d/rows
                docker run -d --name c1 --stop-signal SIGKILL -v /srv/d:/d busybox:1 \
                sh -c '[ ! -e /d/bad ] || { sleep 3; exit 1; }; exec sleep 100000'
                sleep 1; echo >/srv/d/bad

                """#)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker stop c1; rm -rf /srv/d")
            let applying = try await rig.home.start(["restore", "apply", rig.approvedPlan(backup)])
            try rig.machine.wait(for: "chattr +i /srv/d/rows")
            let applied = await applying.outcome(within: .seconds(240))
            #expect(applied.status == 7, "\(applied.story)")
            let run = try await rig.newestRun()
            let shown = try await rig.home.json(0, "restore", "show", run)["run"] ?? .null
            #expect(shown["state"] == "rolled-back")
            for text in [applied.errorText, shown["reason"]?.string ?? ""] {
                #expect(
                    text.contains("/srv/.holdfast-\(run).0.new could not be removed and stays"), "\(text)")
                #expect(text.contains("chattr -R -i /srv/.holdfast-\(run).0.new"), "\(text)")
            }
            #expect(try rig.text("ls -d /srv/d 2>&1 || :").contains("No such file"))
        }

        @Test func `a file that was in the place of a folder of data comes back with an undo`() async throws {
            let bench = try await SwapBench(Self.setup("/srv/bind", "/srv/bind/rows"))
            let rig = bench.rig
            let backup = try await bench.backUp()
            let look = "cat /srv/bind; docker ps -a --format '{{.Names}} {{.State}}'"
            let losses = [
                "docker stop c1": "c1 exited\n", "docker inspect c1": "c1 exited\n", "docker rm -f c1": "",
            ]
            for (loss, left) in losses.sorted(by: { $0.key < $1.key }) {
                try rig.machine.run("\(loss); rm -rf /srv/bind; echo mine >/srv/bind")
                try await rig.home.expect(
                    0, "restore", "apply", rig.approvedPlan(backup, ["--replace-data"]))
                #expect(try rig.text("docker exec c1 cat /d/rows") == "good\n", "\(loss)")
                try rig.machine.run("docker exec c1 sh -c 'echo later >/d/later'")
                let story = try await rig.home.undo(rig.newestRun(), of: "box")
                #expect(try rig.text(look) == "mine\n\(left)", "\(loss) \(story)")
                #expect(try rig.leftovers() == "", "\(loss)")
                // What was written since is in the safety copy of the way back.
                let taken = try await rig.home.json(0, "restore", "show", rig.newestRun())["run"] ?? .null
                let copy = try #require(taken["safetyCopy"]?.string)
                try await rig.home.expect(0, "backup", "cat", copy, "/srv/bind/later")
                try rig.machine.run("rm /srv/bind")
                try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            }
        }

        @Test func `a folder where a container mounts a file, or the other way round, is a conflict`()
            async throws
        {
            let bench = try await SwapBench(
                Self.setup("/srv/one/conf", "/srv/one/conf")
                    + "mkdir /srv/two; echo good >/srv/two/rows\n"
                    + "docker run -d --name c2 --stop-signal SIGKILL -v /srv/two:/d -v /srv/one/conf:/conf busybox:1 sleep 100000\n"
            )
            let rig = bench.rig
            let backup = try await bench.backUp()
            let look = "cat /srv/one/conf /srv/two/rows; docker exec c1 cat /d; docker exec c2 cat /d/rows"
            // One that runs and is stopped for what comes back cannot be started again.
            try rig.machine.run("rm -rf /srv/one/conf /srv/two; mkdir /srv/one/conf")
            #expect(
                try await texts(bench.plan(backup), "conflicts").map { $0.prefix(45) }
                    == ["container c2 mounts the file /srv/one/conf, a"])
            for loss in ["docker stop c1 c2", "docker rm -f c1 c2"] {
                try rig.machine.run(
                    "\(loss); rm -rf /srv/one/conf /srv/two; mkdir /srv/one/conf; echo mine >/srv/two")
                let plan = try await bench.plan(backup)
                let told = texts(plan, "conflicts")
                #expect(told.count == 3 && plan["plan"]?.string == nil, "\(loss) \(told)")
                #expect(
                    told.contains {
                        $0.hasPrefix("container c1 mounts the file /srv/one/conf, and a folder is there: ")
                            && $0.contains("move it away") && $0.contains("--replace-data")
                    }, "\(loss) \(told)")
                #expect(
                    told.contains {
                        $0.hasPrefix("container c2 mounts the folder /srv/two, and a file is there: ")
                    }, "\(loss) \(told)")
                try await rig.home.expect(
                    0, "restore", "apply", rig.approvedPlan(backup, ["--replace-data"]))
                #expect(try rig.text(look) == "good\ngood\ngood\ngood\n", "\(loss)")
            }
        }

        @Test func `where bind mounts of lost containers lie is asked once`() async throws {
            let bench = try await SwapBench(Self.setup("/run/x", "/run/x/rows"))
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker rm -f c1; rm -rf /run/x; ln -s /gone /run/x")
            let logins = "journalctl -q -o cat _COMM=sshd | grep -c 'Accepted publickey'; exit 0"
            let before = try #require(Int(rig.machine.line(logins)))
            let told = try await texts(bench.plan(backup), "conflicts")
            #expect(told.contains { $0.hasPrefix("the bind mount /run/x of container c1 is neither here") })
            let asked = try #require(Int(rig.machine.line(logins))) - before
            #expect(asked == 3)
        }

        @Test func `what comes back behind a link is named, and so is the container that it is of`()
            async throws
        {
            let bench = try await SwapBench(
                "mkdir /opt; ln -s /vol/real /opt/link\n" + Self.setup("/opt/link", "/vol/real/rows"))
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker stop c1; rm -rf /vol/real")
            let plan = try await bench.plan(backup)
            let told = texts(plan, "warnings")
            #expect(!told.contains { $0.hasPrefix("/opt/link is there and stays") }, "\(told)")
            #expect(
                told.contains(
                    "/opt/link is a link and stays; what it leads to comes from the backup: /vol/real"),
                "\(told)")
            #expect(
                texts(plan, "affected").contains("container c1 (uses /vol/real)"),
                "\(texts(plan, "affected"))")
        }
    }
}
