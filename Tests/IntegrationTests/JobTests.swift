import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Long work in the background: seen, ended and remembered by other processes.
    @Suite(
        "Jobs", .enabled(if: DeviceWorld.missing == nil, "\(DeviceWorld.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct JobTests {
        /// A device on which one probe beats until `/tmp/here` is gone.
        private static let slow = """
            cat >$ROOT/usr/local/bin/nginx <<'END'
            #!/bin/sh
            touch /tmp/here; while [ -e /tmp/here ]; do date +%s%N >/tmp/beat; sleep 0.1; done; echo nginx/1 >&2
            END
            chmod 755 $ROOT/usr/local/bin/nginx
            """

        private func prepared() async throws -> (world: DeviceWorld, home: HoldfastHome) {
            let world = try DeviceWorld(DeviceWorld.Options(setup: Self.slow))
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "slow")
            return (world, home)
        }

        /// Starts a backup of the slow device as a job and waits until the device is at work.
        private func begun(_ world: DeviceWorld, _ home: HoldfastHome) async throws -> String {
            let job = try await home.json(
                0, "backup", "create", "slow", "--only", "nginx", "--only", "identity", "--background")
            #expect(job["state"]?.string == "starting")
            for _ in 0..<6000 where unsafe access(world.root + "/tmp/beat", F_OK) != 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            return try #require(job["job"]?.string)
        }

        private func show(_ job: String, _ home: HoldfastHome) async throws -> JSONValue {
            try await home.json(0, "job", "show", job)
        }

        private func link(_ path: String) -> String {
            var buffer = [CChar](repeating: 0, count: 4096)
            let length = unsafe readlink(path, &buffer, buffer.count)
            return String(decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        /// The process that carries the job out: the one that holds its lock; nil when there is none.
        private func process(of job: String, _ home: HoldfastHome) -> pid_t? {
            TestFiles.names(in: "/proc").compactMap { pid_t($0) }.first { process in
                link("/proc/\(process)/fd/3") == "\(home.path)/jobs/\(job).lock"
            }
        }

        @Test func `a backup in the background is seen and followed by other processes`() async throws {
            let (world, home) = try await prepared()
            let job = try await begun(world, home)
            let running = try await show(job, home)
            #expect(running["state"]?.string == "running")
            #expect(running["isFinished"]?.bool == false)
            let list = try await home.json(0, "job", "list")
            #expect(list["jobs"]?.array?.map { $0["job"]?.string } == [job])
            let follower = try home.start(["job", "show", job, "--follow", "--json"])
            _ = unsafe unlink(world.root + "/tmp/here")
            let outcome = await follower.outcome(within: .seconds(120))
            #expect(outcome.status == 0, "\(outcome.story)")
            let ended = try outcome.json()
            #expect(ended["state"]?.string == "done")
            #expect(ended["result"]?["backups"]?.array?.first?["status"]?.string == "ok")
            #expect(ended["phase"]?.string == "backing up")
            #expect(ended["done"]?.int == 1 && ended["total"]?.int == 1)
            #expect(outcome.errorText.contains("slow: ok"), "\(outcome.story)")
            try await home.expect(0, "backup", "verify", "latest:slow")
            #expect(TestFiles.names(in: home.path + "/jobs").isEmpty)
            try await home.expect(0, "audit", "verify")
            // Over is over.
            try await home.json(5, "job", "cancel", job)
        }

        @Test func `a job has a session of its own and no terminal`() async throws {
            let (world, home) = try await prepared()
            let job = try await begun(world, home)
            let process = try #require(self.process(of: job, home))
            #expect(getsid(process) == process)
            #expect(link("/proc/\(process)/fd/1") == "/dev/null")
            #expect(link("/proc/\(process)/fd/2") == "/dev/null")
            // The fifth word after the name is the terminal; none is 0.
            let state = try SmallFile.text(at: "/proc/\(process)/stat").split(separator: ")").last
            #expect(state?.split(separator: " ")[4] == "0")
            _ = unsafe unlink(world.root + "/tmp/here")
            try await home.expect(0, "job", "show", job, "--follow")
        }

        /// What runs on the device besides its SSH server, by command line.
        private func processes(_ world: DeviceWorld) throws -> [String] {
            let listed = try world.run(
                "for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline && echo; done 2>/dev/null; exit 0")
            return DeviceText.lines(listed).filter { !$0.isEmpty && !$0.contains("sshd") }
        }

        @Test(arguments: [false, true])
        func `cancelling ends the job at once, and what runs on the device within seconds`(
            _ isKilled: Bool
        ) async throws {
            let (world, home) = try await prepared()
            let job = try await begun(world, home)
            #expect(try processes(world).contains { $0.contains("nginx") })
            let start = ContinuousClock.now
            if isKilled {
                kill(try #require(process(of: job, home)), SIGKILL)
            } else {
                let ended = try await home.json(0, "job", "cancel", job)
                print("from asking to end to the end of the job:", ContinuousClock.now - start)
                #expect(ended["state"]?.string == "cancelled", "\(ended)")
                #expect(ended["error"]?["code"]?.string == "cancelled")
            }
            var left = try processes(world)
            // Its own limit of 20 s would end the probe as well.
            while !left.isEmpty, ContinuousClock.now - start < .seconds(15) {
                try await Task.sleep(for: .milliseconds(100))
                left = try processes(world)
            }
            #expect(left.isEmpty, "\(left)")
            print("until nothing ran on the device any more:", ContinuousClock.now - start)
            #expect(unsafe access(world.root + "/tmp/here", F_OK) == 0, "the probe ended by itself")
            let list = try await home.json(0, "backup", "list")
            #expect(list["backups"]?.array?.isEmpty == true)
            try await home.expect(0, "vault", "check")
        }

        @Test func `a run that comes to its end leaves nobody behind who watches it`() async throws {
            let (world, home) = try await prepared()
            _ = unsafe unlink(world.root + "/tmp/here")
            _ = try await home.backUp("slow", "--only", "identity")
            var left = try processes(world)
            for _ in 0..<300 where !left.isEmpty {
                try await Task.sleep(for: .milliseconds(10))
                left = try processes(world)
            }
            #expect(left.isEmpty, "\(left)")
        }

        @Test func `a job whose process was killed is told as cut off, once, by the next start`() async throws
        {
            let (world, home) = try await prepared()
            let job = try await begun(world, home)
            kill(try #require(process(of: job, home)), SIGKILL)
            // Its death is seen when the kernel released the lock.
            for _ in 0..<500 where process(of: job, home) != nil {
                try await Task.sleep(for: .milliseconds(10))
            }
            let next = try await home.run(["backup", "create", "local", "--only", "identity"])
            #expect(next.status == 0)
            #expect(next.errorText.contains("Job \(job) (backup create) was cut off"), "\(next.story)")
            let again = try await home.run(["backup", "create", "local", "--only", "identity"])
            #expect(!again.errorText.contains("cut off"), "\(again.story)")
            let shown = try await show(job, home)
            #expect(shown["state"]?.string == "cut-off")
            #expect(shown["note"]?.string?.isEmpty == false)
            try await home.json(5, "job", "cancel", job)
            try await home.expect(0, "vault", "check")
        }

        @Test func `what fails at once is remembered with its reason`() async throws {
            let home = try await HoldfastHome.initialised()
            let job = try await home.json(0, "backup", "verify", "20200101", "--background")
            let name = try #require(job["job"]?.string)
            let ended = try await home.json(3, "job", "show", name, "--follow")
            #expect(ended["state"]?.string == "failed")
            #expect(ended["error"]?["code"]?.string == "backup-unknown")
            try await home.json(4, "job", "show", "0000000000000000")
            try await home.json(4, "job", "show", "x'; touch /pwned; '")
        }

        @Test func `an altered record counts for nothing`() async throws {
            let home = try await HoldfastHome.initialised()
            let job = try await home.json(0, "backup", "verify", "--background")
            let name = try #require(job["job"]?.string)
            try await home.expect(0, "job", "show", name, "--follow")
            try Shell.run(
                "sqlite3 '\(home.path)/holdfast.db' \"UPDATE job SET state = 'running', finished = 0\"")
            #expect(try await show(name, home)["state"]?.string == "altered")
        }

        @Test func `the word for a job's process is for nobody to type`() async throws {
            let home = try await HoldfastHome.initialised()
            let outcome = try await home.run(["__job"])
            #expect(outcome.status == 2, "\(outcome.story)")
        }
    }
}
