import Basics
import TestSupport
import Testing

extension Integration {
    /// The data of containers that are there and as the backup says, but for what is in it.
    @Suite(
        "ContainerRefill", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct ContainerRefillTests {
        /// A container with a named volume and a bind mount.
        private static let setup = #"""
            set -e
            mkdir -p /srv/bind/sub; echo good >/srv/bind/a; echo good >/srv/bind/sub/b
            docker run -d --name c1 --stop-signal SIGKILL -v /srv/bind:/d -v goods:/goods busybox:1 sleep 100000
            docker exec c1 sh -c 'echo good >/goods/rows'

            """#
        private static let corruption = #"""
            set -e
            echo CORRUPTED >/srv/bind/a; echo more >/srv/bind/more
            docker exec c1 sh -c 'echo CORRUPTED >/goods/rows; echo more >/goods/more'

            """#
        private static let rows = "/var/lib/docker/volumes/goods/_data"

        private func plan(_ rig: RestoreRig, _ backup: String, _ more: String...) async throws -> JSONValue {
            try await rig.home.run(["restore", "plan", backup, "--json"] + more).json()
        }

        private func steps(_ plan: JSONValue) -> [String] {
            (plan["steps"]?.array ?? []).map {
                "\($0["action"]?.string ?? "") \($0["subject"]?.string ?? "")"
            }
        }

        private func content(_ rig: RestoreRig) throws -> String {
            try rig.text("cat /srv/bind/a \(Self.rows)/rows; ls /srv/bind \(Self.rows)").split(
                separator: "\n"
            )
            .joined(separator: " ")
        }

        private func isUp(_ rig: RestoreRig) throws -> Bool {
            try rig.text("docker inspect --format '{{.State.Status}}' c1") == "running\n"
        }

        @Test
        func `a volume in which something is mounted is not emptied, and one that lies elsewhere is named`()
            async throws
        {
            let bench = try await SwapBench(
                Self.setup + """
                    mkdir /srv/far /srv/disk
                    docker volume create --opt type=none --opt o=bind --opt device=/srv/far far
                    docker run -d --name c2 --stop-signal SIGKILL -v far:/far busybox:1 sleep 100000
                    docker exec c2 sh -c 'echo good >/far/rows'

                    """)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run(
                """
                mkdir \(Self.rows)/m; echo gold >/srv/disk/gold; echo bad >/srv/far/rows
                """)
            let far = try await plan(
                rig, backup, "--in-place", "--container", "c2", "--replace-data")
            let told = far["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(
                told.contains {
                    $0.hasPrefix(
                        "volume far is not compared and stays as it is, as its content lies elsewhere; ")
                        && $0.hasSuffix("--path /var/lib/docker/volumes/far/_data")
                }, "\(told)")
            let id = try await rig.approvedPlan(backup, ["--container", "c1", "--replace-data"])
            try rig.machine.run("mount --bind /srv/disk \(Self.rows)/m")
            let near = try await plan(rig, backup, "--in-place", "--container", "c1", "--replace-data")
            #expect(
                near["conflicts"] == [
                    .string(
                        "\(Self.rows)/m is a file system of its own in volume goods, whose content would be replaced; unmount it, or plan without --replace-data"
                    )
                ], "\(near)")
            let applied = try await rig.home.run(["restore", "apply", id])
            #expect(applied.status == 7, "\(applied.story)")
            #expect(
                applied.errorText.contains("a file system is mounted in \(Self.rows)"), "\(applied.story)")
            #expect(
                try rig.text("cat /srv/disk/gold \(Self.rows)/m/gold \(Self.rows)/rows")
                    == "gold\ngold\ngood\n")
            #expect(try isUp(rig))
        }

        @Test func `what was damaged in a bind mount and in a volume comes back, and an undo takes it away`()
            async throws
        {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            let good = try content(rig)
            try rig.machine.run(Self.corruption)
            let bad = try content(rig)

            let untouched = try await plan(rig, backup, "--in-place")
            #expect(steps(untouched) == [], "\(untouched)")
            let told =
                "Data that is there was not compared and stays as it is: volume goods, bind mount /srv/bind; --replace-data gives it the backup's content"
            #expect(untouched["warnings"]?.array?.contains(.string(told)) == true, "\(untouched)")
            let shown = try await rig.home.run(["restore", "plan", backup, "--in-place"])
            #expect(shown.text.hasPrefix("What was compared on box is as"), "\(shown.story)")

            let since = try rig.text("date +%s.%N").dropLast()
            let id = try await rig.approvedPlan(backup, ["--replace-data"])
            let made = try await rig.home.json(0, "restore", "show", id)["plan"] ?? .null
            #expect(
                steps(made) == ["replace-volume goods", "replace-data /srv/bind"],
                "\(made)")
            try await rig.home.expect(0, "restore", "apply", id)
            #expect(try content(rig) == good)
            #expect(try isUp(rig))
            #expect(try await plan(rig, backup, "--in-place")["steps"]?.array?.isEmpty == true)
            let undone = try rig.text("date +%s.%N").dropLast()
            #expect(try stops(rig, since, undone) == 1)
            try await rig.home.undo(try await rig.newestRun(), of: "box")
            #expect(try content(rig) == bad)
            #expect(try isUp(rig))
        }

        @Test func `what an undo took away with a volume comes back from its safety copy`() async throws {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker rm -f c1; docker volume rm goods")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            try rig.machine.run("docker exec c1 sh -c 'echo later >/goods/later'")
            try await rig.home.undo(try await rig.newestRun(), of: "box")
            #expect(try rig.text("docker volume ls -q") == "")
            let undo = try await rig.home.json(0, "restore", "show", try await rig.newestRun())
            let copy = try #require(
                undo["run"]?["safetyCopy"]?.string ?? undo["safetyCopy"]?.string, "\(undo)")
            let made = try await plan(rig, copy, "--in-place")
            let files = steps(made).filter { $0.contains("_data") }
            #expect(files == [], "\(steps(made))")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(copy))
            #expect(try rig.text("cat \(Self.rows)/rows \(Self.rows)/later") == "good\nlater\n")
            #expect(try isUp(rig))
            // What was written since is not mixed with it: a volume comes back as a whole or not at all.
            try rig.machine.run("docker exec c1 sh -c 'echo newer >/goods/rows'")
            #expect(try await steps(plan(rig, copy, "--in-place")) == [])
            #expect(try await steps(plan(rig, copy, "--in-place", "--keep-containers")) == [])
            #expect(
                try await steps(plan(rig, copy, "--in-place", "--replace-data")) == ["replace-volume goods"])
            try await rig.home.undo(try await rig.newestRun(), of: "box")
            #expect(try rig.text("docker volume ls -q") == "")
        }

        @Test func `the safety copy of a run that replaced data follows the rule of data`() async throws {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run(Self.corruption)
            try await rig.home.expect(
                0, "restore", "apply", rig.approvedPlan(backup, ["--replace-data"]))
            let good = try content(rig)
            let run = try await rig.home.json(0, "restore", "show", try await rig.newestRun())
            let copy = try #require(run["run"]?["safetyCopy"]?.string, "\(run)")
            for more in [[], ["--keep-containers"], ["--section", "paths"]] {
                let made = try await rig.home.run(
                    ["restore", "plan", copy, "--in-place", "--json"] + more
                ).json()
                #expect(steps(made) == [], "\(more) \(made)")
                #expect(made["warnings"]?.array?.isEmpty == false, "\(made)")
            }
            #expect(try content(rig) == good)
            let since = try rig.text("date +%s.%N").dropLast()
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(copy, ["--replace-data"]))
            #expect(
                try content(rig) == "CORRUPTED CORRUPTED /srv/bind: a more sub \(Self.rows): more rows")
            #expect(try stops(rig, since, rig.text("date +%s.%N").dropLast()) == 1)
            #expect(try isUp(rig))
        }

        @Test func `own paths that hold a bind mount leave it, unless a path names it`() async throws {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            try rig.machine.run("echo good >/srv/plain")
            try await rig.home.expect(0, "device", "set", "box", "--add-path", "/srv")
            let backup = try await bench.backUp()
            try rig.machine.run("echo CHANGED >/srv/bind/a; echo changed >/srv/plain")
            #expect(try await steps(plan(rig, backup, "--in-place")) == ["replace /srv/plain"])
            let above = try await plan(rig, backup, "--in-place", "--path", "/srv")
            #expect(steps(above) == ["replace /srv/plain"])
            let told = (above["warnings"]?.array ?? []).compactMap(\.string)
            #expect(told.contains { $0.hasPrefix("/srv/bind is of containers and stays") }, "\(told)")
            for path in ["/srv/bind", "/srv/bind/a"] {
                let named = try await plan(rig, backup, "--in-place", "--path", path)
                let warned = (named["warnings"]?.array ?? []).compactMap(\.string)
                #expect(steps(named) == [])
                #expect(warned.contains { $0.hasPrefix("/srv/bind is there and stays") }, "\(warned)")
            }
            // A part is taken while the container stands still, the whole in one.
            let part = try await plan(
                rig, backup, "--in-place", "--path", "/srv/bind/a", "--replace-data")
            #expect(steps(part) == ["replace /srv/bind/a"])
            #expect(
                part["affected"]?.array?.contains("container c1 (is stopped meanwhile)") == true, "\(part)")
            for path in ["/srv/bind", "/srv/bind/**", "/srv/b*"] {
                let whole = try await plan(rig, backup, "--in-place", "--path", path, "--replace-data")
                #expect(steps(whole) == ["replace-data /srv/bind"], "\(path) \(whole)")
            }
            #expect(
                try await steps(plan(rig, backup, "--in-place", "--replace-data")) == [
                    "replace /srv/plain", "replace-volume goods", "replace-data /srv/bind",
                ])
        }

        @Test func `what a container writes as it stops is replaced with the rest, and a link hides nothing`()
            async throws
        {
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /srv/db /opt; ln -s /srv/db /opt/link
                docker run -d --name c1 -v /opt/link:/d busybox:1                 sh -c 'echo 1 >/d/pid; trap "rm /d/pid; cp /d/log /d/rows; echo x >/d/late; exit" TERM; while :; do sleep 1; done'
                until [ -e /srv/db/pid ]; do sleep 1; done
                echo good >/srv/db/rows; echo good >/srv/db/log

                """#)
            let rig = bench.rig
            try await rig.home.expect(0, "device", "set", "box", "--add-path", "/srv")
            let backup = try await bench.backUp()
            // On the disk the rows are as in the backup until the container stops.
            try rig.machine.run("echo newer >/srv/db/log; echo 2 >/srv/db/pid")
            #expect(try await steps(plan(rig, backup, "--in-place")) == [])
            let id = try await rig.approvedPlan(backup, ["--replace-data"])
            let made = try await rig.home.json(0, "restore", "show", id)["plan"] ?? .null
            #expect(steps(made) == ["replace-data /srv/db"], "\(made)")
            let since = try rig.text("date +%s.%N").dropLast()
            try await rig.home.expect(0, "restore", "apply", id)
            #expect(try stops(rig, since, rig.text("date +%s.%N").dropLast()) == 1)
            #expect(
                try rig.text("cat /srv/db/log /srv/db/rows; ls /srv/db") == "good\ngood\nlog\npid\nrows\n")
            #expect(try isUp(rig))
            try await rig.home.undo(try await rig.newestRun(), of: "box")
            #expect(try rig.text("cat /srv/db/log /srv/db/rows") == "newer\ngood\n")
            #expect(try rig.leftovers() == "")
        }

