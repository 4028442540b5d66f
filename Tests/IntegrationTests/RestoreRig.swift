import Basics
import Glibc
import TestSupport
import Testing

/// A machine, a home that knows it as `box`, and the ways to a restore.
struct RestoreRig {
    let machine: TestMachine
    let home: HoldfastHome

    /// - Parameter text: run on the machine first.
    init(_ text: String = ":") async throws {
        machine = try TestMachine()
        try machine.run(text)
        home = try await HoldfastHome.initialised()
        try await home.add(machine, as: "box", account: .root)
    }

    /// Backs up sections with what every restore wants to know.
    func backUp(_ sections: [String], _ more: [String] = []) async throws -> String {
        let named = (sections + ["identity", "users"]).flatMap { ["--only", $0] }
        let outcome = try await home.run(["backup", "create", "box", "--json"] + named + more)
        return try #require(
            try outcome.json()["backups"]?.array?.first?["backup"]?.string, "\(outcome.story)")
    }

    /// Plans a restore in place and says yes to it.
    func approvedPlan(_ backup: String, _ more: [String] = []) async throws -> String {
        let outcome = try await home.run(["restore", "plan", backup, "--in-place", "--json"] + more)
        let plan = try #require(try outcome.json()["plan"]?.string, "\(outcome.story)")
        try await home.approve(plan, of: "box")
        return plan
    }

    /// Carries a plan out until everything is in its place, and kills Holdfast before it confirms.
    func swapAndDie(_ plan: String, patience: Int = 600) async throws {
        let run = try home.start(["restore", "apply", plan, "--confirm-within", "\(patience)"])
        // A change that cannot cut the connection is kept as soon as it is in place: by then it must be dead.
        try machine.wait(for: "grep -q swap /var/lib/holdfast/run-*/phase")
        run.signal(SIGKILL)
        _ = await run.outcome(within: .seconds(60))
        try machine.wait(for: "grep -q swapped /var/lib/holdfast/run-*/phase")
    }

    /// Asks until the device says how the newest run ended; its state.
    func resumed() async throws -> String {
        var outcome = try await home.run(["restore", "resume", "--json"])
        for _ in 0..<60 where outcome.status != 0 {
            outcome = try await home.run(["restore", "resume", "--json"])
        }
        #expect(outcome.status == 0, "\(outcome.story)")
        return try await newestState()
    }

    /// The state of the newest run.
    func newestState() async throws -> String {
        let list = try await home.json(0, "restore", "list", "--limit", "1")
        return list["runs"]?.array?.first?["state"]?.string ?? "none"
    }

    /// The id of the newest run.
    func newestRun() async throws -> String {
        let list = try await home.json(0, "restore", "list", "--limit", "1")
        return try #require(list["runs"]?.array?.first?["run"]?.string)
    }

    /// What shell text prints on the machine.
    func text(_ command: String) throws -> String { DeviceText.string(try machine.run(command)) }

    /// What a restore leaves on a machine that it has done with: nothing.
    ///
    /// A watch that finds its run decided ends by itself, a moment later.
    func leftovers() throws -> String {
        try text(
            """
            units() { systemctl list-units --all --plain --no-legend 'holdfast*'; }
            for i in $(seq 120); do [ -n "$(units)" ] || break; sleep 0.25; done
            units
            find / -xdev -name '*holdfast*' 2>/dev/null
            exit 0

            """)
    }
}
