import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Hasty, unlucky and careless users: what was begun twice, killed midway, lost, full, mistyped or typed too early.
    @Suite("Hardening", .timeLimit(.minutes(10)))
    struct HardeningTests {
        @Test func `of many that set up a home at once, one does`() async throws {
            for _ in 0..<3 {
                let home = try HoldfastHome()
                let outcomes = try await withThrowingTaskGroup(of: HoldfastRun.Outcome.self) { group in
                    for _ in 0..<4 { group.addTask { try await home.run(["init", "--json"]) } }
                    var outcomes: [HoldfastRun.Outcome] = []
                    for try await outcome in group { outcomes.append(outcome) }
                    return outcomes
                }
                for outcome in outcomes { #expect(outcome.status == 0, "\(outcome.story)") }
                let answers = try outcomes.map { try $0.json() }
                #expect(answers.count { $0["isNew"] == true } == 1)
                #expect(Set(answers.compactMap { $0["vaultId"]?.string }).count == 1)
                try await home.expect(0, "audit", "verify")
                try await home.expect(0, "vault", "check")
                let kit = try await home.json(0, "key", "show")
                let made = answers.first { $0["isNew"] == true }
                #expect(kit["recoveryKit"] == made?["recoveryKit"])
            }
        }

        /// What a death in the midst of `init` leaves, as shell text in the home folder.
        @Test(arguments: [
            "rm -r vault holdfast.db* audit.checkpoint; mv key key.1234.tmp",
            "rm -r vault holdfast.db* audit.checkpoint", "rm vault/config holdfast.db* audit.checkpoint",
            "rm -r vault/config vault/packs holdfast.db* audit.checkpoint; : >vault/config.77.tmp",
            "rm holdfast.db* audit.checkpoint", "rm holdfast.db* audit.checkpoint; : >holdfast.db",
        ]) func `what a killed init left is finished by the next`(_ leave: String) async throws {
            let home = try await HoldfastHome.initialised()
            try Shell.run("cd '\(home.path)' && \(leave)")
            let finished = try await home.json(0, "init")
            try await home.expect(0, "audit", "verify")
            try await home.expect(0, "vault", "check")
            // Nobody has seen its kit yet.
            let kit = try await home.json(0, "key", "show")
            #expect(finished["recoveryKit"] == kit["recoveryKit"] && finished["isNew"] == true)
            #expect(try await home.json(0, "init")["recoveryKit"]?.isNull != false)
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            #expect(try Folder.items(home.path).allSatisfy { !$0.name.hasSuffix(".tmp") })
        }

        @Test func `of changes made to a device at once, none is lost`() async throws {
            let home = try await HoldfastHome.initialised()
            try await withThrowingTaskGroup(of: HoldfastRun.Outcome.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await home.run(["device", "set", "local", "--add-tag", "t\(number)"])
                    }
                }
                for try await outcome in group { #expect(outcome.status == 0, "\(outcome.story)") }
            }
            let tags = try await home.json(0, "device", "show", "local")["tags"]?.array ?? []
            #expect(Set(tags.compactMap(\.string)) == Set((0..<12).map { "t\($0)" }))
        }

        @Test(arguments: ["mv vault away", "mv vault away && mkdir vault"])
        func `a lost vault is told by all, and made anew on request only`(_ lose: String) async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try Shell.run("cd '\(home.path)' && \(lose)")
            for call in [
                ["init"], ["backup", "list"], ["backup", "create", "local"], ["vault", "check"],
                ["backup", "prune", "--garbage-only"],
            ] {
                let outcome = try await home.run(call)
                #expect(outcome.status == 4, "\(outcome.story)")
                #expect(
                    outcome.errorText.contains("holdfast init --home \(home.path) --new-vault"),
                    "\(outcome.story)")
                #expect(outcome.errorText.contains("There is no vault at"), "\(outcome.story)")
            }
            #expect(try Folder.item(home.path + "/vault/config") == nil)
            let doctor = try await home.run(["doctor"])
            #expect(doctor.status == 3, "\(doctor.story)")
            try Shell.run("cd '\(home.path)' && mv away elsewhere")
            let anew = try await home.json(0, "init", "--new-vault")
            #expect(anew["isNew"] == true)
            try await home.expect(0, "audit", "verify")
            try Shell.run("cd '\(home.path)' && rm -rf vault && mv elsewhere vault")
            #expect(try await home.json(0, "backup", "list")["backups"]?.array?.count == 1)
        }

        @Test func `a disk that is full to the last byte can be pruned`() async throws {
            let scratch = try ScratchFolder()
            try Shell.run("mount -t tmpfs -o size=16m tmpfs '\(scratch.path)'")
            defer { _ = try? Shell.run("umount -l '\(scratch.path)'") }
            let home = try HoldfastHome()
            try Folder.createAll(home.path)
            try Shell.run("mount --bind '\(scratch.path)' '\(home.path)'")
            defer { _ = try? Shell.run("umount -l '\(home.path)'") }
            try await home.expect(0, "init")
            try Shell.run("head -c 2000000 /dev/urandom >'\(home.scratch.path)/own'")
            let own = home.scratch.path + "/own"
            let first = try await home.backUp("local", "--only", "identity", "--path", own)["backup"]?.string
            try Shell.run("head -c 1000 /dev/urandom >'\(own)'")
            try await home.expect(0, "backup", "create", "local", "--only", "identity", "--path", own)
            #expect(try Folder.item(home.path + "/reserve") != nil)
            _ = try? Shell.run("cat /dev/zero >'\(home.path)/fill' 2>/dev/null")
            #expect(try Folder.freeSpace(home.path) == 0)
            try await home.expect(0, "backup", "delete", try #require(first))
            let pruned = try await home.json(0, "backup", "prune", "--garbage-only", "--now")
            #expect((pruned["freed"]?.int ?? 0) > 1_900_000, "\(pruned)")
            try await home.expect(0, "vault", "check", "--read-data")
            try await home.expect(0, "audit", "verify")
            let names = try await home.json(0, "audit", "list")["records"]?.array ?? []
            #expect(names.contains { $0["operation"] == "backup delete" && $0["result"] == "ok" })
            #expect(names.contains { $0["operation"] == "backup prune" && $0["result"] == "ok" })
            try Shell.run("rm '\(home.path)/fill'")
            try await home.expect(0, "backup", "pin", "latest")
            #expect(try Folder.item(home.path + "/reserve") != nil, "it is made again once there is room")
        }

        @Test func `a yes that was typed too early accepts no host key`() async throws {
            let world = try DeviceWorld()
            let home = try await HoldfastHome.initialised()
            let add = ["device", "add", "box", world.address, "--identity", world.loginKey]
            let hasty = try await home.onTerminal(add, typing: "n", ahead: "y")
            #expect(hasty.status != 0 && hasty.text.contains("[y/N]"), "\(hasty.story)")
            try await home.expect(4, "device", "show", "box")
            let calm = try await home.onTerminal(add, typing: "y")
            #expect(calm.status == 0, "\(calm.story)")
            try await home.expect(0, "device", "show", "box")
        }

        @Test func `a name that was typed too early approves nothing`() async throws {
            let home = try await HoldfastHome.initialised()
            let file = home.scratch.path + "/policy.json"
            let expiry = (SystemClock().now() + .seconds(86_400)).string(fractionDigits: 0)
            let policy = """
                {"policy":1,"name":"jobs","devices":["local"],"sections":["cron"],"actions":["replace"],
                "maxRisk":"low","maxSteps":2,"expires":"\(expiry)"}
                """
            try AtomicFile.write(Array(policy.utf8), to: file)
            let adopt = ["policy", "adopt", file]
            let hasty = try await home.onTerminal(adopt, typing: "no", ahead: "local")
            #expect(hasty.status == 6 && hasty.text.contains("Type the names"), "\(hasty.story)")
            #expect(try await home.json(0, "policy", "list")["policies"]?.array?.isEmpty == true)
            let calm = try await home.onTerminal(adopt, typing: "local")
            #expect(calm.status == 0, "\(calm.story)")
        }

        @Test func `an interrupt ends the reading of large own paths, and leaves no backup`() async throws {
            let home = try await HoldfastHome.initialised()
            let run = try home.start(["backup", "create", "local", "--only", "identity", "--path", "/usr"])
            while !run.errorsSoFar.contains("MiB"), kill(run.process, 0) == 0 { usleep(20_000) }
            run.signal(SIGINT)
            let outcome = await run.outcome(within: .seconds(30))
            #expect(outcome.status == 130 && !outcome.isTimedOut, "\(outcome.story)")
            #expect(try await home.json(0, "backup", "list")["backups"] == [])
            try await home.expect(0, "vault", "check", "--read-data")
            try await home.expect(0, "audit", "verify")
        }

        /// Calls that name nothing, their status, and what they say.
        @Test(arguments: [
            (["backup", "create", "local", "--exclude", "node_modules"], 2, "'*/node_modules'"),
            (["backup", "create", "local", "--exclude", ""], 2, "matches no path"),
            (["device", "set", "local", "--add-exclude", "cache/*"], 2, "matches no path"),
            (["backup", "create", "local", "--only", "cron", "--skip", "cron"], 2, "nothing is left"),
            (["backup", "create", "local", "--only", "cron", "--exclude", "*/x"], 0, "leaves nothing out"),
            (["backup", "create", "local", "--only", "cron", "--path", "/nowhere/*"], 3, "/nowhere/*"),
            (["backup", "files", "latest", "/nowhere/*"], 4, "matches /nowhere/*"),
            (["backup", "files", "latest", ""], 2, "The glob is empty"),
            (["backup", "files", "latest", "--limit", "-1"], 2, "--limit"),
            (["backup", "files", "latest", "--section", "nosuch"], 2, "no section"),
            (["backup", "export", "latest", "--path", "", "--to", "/nowhere"], 2, "empty"),
            (["backup", "cat", "latest", "etc/hostname"], 2, "no absolute path"),
            (["backup", "show", ""], 4, "no backup ‘’"),
        ]) func `what matches nothing is told`(_ call: [String], _ status: Int, _ words: String) async throws
        {
            let home = try await HoldfastHome.initialised()
            if call.contains("latest") {
                try await home.expect(0, "backup", "create", "local", "--only", "identity")
            }
            let outcome = try await home.run(call)
            #expect(outcome.status == status, "\(outcome.story)")
            #expect((outcome.errorText + outcome.text).contains(words), "\(outcome.story)")
        }

        @Test func `a sample does not hide or renew a full verification`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "identity")
            try await home.expect(0, "backup", "verify")
            let shown = try await home.json(0, "backup", "list")
            let sample = try await home.run(["backup", "verify", "--sample", "50%"])
            #expect(sample.status == 0 && sample.errorText.contains("stays as it was"), "\(sample.story)")
            #expect(try await home.json(0, "backup", "list") == shown)
        }
    }
}
