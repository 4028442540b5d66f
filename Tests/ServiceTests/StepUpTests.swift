import Basics
import HTTP
import Operations
import RemoteExecution
import TestSupport
import Testing

@testable import MCP
@testable import Service

@Suite struct StepUpTests {
    private struct NoFetcher: HTTPFetching {
        func get(_ url: String, limit: Int, within time: Duration) async throws(HTTPServerError) -> [UInt8] {
            []
        }
    }

    private func problem(
        _ tool: String, actor: String = "subject:me", level: AccessLevel = .read,
        scope: DeviceScope = .all, toolsets: [String] = [], method: String = "tools/call"
    ) throws -> HTTPProblem? {
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{"name":"\#(tool)","arguments":{}}}"#
        return try problem(body, Principal(actor: actor, level: level, scope: scope, toolsets: toolsets))
    }

    private func problem(_ body: String, _ principal: Principal) throws -> HTTPProblem? {
        let offered: Set<Toolset> = [.core, .backups, .restore]
        let operations = allOperations + compatibilityOperations
        let oauth = OAuthResource(
            issuer: "https://login.example", resource: "https://backup.example/mcp",
            keys: KeyRing(.file("/nonexistent"), fetcher: NoFetcher()), clock: SystemClock())
        let servers = LevelTable(operations: operations, toolsets: offered)
        let target = try #require(HTTPTarget("/mcp"))
        let request = HTTPRequest(
            HTTPRequestHead(.post, target), body: Array(body.utf8),
            peer: HTTPPeer(address: "127.0.0.1"))
        do throws(HTTPProblem) {
            try StepUp(levels: servers, oauth: oauth).check(request, by: principal)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("plan_restore", "holdfast:propose"), ("create_backup", "holdfast:write"),
        ("apply_restore", "holdfast:destroy"),
    ])
    func `the client of an issuer is told the scope that would do`(_ tool: String, _ scope: String) throws {
        let answer = try #require(try problem(tool))
        #expect(answer.status == .forbidden && answer.code == "insufficient-scope")
        let challenge = try #require(answer.fields["www-authenticate"])
        #expect(challenge.contains(#"error="insufficient_scope""#))
        #expect(challenge.contains(#"scope="\#(scope)""#))
        #expect(
            challenge.contains(
                #"resource_metadata="https://backup.example/.well-known/oauth-protected-resource/mcp""#))
    }

    @Test func `whoever has nobody to ask learns of no tool`() throws {
        for actor in ["grant:0123", "local"] { #expect(try problem("apply_restore", actor: actor) == nil) }
    }

    @Test func `what the level reaches, and what nobody has, is no matter of scope`() throws {
        #expect(try problem("list_backups") == nil)
        #expect(try problem("create_backup", level: .write) == nil)
        #expect(try problem("no_such_tool") == nil)
        // Not in the toolsets that are offered here.
        #expect(try problem("set_device") == nil)
        #expect(try problem("server_backup") == nil)
        #expect(try problem("set_device", toolsets: ["devices"]) != nil)
        // For people only.
        #expect(try problem("approve") == nil)
        #expect(try problem("create_backup", method: "tools/list") == nil)
        #expect(try problem("prune_backups", scope: .only([.local])) == nil)
    }

    @Test(arguments: ["", "{", "[]", #"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, #"[{"a":1}]"#])
    func `what is no call is left to those who read it`(_ body: String) throws {
        let principal = Principal(actor: "subject:me", level: .read, scope: .all, toolsets: [])
        #expect(try problem(body, principal) == nil)
    }
}
