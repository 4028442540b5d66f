import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Volumes and bind mounts of real containers, on a machine with a real Docker.
    @Suite(
        "ContainerData", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct ContainerDataTests {
        /// A compose project with a named volume and a bind mount, both full of files that are easy to get wrong.
        private static let project = #"""
            mkdir -p /opt/shop/settings
            cd /opt/shop
            cat >docker-compose.yml <<'END'
            version: "3"
            services:
              shop:
                image: busybox:1
                command: ["sleep", "100000"]
                stop_signal: SIGKILL
                volumes: ["goods:/goods", "./settings:/settings"]
            volumes:
              goods:
            END
            docker-compose up -d
            for place in /var/lib/docker/volumes/shop_goods/_data /opt/shop/settings; do
            cd "$place"
            mkdir -p 'in ner/deep'; head -c 3000000 /dev/urandom >'in ner/big'; : >empty
            printf 'one\n' >"$(printf '\377name\n')"; printf 'two\n' >'in ner/*'; ln -s '../empty' 'in ner/link'
            ln 'in ner/big' 'in ner/deep/again'; chown -R 1234:4321 'in ner'; chmod 4751 'in ner/deep/again'; mkfifo pipe
            truncate -s 20M holes; printf end >>holes; touch -d '2001-02-03 04:05:06.789' empty 'in ner'
            done

            """#

        /// All about the files of a folder but its name, one file a line.
        private static func description(of folder: String) -> String {
            """
            cd '\(folder)' || exit
            find . -printf '%y %m %U %G %n %l %T@ %p\\0' | sort -z
            find . -type f -print0 | sort -z | xargs -0 sha256sum --zero

            """
        }

        private func prepared(_ account: TestMachine.Account = .root) async throws -> (
            TestMachine, HoldfastHome
        ) {
            let machine = try TestMachine()
            try machine.importImage(.busybox)
            try machine.run(Self.project)
            let home = try await HoldfastHome.initialised()
            try await home.add(machine, as: "box", account: account)
            return (machine, home)
        }

        private let data = ["--include-data", "--only", "container-data"]

        private func running(_ machine: TestMachine) throws -> [Substring] {
            String(decoding: try machine.run("docker ps --format '{{.Names}}' | sort"), as: UTF8.self)
                .split(separator: "\n")
        }

        @Test(arguments: [TestMachine.Account.root, .ops])
        func `volumes and bind mounts come back byte for byte`(_ account: TestMachine.Account) async throws {
            let (machine, home) = try await prepared(account)
            let outcome = try await home.run(["backup", "create", "box", "--json"] + data)
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(try running(machine) == ["shop_shop_1"])

            let out = try await home.export("latest:box", to: "out")
            for folder in ["/var/lib/docker/volumes/shop_goods/_data", "/opt/shop/settings"] {
                let there = DeviceText.string(try machine.run(Self.description(of: folder)))
                let here = DeviceText.string(try Shell.output(Self.description(of: out + folder)))
                #expect(there == here)
                #expect(there.utf8.count > 1000)
            }
        }

        @Test func `what ran runs again and what was stopped stays stopped`() async throws {
            let (machine, home) = try await prepared()
            try machine.run("docker create --name idle -v idle:/idle busybox:1 sleep 1000")
            let since = try machine.line("date +%s.%N")
            let outcome = try await home.run(
                ["backup", "create", "box", "--json", "--stop-containers", "60"] + data)
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(try running(machine) == ["shop_shop_1"])
            let events = try machine.run(
                "docker events --since \(since) --until $(date +%s.%N) --filter type=container --format '{{.Action}}'"
            )
            let actions = String(decoding: events, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(
                actions.filter { ["stop", "start"].contains($0) } == ["stop", "start"], "\(actions)")
            let state = try machine.line("docker inspect --format '{{.State.Status}}' idle")
            #expect(state == "created")
        }

        @Test func `a copy that outlasts its time with the containers stopped is not called whole`()
            async throws
        {
            let (machine, home) = try await prepared()
            try machine.run(
                """
                docker run -d --name slow busybox:1 \\
                sh -c 'trap "sleep 3; exit" TERM; while true; do sleep 0.1; done'
                """)
            let outcome = try await home.run(
                ["backup", "create", "box", "--json", "--stop-containers", "1"] + data)
            #expect(outcome.status == 3, "\(outcome.story)")
            let shown = try await home.run(["backup", "show", "latest:box"])
            #expect(shown.text.contains("had to be started before the copy was complete"), "\(shown.story)")
            #expect(try running(machine) == ["shop_shop_1", "slow"])
        }

        @Test func `containers run again soon when all that watches over them is killed`() async throws {
            let (machine, home) = try await prepared()
            try machine.run(
                """
                docker run -d --name other busybox:1 sh -c 'trap exit TERM; while true; do sleep 0.1; done'
                head -c 400000000 /dev/urandom >/var/lib/docker/volumes/shop_goods/_data/much
                """)
            let run = try home.start(
                ["backup", "create", "box", "--json", "--stop-containers", "600"] + data)
            try machine.wait(for: "[ -z \"$(docker ps -q)\" ] && pgrep -x tar")
            try machine.run("pkill -KILL -f -- hf_main; pkill -KILL -f -- hf_docker; true")
            run.signal(SIGKILL)
            try machine.wait(for: "[ \"$(docker ps -q | wc -l)\" = 2 ]")
            #expect(try running(machine) == ["other", "shop_shop_1"])
            _ = await run.outcome(within: .seconds(10))
        }

        @Test func `containers run again soon when the program is killed while others still stop`()
            async throws
        {
            let (machine, home) = try await prepared()
            try machine.run(
                """
                docker run -d --name slow busybox:1 \\
                sh -c 'trap "sleep 8; exit" TERM; while true; do sleep 0.1; done'
                """)
            let run = try home.start(
                ["backup", "create", "box", "--json", "--stop-containers", "600"] + data)
            try machine.wait(for: "[ -z \"$(docker ps -q --filter name=shop)\" ]")
            run.signal(SIGKILL)
            let start = ContinuousClock.now
            try machine.wait(for: "[ -n \"$(docker ps -q --filter name=shop)\" ]")
            let elapsed = ContinuousClock.now - start
            #expect(elapsed < .seconds(6), "it took \(elapsed)")
            try machine.wait(for: "! pgrep -f hf_")
            #expect(try running(machine) == ["shop_shop_1", "slow"])
            _ = await run.outcome(within: .seconds(10))
        }

        @Test func `containers that the engine stops only after the program was killed run again`()
            async throws
        {
            let (machine, home) = try await prepared()
            try machine.run(
                """
                docker rm -f $(docker ps -aq) >/dev/null
                docker run -d --name deaf -v shop_goods:/x busybox:1 sh -c 'trap "" TERM; while true; do sleep 0.1; done'
                """)
            let started = "docker inspect --format '{{.State.StartedAt}}' deaf"
            let before = try machine.line(started)
            let run = try home.start(
                ["backup", "create", "box", "--json", "--stop-containers", "600"] + data)
            try machine.wait(for: "pgrep -f 'docker stop'")
            run.signal(SIGKILL)
            // The engine kills it after 30 seconds, with nobody there who asked for it.
            try machine.run("sleep 25")
            try machine.wait(
                for: "[ \"$(\(started))\" != '\(before)' ] && [ -n \"$(docker ps -q --filter name=deaf)\" ]")
            _ = await run.outcome(within: .seconds(10))
        }

        /// What an account may do that is no root, and what becomes of the containers.
        @Test(arguments: [
            (rule: "/usr/bin/docker", stops: true),
            (rule: "/usr/bin/docker ps *, /usr/bin/docker stop *", stops: false),
        ])
        func `an account that may only use Docker leaves everything running`(_ rule: String, _ stops: Bool)
            async throws
        {
            let (machine, home) = try await prepared(.plain)
            try machine.run("echo 'plain ALL=(root) NOPASSWD: \(rule)' >/etc/sudoers.d/plain")
            let outcome = try await home.run(
                ["backup", "create", "box", "--json", "--stop-containers", "60"] + data)
            #expect(outcome.status == 3, "\(outcome.story)")
            #expect(try running(machine) == ["shop_shop_1"])
            let since = try machine.line(
                "docker inspect --format '{{.RestartCount}} {{.State.FinishedAt}}' shop_shop_1")
            #expect(since.contains("0001-01-01") == !stops, "\(since)")
        }

        @Test func `containers run again soon when the program is killed while they are stopped`()
            async throws
        {
            let (machine, home) = try await prepared()
            // Enough to copy that the container is stopped for a while.
            try machine.run(
                """
                docker create --name idle busybox:1 sleep 1000
                head -c 400000000 /dev/urandom >/var/lib/docker/volumes/shop_goods/_data/much
                """)
            let run = try home.start(
                ["backup", "create", "box", "--json", "--stop-containers", "600"] + data)
            try machine.wait(for: "[ -z \"$(docker ps -q)\" ] && pgrep -x tar")
            run.signal(SIGKILL)
            let start = ContinuousClock.now
            try machine.wait(for: "[ -n \"$(docker ps -q)\" ]")
            let elapsed = ContinuousClock.now - start
            #expect(elapsed < .seconds(10), "it took \(elapsed)")
            #expect(await run.outcome(within: .seconds(10)).status == 128 + Int(SIGKILL))
            #expect(try running(machine) == ["shop_shop_1"])
            // Nothing of the run is left on the machine.
            try machine.wait(for: "! pgrep -f hf_")
        }
    }
}
