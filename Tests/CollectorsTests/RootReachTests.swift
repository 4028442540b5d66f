import Collectors
import Testing

@Suite("What a right to root allows besides")
struct RootReachTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let commands: String
        let reach: RootReach
        var testDescription: String { commands }
    }

    @Test(arguments: [
        Case(commands: "/usr/sbin/nft -s list ruleset", reach: .limited),
        Case(commands: "/usr/bin/cat /etc/shadow", reach: .limited),
        Case(commands: "/usr/bin/docker ps *, /usr/bin/docker inspect *", reach: .limited),
        Case(commands: "/usr/bin/grep -rs . /etc/sudoers /etc/sudoers.d", reach: .limited),
        Case(commands: "/usr/bin/grep -aHs . -- *", reach: .readsEverything),
        Case(commands: "/usr/sbin/zfs list -H *, /bin/cat *", reach: .readsEverything),
        Case(commands: "/usr/bin/find /etc/letsencrypt/live *", reach: .everything),
        Case(commands: "/usr/bin/curl *, /usr/bin/env X=* incus query *", reach: .everything),
        Case(commands: "/bin/sh", reach: .everything), Case(commands: "", reach: .limited),
    ])
    func reach(_ row: Case) { #expect(RootReach(ofRule: row.commands) == row.reach) }

    @Test("no collector asks for more than is known of it")
    func known() {
        let far = allCollectors.flatMap { collector in
            collector.probes.compactMap(\.rootCommand).filter { RootReach(ofRule: $0) != .limited }
                .map { "\(collector.name): \($0)" }
        }
        #expect(
            Set(far).sorted() == [
                "incus: /usr/bin/curl *, /usr/bin/env INCUS_CONF=* incus query *",
                "letsencrypt: /usr/bin/find /etc/letsencrypt/live *",
                "lxd: /usr/bin/curl *, /usr/bin/env LXD_CONF=* lxc query *",
                "ssh-keys: /usr/bin/grep -aHs . -- *",
            ])
    }

    @Test("a rule that reaches far says so where it is offered")
    func said() {
        let keys = Probe("keys", rootCommand: "/usr/bin/grep -aHs . -- *", script: "true\n")
        let verdict = SectionVerdict(
            probes: [keys], captures: Captures(["keys": Capture(outcome: .denied)]),
            files: FilesOutcome(denied: ["/root/x"], rootCommand: "/bin/sh"), user: "ops")
        #expect(
            verdict.hint == """
                ops ALL=(root) NOPASSWD: /bin/sh # lets the account do whatever root may
                ops ALL=(root) NOPASSWD: /usr/bin/grep -aHs . -- * # lets the account read every file of the machine
                """)
    }
}
