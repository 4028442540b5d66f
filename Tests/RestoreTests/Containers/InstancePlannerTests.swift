import Basics
import Testing

@testable import Restore

@Suite struct InstancePlannerTests {
    private func state(_ answers: [InstanceDaemon: JSONValue]) -> EngineState {
        EngineState { section in
            InstanceDaemon(rawValue: section).flatMap { answers[$0] }.map { JSONWriter.bytes($0) }
        }
    }

    private func instance(_ name: String, _ status: String, project: String = "default") -> JSONValue {
        ["name": .string(name), "status": .string(status), "project": .string(project)]
    }

    private func plan(
        _ backup: EngineState, onto present: EngineState, holding: [String] = [],
        _ request: ContainerRequest = ContainerRequest()
    ) -> ContainerPlan {
        var holdings: [String: ContainerFacts.Holding] = [:]
        for path in holding { holdings[path] = .init(files: 1, bytes: 2048) }
        let facts = ContainerFacts(
            backup: backup, present: present, holdings: holdings, hash: RecordedEngine.hash, hide: { $0 })
        return ContainerPlanner(facts, request: request).plan()
    }

    @Test func `what is missing is imported, with and without the envelope of a socket`() {
        let list: JSONValue = [instance("a", "Running"), instance("b", "Stopped")]
        for answer in [list, ["metadata": list]] as [JSONValue] {
            let plan = plan(
                state([.lxd: answer]), onto: state([.lxd: [instance("b", "Stopped")]]),
                holding: ["/lxc-export/a.tar.gz", "/lxc-export/b.tar.gz"])
            #expect(plan.steps.map { "\($0.action.rawValue) \($0.name)" } == ["import-instance a"])
            #expect(plan.operations.instances.map(\.isUp) == [true])
            #expect(!plan.operations.needsEngine)
            #expect(plan.conflicts == [] && plan.warnings == [])
        }
    }

    @Test func `without an export, or without the daemon, it is told`() {
        let backup = state([.incus: [instance("a", "Running"), instance("x", "Running", project: "other")]])
        let unheld = plan(backup, onto: state([.incus: []]))
        #expect(unheld.steps.isEmpty && unheld.warnings.count == 1)
        #expect(unheld.warnings.first?.contains("--include-data") == true)
        let absent = plan(backup, onto: state([:]), holding: ["/incus-export/a.tar.gz"])
        #expect(absent.steps.isEmpty)
        #expect(absent.warnings == ["instance a is not restored: no incus answers on the device"])
    }

    @Test func `a name that no instance has is a conflict`() {
        let backup = state([.lxd: [instance("$(reboot)", "Running")]])
        let plan = plan(backup, onto: state([.lxd: []]), holding: ["/lxc-export/$(reboot).tar.gz"])
        #expect(plan.steps.isEmpty && plan.conflicts.count == 1)
    }

    @Test func `an undo takes away what is there`() {
        let present = state([.lxd: [instance("a", "Running")]])
        let request = ContainerRequest(removes: ["instance lxd a", "instance lxd gone", "instance lxd $(x)"])
        let plan = plan(state([:]), onto: present, request)
        #expect(plan.steps.map { "\($0.action.rawValue) \($0.name)" } == ["remove-instance a"])
        #expect(plan.operations.removedInstances.map(\.name) == ["a"])
    }
}
