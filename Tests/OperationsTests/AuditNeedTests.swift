import Basics
import Operations
import RemoteExecution
import Storage
import TestSupport
import Testing

@Suite("What cannot be put on the audit record", .timeLimit(.minutes(5)))
struct AuditNeedTests {
    private static let full = StoreError(.full, "the disk that holds /x is full")

    @Test(arguments: [StoreError.Code.full, .readOnly])
    func `is not done where it changes something, and done with a warning where it only reads`(
        _ code: StoreError.Code
    ) async throws {
        let services = try await TestServices()
        _ = try await services.call("backup create", ["device": ["local"], "only": ["identity"]])
        await services.store.fail(with: StoreError(code, "the disk that holds /x is full"))
        let expected = code == .full ? OperationError.Code.diskFull : .readOnly
        for (command, arguments) in [
            ("backup pin", ["backup": "latest"]), ("backup prune", ["garbage_only": true]),
            ("device set", ["device": "local", "add_tag": ["home"]]),
        ] as [(String, [String: JSONValue])] {
            let error = await #expect(throws: OperationError.self) {
                try await services.call(command, arguments)
            }
            #expect(error?.code == expected, "\(command)")
            #expect(error?.message.contains("Nothing was done") == true && error?.hint.isEmpty == false)
        }
        #expect(await services.store.device(named: .local)?.tags == [])
        let scratch = try ScratchFolder()
        for (command, arguments) in [
            ("backup verify", [:]),
            ("backup export", ["backup": "latest", "to": .string(scratch.path + "/out")]),
        ] as [(String, [String: JSONValue])] {
            let result = try await services.call(command, arguments)
            #expect(result.isComplete)
            let warning = try #require(result.warnings.first { $0.contains("not on the audit record") })
            #expect(warning.contains("the disk that holds /x is full"))
            #expect(result.json["warnings"]?.array?.contains(.string(warning)) == true)
        }
    }

    @Test func `an outcome that cannot be recorded hides neither the result nor the error`() async throws {
        let services = try await TestServices()
        await services.store.fail(with: Self.full, after: 1)
        let result = try await services.call("device set", ["device": "local", "add_tag": ["home"]])
        #expect(result.warnings.first?.contains("outcome is not on the audit record") == true)
        let other = try await TestServices()
        await other.store.fail(with: Self.full, after: 1)
        let error = await #expect(throws: OperationError.self) {
            try await other.call("device remove", ["device": "local"])
        }
        #expect(error?.code == .localDevice && error?.hint.contains("not on the record") == true)
    }

    @Test func `other failures of the store stop everything`() async throws {
        let services = try await TestServices()
        await services.store.fail(with: StoreError(.busy, "another process holds it"))
        let error = await #expect(throws: OperationError.self) { try await services.call("backup verify") }
        #expect(error?.code == .storeBusy)
    }
}
