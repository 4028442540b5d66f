import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Devices that behave badly: they end as sections with true statuses, never as a hang, never as a false success.
    @Suite("Robustness", .timeLimit(.minutes(20)))
    struct RobustnessTests {
        private let fast = ["--only", "identity", "--only", "cron", "--only", "nginx", "--path", "/srv/mark"]

        private func makeHome(_ world: DeviceWorld) async throws -> HoldfastHome {
            let home = try await HoldfastHome.initialised()
            try await home.add(world, as: "dev")
            return home
        }

        /// A world with a mark to find again, a program `nginx` of the given text, and whatever `more` does.
        private func makeWorld(
            _ userland: DeviceWorld.Userland = .host, nginx: String = "echo nginx/1.22.1 >&2",
            shell: String = "/bin/sh",
            configuration: [String] = [], more: String = ""
        ) throws -> DeviceWorld {
            let setup = """
                mkdir -p $ROOT/srv $ROOT/usr/local/bin $ROOT/root
                echo 'the mark' >$ROOT/srv/mark
                cat >$ROOT/usr/local/bin/nginx <<'END'
                #!/bin/sh
                \(nginx)
                END
                chmod 755 $ROOT/usr/local/bin/nginx
                \(more)

                """
            var options = DeviceWorld.Options(userland, setup: setup)
            options.shell = shell
            options.configuration = configuration
            return try DeviceWorld(options)
        }

        private func create(
            _ home: HoldfastHome, _ more: [String] = [], within limit: Duration = .seconds(240)
        ) async throws -> HoldfastRun.Outcome {
            try await home.run(["backup", "create", "dev", "--json"] + fast + more, within: limit)
        }

        private func status(of section: String, _ home: HoldfastHome) async throws -> (
            status: String, reason: String
        ) {
            let sections = try await home.json(0, "backup", "show", "latest:dev")["sections"]?.array ?? []
            let found = sections.first { $0["name"]?.string == section }
            return (found?["status"]?.string ?? "missing", found?["reason"]?.string ?? "")
        }

        private func expectWhole(_ world: DeviceWorld) async throws {
            let home = try await makeHome(world)
            let outcome = try await create(home)
            #expect(outcome.status == 0, "\(outcome.story)")
            let shown = try await home.json(0, "backup", "cat", "latest:dev", "/srv/mark")
            #expect(shown["text"]?.string == "the mark\n")
        }

        @Test func `banners and a noisy login shell disturb nothing`() async throws {
            let world = try makeWorld(
                shell: "/bin/bash", configuration: ["Banner /etc/hostname"],
                more: """
                    for file in .bashrc .profile .bash_profile; do
                    echo 'echo noise; echo more noise >&2; printf "\\\\nHF 1 0 root\\\\n"' >$ROOT/root/$file
                    done
                    """)
            try await expectWhole(world)
        }

        @Test func `what a login script writes later costs the section it falls into`() async throws {
            let login = "( until [ -e /srv/go ]; do sleep 0.05; done; echo NOISE; : >/srv/gone ) & "
            let world = try makeWorld(
                nginx: ": >/srv/go; until [ -e /srv/gone ]; do sleep 0.05; done; echo nginx/1.22.1 >&2",
                configuration: ["ForceCommand \(login) exec /bin/sh -c \"$SSH_ORIGINAL_COMMAND\""])
            let home = try await makeHome(world)
            let outcome = try await create(home)
            #expect(outcome.status == 3, "\(outcome.story)")
            let sections = try await home.json(0, "backup", "show", "latest:dev")["sections"]?.array ?? []
            let hit = sections.filter { $0["status"]?.string != "ok" }
            #expect(hit.count == 1)
            #expect(
                hit.first?["reason"]?.string?.contains("the account's login started wrote into the output of")
                    == true,
                "\(sections)")
            #expect(
                try await home.json(0, "backup", "cat", "latest:dev", "/srv/mark")["text"]?.string
                    == "the mark\n")
        }

        @Test func `a full disk disturbs nothing`() async throws {
            let world = try makeWorld()
            let fill = "dd if=/dev/zero of=%/fill bs=64k 2>/dev/null"
            try world.runOutside(
                """
                mount -o remount,size=64k $ROOT/tmp; mount -o remount,size=64k $ROOT/run
                mount -o remount,size=64k $ROOT/var/tmp; mount -o remount,size=8m /mnt
                for place in $ROOT/tmp $ROOT/run $ROOT/var/tmp /mnt; do
                \(fill.replacing("%", with: "$place")) || true
                done
                ! { echo x >$ROOT/etc/x && echo x >$ROOT/tmp/x; } 2>/dev/null
                """)
            try await expectWhole(world)
        }

        @Test func `a read-only disk disturbs nothing`() async throws {
            let world = try makeWorld()
            try world.runOutside(
                """
                for place in $ROOT/tmp $ROOT/run $ROOT/var/tmp $ROOT/dev/shm $ROOT; do mount -o remount,ro $place; done
                ! touch $ROOT/etc/x 2>/dev/null
                """)
            try await expectWhole(world)
        }

        @Test(arguments: ["/usr/sbin/nologin", "/bin/false", "/nowhere/shell"])
        func `a login that is not allowed is told`(_ shell: String) async throws {
            let world = try makeWorld(shell: shell)
            let home = try await makeHome(world)
            let outcome = try await create(home, within: .seconds(60))
            #expect(outcome.status == 7, "\(outcome.story)")
            #expect(try outcome.json()["error"]?["code"]?.string == "device-unreachable")
        }

        @Test func `a forced command is told`() async throws {
            let world = try makeWorld(configuration: ["ForceCommand echo only this"])
            let home = try await makeHome(world)
            let outcome = try await create(home, within: .seconds(60))
            #expect(outcome.status == 7, "\(outcome.story)")
            #expect(outcome.text.contains("only this"), "what the device said is told: \(outcome.story)")
        }

        @Test func `a shell that floods instead of running the script is given up soon`() async throws {
            let flood =
                "printf '#!/bin/sh\\nexec yes nonsense\\n' >$ROOT/bin/flood; chmod 755 $ROOT/bin/flood"
            let world = try makeWorld(shell: "/bin/flood", more: flood)
            let home = try await makeHome(world)
            let outcome = try await create(home, within: .seconds(60))
            #expect(!outcome.isTimedOut && outcome.status == 7, "\(outcome.story)")
        }

        @Test func `a shell that floods after the script is cut off`() async throws {
            let flood =
                "printf '#!/bin/sh\\n/bin/sh \"$@\"\\nexec yes nonsense\\n' >$ROOT/bin/flood; chmod 755 $ROOT/bin/flood"
            try await expectWhole(makeWorld(shell: "/bin/flood", more: flood))
        }

        @Test(arguments: [false, true])
        func `a device that floods in the midst of the script costs its own backup only`(_ isAtEnd: Bool)
            async throws
        {
            let frames = isAtEnd ? "cat" : "sed -u '/ S 3$/Q'"
            let flood = """
                cat >$ROOT/bin/flood <<'END'
                #!/bin/sh
                /bin/sh "$@" 2>/dev/null | \(frames)
                exec cat /dev/zero
                END
                chmod 755 $ROOT/bin/flood
                """
            let (world, honest) = try (makeWorld(shell: "/bin/flood", more: flood), makeWorld())
            let home = try await makeHome(world)
            try await home.add(honest, as: "honest")
            let outcome = try await create(home, ["honest"])
            #expect(outcome.status == 3 && !outcome.isTimedOut, "\(outcome.story)")
            let backups = try outcome.json()["backups"]?.array ?? []
            let statuses = backups.map { "\($0["device"]?.string ?? ""): \($0["status"]?.string ?? "")" }
            #expect(statuses.sorted() == ["dev: partial", "honest: ok"], "\(outcome.story)")
            let missing = try await home.json(0, "backup", "show", "latest:dev")["notCovered"]?.array ?? []
            #expect(missing.contains { $0.string?.contains("the device floods") == true }, "\(missing)")
            guard !isAtEnd else { return }
            let section = try await status(of: "nginx", home)
            #expect(
                section.status == "failed" && section.reason.contains("the device floods"), "\(section)")
        }

        @Test(arguments: ["exec yes nonsense", "exec sleep 1000"])
        func `a program that floods or hangs costs its own section only`(_ nginx: String) async throws {
            let world = try makeWorld(nginx: nginx)
            let home = try await makeHome(world)
            let outcome = try await create(home, within: .seconds(200))
            #expect(outcome.status == 3, "\(outcome.story)")
            let section = try await status(of: "nginx", home)
            #expect(
                section.status != "ok" && section.status != "absent" && !section.reason.isEmpty, "\(section)")
            #expect(try await status(of: "identity", home).status == "ok")
            #expect(try await status(of: "paths", home).status == "ok")
        }

        @Test(arguments: [["--full"], []])
        func `a tar that sends nothing and calls it a success is found out`(_ more: [String]) async throws {
            let world = try makeWorld(
                more: """
                    cat >$ROOT/usr/local/bin/tar <<'END'
                    #!/bin/sh
                    case $1 in --version) exec /usr/bin/tar "$@" ;; esac
                    exec /usr/bin/tar -c -f - --files-from=/dev/null
                    END
                    chmod 755 $ROOT/usr/local/bin/tar
                    """)
            let home = try await makeHome(world)
            let outcome = try await create(home, more)
            #expect(outcome.status == 3, "\(outcome.story)")
            let section = try await status(of: "paths", home)
            #expect(section.status == "failed" && section.reason.contains("/srv/mark"), "\(section)")
        }

        @Test(arguments: [
            ("tar", "exit 1", "tar sent no archive"),
            ("tar", "head -c 100000 /dev/urandom; exit 1", "not all files came"),
            ("find", "exit 1", "find does not work there"), ("find", "exit 0", "find does not work there"),
            ("find", "exit 127", "find does not work there"),
            ("find", "[ \"$1\" = /etc ] && exit 137; exec /usr/bin/find \"$@\"", "ended with status 137"),
        ])
        func `a tar or a find that does not do its work is found out`(
            _ tool: String, _ text: String, _ reason: String
        ) async throws {
            let version = tool == "tar" ? "case $1 in --version) exec /usr/bin/tar \"$@\" ;; esac\n" : ""
            let world = try makeWorld(
                more: """
                    cat >$ROOT/usr/local/bin/\(tool) <<'END'
                    #!/bin/sh
                    \(version)\(text)
                    END
                    chmod 755 $ROOT/usr/local/bin/\(tool)
                    """)
            let home = try await makeHome(world)
            let outcome = try await home.run([
                "backup", "create", "dev", "--full", "--only", "local-configuration", "--only", "identity",
            ])
            #expect(outcome.status == 3, "\(outcome.story)")
            let section = try await status(of: "local-configuration", home)
            #expect(section.status != "ok" && section.reason.contains(reason), "\(section)")
            // Files that are named, and not looked for, come without find.
            #expect(try await status(of: "identity", home).status == (tool == "find" ? "ok" : "partial"))
        }

        @Test(
            .enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"),
            arguments: [
                (
                    "without tar tas; rm -f $ROOT/bin/tar; printf '#!/bin/sh\\nexit 0\\n' >$ROOT/bin/tar; chmod 755 $ROOT/bin/tar",
                    "tar sent no archive"
                ),
                (
                    "without tar tas; rm -f $ROOT/bin/tar; printf '#!/bin/sh\\nexit 1\\n' >$ROOT/bin/tar; chmod 755 $ROOT/bin/tar",
                    "tar sent no archive"
                ),
                ("without tar tas; rm -f $ROOT/bin/tar", "tar is not installed there"),
            ])
        func `a BusyBox machine whose tar is silent or missing is found out`(
            _ change: String, _ reason: String
        )
            async throws
        {
            let world = try makeWorld(.busybox, more: change)
            let home = try await makeHome(world)
            let outcome = try await create(home)
            #expect(outcome.status == 3, "\(outcome.story)")
            for name in ["paths", "identity"] {
                let section = try await status(of: name, home)
                #expect(
                    section.status != "ok" && section.reason.contains(reason), "\(name): \(section)")
            }
        }

        @Test(
            .enabled(if: DeviceWorld.missingBusyBox == nil, "needs a static BusyBox"),
            arguments: [DeviceWorld.Userland.host, .busybox])
        func `without the tool timeout a hanging program is ended as well`(_ userland: DeviceWorld.Userland)
            async throws
        {
            let remove =
                "rm -f $ROOT/usr/bin/timeout $ROOT/bin/timeout"
                + (userland == .busybox ? "; without timeout timeouu" : "")
            let world = try makeWorld(userland, nginx: "exec sleep 1000", more: remove)
            #expect(throws: Shell.Failure.self) { try world.run("command -v timeout") }
            let home = try await makeHome(world)
            let outcome = try await create(home, within: .seconds(200))
            #expect(outcome.status == 3, "\(outcome.story)")
            let section = try await status(of: "nginx", home)
            #expect(section.reason.contains("ended after"), "\(section)")
            #expect(try await status(of: "paths", home).status == "ok")
        }

        /// Waits until the device's program has said that it runs.
        private func waitForProgram(_ world: DeviceWorld) async throws {
            for _ in 0..<6000 {
                if unsafe access(world.root + "/tmp/here", F_OK) == 0 { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("the program on the device never ran")
        }

        @Test func `a device that dies midway leaves a partial backup that says so`() async throws {
            let world = try makeWorld(nginx: "touch /tmp/here; exec sleep 1000")
            let home = try await makeHome(world)
            let run = try home.start(["backup", "create", "dev", "--json"] + fast)
            try await waitForProgram(world)
            world.stop()
            let outcome = await run.outcome(within: .seconds(60))
            #expect(outcome.status == 3, "\(outcome.story)")
            let identity = try await status(of: "identity", home)
            #expect(
                identity.status == "partial" && identity.reason.contains("the run ended before"),
                "\(identity)")
            for section in ["nginx", "paths"] {
                let found = try await status(of: section, home)
                #expect(
                    found.status == "failed" && found.reason.contains("the run ended before"),
                    "\(section): \(found)")
            }
            let missing = try await home.json(0, "backup", "show", "latest:dev")["notCovered"]?.array ?? []
            #expect(missing.contains { $0.string?.contains("ended early") == true }, "\(missing)")
        }

        @Test func `a device that stops answering midway is given up after the idle limit`() async throws {
            let world = try makeWorld(nginx: "touch /tmp/here; pkill -STOP sshd; exec sleep 1000")
            let home = try await makeHome(world)
            let outcome = try await create(home, ["--idle-timeout", "5"], within: .seconds(60))
            #expect(outcome.status == 3 && !outcome.isTimedOut, "\(outcome.story)")
            #expect(try await status(of: "identity", home).status == "partial")
            #expect(try await status(of: "nginx", home).status == "failed")
        }
    }
}
