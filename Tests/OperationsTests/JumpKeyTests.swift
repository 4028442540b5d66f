import Operations
import RemoteExecution
import Testing

/// What to do about the key of a jump host.
@Suite struct JumpKeyTests {
    @Test func `an unknown key is that of a device to register, a changed one not the device's own`() {
        let unknown = OperationError(
            ShellError(.hostKeyUnknown, "No host key is known", jump: "root@gate:2222"), device: .local)
        #expect(unknown.code == .hostKeyUnconfirmed)
        #expect(unknown.hint.hasSuffix("run this again: holdfast device add NAME root@gate:2222"))
        let changed = OperationError(ShellError(.hostKeyChanged, "It changed", jump: "gate"), device: .local)
        #expect(changed.hint.contains("registered as gate"))
        #expect(!changed.hint.contains("device trust local"))
        let own = OperationError(ShellError(.hostKeyChanged, "It changed"), device: .local)
        #expect(own.hint == "To see the new key and accept it, run: holdfast device trust local")
    }
}
