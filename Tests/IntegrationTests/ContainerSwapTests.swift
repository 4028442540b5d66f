import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Containers that are replaced, taken back, or whose restore is cut off in between, on a real Docker.
    @Suite(
        "ContainerSwap", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(15)))
    struct ContainerSwapTests {
        @Test func `what differs is replaced with its data, and undo brings back what was there`()
            async throws
        {
            let bench = try await SwapBench()
            let (rig, home) = (bench.rig, bench.rig.home)
            let sound = try bench.state()
            let backup = try await bench.backUp()
            try rig.machine.run(SwapBench.drift)
            let drifted = try bench.state()

            // Data that is there stays, unless it is to be replaced.
            let careful = try await bench.plan(backup)
            #expect(bench.engineSteps(careful) == ["replace-container app"])
            let plan = try await bench.plan(backup, ["--replace-data"])
            #expect(bench.engineSteps(plan) == ["replace-volume goods", "replace-container app"])
            let affected = plan["affected"]?.array?.compactMap(\.string) ?? []
            #expect(affected.contains("container side (is stopped meanwhile)"), "\(affected)")
            let id = try #require(plan["plan"]?.string)
            try await home.approve(id, of: "box")
            let applied = try await home.json(0, "restore", "apply", id)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            try bench.expectNoChanges(since: sound)
            #expect(try bench.leftovers() == "")

            let run = try #require(applied["run"]?.string)
            try await home.undo(run, of: "box")
            try bench.expectNoChanges(since: drifted)
            #expect(try bench.leftovers() == "")
        }

        @Test func `one container comes under a new name beside the old one`() async throws {
            let bench = try await SwapBench()
            let home = bench.rig.home
            let backup = try await bench.backUp()
            let before = try bench.state()
            let taken = try await bench.plan(backup, ["--container", "app", "--named", "twin"])
            #expect("\(taken["conflicts"] ?? .null)".contains("8077"), "\(taken)")
            let id = try await bench.approved(
                backup, ["--container", "app", "--named", "twin", "--without-ports"])
            let applied = try await home.json(0, "restore", "apply", id)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            try bench.awaitHealthy("twin")
            #expect(try bench.rig.machine.line("docker exec twin wc -l /goods/rows") == "1000 /goods/rows")
            // What is written into the one is not in the other.
            try bench.rig.machine.run("docker exec twin sh -c 'echo mine >/goods/mine'")
            #expect(try bench.rig.machine.line("docker exec app ls /goods") == "rows")
            let run = try #require(applied["run"]?.string)
            try await home.undo(run, of: "box")
            try bench.expectNoChanges(since: before)
        }

        @Test func `a container that does not become healthy takes everything back`() async throws {
            let bench = try await SwapBench()
            let home = bench.rig.home
            let backup = try await bench.backUp()
            try bench.rig.machine.run(SwapBench.drift + "rm /srv/flag/ok")
            let drifted = try bench.state()
            let id = try await bench.approved(backup)
            let outcome = try await home.run(["restore", "apply", id])
            print(outcome.errorText)
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("all is as it was"), "\(outcome.story)")
            #expect(
                outcome.errorText.contains("the container app is ‘running unhealthy’"), "\(outcome.story)")
            try bench.expectNoChanges(since: drifted)
            #expect(try bench.leftovers() == "")
            #expect(try await bench.rig.newestState() == "rolled-back")
        }
    }
}
