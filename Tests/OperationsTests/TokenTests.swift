import Basics
import RemoteExecution
import Storage
import TestSupport
import Testing

@testable import Operations

@Suite struct TokenTests {
    private func secret(_ result: OperationResult) throws -> String {
        try #require(result.json["showOnce"]?.string)
    }

    private func grant(_ services: TestServices, _ secret: String, at clock: any WallClock = SystemClock())
        async throws -> Result<TokenDesk.Grant, TokenDesk.Refusal>
    {
        try await TokenDesk(services: services, clock: clock).grant(for: secret)
    }

    @Test func `a token is shown once and kept as a keyed hash`() async throws {
        let services = try await TestServices()
        let made = try await services.call(
            "token create", ["name": "laptop", "device": ["local"], "level": "write"])
        let secret = try secret(made)
        #expect(secret.hasPrefix("hfk_"))
        #expect(secret.utf8.count == 47)
        // Shown by this operation alone.
        #expect(!services.redactor.redact("note: \(secret)").contains(secret.dropFirst(4)))
        let kept = try #require(await services.tokenBook.tokens(limit: 9).first)
        #expect(!"\(kept)".contains(secret.dropFirst(4)))
        let listed = try await services.call("token list")
        #expect(!JSONWriter.text(listed.json).contains(secret.dropFirst(4)))
        #expect(try await grant(services, secret).get().level == .write)
        #expect(try await grant(services, secret).get().scope == .only([.local]))
        #expect(await services.tokenBook.tokens(limit: 9).first?.lastUsed != nil)
    }

    @Test func `what is no token is worth nothing`() async throws {
        let services = try await TestServices()
        let made = try secret(try await services.call("token create", ["name": "a"]))
        for wrong in [
            "", "hfk_", made + "x", String(made.dropLast()), made.uppercased(), String(made.dropFirst(4)),
        ] {
            #expect(try await grant(services, wrong) == .failure(.unknown), "\(wrong)")
        }
    }

    @Test func `a token ends by its time and by a person`() async throws {
        let services = try await TestServices()
        let made = try secret(try await services.call("token create", ["name": "a", "days": 1]))
        let later = SettableClock(SystemClock().now().description)
        later.advance(by: .seconds(86_402))
        #expect(try await grant(services, made, at: later) == .failure(.expired))
        _ = try await services.call("token revoke", ["name": "a"])
        #expect(try await grant(services, made) == .failure(.revoked))
        #expect(try await services.call("token list").json["grants"] == [])
        #expect(
            try await services.call("token list", ["all": true]).json["grants"]?[0]?["state"] == "revoked")
        // Its name is free again.
        _ = try await services.call("token create", ["name": "a"])
    }

    @Test func `names, days and devices are checked`() async throws {
        let services = try await TestServices()
        _ = try await services.call("token create", ["name": "a"])
        let wrong: [([String: JSONValue], OperationError.Code)] = [
            (["name": "a"], .tokenExists), (["name": ""], .argumentInvalid),
            (["name": "a b"], .argumentInvalid),
            (["name": "b", "days": 0], .argumentInvalid), (["name": "b", "days": 5000], .argumentInvalid),
            (["name": "b", "device": ["nobody"]], .deviceUnknown),
            (["name": "b", "toolset": ["x y"]], .argumentInvalid),
        ]
        for (arguments, code) in wrong {
            do {
                _ = try await services.call("token create", arguments)
                Issue.record("taken: \(arguments)")
            } catch { #expect(error.code == code) }
        }
        do {
            _ = try await services.call("token revoke", ["name": "nobody"])
            Issue.record("revoked nobody")
        } catch { #expect(error.code == .tokenUnknown) }
    }

    @Test(arguments: ["token create", "token list", "token revoke"])
    func `those who got rights give none`(_ command: String) async throws {
        let services = try await TestServices()
        let operation = try #require(
            allOperations.first { $0.contract.command.joined(separator: " ") == command })
        let arguments: [String: JSONValue] =
            switch command {
            case "token create": ["name": "a"]
            case "token revoke": ["name": "a"]
            default: [:]
            }
        let context = services.context().with(Caller(actor: "token:1", surface: "mcp", level: .destroy))
        do {
            _ = try await operation.call(arguments, in: context)
            Issue.record("\(command) was done for a token")
        } catch { #expect(error.code == .levelTooLow) }
    }
}
