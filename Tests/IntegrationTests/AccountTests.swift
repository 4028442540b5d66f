import Basics
import TestSupport
import Testing

extension Integration {
    /// Accounts that are not root, on a machine with a real sudo: what they may not read is told, and how they could.
    @Suite(
        "Account", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct AccountTests {
        /// One section as `backup show` tells of it.
        private struct Section: Equatable, CustomStringConvertible {
            let status: String
            let reason: String
            let files: JSONValue
            let hint: String

            var description: String { "\(status), \(files) files: \(reason) [\(hint)]" }
        }

        private func sections(_ home: HoldfastHome, of device: String) async throws -> [String: Section] {
            let run = try await home.run(["backup", "create", device])
            #expect(run.status == 0 || run.status == 3, "\(run.story)")
            let shown = try await home.json(0, "backup", "show", "latest:" + device)["sections"]?.array ?? []
            let pairs = shown.map { section in
                (
                    section["name"]?.string ?? "",
                    Section(
                        status: section["status"]?.string ?? "", reason: section["reason"]?.string ?? "",
                        files: section["files"] ?? .null, hint: section["hint"]?.string ?? "")
                )
            }
            return Dictionary(uniqueKeysWithValues: pairs)
        }

        private func prepared() async throws -> (TestMachine, HoldfastHome) {
            let machine = try TestMachine()
            try machine.run("docker import /opt/img/busybox.tar busybox:1; docker volume create goods")
            let home = try await HoldfastHome.initialised()
            try await home.add(machine, as: "whole")
            return (machine, home)
        }

        /// Sections that differ, those of files that every login changes left out.
        private func differences(_ some: [String: Section], _ whole: [String: Section]) -> [String] {
            whole.keys.sorted().compactMap { name in
                some[name] == whole[name]
                    ? nil : "\(name): \(some[name]?.description ?? "") / \(whole[name]?.description ?? "")"
            }
        }

        @Test func `an account with all rights reads what root reads`() async throws {
            let (machine, home) = try await prepared()
            try await home.add(machine, as: "ops", account: .ops)
            let whole = try await sections(home, of: "whole")
            let some = try await sections(home, of: "ops")
            #expect(whole.filter { !["ok", "absent"].contains($0.value.status) }.isEmpty, "\(whole)")
            #expect(differences(some, whole) == [])
        }

        @Test(arguments: [
            "", "plain ALL=(ALL) ALL", "Defaults:plain requiretty\\nplain ALL=(ALL) NOPASSWD: ALL",
            "plain ALL=(root) NOPASSWD: /usr/bin/true",
        ])
        func `an account without rights is told what is missing and calls nothing whole that is not`(
            _ rule: String
        )
            async throws
        {
            let (machine, home) = try await prepared()
            try machine.run(
                "printf '\(rule)\\n' >/etc/sudoers.d/plain; chmod 440 /etc/sudoers.d/plain; visudo -c")
            try await home.add(machine, as: "plain", account: .plain)
            let whole = try await sections(home, of: "whole")
            let some = try await sections(home, of: "plain")
            for (name, section) in some where section.status == "ok" || section.status == "absent" {
                #expect(section == whole[name], "\(name)")
            }
            for (name, section) in some where section.status == "denied" {
                #expect(section.hint.contains("plain ALL=(root) NOPASSWD: /"), "\(name): \(section)")
            }
            #expect(some["users"]?.status == "partial" || some["sudoers"]?.status == "denied", "\(some)")
        }

        @Test func `a plan for an account that cannot become root says that it cannot be carried out`()
            async throws
        {
            let (machine, home) = try await prepared()
            try await home.add(machine, as: "plain", account: .plain)
            try await home.add(machine, as: "ops", account: .ops)
            try machine.run("mkdir /srv/own && echo one >/srv/own/a && chmod -R a+rX /srv/own")
            for (device, isAble) in [("plain", false), ("ops", true)] {
                try machine.run("echo one >/srv/own/a")
                let backup = try await home.backUp(device, "--only", "identity", "--path", "/srv/own")
                let id = try #require(backup["backup"]?.string)
                try machine.run("echo two >/srv/own/a")
                let run = try await home.run(["restore", "plan", id, "--in-place", "--json"])
                let plan = try run.json()
                let conflicts = (plan["conflicts"]?.array ?? []).compactMap(\.string)
                #expect(plan["steps"]?.array?.count == 1, "\(run.story)")
                #expect((plan["plan"]?.string != nil) == isAble, "\(run.story)")
                #expect(
                    conflicts
                        == (isAble
                            ? []
                            : [
                                "a restore needs root on plain: its account is not, and sudo does not allow it a root shell without a password"
                            ]),
                    "\(run.story)")
            }
        }

        @Test func `where Docker cannot be asked, what it would have told is told to be missing`()
            async throws
        {
            let (machine, home) = try await prepared()
            try machine.run(
                """
                mkdir -p /opt/shop && cd /opt/shop && printf '0 3 * * * true\\n' | crontab -
                printf 'version: "3"\\nservices:\\n  web:\\n    image: busybox:1\\n    command: sleep 9999\\n' >docker-compose.yml
                docker-compose up -d
                """)
            try await home.add(machine, as: "plain", account: .plain)
            func read(_ device: String, expecting status: Int) async throws -> [String: JSONValue] {
                _ = try await home.backUp(
                    device, "--only", "compose", "--only", "cron", expecting: status)
                let shown = try await home.json(0, "backup", "show", "latest:" + device)
                let all = shown["sections"]?.array ?? []
                return Dictionary(uniqueKeysWithValues: all.map { ($0["name"]?.string ?? "", $0) })
            }
            let some = try await read("plain", expecting: 3)
            #expect(some.keys.sorted() == ["compose", "cron"], "\(some)")
            // Its file is found where such projects usually lie; that Docker could not be asked is told.
            #expect(some["compose"]?["status"] == "partial", "\(some)")
            #expect(some["compose"]?["reason"]?.string?.contains("docker needs root") == true, "\(some)")
            #expect(some["compose"]?["hint"]?.string?.contains("NOPASSWD: /") == true, "\(some)")
            // What everybody may read of cron is there, and that some of it is not is told.
            #expect(some["cron"]?["status"] == "partial", "\(some)")
            #expect((some["cron"]?["files"]?.int ?? 0) > 0, "\(some)")
            #expect(some["cron"]?["reason"]?.string?.contains("crontabs") == true, "\(some)")
            let whole = try await read("whole", expecting: 0)
            #expect(whole.values.allSatisfy { $0["status"] == "ok" }, "\(whole)")
            #expect((whole["compose"]?["files"]?.int ?? 0) > 0, "\(whole)")
            #expect((whole["cron"]?["files"]?.int ?? 0) > (some["cron"]?["files"]?.int ?? 0))
        }

        @Test func `the rights that are asked for are enough`() async throws {
            let (machine, home) = try await prepared()
            try await home.add(machine, as: "plain", account: .plain)
            let before = try await sections(home, of: "plain")
            let rules = Set(before.values.flatMap { $0.hint.split(separator: "\n") }).sorted()
            #expect(!rules.isEmpty)
            try machine.write(Array((rules.joined(separator: "\n") + "\n").utf8), to: "/etc/sudoers.d/plain")
            try machine.run("chmod 440 /etc/sudoers.d/plain; visudo -c")
            let whole = try await sections(home, of: "whole")
            let after = try await sections(home, of: "plain")
            #expect(differences(after, whole) == [], "\(rules)")
        }
    }
}
