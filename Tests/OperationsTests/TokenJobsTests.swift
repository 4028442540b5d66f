import Basics
import Storage
import TestSupport
import Testing

@testable import Operations

@Suite struct TokenJobsTests {
    /// A launcher whose jobs never begin by themselves.
    private struct Waiting: JobLauncher {
        func launch(_ order: JobOrder, holding lock: borrowing OpenFile) async throws(OperationError) {}
    }

    private func job(
        _ home: RightsHome, of actor: String, state: JobState = .running
    ) async throws -> String {
        let job = JobRecord(
            id: JobID.random().text, operation: "backup verify", actor: actor, started: home.clock.now(),
            updated: home.clock.now(), state: state.rawValue, isFinished: state.isEnd,
            document: JobDocument(surface: "mcp", arguments: [:]).bytes)
        try await home.jobs().add(job)
        return job.id
    }

    /// What a job's process holds as long as it lives.
    private final class Lock {
        private let file: OpenFile

        init(_ home: RightsHome, _ job: String) throws {
            try Folder.createAll(home.paths.state + "/jobs")
            file = try OpenFile(home.paths.state + "/jobs/\(job).lock", .create)
            #expect(try file.tryLock())
        }
    }

    private func token(_ home: RightsHome, _ name: String = "bot") async throws -> String {
        let made = try await home.call("token create", ["name": .string(name), "level": "write"])
        return try #require(made["grant"]?["id"]?.string)
    }

    @Test func `a revoked token takes its jobs along and no others`() async throws {
        let home = try await RightsHome()
        let token = try await token(home)
        let own = try await job(home, of: "grant:" + token)
        let ended = try await job(home, of: "grant:" + token, state: .done)
        let others = [
            try await job(home, of: "grant:" + token + "0"), try await job(home, of: "person:root"),
            try await job(home, of: token),
        ]
        let locks = try ([own] + others).map { try Lock(home, $0) }
        let answer = try await home.call("token revoke", ["name": "bot"])
        withExtendedLifetime(locks) {}
        #expect(answer["jobs"] == [.string(own)])
        let jobs = try await home.jobs()
        #expect(try await jobs.isCancelRequested(ofJob: own))
        for other in others + [ended] { #expect(try await !jobs.isCancelRequested(ofJob: other)) }
    }

    @Test func `a job that was asked for just before does not begin`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        let token = try await token(home)
        let caller = Caller(actor: "grant:" + token, surface: "mcp", level: .write)
        let context = home.context().with(caller)
        let view = try await JobDesk(context: context).submit("backup verify", [:])
        let id = try #require(JobID(view.job))
        // Taken back after the job was written down, by a program that knows nothing of jobs.
        try await home.tokens().revokeToken(token, at: home.clock.now())
        let order = JobOrder(job: id, operation: "backup verify", arguments: [:], caller: caller)
        try await JobRunner(order, operations: allOperations, in: context).run()
        let record = try #require(try await home.jobs().job(id.text))
        #expect(record.state == JobState.cancelled.rawValue && record.isFinished)
        #expect(JobDocument(record.document)?.failure?.message.contains("was revoked") == true)
        let done = try await home.audit().records(limit: 100, before: nil)
        #expect(!done.contains { $0.entry.operation == "backup verify" })
    }

    @Test func `a job of a token that counts begins`() async throws {
        let home = try await RightsHome(launcher: Waiting())
        let token = try await token(home)
        let caller = Caller(actor: "grant:" + token, surface: "mcp", level: .write)
        let context = home.context().with(caller)
        let view = try await JobDesk(context: context).submit("backup verify", [:])
        let id = try #require(JobID(view.job))
        let order = JobOrder(job: id, operation: "backup verify", arguments: [:], caller: caller)
        try await JobRunner(order, operations: allOperations, in: context).run()
        #expect(try await home.jobs().job(id.text)?.state != JobState.cancelled.rawValue)
        let done = try await home.audit().records(limit: 100, before: nil)
        #expect(done.contains { $0.entry.operation == "backup verify" })
    }
}
