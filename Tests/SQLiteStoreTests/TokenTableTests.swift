import Basics
import Storage
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct TokenTableTests {
    private func token(_ id: String, name: String? = nil) -> TokenRecord {
        TokenRecord(
            id: id, name: name ?? "name-\(id)", digest: "digest-\(id)", level: "read",
            toolsets: ["core", "backups"],
            devices: ["nas"], created: Timestamp(seconds: 10), who: "person:root",
            expires: Timestamp(seconds: 20))
    }

    @Test func `tokens come back as they were kept`() async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            try await store.add(token("a"))
            try await store.add(token("b"))
            #expect(try await store.tokens(limit: 9) == [token("b"), token("a")])
            #expect(try await store.tokens(limit: 1) == [token("b")])
            #expect(try await store.token(withDigest: "digest-a") == token("a"))
            #expect(try await store.token(withDigest: "digest") == nil)
            await #expect(throws: StoreError.self) { try await store.add(token("c", name: "name-a")) }
            try await store.tokenWasUsed("a", at: Timestamp(seconds: 12))
            try await store.revokeToken("a", at: Timestamp(seconds: 13))
            try await store.revokeToken("a", at: Timestamp(seconds: 14))
            var revoked = token("a")
            revoked.lastUsed = Timestamp(seconds: 12)
            revoked.revoked = Timestamp(seconds: 13)
            #expect(try await store.token(withDigest: "digest-a") == revoked)
            // The name is free again.
            try await store.add(token("c", name: "name-a"))
            await #expect(throws: StoreError.self) {
                try await store.revokeToken("nobody", at: Timestamp(seconds: 1))
            }
        }
    }

    @Test(arguments: [
        "UPDATE token SET level = 'destroy' WHERE id = 'a'", "UPDATE token SET devices = '' WHERE id = 'a'",
        "UPDATE token SET expires = 9000000000000000000 WHERE id = 'a'",
        "UPDATE token SET toolsets = 'restore' WHERE id = 'a'",
        "UPDATE token SET digest = 'digest-x' WHERE id = 'a'",
        "UPDATE token SET revoked = NULL WHERE id = 'r'",
        "UPDATE token SET mark = (SELECT mark FROM token WHERE id = 'r') WHERE id = 'a'",
        "INSERT INTO token SELECT 99, 'f', 'f', 'digest-f', level, toolsets, devices, created, who, expires, used, revoked, mark FROM token WHERE id = 'a'",
    ]) func `a row that somebody else wrote gives no rights`(_ sql: String) async throws {
        try await ScratchStore.with { scratch in
            let store = scratch.store()
            try await store.add(token("a"))
            try await store.add(token("r"))
            try await store.revokeToken("r", at: Timestamp(seconds: 13))
            await store.close()
            try scratch.tamper(sql)
            let again = scratch.store()
            for digest in ["digest-a", "digest-x", "digest-f", "digest-r"] {
                guard let found = try await again.token(withDigest: digest) else { continue }
                #expect(found == token("a") || found.revoked != nil, "\(found)")
            }
        }
    }
}
