import Basics
import TestSupport
import Testing

extension Integration {
    /// Ways back, policies and jobs: what needs a person, and what has one.
    @Suite(
        "RestoreConsent", .enabled(if: TestMachine.missing == nil, "\(TestMachine.missing ?? "")"),
        .timeLimit(.minutes(10)))
    struct RestoreConsentTests {
        private func apply(_ bench: RefusalBench) async throws -> String {
            let applied = try await bench.home.json(
                0, "restore", "apply", try await bench.approvedPlan())
            return try #require(applied["run"]?.string)
        }

        private func job(_ bench: RefusalBench) throws -> String {
            DeviceText.string(try bench.machine.read("/etc/cron.d/job"))
        }

        @Test func `the way back of a way back needs a person`() async throws {
            let bench = try await RefusalBench()
            let run = try await apply(bench)
            let back = try await bench.home.json(0, "restore", "undo", run)
            #expect(try job(bench) == "drifted\n")
            let undo = try #require(back["run"]?.string)
            let touched = try bench.touched()
            let error = try await bench.home.json(6, "restore", "undo", undo)["error"]
            #expect(error?["code"]?.string == "person-required")
            #expect(try bench.touched() == touched)
            let outcome = try await bench.home.onTerminal(
                ["restore", "undo", undo], typing: "box", within: .seconds(240))
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(try job(bench) == "sound\n")
            // The first run's approval was good for one way back.
            try await bench.home.json(6, "restore", "undo", run)
        }

        @Test func `the way back over moved ground needs a person`() async throws {
            let bench = try await RefusalBench()
            let run = try await apply(bench)
            try bench.machine.run("echo more >>/etc/cron.d/job")
            let touched = try bench.touched()
            let error = try await bench.home.json(6, "restore", "undo", run)["error"]
            #expect(error?["code"]?.string == "person-required")
            #expect(try bench.touched() == touched)
            let refused = try await bench.home.onTerminal(["restore", "undo", run], typing: "no")
            #expect(refused.status == 6, "\(refused.story)")
            #expect(try bench.touched() == touched)
            // The plan that it names is approved like any other.
            let hint = try #require(error?["hint"]?.string)
            let plan = try #require(hint.split(separator: " ").first { $0.utf8.count >= 26 })
            try await bench.home.approve(plan.filter { $0 != "," }, of: "box")
            try await bench.home.expect(0, "restore", "apply", plan.filter { $0 != "," })
            #expect(try job(bench) == "drifted\n")
        }

        @Test func `a policy's yes is marked as one, and reaches as far as it says`() async throws {
            let bench = try await RefusalBench()
            let file = bench.home.scratch.path + "/policy.json"
            let policy = """
                {"policy":1,"name":"jobs","devices":["box"],"sections":["cron"],"paths":["/etc/cron.d/job"],
                "actions":["replace","attributes"],"maxRisk":"low","maxSteps":2,"expires":"\(try expiry())"}
                """
            try AtomicFile.write(Array(policy.utf8), to: file)
            try await bench.home.expect(6, "policy", "adopt", file)
            let adopted = try await bench.home.onTerminal(["policy", "adopt", file], typing: "box")
            #expect(adopted.status == 0, "\(adopted.story)")
            try bench.machine.run("echo drifted >/etc/cron.d/other")
            let wide = try await bench.plan()
            let refused = try await bench.home.json(6, "restore", "apply", wide)["error"]
            #expect(refused?["hint"]?.string?.contains("Policy jobs: it does not cover") == true)
            try bench.machine.run("echo sound >/etc/cron.d/other")
            let plan = try await bench.plan("--path", "/etc/cron.d/job")
            try await bench.home.expect(0, "restore", "apply", plan)
            #expect(try job(bench) == "sound\n")
            let list = try await bench.home.json(0, "approval", "list")["approvals"]?.array
            #expect(list?.first?["kind"]?.string == "policy" && list?.first?["who"]?.string == "jobs")
            #expect(list?.first?["state"]?.string == "used")
            try bench.tamper(
                "UPDATE policy SET document = CAST(replace(CAST(document AS TEXT), '/etc/cron.d/job', '/etc/cron.d/*') AS BLOB)"
            )
            try bench.drift()
            try await bench.expectRefusal(
                "person-required", try await bench.plan("--path", "/etc/cron.d/job"))
        }

        private func expiry() throws -> String {
            (SystemClock().now() + .seconds(86_400)).string(fractionDigits: 0)
        }

        @Test func `the way back of a restore runs as a job, once`() async throws {
            let bench = try await RefusalBench()
            func state() throws -> String {
                DeviceText.string(
                    try bench.machine.run(
                        "cat /etc/cron.d/*; stat -c '%n %a %U %G %s %y' /etc/cron.d /etc/cron.d/*"))
            }
            let before = try state()
            try await bench.home.expect(0, "restore", "apply", try await bench.approvedPlan())
            #expect(try job(bench) == "sound\n")
            let applied = try await bench.home.json(0, "restore", "list")["runs"]?.array?.first
            let run = try #require(applied?["run"]?.string)

            let started = try await bench.home.json(0, "restore", "undo", run, "--background")
            let name = try #require(started["job"]?.string)
            let listed = try await bench.home.json(0, "job", "list")["jobs"]?.array?.first
            #expect(listed?["job"]?.string == name)
            #expect(listed?["operation"]?.string == "restore undo", "\(String(describing: listed))")
            let ended = try await bench.home.json(0, "job", "show", name, "--follow")
            #expect(ended["state"]?.string == "done", "\(ended)")
            #expect(ended["result"]?["state"]?.string == "kept", "\(ended)")
            let back = try #require(ended["result"]?["run"]?.string)
            #expect(back != run)
            #expect(try state() == before)
            let shown = try await bench.home.json(0, "restore", "show", back)
            #expect(shown["run"]?["backup"] == applied?["safetyCopy"], "\(shown)")

            let listed2 = try await bench.home.json(0, "restore", "show", run)["run"]
            #expect(
                listed2?["state"] == "undone" && listed2?["undoneBy"]?.string == back, "\(listed2 ?? .null)")
            // It is taken back once, which is said before there is a job.
            let again = try await bench.home.json(5, "restore", "undo", run, "--background")
            #expect(again["error"]?["message"]?.string?.contains(back) == true, "\(again)")
            // The way back of a way back is a plan of its own, which the refusal names: a job has nobody to ask.
            let further = try await bench.home.json(6, "restore", "undo", back, "--background")
            #expect(
                further["error"]?["hint"]?.string?.contains("then: holdfast restore apply") == true,
                "\(further)")
            #expect(try await bench.home.json(0, "job", "list")["jobs"]?.array?.count == 1)
            #expect(try state() == before)
            try await bench.home.expect(0, "audit", "verify")
        }

        @Test func `a restore runs as a job once it was approved`() async throws {
            let bench = try await RefusalBench()
            let plan = try await bench.plan()
            try await bench.home.json(6, "restore", "apply", plan, "--background")
            #expect(try await bench.home.json(0, "job", "list")["jobs"]?.array?.isEmpty == true)
            try await bench.home.approve(plan, of: "box")
            let job = try await bench.home.json(0, "restore", "apply", plan, "--background")
            let name = try #require(job["job"]?.string)
            let ended = try await bench.home.json(0, "job", "show", name, "--follow")
            #expect(ended["result"]?["state"]?.string == "kept", "\(ended)")
            #expect(try self.job(bench) == "sound\n")
            try await bench.home.expect(0, "audit", "verify")
        }
    }
}
