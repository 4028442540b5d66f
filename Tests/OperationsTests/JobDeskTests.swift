import Basics
import Glibc
import RemoteExecution
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Operations

/// Jobs without their processes: what is written down, refused and told.
@Suite struct JobDeskTests {
    /// Takes orders and starts nothing: the lock is free again at once, as when a process died.
    private struct DeadLauncher: JobLauncher {
        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {}
    }

    /// Keeps the lock as a living process would, until the launcher goes.
    private final class HoldingLauncher: JobLauncher {
        private let held = Mutex<[Int32]>([])

        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {
            let copy = dup(lock.rawDescriptor)
            held.withLock { $0.append(copy) }
        }

        deinit { for descriptor in held.withLock(\.self) { close(descriptor) } }
    }

    private let arguments: [String: JSONValue] = ["backup": ["20260101"], "background": true]

    @Test func `a job whose process is gone is told once`() async throws {
        let home = try await RightsHome(launcher: DeadLauncher())
        let job = try await home.call("backup verify", arguments)
        #expect(job["state"]?.string == "starting")
        #expect(job["arguments"]?["backup"] == ["20260101"])
        let told = try await home.call("device set", ["device": "web", "add_tag": ["x"]])
        #expect(told["warnings"]?.array?.first?.string?.contains("was cut off") == true)
        let again = try await home.call("device set", ["device": "web", "add_tag": ["y"]])
        #expect(again["warnings"] == nil)
        let name = try #require(job["job"]?.string)
        let shown = try await home.call("job show", ["job": .string(name)])
        #expect(shown["state"]?.string == "cut-off" && shown["isFinished"]?.bool == true)
        #expect(await home.refusal("job cancel", ["job": .string(name)]) == .jobFinished)
    }

    @Test func `of a restore it is told where its run stands`() async throws {
        let home = try await RightsHome(launcher: DeadLauncher())
        let (id, _) = try await home.plan()
        let apply: [String: JSONValue] = ["plan": .string(id), "background": true]
        #expect(await home.refusal("restore apply", apply) == .personRequired)
        #expect(try await home.call("job list")["jobs"]?.array?.isEmpty == true)
        let job = try await home.call("restore apply", apply, person: TypingPerson(1001, typing: "web"))
        home.clock.advance(by: .seconds(1))
        try await home.ledger().use(
            [],
            for: RunRecord(
                id: "3f8k2m1qz7xw9a4c", plan: id, device: "web", started: home.clock.now(),
                updated: home.clock.now(), state: "applying", isFinished: false, document: []))
        let name = try #require(job["job"]?.string)
        let note = try await home.call("job show", ["job": .string(name)])["note"]?.string ?? ""
        #expect(note.contains("run 3f8k2m1qz7xw9a4c on web was ‘applying’"), "\(note)")
        #expect(note.contains("holdfast restore resume"))
    }

    @Test func `what cannot be started is told and remembered`() async throws {
        let home = try await RightsHome()
        #expect(await home.refusal("backup verify", arguments) == .ioFailed)
        let job = try await home.call("job list")["jobs"]?.array?.first
        #expect(job?["state"]?.string == "failed" && job?["error"]?["code"]?.string == "io-failed")
        #expect(TestFiles.names(in: home.paths.state + "/jobs").isEmpty, "its lock lies there")
    }

    @Test func `the newest ends are remembered, and nothing lies about of the others`() async throws {
        let home = try await RightsHome()
        let names = (0..<JobDesk.memory + 5).map { _ in JobID.random().text }
        for (number, name) in names.enumerated() {
            let instant = home.clock.now() + .seconds(number - names.count)
            try await home.jobs().add(
                JobRecord(
                    id: name, operation: "backup verify", actor: "a", started: instant, updated: instant,
                    state: JobState.done.rawValue, isFinished: true, document: []))
        }
        try Folder.createAll(home.paths.state + "/jobs")
        try AtomicFile.write([], to: "\(home.paths.state)/jobs/\(names[0]).lock")
        #expect(await home.refusal("backup verify", arguments) == .ioFailed)
        let jobs = try await home.call("job list", ["limit": 1000])["jobs"]?.array?.compactMap {
            $0["job"]?.string
        }
        #expect(jobs?.count == JobDesk.memory && jobs?.last == names[6])
        #expect(TestFiles.names(in: home.paths.state + "/jobs").isEmpty)
    }

