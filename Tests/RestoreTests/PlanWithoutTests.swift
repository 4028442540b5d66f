import Basics
import Testing

@testable import Restore

/// The command that a refused run gives for the rest.
@Suite struct PlanWithoutTests {
    private func plan(_ paths: [String]) -> RestorePlan {
        RestorePlan(
            created: Timestamp(seconds: 1), expires: Timestamp(seconds: 901), backup: "b", tree: "t",
            target: RestorePlan.Target(device: "web2", machineID: "m", hostKey: ""), place: .inPlace,
            sections: ["cron", "systemd-units"], paths: [],
            steps: paths.map { path in
                RestoreStep(
                    action: .create, subject: Array(path.utf8), section: "cron", what: [], risk: .low,
                    areas: RestoreArea.of(Array(path.utf8)).map(\.name))
            })
    }

    @Test func `files are found by their path, and as units, never as part of another name`() {
        let plan = plan([
            "/etc/cron.d/sec", "/etc/cron.d/sec.bak", "/etc/cron.d/s", "/etc/systemd/system/own.service",
        ])
        #expect(plan.files(namedIn: "cron: \"/etc/cron.d/sec\":2: bad minute") == ["/etc/cron.d/sec"])
        #expect(plan.files(namedIn: "in /etc/cron.d/sec.bak.") == ["/etc/cron.d/sec.bak"])
        #expect(plan.files(namedIn: "own.service does not start") == ["/etc/systemd/system/own.service"])
        #expect(plan.files(namedIn: "my-own.service, /etc/cron.d/secret, own.services") == [])
    }

    @Test func `the command names what the plan was made of and what it leaves out`() {
        var plan = plan(["/etc/cron.d/a b"])
        plan.excludes = ["/etc/x*"]
        let all = ["cron", "systemd-units"]
        #expect(
            plan.command(without: ["/etc/cron.d/a b"], owner: "web1", all: all)
                == "holdfast restore plan b --in-place --exclude '/etc/x*' --exclude '/etc/cron.d/a b'")
        #expect(
            plan.command(without: [], owner: "web1", all: all + ["users"])
                == "holdfast restore plan b --in-place --section cron --section systemd-units --exclude '/etc/x*'"
        )
        plan.isForOther = true
        #expect(
            plan.command(without: [], owner: "web1", all: all)
                == "holdfast rebuild plan web1 --device web2 --exclude '/etc/x*'")
    }

    @Test func `what is left out is part of the plan`() throws {
        var plan = plan(["/etc/cron.d/a"])
        let before = plan.canonical
        plan.excludes = ["/etc/x*"]
        #expect(plan.canonical != before)
        #expect(try #require(RestorePlan(canonical: plan.canonical)) == plan)
    }
}
