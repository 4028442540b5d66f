import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// The program dies, is interrupted, or finds no room in the middle of its work.
    @Suite("Crash", .timeLimit(.minutes(20)))
    struct CrashTests {
        private static let megabytes = HoldfastHome.isExtended ? 400 : 60

        /// A home with one small backup, whose id is returned, and a folder of data beside it.
        private func prepare(_ home: HoldfastHome, megabytes: Int = Self.megabytes) async throws -> (
            earlier: String, data: String
        ) {
            let data = home.scratch.path + "/data"
            try Shell.run(
                """
                mkdir '\(data)'
                for n in 1 2 3 4; do head -c \(megabytes * 250_000) /dev/urandom >'\(data)/'$n; done
                """)
            let backup = try await home.backUp("local", "--only", "identity", "--path", "/etc/hostname")
            return (try #require(backup["backup"]?.string), data)
        }

        /// Whole vault, earlier backups proven, audit chain intact, and the lock is free for a new backup.
        private func expectSound(_ home: HoldfastHome, _ earlier: [String]) async throws {
            try await home.expect(0, "vault", "check", "--read-data")
            for id in earlier { try await home.expect(0, "backup", "verify", id) }
            try await home.expect(0, "audit", "verify")
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
        }

        @Test func `killed at any moment, the vault is whole and the lock free`() async throws {
            let home = try await HoldfastHome.initialised()
            let (earlier, data) = try await prepare(home)
            let rehearsal = try await HoldfastHome.initialised()
            let whole = try await rehearsal.expect(
                0, "backup", "create", "local", "--only", "identity", "--path", data, "--json")
            let steps = HoldfastHome.isExtended ? 24 : 6
            var killed = 0
            for step in 1...steps {
                let run = try home.start(["backup", "create", "local", "--only", "identity", "--path", data])
                try await Task.sleep(for: whole.elapsed * step / (steps + 1))
                run.signal(SIGKILL)
                let outcome = await run.outcome(within: .seconds(60))
                if outcome.status == 128 + Int(SIGKILL) { killed += 1 }
                try await expectSound(home, [earlier])
            }
            #expect(killed > steps / 2, "only \(killed) of \(steps) runs were killed before they ended")
            try await home.expect(0, "backup", "prune", "--garbage-only")
            try await expectSound(home, [earlier])
            let last = try await home.backUp("local", "--only", "identity", "--path", data)
            let folder = try await home.export(try #require(last["backup"]?.string), to: "out")
            try Shell.run("diff -r '\(data)' '\(folder)\(data)'")
        }

        @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)])
        func `interrupted, it ends soon and leaves nothing half done`(_ signal: CInt, _ status: Int)
            async throws
        {
            let home = try await HoldfastHome.initialised()
            let (earlier, data) = try await prepare(home, megabytes: 200)
            let run = try home.start([
                "backup", "create", "local", "--only", "identity", "--path", data, "--json",
            ])
            try await Task.sleep(for: .milliseconds(500))
            run.signal(signal)
            let outcome = await run.outcome(within: .seconds(30))
            #expect(outcome.status == status && !outcome.isTimedOut, "\(outcome.story)")
            try await expectSound(home, [earlier])
        }

        @Test func `a full disk is told and loses nothing`() async throws {
            var options = DeviceWorld.Options()
            options.size = "24m"
            let world = try DeviceWorld(options)
            let home = try HoldfastHome(in: world)
            try await home.expect(0, "init")
            let (earlier, data) = try await prepare(home, megabytes: 60)
            for _ in 0..<2 {
                let error = try await home.json(
                    7, "backup", "create", "local", "--only", "identity", "--path", data)["error"]
                #expect(error?["code"]?.string == "disk-full", "\(error.map { "\($0)" } ?? "no error")")
                #expect(error?["message"]?.string?.isEmpty == false)
                try await home.expect(0, "backup", "verify", earlier)
                try await home.expect(0, "backup", "show", earlier)
            }
            try await home.expect(0, "backup", "prune", "--garbage-only")
            try await expectSound(home, [earlier])
        }

        @Test func `a device that hangs keeps nobody from writing`() async throws {
            let setup = """
                printf '#!/bin/sh\\ntouch /tmp/here; while [ -e /tmp/here ]; do sleep 0.1; done; echo nginx/1 >&2\\n' \
                >$ROOT/usr/local/bin/nginx; chmod 755 $ROOT/usr/local/bin/nginx
                """
            let world = try DeviceWorld(DeviceWorld.Options(setup: setup))
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "slow")
            let first = try home.start([
                "backup", "create", "slow", "local", "--only", "nginx", "--only", "identity",
            ])
            for _ in 0..<6000 where unsafe access(world.root + "/tmp/here", F_OK) != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try await home.expect(0, "backup", "list")
            try await home.expect(0, "backup", "verify")
            try await home.expect(0, "backup", "prune", "--garbage-only")
            try await home.expect(0, "vault", "check")
            try world.run("rm /tmp/here")
            let outcome = await first.outcome(within: .seconds(120))
            #expect(outcome.status == 0, "\(outcome.story)")
            try await home.expect(0, "vault", "check", "--read-data")
        }

        @Test func `a second writer waits for the first, and says for whom`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            let lock = try #require(
                try Shell.output("ls '\(home.path)/vault' | grep lock").split(separator: 0x0A).first)
            let path = home.path + "/vault/" + String(decoding: lock, as: UTF8.self)
            let held = home.scratch.path + "/held"
            let hold = "touch \(held); while [ -e \(held) ]; do sleep 0.05; done"
            try Shell.run("flock '\(path)' sh -c '\(hold)' >/dev/null 2>&1 &")
            for _ in 0..<6000 where unsafe access(held, F_OK) != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            let second = try home.start(["backup", "create", "local", "--only", "identity"])
            for _ in 0..<3000 where !second.errorsSoFar.contains("waiting: ") {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(second.errorsSoFar.contains("being written to"), "\(second.errorsSoFar)")
            try await home.expect(5, "backup", "prune", "--garbage-only")
            try Shell.run("rm '\(held)'")
            let outcome = await second.outcome(within: .seconds(60))
            #expect(outcome.status == 0, "\(outcome.story)")
        }
    }
}
