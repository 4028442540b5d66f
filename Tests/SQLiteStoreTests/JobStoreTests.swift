import Basics
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct JobStoreTests {
    private func job(_ id: String, minute: Int64 = 0) -> JobRecord {
        JobRecord(
            id: id, operation: "backup create", actor: "person:ann", started: Timestamp(seconds: minute * 60),
            updated: Timestamp(seconds: minute * 60), state: "starting", isFinished: false,
            document: Array("{}".utf8))
    }

    private func ended(_ job: JobRecord) -> JobRecord {
        var job = job
        (job.state, job.isFinished) = ("done", true)
        return job
    }

    @Test func `a job is kept, brought up to date, and ends once`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            var job = job("a")
            try await store.add(job)
            await #expect(throws: StoreError.self) { try await store.add(job) }
            (job.state, job.document) = ("running", Array("{\"a\":1}".utf8))
            try await store.update(job)
            #expect(try await scratch.store().job("a") == job)
            #expect(try await store.unfinishedJobs() == [job])
            let end = ended(job)
            try await store.update(end)
            #expect(try await store.unfinishedJobs().isEmpty)
            let late = await #expect(throws: StoreError.self) { try await store.update(job) }
            #expect(late?.code == .conflict)
            let unknown = await #expect(throws: StoreError.self) { try await store.update(self.job("b")) }
            #expect(unknown?.code == .notFound)
            #expect(try await store.jobs(limit: 9) == [end])
        }
    }

    @Test func `a request to end reaches those that run`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            try await store.add(job("a"))
            #expect(try await store.isCancelRequested(ofJob: "a") == false)
            try await scratch.store().requestCancel(ofJob: "a")
            #expect(try await store.isCancelRequested(ofJob: "a"))
            // The request is not part of what the record's mark covers, nor is it undone by news.
            try await store.update(job("a"))
            #expect(try await store.isCancelRequested(ofJob: "a"))
            #expect(try await store.job("a") == job("a"))
            try await store.update(ended(job("a")))
            let late = await #expect(throws: StoreError.self) { try await store.requestCancel(ofJob: "a") }
            #expect(late?.code == .conflict)
            let unknown = await #expect(throws: StoreError.self) { try await store.requestCancel(ofJob: "b") }
            #expect(unknown?.code == .notFound)
        }
    }

    @Test func `old ends are forgotten, what runs is not`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            for (minute, id) in ["a", "b", "c", "d"].enumerated() {
                try await store.add(job(id, minute: Int64(minute)))
                if id != "a" { try await store.update(ended(job(id, minute: Int64(minute)))) }
            }
            #expect(try await store.removeFinishedJobs(keeping: 2) == ["b"])
            #expect(try await store.jobs(limit: 9).map(\.id) == ["d", "c", "a"])
            #expect(try await Set(store.removeFinishedJobs(keeping: 0)) == ["c", "d"])
            #expect(try await store.jobs(limit: 9).map(\.id) == ["a"])
        }
    }

    @Test(arguments: [
        "UPDATE job SET state = 'running', finished = 0", "UPDATE job SET document = x'7b7d20'",
        "UPDATE job SET operation = 'restore apply'", "UPDATE job SET actor = 'person:root'",
        "UPDATE job SET id = 'x; reboot'", "UPDATE job SET mark = ''",
    ])
    func `an altered job comes back as altered and finished`(_ sql: String) async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            try await store.add(job("a"))
            try await store.update(ended(job("a")))
            await store.close()
            try scratch.tamper(sql)
            let found = try #require(try await scratch.store().jobs(limit: 9).first)
            #expect(found.state == JobRecord.altered && found.isFinished && found.document.isEmpty)
        }
    }
}
