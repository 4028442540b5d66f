import Basics
import TestSupport
import Testing

/// A whole machine that drifted from its backup, for restores that must not happen.
struct RefusalBench {
    let machine: TestMachine
    let home: HoldfastHome
    let backup: String

    /// What a restore could have touched or left behind.
    private static let state = """
        cat /etc/cron.d/*; stat -c '%n %a %U %y' /etc/cron.d /etc/cron.d/* | sort
        ls -a / /tmp /var/lib/holdfast 2>/dev/null; ls /run | grep holdfast
        find / -xdev -name '.holdfast-*' 2>/dev/null; exit 0

        """
    static let triggers = """
        DROP TRIGGER IF EXISTS approval_is_used_once; DROP TRIGGER IF EXISTS approval_stays_what_was_given;
        DROP TRIGGER IF EXISTS plan_is_never_changed; DROP TRIGGER IF EXISTS audit_is_never_changed;
        DROP TRIGGER IF EXISTS audit_is_never_cut;
        """

    init() async throws {
        machine = try TestMachine()
        try machine.run("echo sound >/etc/cron.d/job; echo sound >/etc/cron.d/other")
        home = try await HoldfastHome.initialised()
        try await home.add(machine, as: "box", account: .root)
        let outcome = try await home.run([
            "backup", "create", "box", "--only", "cron", "--only", "identity", "--only", "users", "--json",
        ])
        backup = try #require(
            try outcome.json()["backups"]?.array?.first?["backup"]?.string, "\(outcome.story)")
        try drift()
    }

    /// The same drift each time, to the nanosecond of its times.
    func drift() throws {
        try machine.run(
            "echo drifted >/etc/cron.d/job; touch -d '2026-01-02 03:04:05' /etc/cron.d/job /etc/cron.d")
    }

    func plan(_ more: String...) async throws -> String {
        let outcome = try await home.run(
            ["restore", "plan", backup, "--section", "cron", "--in-place", "--json"] + more)
        return try #require(try outcome.json()["plan"]?.string, "\(outcome.story)")
    }

    func approvedPlan() async throws -> String {
        let plan = try await plan()
        try await home.approve(plan, of: "box")
        return plan
    }

    /// Changes the database behind the back of the program, past its triggers.
    func tamper(_ sql: String) throws {
        try Shell.run(
            "sqlite3 '\(home.path)/holdfast.db' \"PRAGMA foreign_keys = OFF; \(Self.triggers) \(sql)\"")
    }

    func touched() throws -> String { DeviceText.string(try machine.run(Self.state)) }

    /// Refused with that code, with nothing touched, and with both on the audit record.
    func expectRefusal(
        _ code: String, _ plan: String, because: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try touched()
        let outcome = try await home.run(["restore", "apply", plan, "--json"])
        let error = try outcome.json()["error"]
        #expect(outcome.status != 0, "\(outcome.story)", sourceLocation: location)
        #expect(error?["code"]?.string == code, "\(outcome.story)", sourceLocation: location)
        #expect(
            because.isEmpty || error?["message"]?.string?.contains(because) == true, "\(outcome.story)",
            sourceLocation: location)
        #expect(try touched() == before, "something was touched", sourceLocation: location)
        let records = try await home.json(0, "audit", "list", "--limit", "30")["records"]?.array ?? []
        let last = records.first { $0["operation"]?.string == "restore apply" }
        #expect(last?["phase"]?.string == "outcome", sourceLocation: location)
        #expect(last?["result"]?.string == code, sourceLocation: location)
    }
}
