import Basics
import Operations
import Storage
import TestSupport
import Testing
import Vault

@Suite("Safety copies", .timeLimit(.minutes(5)))
struct SafetyCopyTests {
    private static func name(_ letter: String) -> String { String(repeating: letter, count: 16) }

    /// A backup of this machine, pinned as the safety copy of a run.
    private static func copy(_ services: TestServices, of run: String, note: String? = nil) async throws
        -> BackupID
    {
        let made = try await services.call(
            "backup create", ["device": ["local"], "only": ["time-locale"]])
        let text = try #require(made.json["backups"]?.array?.first?["backup"]?.string)
        let id = try #require(BackupID(text))
        try await services.vault().pin(id, note: note ?? "safety copy before restore \(run)")
        return id
    }

    /// Writes down a run that was last touched so many days ago.
    private static func run(
        _ services: TestServices, _ id: String, _ state: String, daysAgo: Int
    ) async throws {
        let ledger = try await services.ledger()
        let now = SystemClock().now()
        let then = now + .seconds(-daysAgo * 86_400)
        let plan = PlanRecord(
            id: "plan-\(id)", device: "local", backup: "b", created: then, expires: now, document: [])
        try await ledger.add(plan)
        try await ledger.use(
            [],
            for: RunRecord(
                id: id, plan: plan.id, device: "local", started: then, updated: then, state: state,
                isFinished: state == "kept", document: []))
    }

    @Test("Numbers of days that are none are refused", arguments: [-1, 36_501, Int64.max])
    func days(number: Int64) async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call(
                "backup prune", ["keep_last": 1, "dry_run": true, "safety_copies": .int(number)])
        }
        #expect(error?.code == .argumentInvalid)
    }

    @Test(
        "Copies of runs decided long ago are released; those of runs without an end, and pins of people, never"
    )
    func released() async throws {
        let services = try await TestServices()
        let names = ["a", "b", "c", "d"].map(Self.name)
        try await Self.run(services, names[0], "kept", daysAgo: 40)
        try await Self.run(services, names[1], "kept", daysAgo: 5)
        try await Self.run(services, names[2], "confirming", daysAgo: 400)
        let old = try await Self.copy(services, of: names[0])
        let recent = try await Self.copy(services, of: names[1])
        let open = try await Self.copy(services, of: names[2])
        let unknown = try await Self.copy(services, of: names[3])
        let own = try await Self.copy(services, of: "", note: "before the move")
        func kept(_ arguments: [String: JSONValue]) async throws -> (kept: Set<String>, released: [String]) {
            let result = try await services.call("backup prune", arguments.merging(["keep_last": 1]) { $1 })
            let rows = result.json["decisions"]?.array ?? []
            return (
                Set(rows.filter { $0["keeps"] == true }.compactMap { $0["backup"]?.string }),
                (result.json["released"]?.array ?? []).compactMap { $0["backup"]?.string }
            )
        }
        let dry = try await kept(["dry_run": true])
        #expect(dry.released == [old.text])
        #expect(dry.kept == Set([recent, open, unknown, own].map(\.text)))
        #expect(try await kept(["dry_run": true, "safety_copies": 0]).released == [])
        #expect(try await kept(["dry_run": true, "safety_copies": 2]).released == [old.text, recent.text])
        #expect(try await kept([:]).released == [old.text])
        #expect(try await services.vault().backups().backups.map(\.id).contains(old) == false)
        #expect(try await services.vault().backups().backups.map(\.id).contains(open))
    }
}
