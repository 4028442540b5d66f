import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Restores of containers that are killed while containers are stopped, set aside or made.
    @Suite(
        "ContainerKill", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(15)))
    struct ContainerKillTests {
        /// When who is killed, and how it must end.
        struct Moment: CustomTestStringConvertible, Sendable {
            let testDescription: String
            /// Shell text that succeeds on the machine when the moment has come.
            let when: String
            /// Kills on the machine as well; empty when only Holdfast dies.
            var kills = ""
            /// The device restarts as well.
            var restarts = false
            let isKept: Bool
            /// Only with the big versions of the tests.
            var isExtended = false
        }

        private static let aside = "docker ps -a --format '{{.Names}}' | grep -q app-holdfast"
        /// `side` takes two seconds to stop, and is told to before anything is set aside.
        private static let stopping = "[ -e /var/lib/holdfast/run-*/ran ]"
        private static let made =
            "docker ps -a --format '{{.Names}}' | grep -q app-holdfast && docker inspect app"
        private static let killSwap =
            "p=$(cat /var/lib/holdfast/run-*/swap-pid); kill -9 \"-$p\""

        static let moments = [
            Moment(
                testDescription: "Holdfast, while containers stop", when: stopping, isKept: true,
                isExtended: true),
            Moment(testDescription: "Holdfast, when one is set aside", when: aside, isKept: true),
            Moment(
                testDescription: "Holdfast, when the new one is made", when: made, isKept: true,
                isExtended: true),
            Moment(
                testDescription: "Holdfast and the swap, while containers stop", when: stopping,
                kills: killSwap, isKept: false, isExtended: true),
            Moment(
                testDescription: "Holdfast and the swap, when one is set aside", when: aside,
                kills: killSwap, isKept: false, isExtended: true),
            Moment(
                testDescription: "Holdfast and the swap, when the new one is made", when: made,
                kills: killSwap, isKept: false),
            Moment(
                testDescription: "the device restarts when the new one is made", when: made, restarts: true,
                isKept: false, isExtended: true),
        ].filter { HoldfastHome.isExtended || !$0.isExtended }

        @Test(arguments: moments)
        func `containers end in the old state or the new one, and run`(_ moment: Moment) async throws {
            let bench = try await SwapBench()
            let (rig, home) = (bench.rig, bench.rig.home)
            let sound = try bench.state()
            let backup = try await bench.backUp()
            try rig.machine.run(SwapBench.drift)
            let drifted = try bench.state()
            let plan = try await bench.approved(backup, ["--replace-data"])
            let run = try home.start(["restore", "apply", plan, "--confirm-within", "600"])
            try rig.machine.wait(for: moment.when)
            run.signal(SIGKILL)
            if !moment.kills.isEmpty { try rig.machine.run(moment.kills) }
            if moment.restarts { try rig.machine.restart() }
            _ = await run.outcome(within: .seconds(60))
            let state = try await rig.resumed()
            print(moment.testDescription, "->", state)
            #expect(state == (moment.isKept ? "kept" : "rolled-back"))
            if moment.isKept { try bench.awaitHealthy() }
            try bench.expectNoChanges(since: moment.isKept ? sound : drifted)
            #expect(try rig.text("docker ps --format '{{.Names}}' | sort") == "app\nside\n")
            #expect(try bench.leftovers() == "")
        }
    }
}
