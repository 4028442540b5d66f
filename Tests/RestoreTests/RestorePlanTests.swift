import Basics
import Codecs
import Testing
import Vault

@testable import Restore

@Suite struct RestorePlanTests {
    private static let hash = RestorePlannerTests.hash

    private static func plan() -> RestorePlan {
        RestorePlan(
            created: Timestamp(seconds: 1), expires: Timestamp(seconds: 901), backup: "b", tree: "t",
            target: RestorePlan.Target(device: "web1", machineID: "m", hostKey: "SHA256:k"), place: .inPlace,
            sections: ["cron"], paths: ["/etc/*"],
            steps: [
                RestoreStep(
                    action: .replace, subject: [0x2F, 0xFF, 0x0A], section: "cron", what: ["content"],
                    text: ["+x"],
                    risk: .high, areas: ["sshd"], before: FileMark(text: "1"), after: FileMark(text: "2"))
            ], conflicts: [], warnings: ["w"], commands: ["c"], affected: ["a"])
    }

    @Test func `the stored form comes back whole`() throws {
        let plan = Self.plan()
        let read = try #require(RestorePlan(canonical: plan.canonical))
        #expect(read == plan)
        #expect(read.id(hash: Self.hash) == plan.id(hash: Self.hash))
    }

    @Test(
        arguments: [
            { (plan: inout RestorePlan) in plan.expires = Timestamp(seconds: 902) },
            { $0.target.device = "web2" }, { $0.target.machineID = "n" }, { $0.target.hostKey = "" },
            { $0.place = .folder("/x") }, { $0.backup = "c" }, { $0.tree = "u" },
            { $0.steps[0].subject = [0x2F] },
            { $0.steps[0].after = FileMark(text: "3") }, { $0.steps = [] }, { $0.sections = [] },
        ] as [@Sendable (inout RestorePlan) -> Void])
    func `each change makes another plan`(_ change: @Sendable (inout RestorePlan) -> Void) {
        var plan = Self.plan()
        let id = plan.id(hash: Self.hash)
        change(&plan)
        #expect(plan.id(hash: Self.hash) != id)
    }

    @Test(arguments: [
        ("/etc/cron.d/job", true), ("/etc/cron.d", true), ("/etc/crontab", true),
        ("/srv/site/index.html", true),
        ("/etc/nginx/nginx.conf", true), ("/etc/cron.deny", false), ("/etc/crontab.old", false),
        ("/etc/hosts.deny", false), ("/etc/ssh/sshd_config", false), ("/root/.ssh/authorized_keys", false),
        ("/usr/local/bin/x", false), ("/etc/systemd/system/x.service", false),
        ("/etc/fail2ban/jail.local", false),
    ])
    func `only files in places that no login depends on are sure to leave the way to the machine`(
        _ path: String, isSure: Bool
    ) {
        var plan = Self.plan()
        plan.steps = [
            RestoreStep(
                action: .replace, subject: Array(path.utf8), section: "paths",
                areas: RestoreArea.of(Array(path.utf8)).map(\.name))
        ]
        #expect(plan.cannotCutConnection == isSure)
        plan.steps.append(RestoreStep(action: .create, subject: Array("/srv/more".utf8), section: "paths"))
        #expect(plan.cannotCutConnection == isSure)
        plan.steps.append(
            RestoreStep(action: .unit, subject: Array("x.service".utf8), section: "systemd-units"))
        #expect(!plan.cannotCutConnection)
        plan.place = .folder("/root/restored")
        #expect(plan.cannotCutConnection)
    }

    @Test func `another key makes another name`() {
        #expect(
            Self.plan().id(hash: Self.hash) != Self.plan().id(hash: VaultKey.random().hash(for: .restore)))
    }

    @Test func `bytes that are not the canonical form are no plan`() {
        let bytes = Self.plan().canonical
        #expect(RestorePlan(canonical: bytes + [0x20]) == nil)
        #expect(RestorePlan(canonical: Array(bytes.dropLast())) == nil)
        #expect(RestorePlan(canonical: Array("{}".utf8)) == nil)
    }

    @Test func `a plan for a folder stays below it`() {
        var plan = Self.plan()
        plan.place = .folder("/var/tmp/x")
        let file = RestorePlannerTests.file("/etc/cron.d/job")
        plan.steps = [RestoreStep(action: .create, subject: file.path, section: "cron")]
        let placed = plan.placed([file], at: Timestamp(nanoseconds: 5))
        let names = placed.plan.steps.map(\.name)
        #expect(
            names == ["/var/tmp/x", "/var/tmp/x/etc", "/var/tmp/x/etc/cron.d", "/var/tmp/x/etc/cron.d/job"])
        let top = placed.entries.first
        #expect(top?.mode == 0o700 && placed.entries.count == 4)
    }
}
