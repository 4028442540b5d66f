import Basics
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import Operations

/// A caller for the device `lab` alone, who knows every id of what belongs to `web`.
@Suite struct ScopedCallerTests {
    private let home: RightsHome
    private let lab: DeviceName

    init() async throws {
        home = try await RightsHome()
        lab = try #require(DeviceName("lab"))
        let registry = try await home.registry()
        try await registry.add(
            Device(
                name: lab, connection: .ssh(SSHTarget(host: "192.0.2.2")), hostKey: RightsHome.hostKey,
                added: home.clock.now()))
    }

    private func context(_ scope: DeviceScope, actor: String = "grant:hostile") -> OperationContext {
        OperationContext(
            caller: Caller(actor: actor, surface: "mcp", level: .destroy, scope: scope), clock: home.clock,
            progress: SilentProgress(), services: home)
    }

    private var narrow: OperationContext { context(.only([lab])) }

    private func call(
        _ command: String, _ arguments: [String: JSONValue] = [:], _ context: OperationContext
    ) async throws -> Result<JSONValue, OperationError> {
        let operation = try #require(
            allOperations.first { $0.contract.command.joined(separator: " ") == command })
        do throws(OperationError) {
            return .success(try await operation.call(arguments, in: context).json)
        } catch {
            return .failure(error)
        }
    }

    private func code(
        _ command: String, _ arguments: [String: JSONValue], _ context: OperationContext
    ) async throws -> OperationError.Code? {
        guard case .failure(let error) = try await call(command, arguments, context) else { return nil }
        return error.code
    }

    /// A run of a plan for a device.
    private func run(_ plan: String, _ device: String) async throws -> String {
        let run = RunRecord(
            id: Base32.randomName(), plan: plan, device: device, started: home.clock.now(),
            updated: home.clock.now(), state: RunDocument.State.kept.rawValue, isFinished: true,
            document: Array("{}".utf8))
        try await home.ledger().use([], for: run)
        return run.id
    }

    @Test func `plans and runs of another device are not there`() async throws {
        let (plan, _) = try await home.plan()
        let run = try await run(plan, "web")
        for name in [plan, String(plan.prefix(6)), plan.uppercased(), run] {
            #expect(try await code("restore show", ["id": .string(name)], narrow) == .planUnknown, "\(name)")
            #expect(
                try await code("restore apply", ["plan": .string(name)], narrow) == .planUnknown, "\(name)")
        }
        #expect(try await code("restore undo", ["run": .string(run)], narrow) == .runUnknown)
        #expect(try await call("restore list", [:], narrow).get()["runs"] == [])
        #expect(home.reached.attempts == 0)
        // The same calls of somebody who may use that device get further.
        let web = context(.only([RightsHome.web]))
        #expect(
            try await call("restore show", ["id": .string(plan)], web).get()["plan"]?["plan"] == .string(plan)
        )
        #expect(try await code("restore apply", ["plan": .string(plan)], web) == .personRequired)
        #expect(try await call("restore list", [:], web).get()["runs"]?.array?.count == 1)
    }

    @Test func `another device's plan does not stand in the way of the own one`() async throws {
        let (own, _) = try await home.plan(device: "lab")
        for minutes in 1..<5 { _ = try await home.plan(minutes: minutes) }
        let ledger = ScopedLedger(base: try await home.ledger(), scope: .only([lab]))
        #expect(try await ledger.plans(beginningWith: "", limit: 1).map(\.id) == [own])
        let shown = try await call("restore show", ["id": .string(String(own.prefix(4)))], narrow).get()
        #expect(shown["plan"]?["plan"] == .string(own))
    }

    @Test func `an approval for another device does not show, and helps nobody`() async throws {
        let (plan, _) = try await home.plan()
        let person = TypingPerson(1000, typing: "web")
        try await home.call("approve", ["plan": .string(plan)], person: person)
        #expect(try await call("approval list", [:], narrow).get()["approvals"] == [])
        #expect(try await code("restore apply", ["plan": .string(plan)], narrow) == .planUnknown)
        let (own, _) = try await home.plan(device: "lab")
        #expect(try await code("restore apply", ["plan": .string(own)], narrow) == .personRequired)
        #expect(home.reached.attempts == 0)
        let web = context(.only([RightsHome.web]))
        #expect(try await call("approval list", [:], web).get()["approvals"]?.array?.count == 1)
    }

    @Test func `jobs of others are not there, and what was cut off is not told`() async throws {
        let (plan, _) = try await home.plan()
        let run = try await run(plan, "web")
        let document = JobDocument(surface: "cli", arguments: ["plan": .string(plan)])
        let job = JobRecord(
            id: JobID.random().text, operation: "restore apply", actor: "person:owner",
            started: home.clock.now(), updated: home.clock.now(), state: JobState.running.rawValue,
            isFinished: false, document: document.bytes)
        try await home.jobs().add(job)
        for command in ["job show", "job cancel"] {
            #expect(try await code(command, ["job": .string(job.id)], narrow) == .jobUnknown)
        }
        #expect(try await call("job list", [:], narrow).get()["jobs"] == [])
        // A call that is recorded looks for jobs that were cut off.
        let pinned = try await call("restore apply", ["plan": .string(plan)], narrow)
        #expect(!"\(pinned)".contains(run) && !"\(pinned)".contains(job.id))
        let after = try await home.jobs().job(job.id)
        let note = after.flatMap { JobDocument($0.document)?.note } ?? ""
        #expect(note.contains(run), "\(note)")
    }

    @Test func `the ledger of a scope lets nothing of another device through`() async throws {
        let (plan, _) = try await home.plan()
        let run = try await run(plan, "web")
        let base = try await home.ledger()
        let ledger = ScopedLedger(base: base, scope: .only([lab]))
        #expect(try await ledger.plans(limit: 10).isEmpty)
        #expect(try await ledger.plan(plan) == nil)
        #expect(try await ledger.run(run) == nil)
        #expect(try await ledger.approvals(ofPlan: plan).isEmpty)
        #expect(try await ledger.unfinishedRuns().isEmpty)
        let theirs = try #require(try await base.plan(plan))
        let record = try #require(try await base.run(run))
        await #expect(throws: StoreError.self) { try await ledger.add(theirs) }
        await #expect(throws: StoreError.self) { try await ledger.update(record) }
        await #expect(throws: StoreError.self) { try await ledger.use([], for: record) }
        await #expect(throws: StoreError.self) { try await ledger.revoke("x", at: home.clock.now()) }
    }
}
