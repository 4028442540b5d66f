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

        @Test func `packages, accounts, files, units and data come back, and what differs is explained`()
            async throws
        {
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
            try old.stop()

            let planned = try await home.run(["rebuild", "plan", "old", "--device", "new"])
            print(planned.text)
            let json = try await home.json(0, "rebuild", "plan", "old", "--device", "new")
            let plan = try #require(json["plan"]?["plan"]?.string)
            try await home.approve(plan, of: "new")
            let applied = try await home.run(["restore", "apply", plan])
            print(applied.story)
            #expect(applied.status == 0, "\(applied.story)")
            try new.wait(for: Self.fetch)
            let check = try await home.run(["rebuild", "check", "old", "--device", "new"])
            print(check.story)
            #expect(check.status == 0, "\(check.story)")
        }
    }
}
