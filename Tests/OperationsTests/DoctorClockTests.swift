import Basics
import Operations
import TestSupport
import Testing

/// The clock is compared with what was recorded.
@Suite(.timeLimit(.minutes(5))) struct DoctorClockTests {
    private func finding(_ services: TestServices, at time: Timestamp) async throws -> JSONValue {
        let operation = try #require(allOperations.first { $0.contract.command == ["doctor"] })
        let context = OperationContext(
            caller: Caller(actor: "person:test", surface: "cli", level: .destroy),
            clock: SettableClock("\(time)"),
            progress: SilentProgress(), services: services)
        let found = try await operation.call([:], in: context).json["findings"]?.array ?? []
        return try #require(found.first { $0["subject"] == "clock" })
    }

    @Test func `a clock of long ago is bad`() async throws {
        let found = try await finding(TestServices(), at: Timestamp(seconds: 1_500_000_000))
        #expect(found["verdict"] == "bad" && found["detail"]?.string?.contains("long past") == true)
        #expect(found["hint"]?.string?.contains("Set the clock") == true)
    }

    @Test func `a clock that agrees with the backups is good, and one before them is told`() async throws {
        let services = try await TestServices()
        let result = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        let backup = try #require(result.json["backups"]?[0]?["backup"]?.string)
        let now = SystemClock().now()
        #expect(try await finding(services, at: now)["verdict"] == "good")
        // A clock that went back by a minute is no news.
        #expect(try await finding(services, at: now + .seconds(-60))["verdict"] == "good")
        let early = try await finding(services, at: now + .seconds(-86_400))
        #expect(
            early["verdict"] == "warning" && early["detail"]?.string?.contains(backup) == true, "\(early)")
        #expect(early["hint"]?.string?.contains("holdfast backup delete \(backup)") == true)
    }
}
