import Basics
import RemoteExecution
import Restore
import Testing

@testable import Operations

@Suite struct PolicyTests {
    /// A policy file that covers cron jobs of one device.
    static let file: [String: JSONValue] = [
        "policy": 1, "name": "nightly", "devices": ["web"], "sections": ["cron"], "paths": ["/etc/cron.d/*"],
        "actions": ["create", "replace"], "maxRisk": "low", "maxSteps": 2, "expires": "2026-12-31T00:00:00Z",
        "window": ["days": ["sat", "sun"], "from": "22:00", "to": "02:00"],
    ]

    private static func policy(_ change: [String: JSONValue] = [:]) throws -> Policy {
        var policy = try PolicyReader(file.merging(change) { $1 }).policy()
        policy.machines = [Policy.Machine(device: "web", hostKey: RightsHome.hostKey.fingerprint)]
        return policy
    }

    private static func plan(
        _ steps: [RestoreStep] = [step("/etc/cron.d/a")], machine: String = "m", device: String = "web",
        hostKey: String = RightsHome.hostKey.fingerprint
    ) -> RestorePlan {
        RestorePlan(
            created: Timestamp(seconds: 0), expires: Timestamp(seconds: 900), backup: "b", tree: "t",
            target: RestorePlan.Target(device: device, machineID: machine, hostKey: hostKey),
            place: .inPlace, sections: ["cron"], paths: [], steps: steps)
    }

    private static func step(
        _ subject: String, _ action: RestoreStep.Action = .replace, section: String = "cron",
        risk: RestoreStep.Risk = .low, areas: [String] = []
    ) -> RestoreStep {
        RestoreStep(
            action: action, subject: Array(subject.utf8), section: section, risk: risk, areas: areas)
    }

    /// Saturday, an hour before midnight.
    private static let saturday = "2026-11-28T23:00:00Z"

