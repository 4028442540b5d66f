import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import Operations

@Suite struct DeviceScopeTests {
    /// Services with a device `other` and a backup of `local`, which a scope of `other` alone must not see.
    private func services() async throws -> (TestServices, OperationContext, String) {
        let services = try await TestServices()
        let other = try #require(DeviceName("other"))
        try await services.store.add(
            Device(
                name: other, connection: .ssh(try #require(SSHTarget("root@192.0.2.1"))),
                added: Timestamp(seconds: 0)))
        let made = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        let backup = try #require(made.json["backups"]?[0]?["backup"]?.string)
        return (services, services.context(.destroy, scope: .only([other])), backup)
    }

    private func operation(_ command: String) throws -> AnyOperation {
        try #require(allOperations.first { $0.contract.command.joined(separator: " ") == command })
    }

    private func code(_ command: String, _ arguments: [String: JSONValue], _ context: OperationContext)
        async throws
        -> OperationError.Code?
    {
        let operation = try operation(command)
        do throws(OperationError) {
            _ = try await operation.call(arguments, in: context)
            return nil
        } catch { return error.code }
    }

    @Test func `what can reach every device is refused, whatever it is called with`() async throws {
        let (_, context, _) = try await services()
        for operation in allOperations where operation.contract.reach == .everything {
            do throws(OperationError) {
                _ = try await operation.call([:], in: context)
                Issue.record("\(operation.contract.command) ran")
            } catch { #expect(error.code == .scopeTooNarrow, "\(operation.contract.command)") }
        }
    }

    @Test func `every operation of narrow reach is tried here`() {
        let tried: Set = [
            "backup cat", "backup create", "backup diff", "backup files", "backup list", "backup show",
            "device check", "device list", "device show", "job cancel", "job list", "job show",
            "section list",
        ]
        let narrow = allOperations.filter { $0.contract.reach != .everything }
        #expect(Set(narrow.map { $0.contract.command.joined(separator: " ") }) == tried)
    }

    @Test func `other devices are not there`() async throws {
        let (_, context, backup) = try await services()
        #expect(try await code("device show", ["device": "local"], context) == .deviceUnknown)
        #expect(try await code("device check", ["device": "local"], context) == .deviceUnknown)
        #expect(try await code("device show", ["device": "other"], context) == nil)
        #expect(try await code("backup create", ["device": ["local"]], context) == .deviceUnknown)
        #expect(try await code("backup show", ["backup": .string(backup)], context) == .backupUnknown)
        #expect(try await code("backup show", ["backup": "latest:local"], context) == .backupUnknown)
        #expect(try await code("backup show", ["backup": "latest"], context) == .backupUnknown)
        #expect(try await code("backup files", ["backup": .string(backup)], context) == .backupUnknown)
        #expect(
            try await code("backup cat", ["backup": .string(backup), "path": "/etc/hostname"], context)
                == .backupUnknown)
        #expect(
            try await code("backup diff", ["from": .string(backup), "live": true], context) == .backupUnknown)
        #expect(try await code("section list", [:], context) == nil)
        let devices = try await operation("device list").call([:], in: context).json["devices"]?.array ?? []
        #expect(devices.map { $0["name"] } == ["other"])
        #expect(try await operation("backup list").call([:], in: context).json["backups"] == [])
    }

    @Test func `a job keeps the scope of who asked`() throws {
        let other = try #require(DeviceName("other"))
        let caller = Caller(actor: "token:1", surface: "mcp", level: .write, scope: .only([other]))
        let order = JobOrder(job: JobID.random(), operation: "x", arguments: [:], caller: caller)
        #expect(try JobOrder(try order.bytes()).caller == caller)
    }
}
