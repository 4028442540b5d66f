import Basics
import Operations
import RemoteExecution
import Testing

/// What is named and is not there: the same kind of error everywhere, and what to do.
@Suite struct MissingInputTests {
    @Test(arguments: [
        ("policy adopt", "file", "/nope/policy.json", OperationError.Code.fileUnknown),
        ("device import", "file", "/nope/config", .fileUnknown),
        ("restore apply", "plan", "", .argumentInvalid), ("restore apply", "plan", "zzzz", .planUnknown),
    ])
    func `it is told with a next step`(
        _ command: String, _ field: String, _ value: String, _ code: OperationError.Code
    ) async throws {
        let services = try await TestServices()
        let error = await #expect(throws: OperationError.self) {
            try await services.call(command, [field: .string(value)])
        }
        #expect(error?.code == code, "\(String(describing: error))")
        #expect(error?.message.hasSuffix(" ") == false && error?.message.contains(value) == true)
        #expect(error?.hint.isEmpty == false)
    }

    @Test func `what is said of a host key names the device once`() {
        let changed = OperationError(
            ShellError(.hostKeyChanged, "The host key of local (ann@192.0.2.1) changed"), device: .local)
        #expect(changed.message == "The host key of local (ann@192.0.2.1) changed")
        let jump = OperationError(
            ShellError(.hostKeyChanged, "The host key of the jump host gate changed", jump: "gate"),
            device: .local)
        #expect(jump.message == "local: The host key of the jump host gate changed")
    }
}
