import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Restores onto a whole machine, and what must stop them.
    @Suite(
        "Restore", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreTests {
        /// Everything about the configuration of a machine that a restore answers for.
        private static let state = """
            cd /etc || exit
            find . -xdev \\( -path ./.updated -o -path './*-' -o -path ./ld.so.cache -o -path ./.pwd.lock \\) -prune -o -printf '%p %y %m %U %G %l\\n' | sort
            find . -xdev \\( -path './*-' -o -path ./ld.so.cache -o -path ./.updated \\) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
            getfattr -R -d -m 'user\\.' . 2>/dev/null
            systemctl is-enabled hello.timer 2>&1
            find / -xdev -name '.holdfast-*' 2>/dev/null | sort
            ls /var/lib/holdfast 2>/dev/null
            exit 0

            """
        private static let setup = """
            printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/hello.service
            printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' >/etc/systemd/system/hello.timer
            systemctl daemon-reload; systemctl enable --quiet hello.timer
            printf '# one\\n' >/etc/cron.d/job; printf 'vm.swappiness = 10\\n' >/etc/sysctl.d/50-own.conf
            printf 'server { listen 81; }\\n' >/etc/modprobe.d/site.conf
            ln -sfn ../hosts /etc/sysctl.d/link; printf 'note\\n' >/etc/sysctl.d/note
            useradd --no-create-home alice

            """
        /// Twelve ways in which a machine drifts; a removed package is one.
        private static let drift = """
            printf 'broken\\n' >/etc/modprobe.d/site.conf
            printf '[Service]\\nExecStart=/bin/false\\n' >/etc/systemd/system/hello.service
            printf '# two\\n' >>/etc/cron.d/job
            userdel alice 2>/dev/null; useradd --no-create-home mallory
            printf 'vm.swappiness = 90\\n' >/etc/sysctl.d/50-own.conf
            chmod 600 /etc/hosts
            ln -sfn /etc/shadow /etc/sysctl.d/link
            rm /etc/sysctl.d/note
            mkdir -p /etc/systemd/system/hello.service.d; printf '[Service]\\nUser=nobody\\n' >/etc/systemd/system/hello.service.d/x.conf
            systemctl disable --quiet hello.timer
            mkdir -p '/etc/cron.d/$(touch pwned)'; printf x >'/etc/modprobe.d/a b'; chown nobody /etc/sysctl.d
            ! dpkg -s hello-tool >/dev/null 2>&1 || dpkg --purge hello-tool >/dev/null

            """

        private func prepared(_ text: String = setup) async throws -> (TestMachine, HoldfastHome) {
            let machine = try TestMachine()
            try machine.run(text)
            let home = try await HoldfastHome.initialised()
            try await home.add(machine, as: "box", account: .root)
            return (machine, home)
        }

        private func backUp(_ home: HoldfastHome) async throws -> String {
            let outcome = try await home.run(["backup", "create", "box", "--json"])
            let id = try outcome.json()["backups"]?.array?.first?["backup"]?.string
            return try #require(id, "\(outcome.story)")
        }

        private func plan(_ home: HoldfastHome, _ backup: String, _ more: String...) async throws -> String {
            let outcome = try await home.run(["restore", "plan", backup, "--in-place", "--json"] + more)
            let plan = try outcome.json()["plan"]?.string
            #expect(outcome.status == 0, "\(outcome.story)")
            return try #require(plan)
        }

        private func text(_ machine: TestMachine) throws -> String {
            DeviceText.string(try machine.run(Self.state))
        }

        @Test func `a drifted machine is as its backup says, and undo brings the drift back exactly`()
            async throws
        {
            let (machine, home) = try await prepared()
            try PackageRepository().use(on: machine)
            try machine.run("apt-get -q -y install hello-tool")
            let backup = try await backUp(home)
            let before = try text(machine)
            try machine.run(Self.drift)
            let drifted = try text(machine)
            #expect(before != drifted)
            let plan = try await plan(home, backup)
            #expect(try text(machine) == drifted, "a plan changed something")
            try await home.approve(plan, of: "box")
            let applied = try await home.json(0, "restore", "apply", plan)
            #expect(applied["state"]?.string == "kept")
            #expect(applied["reason"]?.string == "")
            #expect(try text(machine) == before)
            #expect(try machine.line("hello-tool") == "hello")
            let run = try #require(applied["run"]?.string)
            // What goes for good needs a yes of its own.
            try await home.expect(6, "restore", "undo", run)
            let undone = try await home.onTerminal(["restore", "undo", run], typing: "box")
            #expect(undone.status == 0, "\(undone.story)")
            #expect(try text(machine) == drifted)
            try machine.run("! dpkg-query -W hello-tool 2>&1 | grep -v 'no packages found'")
            try await home.expect(0, "audit", "verify")
        }

        @Test func `without a valid approval nothing happens`() async throws {
            let (machine, home) = try await prepared()
            let backup = try await backUp(home)
            try machine.run("printf x >>/etc/cron.d/job")
            let drifted = try text(machine)
            let plan = try await plan(home, backup, "--section", "cron")
            // Nobody at a terminal; a terminal but another word; a plan that nobody made.
            try await home.expect(6, "restore", "apply", plan)
            try await home.expect(6, "approve", plan)
            let wrong = try await home.onTerminal(["approve", plan], typing: "yes")
            #expect(wrong.status != 0)
            try await home.expect(4, "restore", "apply", String(plan.reversed()))
            // An approval that somebody wrote into the database.
            let forge = """
                INSERT INTO approval SELECT * FROM (SELECT NULL, 'forged', id, 'person', 'person:root', 'cli', 0, 9223372036854775807, '\(String(repeating: "0", count: 64))', NULL, NULL, '0' FROM plan)
                """
            _ = try? Shell.run("sqlite3 '\(home.path)/holdfast.db' \"\(forge)\"")
            try await home.expect(6, "restore", "apply", plan)
            // A revoked one.
            try await home.approve(plan, of: "box")
            let list = try await home.json(0, "approval", "list")
            let id = try #require(
                list["approvals"]?.array?.first {
                    $0["state"]?.string == "valid" && $0["approval"]?.string != "forged"
                }?["approval"]?.string)
            try await home.expect(0, "approval", "revoke", id)
            try await home.expect(6, "restore", "apply", plan)
            #expect(try text(machine) == drifted)
            // One that counts, once.
            try await home.approve(plan, of: "box")
            try await home.expect(0, "restore", "apply", plan)
            let again = try await home.run(["restore", "apply", plan])
            #expect(again.status != 0)
            let records = try await home.json(0, "audit", "list")
            let results = records["records"]?.array?.compactMap { $0["result"]?.string } ?? []
            #expect(results.contains("person-required"))
        }

        @Test func `a plan whose ground moved is refused`() async throws {
            let (machine, home) = try await prepared()
            let backup = try await backUp(home)
            try machine.run("printf x >>/etc/cron.d/job")
            let plan = try await plan(home, backup, "--section", "cron")
            try await home.approve(plan, of: "box")
            try machine.run("printf y >>/etc/cron.d/job")
            let drifted = try text(machine)
            let outcome = try await home.run(["restore", "apply", plan])
            #expect(outcome.errorText.contains("/etc/cron.d/job"), "\(outcome.story)")
            #expect(outcome.status != 0)
            #expect(try text(machine) == drifted)
        }

        @Test(arguments: [
            ("sshd", "/etc/ssh/sshd_config", "Nonsense yes\n"),
            ("sudoers", "/etc/sudoers.d/own", "root ALL=(ALL NOPASSWD\n"),
            ("systemd-units", "/etc/systemd/system/hello.service", "[Service\nExecStart\n"),
        ])
        func `what a validator refuses never gets into its place`(
            _ section: String, _ path: String, _ content: String
        ) async throws {
            let (machine, home) = try await prepared()
            try machine.run("[ ! -f \(path) ] || cp -a \(path) /root/kept; printf '\(content)' >>\(path)")
            let backup = try await backUp(home)
            try machine.run("rm \(path); [ ! -f /root/kept ] || cp -a /root/kept \(path)")
            let sound = try text(machine)
            let plan = try await plan(home, backup, "--section", section)
            try await home.approve(plan, of: "box")
            let outcome = try await home.run(["restore", "apply", plan])
            #expect(outcome.status != 0)
            #expect(outcome.errorText.contains("Nothing was changed on"), "\(outcome.story)")
            #expect(try text(machine) == sound)
        }
    }
}