        @Test
        func `what a link leads a bind mount to is kept, and comes back with the link and the container`()
            async throws
        {
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /vol/real/d /srv/sub /run/x; echo good >/vol/real/d/f; echo good >/srv/sub/f
                ln -s /vol/real /opt/lz; ln -s /srv /data
                docker run -d --name c1 --stop-signal SIGKILL -v /opt/lz:/v -v /data/sub:/s -v /run/x:/x busybox:1 sleep 100000

                """#)
            let rig = bench.rig
            let backup = try await bench.backUp()
            let show = "cat /opt/lz/d/f /data/sub/f; readlink /opt/lz /data; docker exec c1 cat /v/d/f /s/f"
            let before = try rig.text(show)
            try rig.machine.run("echo changed >/vol/real/d/f; echo changed >/srv/sub/f")
            let replacing = try await rig.approvedPlan(backup, ["--replace-data"])
            try await rig.home.expect(0, "restore", "apply", replacing)
            #expect(try rig.text(show) == before)
            // The data alone, lost under a container that is there.
            for change in ["docker stop c1; rm -rf /vol", "rm -rf /vol /srv/sub"] {
                try rig.machine.run(change)
                try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
                #expect(try rig.text(show) == before, "\(change)")
            }
            try rig.machine.run("docker rm -f c1; rm -rf /vol /opt/lz /srv/sub /data")
            try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            #expect(try rig.text(show) == before)

            // What neither side has is told, beside what is there.
            try rig.machine.run("docker rm -f c1; rm -rf /run/x")
            let made = try await plan(rig, backup, "--in-place")
            let told = (made["warnings"]?.array ?? []).compactMap(\.string)
            #expect(told.contains { $0.hasPrefix("/srv/sub is there and") }, "\(told)")
            let wayOut =
                "the bind mount /run/x of container c1 is neither here nor in the backup; make it first"
            #expect(made["conflicts"] == .array([.string(wayOut)]), "\(made)")
        }

        @Test func `data that came back goes as a whole with an undo, whatever its container wrote since`()
            async throws
        {
            let bench = try await SwapBench(
                #"""
                set -e
                mkdir -p /srv/app/db; echo good >/srv/app/db/rows
                docker run -d --name c1 --stop-signal SIGKILL -v /srv/app/db:/d busybox:1 \
                sh -c 'n=0; while :; do n=$((n+1)); echo $n >/d/new.$n; sleep 0.2; done'

                """#)
            let rig = bench.rig
            let backup = try await bench.backUp()
            let look = "ls -d /srv/app /srv/app/db; docker ps -a --format '{{.Names}} {{.State}}'"
            // It writes while its folder goes.
            for loss in ["docker rm -f c1; rm -rf /srv/app", "until rm -rf /srv/app/db; do sleep 0.1; done"] {
                try rig.machine.run(loss)
                let lost = try rig.text("(\(look)) 2>&1 || :")
                try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
                #expect(try rig.text("cat /srv/app/db/rows") == "good\n", "\(loss)")
                let run = try await rig.newestRun()
                try await rig.home.undo(run, of: "box")
                // What ran without its data cannot be started again without it.
                let left = lost.replacing("c1 running", with: "c1 exited")
                #expect(try rig.text("(\(look)) 2>&1 || :") == left, "\(loss)")
                #expect(try rig.leftovers() == "", "\(loss)")
                // What it wrote meanwhile is in the safety copy of the way back.
                let taken = try await rig.home.json(0, "restore", "show", rig.newestRun())["run"] ?? .null
                #expect(taken["undoes"]?.string == run)
                let copy = try #require(taken["safetyCopy"]?.string)
                try await rig.home.expect(0, "backup", "cat", copy, "/srv/app/db/new.1")
                try await rig.home.expect(0, "restore", "apply", rig.approvedPlan(backup))
            }
        }

        @Test func `a bind mount of a container that the backup does not know is left as well`() async throws
        {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let places = ["late", "bm", "sub", "lk", "vb"].map { "/srv/\($0)" }
            try rig.machine.run(
                "for f in \(places.joined(separator: " ")); do mkdir $f; echo good >$f/rows; done; echo good >/srv/plain"
            )
            try await rig.home.expect(0, "device", "set", "box", "--add-path", "/srv")
            let backup = try await bench.backUp()
            try rig.machine.run(
                """
                set -e
                mkdir /mnt/bm; mount --bind /srv/bm /mnt/bm; ln -s /srv /data; ln -s /srv/lk /opt/lk
                docker volume create --opt type=none --opt o=bind --opt device=/srv/vb vb
                docker run -d --name late -v /srv/late:/late -v /mnt/bm:/bm -v /data/sub:/sub -v /opt/lk:/lk -v vb:/vb \
                busybox:1 sleep 100000
                for f in \(places.joined(separator: " ")); do echo newer >$f/rows; done; echo changed >/srv/plain
                """)
            for more in [[], ["--keep-containers"], ["--path", "/srv"], ["--section", "paths"]] {
                let made = try await rig.home.run(
                    ["restore", "plan", backup, "--in-place", "--json"] + more
                ).json()
                #expect(steps(made) == ["replace /srv/plain"], "\(more) \(steps(made))")
                let told = (made["warnings"]?.array ?? []).compactMap(\.string)
                for place in places {
                    #expect(told.contains { $0.hasPrefix("\(place) is ") }, "\(more) \(place) \(told)")
                }
            }
            // One that would share its data with a container of another name must wait for that.
            try rig.machine.run("docker rename c1 newer")
            let made = try await plan(rig, backup, "--in-place")
            #expect(steps(made).contains("create-container c1"), "\(steps(made))")
            let told = (made["conflicts"]?.array ?? []).compactMap(\.string)
            #expect(
                told.contains { $0.hasPrefix("the container newer, ") && $0.contains("goods") }, "\(told)")
            for change in ["docker pause newer", "docker unpause newer; docker stop newer"] {
                try rig.machine.run(change)
                let plan = try await plan(rig, backup, "--in-place")
                let isFree = plan["conflicts"]?.array?.isEmpty == true
                #expect(isFree == change.contains("stop"), "\(plan)")
            }
            // What runs again when the plan is carried out counts as well.
            let late = try await rig.approvedPlan(backup)
            try rig.machine.run("docker start newer")
            let applied = try await rig.home.run(["restore", "apply", late])
            #expect(
                applied.status != 0 && applied.errorText.contains("the container newer, "),
                "\(applied.story)")
            #expect(try rig.text("docker ps --format '{{.Names}}' | sort") == "late\nnewer\n")
        }

        @Test func `a container that does not run with the data of the backup takes the run back`()
            async throws
        {
            let bench = try await SwapBench(
                #"""
                set -e
                docker run -d --name c1 -v goods:/goods busybox:1 \
                sh -c '[ ! -e /goods/bad ] || { sleep 6; exit 1; }; exec sleep 100000'
                docker exec c1 sh -c 'echo good >/goods/rows; echo >/goods/bad'

                """#)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run("docker exec c1 sh -c 'echo newer >/goods/rows; rm /goods/bad'")
            let applied = try await rig.home.run(
                ["restore", "apply", rig.approvedPlan(backup, ["--replace-data"])])
            #expect(
                applied.status == 7 && applied.errorText.contains("the container"), "\(applied.story)")
            #expect(try rig.text("cat \(Self.rows)/rows; ls \(Self.rows)") == "newer\nrows\n")
            #expect(try isUp(rig))
        }

        /// How often the container was stopped in that time.
        private func stops(_ rig: RestoreRig, _ since: Substring, _ until: Substring) throws -> Int {
            try rig.text(
                "docker events --since \(since) --until \(until) --filter event=stop --format '{{.Action}}'"
            ).split(separator: "\n").count
        }

        @Test func `a path of data comes back into its place or a folder, and the section of data alone`()
            async throws
        {
            let bench = try await SwapBench(Self.setup)
            let rig = bench.rig
            let backup = try await bench.backUp()
            try rig.machine.run(Self.corruption)

            let beside = try await plan(rig, backup, "--path", "/srv/bind", "--to", "/root/out")
            let copy = try #require(beside["plan"]?.string, "\(beside)")
            try await rig.home.approve(copy, of: "box")
            try await rig.home.expect(0, "restore", "apply", copy)
            #expect(try rig.text("cat /root/out/srv/bind/a /root/out/srv/bind/sub/b") == "good\ngood\n")

            let kept = try await plan(rig, backup, "--path", "/srv/bind", "--in-place")
            #expect(steps(kept) == [], "\(kept)")
            #expect(kept["warnings"]?.array?.first?.string?.contains("--replace-data") == true, "\(kept)")
            let inside = try await plan(
                rig, backup, "--path", Self.rows + "/rows", "--in-place", "--replace-data")
            #expect(
                inside["conflicts"]?.array?.first?.string?.contains("lies in the volume goods") == true,
                "\(inside)")

            // A part that no own path holds is found as well.
            let part = try await plan(
                rig, backup, "--path", "/srv/bind/a", "--in-place", "--replace-data")
            #expect(steps(part) == ["replace /srv/bind/a"], "\(part)")

            let since = try rig.text("date +%s.%N").dropLast()
            let path = try await rig.approvedPlan(backup, ["--path", "/srv/bind", "--replace-data"])
            try await rig.home.expect(0, "restore", "apply", path)
            #expect(try content(rig) == "good CORRUPTED /srv/bind: a sub \(Self.rows): more rows")
            #expect(try stops(rig, since, rig.text("date +%s.%N").dropLast()) == 1)
            #expect(try isUp(rig))
            try await rig.home.undo(try await rig.newestRun(), of: "box")
            #expect(
                try content(rig) == "CORRUPTED CORRUPTED /srv/bind: a more sub \(Self.rows): more rows")
            #expect(try isUp(rig))

            let section = try await plan(
                rig, backup, "--in-place", "--section", "container-data", "--replace-data")
            #expect(
                steps(section) == ["replace-volume goods", "replace-data /srv/bind"],
                "\(section)")
            let id = try #require(section["plan"]?.string)
            try await rig.home.approve(id, of: "box")
            try await rig.home.expect(0, "restore", "apply", id)
            #expect(try content(rig) == "good good /srv/bind: a sub \(Self.rows): rows")
            #expect(try isUp(rig))
        }
    }
}