    private static func occasion(_ time: String = saturday, tags: [String] = []) throws -> Policy.Occasion {
        Policy.Occasion(
            device: Device(
                name: RightsHome.web, connection: .ssh(SSHTarget(host: "h")), hostKey: RightsHome.hostKey,
                tags: tags, added: Timestamp(seconds: 0)),
            backupMachine: "m", now: try #require(Timestamp(time)))
    }

    @Test func `the stored form comes back whole`() throws {
        for change in [[:], ["areas": ["sshd"]], ["tag": "www", "devices": .null]] as [[String: JSONValue]] {
            var members = Self.file.merging(change) { $1 }
            if members["devices"]?.isNull == true { members["devices"] = nil }
            var policy = try PolicyReader(members).policy()
            policy.machines = [Policy.Machine(device: "web", hostKey: "k")]
            #expect(Policy(canonical: policy.canonical) == policy)
            #expect(Policy(canonical: policy.canonical + [0x20]) == nil)
        }
    }

    @Test func `what it covers, it covers`() throws {
        let steps = [Self.step("/etc/cron.d/a"), Self.step("/etc/cron.d/b", .create)]
        #expect(try Self.policy().reasonAgainst(Self.plan(steps), Self.occasion()) == nil)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var plan = PolicyTests.plan()
        var change: [String: JSONValue] = [:]
        var time = PolicyTests.saturday
        let reason: String
    }

    private static let cases: [Case] = [
        Case(
            testDescription: "too many steps",
            plan: plan([step("/etc/cron.d/a"), step("/etc/cron.d/b"), step("/etc/cron.d/c")]),
            reason: "3 steps are more than 2"),
        Case(
            testDescription: "too risky", plan: plan([step("/etc/cron.d/a", risk: .medium)]),
            reason: "the risk medium is higher than low"),
        Case(
            testDescription: "another action", plan: plan([step("/etc/cron.d/a", .remove)]),
            reason: "it does not cover ‘remove’"),
        Case(
            testDescription: "another section", plan: plan([step("/etc/cron.d/a", section: "nginx")]),
            reason: "it does not cover the section nginx"),
        Case(
            testDescription: "another path", plan: plan([step("/etc/crontab")]),
            reason: "it does not cover /etc/crontab"),
        Case(
            testDescription: "a path that only begins alike", plan: plan([step("/etc/cron.daily/a")]),
            reason: "it does not cover /etc/cron.daily/a"),
        Case(
            testDescription: "one of two steps", plan: plan([step("/etc/cron.d/a"), step("/etc/shadow")]),
            reason: "it does not cover /etc/shadow"),
        Case(
            testDescription: "another device", plan: plan(device: "db"),
            reason: "it does not cover db, as it is known now"),
        Case(
            testDescription: "another host key", plan: plan(hostKey: "SHA256:other"),
            reason: "it does not cover web, as it is known now"),
        Case(
            testDescription: "another machine", plan: plan(machine: "n"),
            reason: "the backup is of another machine than web is"),
        Case(
            testDescription: "an unknown machine", plan: plan(machine: ""),
            reason: "the backup is of another machine than web is"),
        Case(
            testDescription: "the wrong day", time: "2026-11-27T23:00:00Z",
            reason: "it counts sat,sun 22:00–02:00 UTC only"),
        Case(
            testDescription: "the wrong hour", time: "2026-11-28T21:59:59Z",
            reason: "it counts sat,sun 22:00–02:00 UTC only"),
        Case(
            testDescription: "expired", time: "2026-12-31T00:00:00Z",
            reason: "it expired at 2026-12-31T00:00:00Z"),
        Case(
            testDescription: "no longer tagged", change: ["tag": "www"],
            reason: "web no longer has the tag www"),
        Case(
            testDescription: "a lock-out by its path",
            plan: plan([step("/etc/sudoers.d/x")]), change: ["paths": ["/etc/*"]],
            reason: "/etc/sudoers.d/x belongs to ‘sudo’, which may lock people out and which it does not name"
        ),
        Case(
            testDescription: "a lock-out by a folder around it",
            plan: plan([step("/etc", .replace)]), change: ["paths": ["/etc"]],
            reason: "/etc belongs to ‘users’, which may lock people out and which it does not name"),
        Case(
            testDescription: "a lock-out that the plan names",
            plan: plan([step("/etc/cron.d/a", areas: ["sshd"])]),
            reason: "/etc/cron.d/a belongs to ‘sshd’, which may lock people out and which it does not name"),
        Case(
            testDescription: "a unit without its section",
            plan: plan([step("cron.service", .unit)]), change: ["actions": ["unit"], "sections": .null],
            reason: "it does not cover cron.service"),
    ]

    @Test(arguments: cases)
    func `what it does not cover, it says why`(_ this: Case) throws {
        var members = Self.file.merging(this.change) { $1 }
        if members["tag"] != nil { members["devices"] = nil }
        members = members.filter { !$0.value.isNull }
        var policy = try PolicyReader(members).policy()
        policy.machines = [Policy.Machine(device: "web", hostKey: RightsHome.hostKey.fingerprint)]
        #expect(policy.reasonAgainst(this.plan, try Self.occasion(this.time)) == this.reason)
    }

    @Test func `an area that may lock people out is covered once it is named`() throws {
        let policy = try Self.policy(["paths": ["/etc/ssh/*"], "areas": ["sshd"]])
        let plan = Self.plan([Self.step("/etc/ssh/sshd_config", areas: ["sshd"])])
        #expect(try policy.reasonAgainst(plan, Self.occasion()) == nil)
    }

    @Test(arguments: [
        ("2026-11-28T22:00:00Z", true), ("2026-11-28T21:59:59Z", false), ("2026-11-29T01:59:59Z", true),
        ("2026-11-29T02:00:00Z", false), ("2026-11-30T01:00:00Z", true), ("2026-12-01T01:00:00Z", false),
        ("1969-12-27T23:00:00Z", true), ("1969-12-28T21:00:00Z", false),
    ])
    func `a window that goes past midnight belongs to the day it begins on`(_ time: String, _ isIn: Bool)
        throws
    {
        let window = PolicyWindow(days: [5, 6], from: 22 * 60, to: 2 * 60)
        #expect(window.contains(try #require(Timestamp(time))) == isIn)
    }

    @Test(
        arguments: [
            (["policy": 2], "‘policy’ must be 1"), (["name": "a b"], "‘name’ is made of"),
            (["name": .null], "‘name’"),
            (["devices": .null], "either ‘devices’ or a ‘tag’"),
            (["tag": "www"], "either ‘devices’ or a ‘tag’"),
            (["devices": ["x y"]], "is no name of a device"), (["devices": "web"], "must be a list"),
            (["sections": .null, "paths": .null], "neither ‘sections’ nor ‘paths’"),
            (["paths": ["etc/*"]], "is not absolute"), (["paths": []], "must be a list"),
            (["actions": .null], "‘actions’ takes"), (["actions": ["burn"]], "‘actions’ takes"),
            (["maxRisk": .null], "‘maxRisk’"), (["maxRisk": "none"], "‘maxRisk’ takes"),
            (["maxSteps": .null], "‘maxSteps’"), (["maxSteps": 0], "‘maxSteps’"),
            (["expires": .null], "‘expires’"),
            (["expires": "tomorrow"], "‘expires’ must be an instant"),
            (["areas": ["cron"]], "is no area that may lock"),
            (["window": ["from": "2:00", "to": "04:00"]], "‘window’ takes"),
            (["window": ["from": "02:00", "to": "04:00", "days": ["someday"]]], "‘window’ takes"),
            (["window": ["from": "02:00", "to": "04:00", "zone": "CET"]], "‘window’ takes"),
            (["machines": []], "which means nothing"), (["allow": "all"], "which means nothing"),
        ] as [([String: JSONValue], String)])
    func `a file that is not narrow and clear is refused`(_ change: [String: JSONValue], _ reason: String) {
        let members = Self.file.merging(change) { $1 }.filter { !$0.value.isNull }
        let error = #expect(throws: PolicyReader.Problem.self) { try PolicyReader(members).policy() }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }
}
