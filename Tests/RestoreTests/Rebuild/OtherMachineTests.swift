import Basics
import Testing
import Vault

@testable import Restore

@Suite("Another machine")
struct OtherMachineTests {
    private static func keeps(_ machine: OtherMachine, _ path: String) -> Bool {
        machine.part(keeping: Array(path.utf8)) != nil
    }

    @Test(arguments: [
        "/etc/machine-id", "/etc/fstab", "/etc/netplan/50.yaml", "/etc/ssh/ssh_host_rsa_key",
        "/etc/ssh/sshd_config",
        "/etc/passwd", "/var/lib/dpkg/arch", "/boot/x", "/etc/resolv.conf",
    ])
    func `what makes a machine itself stays`(_ path: String) {
        #expect(Self.keeps(OtherMachine(accounts: []), path))
    }

    @Test(arguments: [
        "/etc/nginx/nginx.conf", "/etc/fstab.d/x", "/etc/cron.d/x", "/etc/sudoers.d/x",
        "/home/a/.ssh/authorized_keys",
    ])
    func `everything else is carried over`(_ path: String) {
        #expect(!Self.keeps(OtherMachine(accounts: [("root", "/root")]), path))
    }

    @Test func `the way in stays, of the account that is used`() {
        let root = OtherMachine(accounts: [("root", "/root")])
        #expect(Self.keeps(root, "/root/.ssh/authorized_keys") && !Self.keeps(root, "/etc/sudoers"))
        let ops = OtherMachine(accounts: [("ops", "/srv/ops")])
        #expect(
            Self.keeps(ops, "/srv/ops/.ssh/authorized_keys") && !Self.keeps(ops, "/root/.ssh/authorized_keys")
        )
        #expect(Self.keeps(ops, "/etc/sudoers") && Self.keeps(ops, "/etc/sudoers.d/ops"))
    }

    @Test(arguments: [
        ("linux-image-6.1", true), ("grub-pc", true), ("kernel", true), ("nginx", false),
        ("linuxlogo", false),
    ])
    func `packages that make a machine start`(_ name: String, _ starts: Bool) {
        #expect(OtherMachine.makesMachineStart(name) == starts)
    }

    private static func identity(_ architecture: String, _ id: String, _ version: String) -> [RebuildFacts
        .Thing]
    {
        [
            .init(kind: "machine", name: "identity", fields: ["architecture": .string(architecture)]),
            .init(kind: "system", name: "release", fields: ["id": .string(id), "version": .string(version)]),
        ]
    }

    private static func port(_ name: String, _ program: String) -> RebuildFacts.Thing {
        .init(kind: "port", name: name, fields: ["processes": .array([.string(program)])])
    }

    @Test func `another architecture or family is refused where packages come, another release is told`() {
        func findings(_ present: [RebuildFacts.Thing], installs: Bool) -> OtherMachineChecks.Findings {
            OtherMachineChecks(
                wanted: ["identity": Self.identity("x86_64", "debian", "12")], present: ["identity": present],
                installs: installs
            ).findings()
        }
        #expect(findings(Self.identity("x86_64", "debian", "12"), installs: true) == .init())
        #expect(findings(Self.identity("aarch64", "debian", "12"), installs: true).conflicts.count == 1)
        #expect(findings(Self.identity("aarch64", "debian", "12"), installs: false).warnings.count == 1)
        #expect(findings(Self.identity("x86_64", "fedora", "40"), installs: true).conflicts.count == 1)
        let release = findings(Self.identity("x86_64", "debian", "13"), installs: true)
        #expect(release.conflicts == [] && release.warnings.count == 1)
    }

    @Test func `a port that another program has is in the way`() {
        func conflicts(_ here: RebuildFacts.Thing) -> Int {
            OtherMachineChecks(
                wanted: ["listening-ports": [Self.port("80/tcp", "nginx"), Self.port("40000/tcp", "x")]],
                present: ["listening-ports": [here, Self.port("40000/tcp", "y")]], installs: true
            ).findings().conflicts.count
        }
        #expect(conflicts(Self.port("80/tcp", "apache2")) == 1)
        #expect(conflicts(Self.port("80/tcp", "nginx")) == 0)
        #expect(conflicts(Self.port("81/tcp", "apache2")) == 0)
    }

    @Test func `configuration of a program that does not come is told`() {
        func warnings(_ installed: Set<String>) -> [String] {
            OtherMachineChecks(
                wanted: [
                    "nginx": [.init(kind: "site", name: "x", fields: [:])],
                    "packages-dpkg": [.init(kind: "package", name: "nginx:amd64", fields: [:])],
                ], present: ["packages-dpkg": [.init(kind: "package", name: "bash:amd64", fields: [:])]],
                installs: !installed.isEmpty, installed: installed
            ).findings().warnings
        }
        #expect(warnings([]).count == 1 && warnings(["nginx"]) == [])
    }
}
