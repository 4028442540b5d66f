import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// A machine that is got back on another one.
    @Suite(
        "Rebuild on another machine",
        .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .enabled(if: PackageRepository.missing == nil, "\(PackageRepository.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct OtherMachineTests {
        /// What makes the old machine worth getting back.
        private static let setup = """
            set -e
            apt-get -q -y install site-server site-tool=1.0 hello-tool >/dev/null
            apt-mark hold site-tool >/dev/null
            groupadd -g 1700 crew
            useradd -m -u 1700 -g crew -G sudo -s /bin/bash -c 'Alice A.' alice
            echo 'alice:secret-of-alice' | chpasswd
            useradd -m -s /bin/sh bob
            mkdir -p /home/alice/.ssh; cp /root/.ssh/authorized_keys /home/alice/.ssh/; chown -R alice:crew /home/alice/.ssh; chmod 700 /home/alice/.ssh
            printf 'port = 8088\\nroot = /srv/site\\n' >/etc/site-server/site.conf
            printf '# ours\\n' >/etc/site-server/sites/ours
            rm /etc/cron.d/site-default
            printf '15 3 * * * alice /usr/local/bin/nightly\\n' >/etc/cron.d/nightly
            printf '#!/bin/sh\\ndate >>/srv/site/nightly.txt\\n' >/usr/local/bin/nightly; chmod 755 /usr/local/bin/nightly
            printf 'vm.swappiness = 11\\n' >/etc/sysctl.d/50-own.conf
            printf '[Service]\\nType=oneshot\\nExecStart=/usr/local/bin/nightly\\n' >/etc/systemd/system/own.service
            printf '[Timer]\\nOnCalendar=daily\\n[Install]\\nWantedBy=timers.target\\n' >/etc/systemd/system/own.timer
            printf '@daily /usr/local/bin/nightly\\n' >/var/spool/cron/crontabs/alice; chown alice:crontab /var/spool/cron/crontabs/alice; chmod 600 /var/spool/cron/crontabs/alice
            systemctl daemon-reload; systemctl enable --quiet --now own.timer; systemctl mask --quiet hello.service
            mkdir -p /srv/site/data; chown -R alice:crew /srv/site
            echo 'it is here' >/srv/site/index.txt; chown alice:crew /srv/site/index.txt; chmod 640 /srv/site/index.txt; chmod o+r /srv/site/index.txt
            for i in 1 2 3 4 5 6 7 8 9; do seq $((i * 500)) >/srv/site/data/rows-$i; done
            setfattr -n user.note -v kept /srv/site/data/rows-1
            systemctl restart site-server
            """
        /// What the new machine has of its own before.
        private static let blank = """
            set -e
            useradd -m -u 1700 -s /bin/sh zoe
            """
        private static let paths = ["--path", "/srv/site", "--path", "/home/alice"]
        private static let fetch = """
            perl -MIO::Socket -e '$s = IO::Socket::INET->new("127.0.0.1:8088") or exit 1; print $s "GET /index.txt\\r\\n"; local $/; $_ = <$s>; exit !/it is here/'
            """

        /// What must be as before once a rebuild was taken back.
        private static let state = """
            cd /etc || exit
            find . -xdev \\( -path './*-' -o -path ./ld.so.cache -o -path ./.pwd.lock -o -path ./.updated \\) -prune -o -printf '%p %y %m %U %G %l\\n' | sort
            sort passwd group shadow gshadow subuid subgid | sha256sum
            dpkg-query -W; apt-mark showhold; apt-mark showauto; systemctl list-units --all --plain --no-legend '*site*'; ls /var/lib/site 2>&1
            find /srv /var/lib/holdfast -mindepth 1 2>/dev/null; find / -xdev -name '.holdfast-*'
            exit 0

            """

        private func text(_ machine: TestMachine) throws -> String {
            DeviceText.string(try machine.run(Self.state))
        }

        /// A machine worth getting back, its backup, and a blank one beside.
        private func prepared() async throws -> (old: TestMachine, new: TestMachine, home: HoldfastHome) {
            let repository = try PackageRepository()
            let old = try TestMachine()
            try repository.use(on: old)
            try old.run(Self.setup)
            try old.wait(for: Self.fetch)
            let new = try TestMachine()
            try repository.copy(to: new)
            try new.run(Self.blank)
            let home = try await HoldfastHome.initialised()
            try await home.add(old, as: "old", more: Self.paths)
            try await home.add(new, as: "new")
            _ = try await home.backUp("old", "--include-data")
            try old.cut()
            return (old, new, home)
        }

        private func apply(_ planned: JSONValue, _ home: HoldfastHome) async throws -> JSONValue {
            let plan = try #require((planned["plan"]?["plan"] ?? planned["plan"])?.string)
            try await home.approve(plan, of: "new")
            return try await home.json(0, "restore", "apply", plan)
        }

        @Test
        func
            `packages, accounts, files, units and data come back, what differs is explained, and undo takes it back`()
            async throws
        {
            let (_, new, home) = try await prepared()
            let before = try text(new)
            let planned = try await home.json(0, "rebuild", "plan", "old", "--device", "new")
            let people =
                planned["items"]?.array?.filter { $0["by"] == "plan" }.compactMap { $0["name"]?.string } ?? []
            #expect(people.contains("user alice") && people.contains("own paths"), "\(people)")
            #expect(try text(new) == before, "a plan changed something")
            let applied = try await apply(planned, home)
            #expect(applied["state"] == "kept" && applied["reason"] == "", "\(applied)")
            try new.wait(for: Self.fetch)
            // The number 1700 is zoe's: alice has another one, and her files have followed.
            #expect(try new.line("stat -c %U:%G:%a /srv/site/index.txt") == "alice:crew:644")
            #expect(try new.line("getfattr --only-values -n user.note /srv/site/data/rows-1") == "kept")
            #expect(try new.line("id -nG alice") == "crew sudo" && new.line("id -un 1700") == "zoe")
            #expect(try new.line("apt-mark showhold") == "site-tool" && new.line("site-tool") == "1.0")
            #expect(try new.line("apt-mark showauto site-common") == "site-common")
            #expect(try new.line("systemctl is-active own.timer site-server | sort -u") == "active")
            try new.run("[ ! -e /etc/cron.d/site-default ] && crontab -l -u alice | grep -q nightly")
            let check = try await home.run(["rebuild", "check", "old", "--device", "new"])
            print(check.text)
            #expect(check.status == 0, "\(check.story)")
            // What nothing explains is told.
            try new.run("apt-get -q -y purge hello-tool")
            let worse = try await home.json(3, "rebuild", "check", "old", "--device", "new")
            #expect(worse["counts"]?["unexpected"]?.int == 1, "\(worse)")
            // What a plan left out on purpose is explained when it is named.
            try new.run("mv /srv/site/index.txt /root/kept")
            let short = try await home.json(3, "rebuild", "check", "old", "--device", "new")
            #expect(short["counts"]?["unexpected"]?.int == 2, "\(short)")
            let named = try await home.json(
                3, "rebuild", "check", "old", "--device", "new", "--exclude", "/srv/site/index.txt")
            #expect(named["counts"]?["unexpected"]?.int == 1, "\(named)")
            try new.run("mv /root/kept /srv/site/index.txt")
            let run = try #require(applied["run"]?.string)
            let undone = try await home.onTerminal(["restore", "undo", run], typing: "new")
            #expect(undone.status == 0, "\(undone.story)")
            #expect(try text(new) == before)
        }

        @Test func `users and paths have other names there, and a map that matches nothing is refused`()
            async throws
        {
            let (_, new, home) = try await prepared()
            let words = [
                "restore", "plan", "latest:old", "--device", "new", "--in-place", "--section", "paths",
            ]
            let refused = try await home.run(words + ["--map", "bob=zoe"])
            #expect(refused.status == 2 && refused.errorText.contains("matches nothing"), "\(refused.story)")
            let missing = try await home.run(words)
            #expect(missing.errorText.contains("alice") || missing.text.contains("alice"), "\(missing.story)")
            let outcome = try await home.run(
                words + [
                    "--path", "/srv/site", "--map", "alice=zoe", "--map", "/srv/site=/srv/other", "--json",
                ])
            let applied = try await apply(try outcome.json(), home)
            #expect(applied["reason"] == "", "\(applied)")
            #expect(try new.line("stat -c %U /srv/other/index.txt") == "zoe")
            try new.run("[ ! -e /srv/site ] && ! id alice")
        }
    }
}
