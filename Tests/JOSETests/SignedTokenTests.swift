import Basics
import TestSupport
import Testing

@testable import JOSE

/// Tokens that another library makes, good ones and attacks.
@Suite struct SignedTokenTests {
    private static let now: Int64 = 1_800_000_000
    private static let expectation = SignedToken.Expectation(
        issuer: "https://issuer.example", audience: "https://backup.example/mcp")

    /// What the oracle made; one run for all tests, as making keys takes a while.
    private static let oracle = Task {
        let script = TestFiles.folder(of: #filePath) + "/Oracle/tokens.py"
        return try await BlockingCall.run {
            try JSONParser.parse(try Shell.output("/usr/bin/python3 '\(script)' \(now)"))
        }
    }

    private func keys() async throws -> PublicKeySet {
        let list = try #require(try await Self.oracle.value["keys"])
        return try PublicKeySet(JSONWriter.bytes(["keys": list]))
    }

    private func code(_ token: String, _ keys: PublicKeySet) -> String? {
        do throws(JOSEError) {
            _ = try SignedToken(token).claims(by: keys, for: Self.expectation, now: Self.now)
            return nil
        } catch { return error.code.rawValue }
    }

    @Test func `the issuer's tokens count`() async throws {
        let keys = try await keys()
        #expect(keys.keys.count == 3)
        let tokens = try #require(try await Self.oracle.value["accepted"]?.object)
        #expect(tokens.count == 8)
        for (name, token) in tokens {
            let claims = try SignedToken(try #require(token.string)).claims(
                by: keys, for: Self.expectation, now: Self.now)
            #expect(claims.subject == "ann", "\(name)")
            #expect(claims.scopes == ["holdfast:read"], "\(name)")
        }
    }

    @Test func `attacks are refused, each for what it is`() async throws {
        let keys = try await keys()
        let attacks = try #require(try await Self.oracle.value["refused"]?.object)
        #expect(attacks.count > 40)
        for (name, attack) in attacks {
            let token = try #require(attack["token"]?.string)
            #expect(code(token, keys) == attack["code"]?.string, "\(name)")
        }
    }

    @Test func `no single changed letter leaves a token good`() async throws {
        let keys = try await keys()
        let token = try #require(try await Self.oracle.value["accepted"]?["ES256"]?.string)
        let letters = Array(token)
        for place in letters.indices where letters[place] != "." {
            var changed = letters
            changed[place] = letters[place] == "A" ? "B" : "A"
            #expect(code(String(changed), keys) != nil, "letter \(place)")
        }
    }

    @Test func `keys that are none are left out`() async throws {
        let bad = try #require(try await Self.oracle.value["bad_keys"]?.object)
        let good = try #require(try await Self.oracle.value["keys"]?[1])
        for (name, key) in bad {
            #expect(throws: JOSEError.self, "\(name)") { try PublicKeySet(JSONWriter.bytes(["keys": [key]])) }
            #expect(try PublicKeySet(JSONWriter.bytes(["keys": [key, good]])).keys.count == 1, "\(name)")
        }
        for text in ["", "[]", "{}", #"{"keys":[]}"#, #"{"keys":[],"keys":[]}"#] {
            #expect(throws: JOSEError.self, "\(text)") { try PublicKeySet(Array(text.utf8)) }
        }
        let many = JSONValue.array(Array(repeating: good, count: 65))
        #expect(throws: JOSEError.self) { try PublicKeySet(JSONWriter.bytes(["keys": many])) }
    }

    @Test func `one text for the same bytes`() {
        #expect(Base64URL.bytes("-_8") == [0xFB, 0xFF])
        for text in ["-_9", "-_8=", "+/8", "a", "ab c", "\u{e4}b"] {
            #expect(Base64URL.bytes(text) == nil, "\(text)")
        }
    }
}
