import Basics
import Operations
import TestSupport
import Testing

@testable import RemoteExecution

@Suite("Devices from a file of OpenSSH")
struct DeviceImportTests {
    private func imported(_ text: String) async throws -> (result: OperationResult, services: TestServices) {
        let scratch = try ScratchFolder()
        let path = scratch.path + "/fleet.conf"
        try AtomicFile.write(Array(text.utf8), to: path)
        let services = try await TestServices()
        return (try await services.call("device import", ["file": .string(path)]), services)
    }

    private func jumps(_ name: String, _ services: TestServices) async throws -> [String]? {
        guard let name = DeviceName(name),
            case .ssh(let target)? = await services.store.device(named: name)?.connection
        else { return nil }
        return target.jumps
    }

    @Test func `jump hosts are kept by address, user and port, with those before them`() async throws {
        let (result, services) = try await imported(
            """
            Host gate
              HostName 192.0.2.1
              Port 2200
              User door
            Host inner
              HostName 2001:db8::5
              ProxyJump gate
              IdentityFile /keys/inner
            Host web1
              HostName 10.0.0.1
              ProxyJump inner,ops@10.9.9.9:2022
            Host plain
              HostName 10.0.0.2

            """)
        #expect(
            try await jumps("web1", services) == ["door@192.0.2.1:2200", "2001:db8::5", "ops@10.9.9.9:2022"])
        #expect(try await jumps("inner", services) == ["door@192.0.2.1:2200"])
        #expect(try await jumps("plain", services) == [])
        let web = result.json["hosts"]?.array?.first { $0["host"] == "web1" }
        #expect(web?["detail"]?.string?.contains("inner is not kept") == true)
    }

    @Test func `a way that cannot be kept is refused with its reason`() async throws {
        let (result, services) = try await imported(
            """
            Host round
              ProxyJump trip
            Host trip
              ProxyJump round
            Host odd
              ProxyJump behind
            Host behind
              ProxyCommand nc %h %p

            """)
        let details = Dictionary(
            (result.json["hosts"]?.array ?? []).map { ($0["host"]?.string ?? "", $0["detail"]?.string ?? "") }
        ) { first, _ in first }
        #expect(details["round"]?.contains("more than 8 jump hosts") == true)
        #expect(details["odd"]?.contains("ProxyCommand") == true)
        #expect(try await jumps("odd", services) == nil)
    }

    @Test func `an address is printed with brackets, and a user with a password not at all`() async throws {
        let (result, services) = try await imported(
            """
            Host six
              HostName ::1
              Port 41001
            Host loose
              HostName 192.0.2.7
              User root:pw123
            Host behind
              HostName 192.0.2.8
              ProxyJump root:pw123@192.0.2.9

            """)
        let hosts = result.json["hosts"]?.array ?? []
        func line(_ name: String) -> JSONValue? { hosts.first { $0["host"]?.string == name } }
        #expect(line("six")?["address"] == "[::1]:41001")
        #expect(line("loose")?["outcome"] == "refused" && line("behind")?["outcome"] == "refused")
        #expect(!JSONWriter.text(result.json).contains("pw123"))
        #expect(try await jumps("loose", services) == nil)
    }
}
