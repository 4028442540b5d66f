import Basics
import TestSupport
import Testing

extension Integration {
    /// Images that are gone: from a registry, from one that does not answer, from nowhere; and projects without compose.
    @Suite(
        "ContainerImage", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct ContainerImageTests {
        @Test func `an image comes from its registry, and without one nothing is changed`() async throws {
            let bench = try await SwapBench(":")
            let (machine, home) = (bench.rig.machine, bench.rig.home)
            let registry = try ImageRegistry(of: "busybox:1", on: machine)
            let gone = """
                docker rm -f job >/dev/null; docker rmi -f $(docker images -q | sort -u) >/dev/null
                [ -z "$(docker images -q)" ]
                """
            try machine.run(
                "set -e; docker rmi busybox:1; docker pull -q \(registry.image); docker run -d --name job --stop-signal SIGKILL \(registry.image) sleep 100000"
            )
            let sound = try bench.state()
            let backup = try await bench.backUp()
            try machine.run(gone)

            let plan = try await bench.plan(backup)
            let steps = bench.engineSteps(plan)
            #expect(
                steps.count == 2 && steps[0].hasPrefix("pull-image 127.0.0.1:5000/tiny@sha256:"), "\(steps)")
            let id = try #require(plan["plan"]?.string)
            try await home.approve(id, of: "box")
            let applied = try await home.json(0, "restore", "apply", id)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            try bench.expectNoChanges(since: sound)

            try machine.run(gone)
            try registry.stop()
            let empty = try bench.state()
            let late = try await bench.approved(backup)
            let outcome = try await home.run(["restore", "apply", late])
            print(outcome.errorText)
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("the image 127.0.0.1:5000/tiny@sha256:"), "\(outcome.story)")
            #expect(outcome.errorText.contains("could not be pulled"), "\(outcome.story)")
            try bench.expectNoChanges(since: empty)
            #expect(try bench.leftovers() == "")
        }

        @Test func `an image that no registry has is a conflict of the plan`() async throws {
            let bench = try await SwapBench(
                "docker run -d --name job --stop-signal SIGKILL busybox:1 sleep 100000")
            let backup = try await bench.backUp()
            try bench.rig.machine.run("docker rm -f job; docker rmi busybox:1")
            let plan = try await bench.plan(backup)
            let conflict = plan["conflicts"]?.array?.first?.string ?? ""
            #expect(
                conflict.hasPrefix("image busybox:1 is not here and the backup has its digest only"),
                "\(plan)")
            let refused = try await bench.rig.home.run(
                ["restore", "apply", plan["plan"]?.string ?? "none"])
            #expect(refused.status != 0)
        }

        /// A project of two services, the second of which waits for the health of the first.
        private static let pair = #"""
            set -e
            mkdir -p /opt/pair; cd /opt/pair
            cat >docker-compose.yml <<'END'
            version: "2.4"
            services:
              store:
                image: busybox:1
                command: ["sh", "-c", "sleep 1; touch /ready; exec sleep 100000"]
                stop_signal: SIGKILL
                volumes: ["rows:/rows"]
                networks: [inner]
                healthcheck: {test: ["CMD-SHELL", "test -e /ready && test -s /rows/list"], interval: 1s, retries: 20}
              front:
                image: busybox:1
                command: ["sh", "-c", "ping -c 1 store && exec sleep 100000"]
                stop_signal: SIGKILL
                depends_on: {store: {condition: service_healthy}}
                networks: [inner]
            volumes: {rows: {}}
            networks: {inner: {}}
            END
            docker volume create --label com.docker.compose.project=pair --label com.docker.compose.volume=rows --label com.docker.compose.version=1.29.2 pair_rows >/dev/null
            docker run --rm -v pair_rows:/rows busybox:1 sh -c 'seq 500 >/rows/list'
            docker-compose up -d
            """#

        @Test func `without compose on the device the engine alone brings a project back`() async throws {
            let bench = try await SwapBench(Self.pair)
            let (machine, home) = (bench.rig.machine, bench.rig.home)
            try bench.awaitHealthy("pair_store_1")
            let sound = try bench.state()
            let backup = try await bench.backUp()
            try machine.run(
                """
                set -e
                cd /opt/pair; n=0
                until docker-compose down --volumes; do n=$((n + 1)); [ $n -lt 10 ] || exit 1; sleep 1; done
                rm -rf /opt/pair
                mv /usr/bin/docker-compose /root/
                """)
            let id = try await bench.approved(backup)
            let applied = try await home.json(0, "restore", "apply", id)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            try bench.expectNoChanges(since: sound)
            // What the engine made is compose's own: with the tool there again there is nothing for it to do.
            try machine.run("mv /root/docker-compose /usr/bin/")
            let ids = try machine.line("docker ps -q | sort | tr '\\n' ' '")
            try machine.run("cd /opt/pair && docker-compose up -d")
            #expect(try machine.line("docker ps -q | sort | tr '\\n' ' '") == ids)
        }
    }
}
