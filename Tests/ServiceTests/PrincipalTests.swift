import Operations
import RemoteExecution
import Testing

@testable import Service

@Suite struct PrincipalTests {
    @Test func `rights differ wherever a caller could gain by it`() throws {
        let names = try ["a", "b"].map { try #require(DeviceName($0)) }
        var all: [String] = []
        for level in AccessLevel.allCases {
            for scope in [DeviceScope.all, .only([names[0]]), .only(Set(names)), .only([])] {
                for toolsets in [[], ["core"], ["backups", "core"]] {
                    all.append(Principal(actor: "x", level: level, scope: scope, toolsets: toolsets).rights)
                }
            }
        }
        #expect(Set(all).count == all.count)
    }

    @Test func `an operation is told the same rights, whatever the client calls itself`() {
        let principal = Principal(actor: "token:1", level: .propose, scope: .only([.local]), toolsets: [])
        let caller = principal.caller(surface: "mcp")
        #expect(caller.level == .propose && caller.scope == .only([.local]))
        #expect(caller.through("cli").scope == caller.scope && caller.through("cli").level == caller.level)
    }
}
