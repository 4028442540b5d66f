import HTTP
import Operations
import Testing

@testable import Service

@Suite struct ServePlanTests {
    private func plan(_ change: (inout ServeOptions) -> Void) throws(OperationError) -> ServePlan {
        var options = ServeOptions()
        change(&options)
        return try ServePlan(options)
    }

    @Test func `without options this machine alone is served, for reading`() throws {
        let plan = try plan { _ in }
        #expect(plan.endpoints == [.address("127.0.0.1", port: 7420)])
        #expect(plan.openLevel == .read)
        #expect(!plan.isReachable)
        try plan.check(hasToken: false)
    }

    @Test(arguments: [
        ("127.0.0.1:80", HTTPEndpoint.address("127.0.0.1", port: 80)), ("[::1]:0", .address("::1", port: 0)),
        ("localhost:7", .address("127.0.0.1", port: 7)), ("0.0.0.0:65535", .address("0.0.0.0", port: 65_535)),
    ]) func `addresses are numeric and have a port`(_ text: String, _ endpoint: HTTPEndpoint) throws {
        #expect(try plan { $0.listen = [text] }.endpoints == [endpoint])
    }

    @Test(arguments: [
        "", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "example.com:80", ":80", "127.0.0.1:-1",
    ])
    func `other addresses are refused`(_ text: String) {
        #expect(throws: OperationError.self) { try plan { $0.listen = [text] } }
    }

    @Test func `a reachable address needs encryption and a token`() throws {
        let open = try plan { $0.listen = ["0.0.0.0:1"] }
        #expect(open.openLevel == nil)
        #expect(throws: OperationError.self) { try open.check(hasToken: true) }
        let encrypted = try plan {
            $0.listen = ["127.0.0.1:2", "[::]:1"]
            $0.tlsCert = "c"
            $0.tlsKey = "k"
        }
        #expect(encrypted.openLevel == nil)
        #expect(throws: OperationError.self) { try encrypted.check(hasToken: false) }
        try encrypted.check(hasToken: true)
        let proxied = try plan {
            $0.listen = ["192.0.2.1:1"]
            $0.trustedProxy = ["192.0.2.9"]
        }
        try proxied.check(hasToken: true)
    }

    @Test func `a proxy on this machine makes everybody a stranger`() throws {
        #expect(try plan { $0.trustedProxy = ["127.0.0.1"] }.openLevel == nil)
    }

    @Test func `halves and nonsense are refused`() {
        #expect(throws: OperationError.self) { try plan { $0.tlsCert = "c" } }
        #expect(throws: OperationError.self) { try plan { $0.trustedProxy = ["proxy.example"] } }
        #expect(throws: OperationError.self) { try plan { $0.host = ["a b"] } }
        #expect(throws: OperationError.self) { try plan { $0.origin = ["tools.example"] } }
        #expect(throws: OperationError.self) { try plan { $0.origin = ["https://tools.example/path"] } }
    }

    @Test func `it answers to its own names and no others`() throws {
        let plan = try plan {
            $0.host = ["nas.lan"]
            $0.socket = "/run/s"
        }
        let policy = plan.policy(listening: [.address("127.0.0.1", port: 9), .socket(path: "/run/s")])
        #expect(policy.hosts.contains(HTTPHost(name: "::1", port: 9)))
        #expect(policy.hosts.contains(HTTPHost(name: "nas.lan", port: nil)))
        let open = try self.plan { $0.listen = ["192.0.2.1:1"] }.policy(listening: [
            .address("192.0.2.1", port: 1)
        ])
        #expect(open.hosts == [HTTPHost(name: "192.0.2.1", port: 1)])
    }
}
