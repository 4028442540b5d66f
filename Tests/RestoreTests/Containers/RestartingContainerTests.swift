import Basics
import Testing

@testable import Restore

/// Containers that end and are started again and again: of these nobody waits that they run.
@Suite struct RestartingContainerTests {
    private typealias Engine = RecordedEngine

    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        var status = "running"
        var restarts: Int64 = 7
        let started: String
        var time: String? = "2026-11-21T02:00:30.5Z"
        let isRestarting: Bool

        var testDescription: String { id }

        static let all = [
            Case(
                id: "waits to be started again", status: "restarting", started: "2026-11-21T01:00:00Z",
                isRestarting: true),
            Case(id: "runs for a moment", started: "2026-11-21T02:00:30.123456789Z", isRestarting: true),
            Case(
                id: "runs for a moment, in a zone", started: "2026-11-21T02:00:28Z",
                time: "2026-11-21T04:00:30.5+02:00", isRestarting: true),
            Case(
                id: "runs for a moment since its engine was asked", started: "2026-11-21T02:00:33Z",
                isRestarting: true),
            Case(id: "ended at times and runs well", started: "2026-11-21T01:59:00Z", isRestarting: false),
            Case(
                id: "was started by somebody", restarts: 0, started: "2026-11-21T02:00:30Z",
                isRestarting: false),
            Case(id: "ended once", restarts: 1, started: "2026-11-21T02:00:30Z", isRestarting: false),
            Case(id: "of an hour that is to come", started: "2026-11-21T03:00:30Z", isRestarting: false),
            Case(
                id: "of an engine without a clock", started: "2026-11-21T02:00:30Z", time: nil,
                isRestarting: false),
            Case(id: "stands still", status: "exited", started: "2026-11-21T02:00:30Z", isRestarting: false),
        ]

        /// An engine with this container and one that runs well, both on a folder.
        var engine: EngineState {
            var bad = Engine.container("bad", binds: ["/srv/d"]).object ?? [:]
            bad["RestartCount"] = .int(restarts)
            bad["State"] = ["Status": .string(status), "StartedAt": .string(started)]
            return Engine.state([.object(bad), Engine.container("good", binds: ["/srv/d"])], time: time)
        }
    }

    private func plan(
        _ backup: EngineState, onto present: EngineState, unproven: [String] = []
    ) -> ContainerPlan {
        var request = ContainerRequest(places: ["/srv/d"])
        request.unproven = unproven
        let facts = ContainerFacts(
            backup: backup, present: present, holdings: [:], hash: Engine.hash, hide: { $0 })
        return ContainerPlanner(facts, request: request).plan()
    }

    @Test(arguments: Case.all)
    func `whether one is started again and again is no matter of a moment`(_ one: Case) {
        let engine = one.engine
        #expect(engine.containers["bad"]?.isRestarting == one.isRestarting)
        // It is stopped meanwhile, and it is made.
        for plan in [plan(engine, onto: engine), plan(engine, onto: Engine.state([]))] {
            let proven = (plan.operations.proofs + plan.operations.pausedProofs).map(\.name)
            let isUp = one.status != "exited"
            #expect(proven == (isUp && !one.isRestarting ? ["bad", "good"] : ["good"]))
            #expect(plan.unproven == (one.isRestarting ? ["bad"] : []))
            #expect(plan.warnings == (one.isRestarting ? [ContainerPlanner.restarting("bad")] : []))
        }
    }

    @Test func `what was restarting when it was planned is not proven in the run`() {
        let engine = Engine.state([
            Engine.container("bad", binds: ["/srv/d"]), Engine.container("good", binds: ["/srv/d"]),
        ])
        for present in [engine, Engine.state([])] {
            let plan = plan(engine, onto: present, unproven: ["bad"])
            #expect((plan.operations.proofs + plan.operations.pausedProofs).map(\.name) == ["good"])
            #expect(plan.unproven == ["bad"])
        }
        #expect(plan(engine, onto: engine).operations.pausedProofs.map(\.name) == ["bad", "good"])
        var request = ContainerRequest()
        request.unproven = ["bad"]
        #expect(ContainerRequest(json: request.json) == request)
    }
}
