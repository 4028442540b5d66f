import Basics
import Testing

@testable import Vault

@Suite struct RetentionPolicyTests {
    /// A backup in shorthand.
    struct Made: Sendable {
        var time: String
        var device = "web1"
        var status = BackupSummary.Status.ok
        var isPinned = false
        var verified: Evidence.Extent?
        var isDamaged = false
    }

    private static let now = Timestamp("2026-11-21T12:00:00Z") ?? Timestamp(seconds: 0)

    private static func facts(_ made: [Made]) throws -> [RetentionFacts] {
        try made.map { made in
            let time = try #require(Timestamp(made.time))
            let evidence = made.verified.map {
                Evidence(when: now, extent: $0, isGood: true, objects: 1, bytes: 1, problems: 0)
            }
            return RetentionFacts(
                id: BackupID.make(at: time), device: made.device, started: time, status: made.status,
                marks: Marks(pin: made.isPinned ? Pin(note: "", since: now) : nil, evidence: evidence),
                isDamaged: made.isDamaged)
        }
    }

    /// A table row: what is there, by which policy, and what stays.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let policy: RetentionPolicy
        let made: [Made]
        let kept: [Bool]

        init(_ name: String, _ policy: RetentionPolicy, _ rows: [(Made, Bool)]) {
            testDescription = name
            self.policy = policy
            made = rows.map(\.0)
            kept = rows.map(\.1)
        }
    }

    static let cases: [Case] = [
        Case(
            "the last two stay", RetentionPolicy(last: 2),
            [
                (Made(time: "2026-11-21T10:00:00Z"), true), (Made(time: "2026-11-21T09:00:00Z"), true),
                (Made(time: "2026-11-21T08:00:00Z"), false),
            ]),
        Case(
            "partial ones take no place of whole ones", RetentionPolicy(last: 1, daily: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z", status: .partial), true),
                (Made(time: "2026-11-21T09:00:00Z", status: .partial), false),
                (Made(time: "2026-11-19T08:00:00Z"), true), (Made(time: "2026-11-18T08:00:00Z"), false),
            ]),
        Case(
            "the newest whole one stays when no rule counts it", RetentionPolicy(monthly: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z", status: .failed), true),
                (Made(time: "2026-11-20T10:00:00Z", status: .partial), true),
                (Made(time: "2026-10-19T08:00:00Z"), true), (Made(time: "2026-10-18T08:00:00Z"), false),
            ]),
        Case(
            "the newest of each day", RetentionPolicy(daily: 2),
            [
                (Made(time: "2026-11-21T10:00:00Z"), true), (Made(time: "2026-11-21T09:00:00Z"), false),
                (Made(time: "2026-11-20T23:59:59Z"), true), (Made(time: "2026-11-19T08:00:00Z"), false),
            ]),
        Case(
            "weeks begin on Monday", RetentionPolicy(weekly: 2),
            [
                (Made(time: "2026-11-16T00:00:00Z"), true), (Made(time: "2026-11-15T23:59:59Z"), true),
                (Made(time: "2026-11-09T00:00:00Z"), false), (Made(time: "2026-11-08T00:00:00Z"), false),
            ]),
        Case(
            "hours, months and years", RetentionPolicy(hourly: 1, monthly: 2, yearly: 2),
            [
                (Made(time: "2026-11-21T10:59:00Z"), true), (Made(time: "2026-11-21T10:01:00Z"), false),
                (Made(time: "2026-10-31T10:00:00Z"), true), (Made(time: "2025-12-31T10:00:00Z"), true),
                (Made(time: "2024-12-31T10:00:00Z"), false),
            ]),
        Case(
            "each device for itself", RetentionPolicy(last: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z"), true),
                (Made(time: "2020-01-01T00:00:00Z", device: "nas"), true),
                (Made(time: "2019-01-01T00:00:00Z", device: "nas"), false),
            ]),
        Case(
            "pinned ones stay", RetentionPolicy(last: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z"), true),
                (Made(time: "2020-01-01T00:00:00Z", isPinned: true), true),
            ]),
        Case(
            "damaged ones stay and count for nothing", RetentionPolicy(last: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z", isDamaged: true), true),
                (Made(time: "2026-11-20T10:00:00Z"), true), (Made(time: "2026-11-19T10:00:00Z"), false),
                (Made(time: "2020-01-01T00:00:00Z", isDamaged: true), true),
            ]),
        Case(
            "the newest verified one stays, and the newest fully verified one", RetentionPolicy(last: 1),
            [
                (Made(time: "2026-11-21T10:00:00Z"), true),
                (Made(time: "2026-11-20T10:00:00Z", verified: .sample(percent: 5)), true),
                (Made(time: "2026-11-19T10:00:00Z", verified: .full), true),
                (Made(time: "2026-11-18T10:00:00Z", verified: .full), false),
            ]),
        Case(
            "forged future ones push nothing out", RetentionPolicy(last: 1),
            [
                (Made(time: "2027-01-01T00:00:00Z"), true), (Made(time: "2026-12-01T00:00:00Z"), true),
                (Made(time: "2026-11-21T10:00:00Z"), true), (Made(time: "2026-11-20T10:00:00Z"), false),
            ]),
        Case(
            "failed ones push nothing out", RetentionPolicy(last: 1, daily: 1),
            [
                (Made(time: "2026-11-21T11:00:00Z", status: .failed), true),
                (Made(time: "2026-11-21T10:00:00Z", status: .partial), true),
                (Made(time: "2026-11-21T09:00:00Z", status: .failed), false),
            ]),
        Case(
            "a device that only ever failed keeps what it has", RetentionPolicy(last: 1),
            [
                (Made(time: "2026-11-21T11:00:00Z", status: .failed), true),
                (Made(time: "2026-11-20T11:00:00Z", status: .failed), true),
            ]),
    ]

    @Test(arguments: cases) func `decides`(_ row: Case) throws {
        let facts = try Self.facts(row.made)
        let decisions = row.policy.decide(facts, now: Self.now)
        #expect(decisions.map(\.keeps) == row.kept, "\(decisions.map(\.reasons))")
        #expect(decisions.map(\.backup) == facts.map(\.id))
        #expect(decisions.allSatisfy { !$0.reasons.isEmpty })
    }

    @Test func `the order of the backups does not matter`() throws {
        for row in Self.cases {
            let facts = try Self.facts(row.made)
            let forward = row.policy.decide(facts, now: Self.now)
            let backward = row.policy.decide(facts.reversed(), now: Self.now)
            #expect(forward == backward.reversed())
        }
    }

    @Test func `a policy without rules is empty`() {
        #expect(RetentionPolicy().isEmpty)
        #expect(!RetentionPolicy(yearly: 1).isEmpty)
    }

    @Test func `a released safety copy goes, takes no place, and stays only where it proves something`()
        throws
    {
        let made = try Self.facts([
            Made(time: "2026-11-21T10:00:00Z", isPinned: true), Made(time: "2026-11-20T10:00:00Z"),
            Made(time: "2026-11-19T10:00:00Z", isPinned: true),
            Made(time: "2026-11-18T10:00:00Z", isPinned: true, verified: .full),
        ])
        let released = Set([made[0].id, made[2].id, made[3].id])
        let decisions = RetentionPolicy(last: 1).decide(made, released: released, now: Self.now)
        #expect(decisions.map(\.keeps) == [false, true, false, true])
        #expect(decisions[0].reasons == ["safety copy of a run that was decided long ago"])
        #expect(
            RetentionPolicy(last: 1).decide(made, now: Self.now).map(\.keeps) == [true, false, true, true],
            "a pinned one takes the place of the last")
    }
}