    @Test func `one that many find gone at once is told by one of them`() async throws {
        let home = try await RightsHome(launcher: DeadLauncher())
        for _ in 0..<5 { _ = try await home.call("backup verify", arguments) }
        let lost = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try await JobDesk(context: home.context()).settle().count }
            }
            return try await group.reduce(0, +)
        }
        // What is taken in looks as well, and found all but the last.
        #expect(lost == 1)
        let jobs = try await home.call("job list")["jobs"]?.array ?? []
        #expect(jobs.count == 5 && jobs.allSatisfy { $0["state"]?.string == "cut-off" })
    }

    @Test func `where the record of a run was altered, nothing is said of the device`() async throws {
        let home = try await RightsHome(launcher: DeadLauncher())
        let (id, _) = try await home.plan()
        let job = try await home.call(
            "restore apply", ["plan": .string(id), "background": true],
            person: TypingPerson(1001, typing: "web"))
        try await home.ledger().use(
            [],
            for: RunRecord(
                id: "3f8k2m1qz7xw9a4c", plan: id, device: "web", started: home.clock.now(),
                updated: home.clock.now(), state: "applying", isFinished: false, document: []))
        try home.tamper("UPDATE run SET state = 'refused', finished = 1;")
        let name = try #require(job["job"]?.string)
        let note = try await home.call("job show", ["job": .string(name)])["note"]?.string ?? ""
        #expect(note.contains("nobody can tell whether the device was changed"), "\(note)")
    }

    @Test func `background is for what is long, and is yes or no`() async throws {
        let home = try await RightsHome(launcher: DeadLauncher())
        #expect(await home.refusal("device list", ["background": true]) == .argumentUnknown)
        #expect(await home.refusal("backup verify", ["background": "yes"]) == .argumentInvalid)
        let long = allOperations.filter(\.contract.isLong).map { $0.contract.command.joined(separator: " ") }
        #expect(
            long == [
                "backup create", "backup verify", "host-config watch", "restore apply", "restore drill",
                "restore undo",
            ])
        for operation in allOperations {
            #expect(operation.fields.contains { $0.name == "background" } == operation.contract.isLong)
        }
    }

    @Test func `an order is carried out as it was written down, or not at all`() async throws {
        let home = try await RightsHome(launcher: HoldingLauncher())
        let record = try await JobDesk(context: home.context()).submit("backup verify", [:])
        let id = try #require(JobID(record.job))
        func order(_ operation: String, actor: String = "person:test", job: JobID = id) -> JobOrder {
            JobOrder(
                job: job, operation: operation, arguments: [:],
                caller: Caller(actor: actor, surface: "cli", level: .destroy))
        }
        for bad in [
            order("backup create"), order("backup verify", actor: "person:root"),
            order("backup verify", job: .random()),
        ] {
            let error = await #expect(throws: OperationError.self) {
                _ = try await JobRunner(bad, operations: allOperations, in: home.context())
            }
            #expect(error?.code == .jobUnknown)
        }
        let good = order("backup verify")
        #expect(try JobOrder(good.bytes()) == good)
        try await JobRunner(good, operations: allOperations, in: home.context()).run()
        let ended = try await home.call("job show", ["job": .string(id.text)])
        #expect(ended["isFinished"]?.bool == true && ended["state"]?.string != "cut-off", "\(ended)")
        // It waits no more.
        await #expect(throws: OperationError.self) {
            _ = try await JobRunner(good, operations: allOperations, in: home.context())
        }
    }

    @Test func `a request in the store ends the operation`() async throws {
        let home = try await RightsHome(launcher: HoldingLauncher())
        let record = try await JobDesk(context: home.context()).submit("backup verify", [:])
        let id = try #require(JobID(record.job))
        let order = JobOrder(
            job: id, operation: "backup verify", arguments: [:],
            caller: Caller(actor: "person:test", surface: "cli", level: .destroy))
        let runner = try await JobRunner(order, operations: [AnyOperation(Endless.self)], in: home.context())
        try await home.jobs().requestCancel(ofJob: id.text)
        await runner.run()
        let ended = try await home.call("job show", ["job": .string(id.text)])
        #expect(ended["state"]?.string == "cancelled", "\(ended)")
        #expect(ended["events"]?.array == ["begun"])
    }

    @Test func `a job of a caller with few devices reaches no others`() async throws {
        let home = try await RightsHome(launcher: HoldingLauncher())
        let other = try #require(DeviceName("other"))
        let caller = Caller(actor: "token:1", surface: "mcp", level: .write, scope: .only([other]))
        let context = home.context().with(caller)
        let arguments: [String: JSONValue] = ["device": ["web"]]
        let record = try await JobDesk(context: context).submit("backup create", arguments)
        let id = try #require(JobID(record.job))
        let order = JobOrder(job: id, operation: "backup create", arguments: arguments, caller: caller)
        let read = try JobOrder(try order.bytes())
        try await JobRunner(read, operations: allOperations, in: home.context()).run()
        let ended = try await home.call("job show", ["job": .string(id.text)])
        #expect(ended["error"]?["code"] == "device-unknown", "\(ended)")
        #expect(home.reached.attempts == 0)
    }

    @Test func `who may use few devices sees their own jobs alone`() async throws {
        let home = try await RightsHome(launcher: HoldingLauncher())
        func context(_ actor: String) -> OperationContext {
            home.context().with(
                Caller(actor: actor, surface: "mcp", level: .write, scope: .only([RightsHome.web])))
        }
        func code(_ command: String, _ job: String, _ actor: String) async throws -> OperationError.Code? {
            let operation = try #require(
                allOperations.first { $0.contract.command.joined(separator: " ") == command })
            do throws(OperationError) {
                _ = try await operation.call(["job": .string(job)], in: context(actor))
                return nil
            } catch { return error.code }
        }
        let foreign = try await JobDesk(context: home.context()).submit("backup verify", [:]).job
        let own = try await JobDesk(context: context("token:1")).submit("backup create", [:]).job
        #expect(try await code("job show", own, "token:1") == nil)
        for (job, actor) in [(foreign, "token:1"), (own, "token:2")] {
            #expect(try await code("job show", job, actor) == .jobUnknown)
            #expect(try await code("job cancel", job, actor) == .jobUnknown)
        }
        let list = try #require(allOperations.first { $0.contract.command == ["job", "list"] })
        let seen = try await list.call([:], in: context("token:1")).json["jobs"]?.array ?? []
        #expect(seen.map { $0["job"]?.string } == [own])
        #expect(try await home.call("job list")["jobs"]?.array?.count == 2)
    }

    @Test func `a caller has so many jobs under way at most, and ends only what it may begin`() async throws {
        let home = try await RightsHome(launcher: HoldingLauncher())
        func desk(_ actor: String) -> JobDesk {
            JobDesk(
                context: home.context().with(Caller(actor: actor, surface: "mcp", level: .write)))
        }
        for _ in 0..<12 { _ = try await desk("token:1").submit("backup create", [:]) }
        await #expect(throws: OperationError.self) {
            _ = try await desk("token:1").submit("backup create", [:])
        }
        let backup = try await desk("token:2").submit("backup create", [:]).job
        let apply = try await JobDesk(context: home.context()).submit("restore apply", [:]).job
        let cancel = try #require(allOperations.first { $0.contract.command == ["job", "cancel"] })
        func end(_ job: String, _ level: AccessLevel) async -> OperationError.Code? {
            let context = home.context().with(Caller(actor: "token:1", surface: "mcp", level: level))
            do throws(OperationError) {
                _ = try await cancel.call(["job": .string(job), "wait": 0], in: context)
                return nil
            } catch { return error.code }
        }
        #expect(await end(apply, .write) == .levelTooLow)
        #expect(await end(backup, .write) == nil)
        #expect(await end(apply, .destroy) == nil)
    }

    @Test func `the record is bounded`() throws {
        var document = JobDocument(surface: "cli", arguments: [:])
        for number in 0..<1000 {
            document.note(
                ProgressUpdate(
                    phase: "p", done: Int64(number), unit: "u",
                    event: "\(number)" + String(repeating: "x", count: 9000)),
                Redactor())
        }
        #expect(document.events.count == JobDocument.eventLimit && document.eventCount == 1000)
        #expect(document.events.allSatisfy { $0.count <= JobDocument.eventLength })
        #expect(document.events.last?.hasPrefix("999") == true)
        let success = OperationResult(
            json: [:], display: [], isComplete: true, warnings: (0..<1000).map { "warning \($0)" })
        document.end(.success(success))
        #expect(document.warnings.count == JobDocument.warningLimit + 1)
        #expect(document.warnings.last == "800 more warnings could not be kept with the job")
        #expect(JobDocument(document.bytes) == document)
        let order = JobOrder(
            job: .random(), operation: "backup create",
            arguments: ["name": .string(String(repeating: "x", count: JobOrder.limit))],
            caller: Caller(actor: "a", surface: "cli", level: .read))
        let error = #expect(throws: OperationError.self) { try order.bytes() }
        #expect(error?.code == .argumentInvalid)
    }
}

/// Goes on until it is cancelled, under the name of an operation that there is.
private struct Endless: ServiceOperation {
    struct Output: Codable, Sendable, Displayable {
        var display: [DisplayBlock] { [] }
    }

    static let contract = Contract(
        resource: "backup", verb: .custom("verify"), summary: "Go on", effect: .reads, isLong: true)

    func run(_ input: NoInput, in context: OperationContext) async throws(OperationError) -> Output {
        context.progress.report(ProgressUpdate(phase: "going", done: 0, unit: "steps", event: "begun"))
        do { try await Task.sleep(for: .seconds(600)) } catch {
            throw OperationError(.cancelled, "The operation was cancelled")
        }
        return Output()
    }
}
