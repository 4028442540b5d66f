import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// Who is let in by the built program, and what is put on record of those who are not.
    @Suite("Access", .timeLimit(.minutes(5)))
    struct AccessTests {
        private func token(_ home: HoldfastHome, _ arguments: String...) async throws -> String {
            let outcome = try await home.run(["token", "create"] + arguments + ["--json"])
            let made = outcome.status == 0 ? try outcome.json() : .null
            let secret = try #require(made["showOnce"]?.string, "\(outcome.story)")
            return secret
        }

        private func bearer(_ token: String) -> String { "'Authorization: Bearer \(token)'" }

        @Test func `a token lets in as far as it says, until it is revoked`() async throws {
            let home = try await HoldfastHome.initialised()
            let secret = try await token(home, "bot", "--level", "write", "--device", "local")
            let server = try await ServedHome(home, "--listen", "127.0.0.1:0", "--without-token", "none")
            #expect(try await server.curl("/whoami").hasPrefix("401 "))
            #expect(try await server.curl("/healthz") == "200 ok\n")
            let answer = try await server.curl("/whoami", "-H", bearer(secret))
            #expect(answer.hasPrefix("200 "))
            #expect(
                answer.contains(
                    #""devices":["local"],"level":"write","toolsets":["backups","core","restore"]"#))
            #expect(try await server.curl("/whoami", "-H", bearer(secret + "x")).hasPrefix("401 "))
            for query in ["access_token=\(secret)", "x=\(secret)", "token=y"] {
                #expect(try await server.curl("/whoami?\(query)").hasPrefix("400 "))
            }
            try await home.expect(0, "token", "revoke", "bot")
            #expect(try await server.curl("/whoami", "-H", bearer(secret)).hasPrefix("401 "))
            #expect(await server.end().status == 0)
            let codes = try await home.json(0, "audit", "list")["records"]?.array?.filter {
                $0["operation"] == "access"
            }
            #expect(
                codes?.compactMap { $0["result"]?.string } == [
                    "token-revoked", "token-in-target", "token-in-target", "token-in-target", "token-unknown",
                ])
            #expect(!(try await home.run(["audit", "list", "--json"]).text.contains(secret.dropFirst(8))))
            try await home.expect(0, "audit", "verify")
        }

        @Test func `without a token a program of this machine may read`() async throws {
            let home = try await HoldfastHome.initialised()
            let server = try await ServedHome(home)
            #expect(
                try await server.curl("/whoami").contains(#""actor":"local","devices":"all","level":"read""#))
            // A proxy that nobody declared speaks for strangers.
            #expect(try await server.curl("/whoami", "-H", "'X-Forwarded-For: 192.0.2.7'").hasPrefix("401 "))
            #expect(await server.end().status == 0)
        }

        @Test func `an assistant reaches the devices of its token alone, in jobs as well`() async throws {
            let home = try await HoldfastHome.initialised()
            try await home.expect(0, "backup", "create", "local", "--only", "users")
            try await home.expect(0, "backup", "create", "local", "--only", "users", "--background")
            try home.scratch.write(Array("Host other\n  HostName 192.0.2.1\n".utf8), to: "hosts")
            try await home.expect(0, "device", "import", home.scratch.path + "/hosts")
            let backup = try #require(try await home.backUp("local", "--only", "cron")["backup"]?.string)
            let planned = try await home.json(0, "restore", "plan", backup, "--section", "cron")
            let plan = try #require(planned["plan"]?.string)
            let secret = try await token(
                home, "bot", "--level", "write", "--device", "other", "--toolset", "core", "--toolset",
                "backups",
                "--toolset", "devices", "--toolset", "upkeep", "--toolset", "restore")
            let server = try await ServedHome(home, "--listen", "127.0.0.1:0", "--without-token", "none")
            let script = TestFiles.folder(of: #filePath) + "/Clients/scoped.py"
            let port = server.port ?? 0
            let output = try await BlockingCall.run {
                try Shell.output(
                    "PYTHONDONTWRITEBYTECODE=1 python3 '\(script)' \(port) \(secret) \(backup) \(plan) 2>&1 || true"
                )
            }
            let text = String(decoding: output, as: UTF8.self)
            #expect(text.hasSuffix("ok end\n"), "\(text.suffix(2000))")
            #expect(await server.end().status == 0)
        }

        @Test func `who asks too often waits`() async throws {
            let home = try await HoldfastHome.initialised()
            let server = try await ServedHome(home, "--listen", "127.0.0.1:0", "--requests-per-second", "1")
            var answers: [String] = []
            for _ in 0..<8 { answers.append(String(try await server.curl("/whoami").prefix(3))) }
            #expect(answers.contains("200"))
            #expect(answers.contains("429"))
            #expect(await server.end().status == 0)
        }

        @Test func `an authorization server's tokens are taken, and attacks are on record`() async throws {
            let home = try await HoldfastHome.initialised()
            let script = TestFiles.folder(of: #filePath) + "/../JOSETests/Oracle/tokens.py"
            let made = try await BlockingCall.run {
                try JSONParser.parse(try Shell.output("/usr/bin/python3 '\(script)' $(date +%s)"))
            }
            let keys = try #require(made["keys"])
            try home.scratch.write(JSONWriter.bytes(["keys": keys]), to: "keys.json")
            let server = try await ServedHome(
                home, "--listen", "127.0.0.1:0", "--without-token", "none", "--oauth-issuer",
                "https://issuer.example", "--oauth-keys", home.scratch.path + "/keys.json", "--public-url",
                "https://backup.example")
            let metadata = try await server.curl("/.well-known/oauth-protected-resource/mcp")
            #expect(metadata.contains(#""resource":"https://backup.example/mcp""#))
            #expect(metadata.contains(#""authorization_servers":["https://issuer.example"]"#))
            let challenge = try await server.curl("/whoami", "-i")
            #expect(
                challenge.contains(
                    "resource_metadata=\"https://backup.example/.well-known/oauth-protected-resource/mcp\""))
            for name in ["RS256", "ES256", "EdDSA"] {
                let good = try #require(made["accepted"]?[name]?.string)
                let answer = try await server.curl("/whoami", "-H", bearer(good))
                #expect(answer.contains(#""actor":"subject:ann","devices":"all","level":"read""#), "\(name)")
                try await expectStepUp(server, good)
            }
            var expected: [String] = []
            for name in Self.attacks {
                let attack = try #require(made["refused"]?[name]?["token"]?.string, "\(name)")
                expected.append("token-" + (made["refused"]?[name]?["code"]?.string ?? ""))
                let answer = try await server.curl(
                    "/mcp", "-X", "POST", "-H", "'Content-Type: application/json'", "-d", "'{}'", "-H",
                    bearer(attack))
                #expect(answer.hasPrefix("401 "), "\(name)")
                // What is wrong with it is for the record, and not for who sent it.
                #expect(answer.contains(#""code":"token-invalid""#), "\(name)")
            }
            let huge = String(repeating: "a", count: 9000)
            #expect(try await server.curl("/mcp", "-X", "POST", "-H", bearer(huge)).hasPrefix("400 "))
            #expect(await server.end().status == 0)
            let lines = try await home.json(0, "audit", "list", "--limit", "100")["records"]?.array?.filter {
                $0["operation"] == "access"
            }
            #expect(lines?.compactMap { $0["result"]?.string }.reversed() == expected + ["token-malformed"])
            try await home.expect(0, "audit", "verify")
        }

        /// A call beyond the scope of an issuer's token says which scope would do.
        private func expectStepUp(_ server: ServedHome, _ token: String) async throws {
            let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"create_backup"}}"#
            let answer = try await server.curl("/mcp", "-i", "-d", "'\(call)'", "-H", bearer(token))
            #expect(answer.hasPrefix("403 "), "\(answer)")
            #expect(
                answer.contains(#"error="insufficient_scope""#) && answer.contains(#"scope="holdfast:write""#)
            )
        }

        @Test func `the jobs of a revoked token end`() async throws {
            let home = try await HoldfastHome.initialised()
            let secret = try await token(home, "bot", "--level", "write")
            let server = try await ServedHome(home, "--listen", "127.0.0.1:0", "--without-token", "none")
            let script = """
                import sys
                from wire import Http
                arguments = {"device": ["local"], "path": ["/usr"]}
                link = Http(int(sys.argv[1]), sys.argv[2])
                answer = link.modern(1, "tools/call", {"name": "create_backup", "arguments": arguments})
                print(answer.result["structuredContent"]["job"])
                """
            try home.scratch.write(Array(script.utf8), to: "begin.py")
            let clients = TestFiles.folder(of: #filePath) + "/Clients"
            let begin =
                "PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='\(clients)' python3 '\(home.scratch.path)/begin.py'"
                + " \(server.port ?? 0) \(secret)"
            let output = try await BlockingCall.run { try Shell.output(begin) }
            let job = String(decoding: output.dropLast(), as: UTF8.self)
            let revoked = try await home.json(0, "token", "revoke", "bot")
            #expect(revoked["jobs"] == [.string(job)], "\(revoked)")
            let end = try await home.json(3, "job", "show", job, "--follow")
            #expect(end["state"] == "cancelled", "\(end)")
            #expect(await server.end().status == 0)
        }

        /// Each is refused by what it is, and each leaves one line on the record.
        private static let attacks = [
            "alg none", "alg None", "no alg", "HS256 with the public key", "RS512",
            "ES256 in the name of an RSA key", "another EC key", "unknown key", "key as a path", "key as SQL",
            "huge key name", "key in the header", "key at an address", "zero signature", "changed claims",
            "duplicate members", "expired", "not yet", "other audience", "no audience", "other issuer",
            "nobody",
        ]
    }
}
