import Basics
import TestSupport
import Testing

extension Integration {
    /// A broken file of each kind that a tool can check, in a backup: refused in the tool's own words.
    @Suite(
        "RestoreValidator", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(15)))
    struct RestoreValidatorTests {
        struct Case: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let path: String
            /// Added to what is there, as `printf` takes it.
            let broken: String
            /// What the validator says of it.
            let words: String

            init(_ name: String, _ path: String, _ broken: String, _ words: String) {
                testDescription = name
                self.path = path
                self.broken = broken
                self.words = words
            }
        }

        static let cases = [
            Case("sshd", "/etc/ssh/sshd_config", "Nonsense yes\\n", "Bad configuration option: Nonsense"),
            Case("sudo", "/etc/sudoers.d/own", "root ALL=(ALL NOPASSWD\\n", "syntax error"),
            Case("unit", "/etc/systemd/system/own.service", "[Service\\nExecStart\\n", "own.service"),
            Case("nginx", "/etc/nginx/conf.d/own.conf", "serverx {\\n", "unknown directive \"serverx\""),
            Case(
                "apache", "/etc/apache2/conf-enabled/own.conf", "Nonsense On\\n", "Invalid command 'Nonsense'"
            ),
            Case("caddy", "/etc/caddy/Caddyfile", "\\nnonsense.example {\\n  nonsense\\n}\\n", "nonsense"),
            Case("haproxy", "/etc/haproxy/haproxy.cfg", "\\nnonsense here\\n", "nonsense"),
            Case("netplan", "/etc/netplan/own.yaml", "network:\\n  ethernets: [\\n", "own.yaml"),
            Case("nft", "/etc/nftables.conf", "table inet {{\\n", "syntax error"),
            Case(
                "iptables", "/etc/iptables/rules.v4", "*filter\\n-A NOWHERE -j ACCEPT\\n", "iptables-restore"),
            Case("fstab", "/etc/fstab", "\\n/dev/sda1 /mnt\\n", "parse error"),
            Case("fstab, source", "/etc/fstab", "\\n/dev/nosuch /mnt ext4 defaults 0 0\\n", "/dev/nosuch"),
            Case("passwd", "/etc/passwd", "not an entry\\n", "invalid password file entry"),
            Case("group", "/etc/group", "not an entry\\n", "invalid group file entry"),
            Case("rsyslog", "/etc/rsyslog.d/own.conf", "module(load=\"nonsense\")\\n", "nonsense"),
            Case("logrotate", "/etc/logrotate.d/own", "/var/log/own { nonsense\\n}\\n", "nonsense"),
            Case("cron", "/etc/cron.d/own", "99 * * * * root true\\n", "bad minute"),
        ]

        @Test func `a rehearsal that refuses has touched no folder`() async throws {
            let rig = try await RestoreRig(
                "mkdir -p /srv/app/d; chown plain /srv/app/d; chmod 1777 /srv/app/d; echo '99 * * * * root true' >/etc/cron.d/own"
            )
            let backup = try await rig.backUp(["cron"], ["--path", "/srv/app"])
            try rig.machine.run(
                "chown root /srv/app/d; chmod 700 /srv/app/d; chmod 700 /etc/cron.d; echo '9 * * * * root true' >/etc/cron.d/own"
            )
            let state = "stat -c '%n %a %U %y' /srv/app /srv/app/d /etc/cron.d"
            let before = try rig.text(state)
            let applied = try await rig.home.run(["restore", "apply", rig.approvedPlan(backup)])
            #expect(try await rig.newestState() == "refused", "\(applied.story)")
            #expect(applied.errorText.contains("bad minute"), "\(applied.story)")
            let after = try rig.text(state)
            #expect(after == before, "\(before)\(after)")
        }

        @Test func `what a validator refuses is told in its words and never gets into its place`()
            async throws
        {
            let rig = try await RestoreRig()
            let state =
                "cd /etc && find . -type f ! -name '*-' ! -name .pwd.lock ! -name ld.so.cache -print0 | sort -z | xargs -0 sha256sum"
            for check in Self.cases {
                try rig.machine.run(
                    "rm -rf /root/kept; mkdir -p $(dirname \(check.path)); [ ! -e \(check.path) ] || cp -a \(check.path) /root/kept"
                )
                let sound = try rig.text(state)
                try rig.machine.run("printf '\(check.broken)' >>\(check.path); chmod u=rw,go=r \(check.path)")
                let backup = try await rig.backUp([], ["--path", check.path])
                try rig.machine.run(
                    "rm \(check.path); [ ! -e /root/kept ] || cp -a /root/kept \(check.path)")
                let plan = try await rig.approvedPlan(backup, ["--path", check.path])
                let outcome = try await rig.home.run(["restore", "apply", plan])
                #expect(outcome.status != 0, "\(check): \(outcome.story)")
                #expect(
                    outcome.errorText.contains("Nothing was changed on"), "\(check): \(outcome.story)")
                #expect(outcome.errorText.contains(check.words), "\(check): \(outcome.story)")
                #expect(try rig.text(state) == sound, "\(check)")
                #expect(try rig.leftovers() == "", "\(check)")
            }
        }
    }
}
