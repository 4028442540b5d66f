import Basics
import Operations
import Testing

@testable import RemoteExecution

/// A password in an address is refused, and stands nowhere afterwards.
@Suite struct AddressPasswordTests {
    @Test(arguments: [
        "root:pw123@host", "ssh://root:pw123@host:22", "root:pw123@", "root:pw123@ho st", "a@b:pw123@host",
    ])
    func `it is refused as address and as jump host`(_ address: String) async throws {
        let services = try await TestServices()
        for arguments: [String: JSONValue] in [
            ["name": "dd", "address": .string(address)],
            ["name": "dd", "address": "host", "jump": [.string(address)]],
        ] {
            let error = await #expect(throws: OperationError.self) {
                _ = try await services.call("device add", arguments)
            }
            #expect(error?.code == .argumentInvalid && error?.message.contains("no password") == true)
            #expect(error.map { "\($0.message) \($0.hint)".contains("pw123") } == false)
        }
        try await services.store.add(
            Device(
                name: #require(DeviceName("known")), connection: .ssh(#require(SSHTarget("host"))),
                added: Timestamp(seconds: 0)))
        for arguments: [String: JSONValue] in [
            ["device": "known", "address": .string(address)],
            ["device": "known", "jump": [.string(address)]],
        ] {
            let error = await #expect(throws: OperationError.self) {
                _ = try await services.call("device set", arguments)
            }
            #expect(error?.code == .argumentInvalid && error?.message.contains("no password") == true)
        }
        let records = await services.store.records(limit: 100, before: nil)
        #expect(!records.isEmpty && !"\(records)".contains("pw123"), "\(records)")
    }

    @Test(arguments: ["host", "root@host:22", "root@[::1]:22", "::1", "root@::1"])
    func `others are no passwords`(_ address: String) {
        #expect(!SSHTarget.hasPassword(address))
    }
}
