import Basics
import Testing
import Vault

@testable import Restore

@Suite("Stages of a plan")
struct StageTests {
    private static let hash = RestorePlannerTests.hash

    private static func plan(
        _ wanted: [FileEntry], _ present: [FileEntry], change: (inout PlanFacts) -> Void = { _ in }
    ) -> (plan: RestorePlan, facts: PlanFacts) {
        var facts = RestorePlannerTests.facts(wanted, present)
        facts.wantedPackages = [
            .init(name: "web", value: "1", section: "packages-dpkg", marks: [PackageCommands.byHand])
        ]
        facts.presentPackages = [.init(name: "base", value: "1", section: "packages-dpkg")]
        facts.wantedUnits = [.init(name: "web.service", value: "enabled", section: "systemd-units")]
        change(&facts)
        let result = RestorePlanner(facts, place: .inPlace).plan()
        var plan = RestorePlan(
            created: Timestamp(seconds: 1), expires: Timestamp(seconds: 2), backup: "b", tree: "t",
            target: .init(device: "d", machineID: "m", hostKey: "k"), place: .inPlace, sections: ["cron"],
            paths: [],
            steps: result.steps)
        plan.trims = result.trims
        return (plan, facts)
    }

    private static func words(_ steps: [RestoreStep]) -> [String] { steps.map { "\($0.action) \($0.name)" } }

    /// The second stage when `present` is there afterwards.
    private static func rest(
        _ plan: RestorePlan, _ facts: PlanFacts, _ present: [FileEntry], earlier: [String] = [],
        wholeBefore: Set<String> = ["cron"]
    ) -> RestorePlan.Rest {
        var after = facts
        after.present = present
        after.presentPackages.append(.init(name: "web", value: "1", section: "packages-dpkg"))
        after.presentUnits = [.init(name: "web.service", value: "enabled", section: "systemd-units")]
        return plan.rest(
            after, earlier: Set(earlier.map { Array($0.utf8) }), wholeBefore: wholeBefore,
            accounts: AccountTable())
    }

    @Test func `sources, accounts and packages come first, then files and units`() {
        let (plan, _) = Self.plan(
            [
                RestorePlannerTests.file("/etc/apt/sources.list.d/x"),
                RestorePlannerTests.file("/etc/cron.d/x"),
            ], []
        ) { facts in
            facts.other = OtherMachine(accounts: [])
            facts.accounts.steps = [
                RestoreStep(action: .user, subject: Array("web".utf8), section: "users", to: "7:7")
            ]
        }
        #expect(
            Self.words(plan.steps) == [
                "create /etc/apt/sources.list.d/x", "user web", "install web", "folder /etc/apt",
                "folder /etc/apt/sources.list.d", "folder /etc/cron.d", "create /etc/cron.d/x",
                "unit web.service",
            ])
        #expect(plan.hasStages)
        #expect(plan.foundation.steps.count == 6 && plan.remainder.count == 2)
        #expect(plan.steps[1].areas == ["users"])
    }

    @Test func `packages that could not be read afterwards are open, and not called missing`() {
        let (plan, facts) = Self.plan([], []) { facts in
            facts.wantedPackages.append(.init(name: "snap", value: "1", section: "packages-snap"))
        }
        var rest = plan.rest(facts, earlier: [], wholeBefore: [], accounts: AccountTable())
        #expect(rest.missingPackages == ["web", "snap"])
        #expect(rest.shortfall == "No source had 2 packages: web, snap")
        rest.leaveOpen(["packages-dpkg"], of: plan)
        #expect(rest.missingPackages == ["snap"] && rest.openPackages == ["web"])
        #expect(
            rest.shortfall
                == "No source had 1 package: snap; Nobody could tell whether the device has 1 package: web")
        rest.leaveOpen(["packages-dpkg", "packages-snap"], of: plan)
        #expect(rest.missingPackages.isEmpty && rest.openPackages == ["web", "snap"])
        #expect(Self.rest(plan, facts, []).shortfall == "No source had 1 package: snap")
    }

    @Test func `a plan of files alone has no stages`() {
        let (plan, _) = Self.plan([RestorePlannerTests.file("/a")], []) { $0.wantedPackages = [] }
        #expect(!plan.hasStages)
    }

    @Test func `what packages brought is replaced, what they changed too, and what is right is left`() {
        let (plan, facts) = Self.plan(
            [
                RestorePlannerTests.file("/a"), RestorePlannerTests.file("/b"),
                RestorePlannerTests.file("/c"), RestorePlannerTests.file("/d", kind: .folder),
            ],
            [RestorePlannerTests.file("/b", content: 2)])
        let rest = Self.rest(
            plan, facts,
            [
                RestorePlannerTests.file("/a", content: 9), RestorePlannerTests.file("/b", content: 3),
                RestorePlannerTests.file("/c"), RestorePlannerTests.file("/d", mode: 0o700, kind: .folder),
            ])
        #expect(
            Self.words(rest.plan.steps) == ["replace /a", "replace /b", "attributes /d", "unit web.service"])
        #expect(
            rest.plan.steps[0].before == FileMark(RestorePlannerTests.file("/a", content: 9), hash: Self.hash)
        )
        #expect(rest.plan.steps[0].after == plan.steps.first { $0.name == "/a" }?.after)
        #expect(rest.notes.count == 2)
        #expect(rest.missingPackages == [] && rest.wrongAccounts == [])
        // The package started its service before the files came.
        #expect(rest.plan.steps.last?.from == "enabled" && rest.plan.steps.last?.to == "enabled")
    }

    @Test func `only what packages brought into whole sections is taken away, and nothing that was there`() {
        let (plan, facts) = Self.plan([], [])
        #expect(plan.trims == ["cron"])
        let present = [RestorePlannerTests.file("/new"), RestorePlannerTests.file("/old")]
        #expect(
            Self.words(Self.rest(plan, facts, present, earlier: ["/old"]).plan.steps).first == "remove /new")
        // What the safety copy does not hold as a whole may have been there before.
        #expect(
            Self.words(Self.rest(plan, facts, present, wholeBefore: ["users"]).plan.steps)
                == ["unit web.service"])
        var without = plan
        without.trims = []
        #expect(
            Self.words(Self.rest(without, facts, present, earlier: []).plan.steps) == ["unit web.service"])
    }

    @Test func `packages and accounts that are not there are told`() {
        var (plan, facts) = Self.plan([], [])
        plan.steps.append(RestoreStep(action: .user, subject: Array("x".utf8), section: "users", to: "7:7"))
        facts.present = []
        let rest = plan.rest(
            facts, earlier: [], wholeBefore: [],
            accounts: AccountTable(users: [.init(name: "x", id: 8, groupID: 7)]))
        #expect(rest.missingPackages == ["web"])
        #expect(rest.wrongAccounts == ["x (8:7, planned 7:7)"])
    }

    @Test func `what only another machine needs is part of the plan's name`() throws {
        var (plan, _) = Self.plan([RestorePlannerTests.file("/a")], [])
        var names: Set<String> = [plan.id(hash: Self.hash)]
        plan.owners = OwnerMap(users: [1: 2])
        names.insert(plan.id(hash: Self.hash))
        plan.maps = ["user:a=b"]
        names.insert(plan.id(hash: Self.hash))
        plan.isForOther = true
        names.insert(plan.id(hash: Self.hash))
        #expect(names.count == 4)
        #expect(try #require(RestorePlan(canonical: plan.canonical)) == plan)
    }
}
