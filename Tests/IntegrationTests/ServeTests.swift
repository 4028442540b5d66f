import Basics
import Glibc
import TestSupport
import Testing

extension Integration {
    /// The built program as a server.
    @Suite("Serve", .timeLimit(.minutes(5)))
    struct ServeTests {
        @Test func `a server answers, and ends in order`() async throws {
            let home = try await HoldfastHome.initialised()
            let server = try await ServedHome(home)
            #expect(try await server.curl("/healthz") == "200 ok\n")
            #expect(try await server.curl("/readyz") == "200 ready\n")
            #expect(try await server.curl("/nothing").hasPrefix("404 {"))
            #expect(try await server.curl("/healthz", "-H", "'Host: evil.example'").hasPrefix("421 "))
            #expect(
                try await server.curl("/healthz", "-H", "'Origin: http://evil.example'").hasPrefix("403 "))
            #expect(try await server.curl("/healthz", "-X", "POST").hasPrefix("405 "))
            let outcome = await server.end()
            #expect(outcome.status == 0, "\(outcome.story)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.elapsed < .seconds(60))
        }

        @Test func `before init it lives, and is not ready`() async throws {
            let server = try await ServedHome(try HoldfastHome())
            #expect(try await server.curl("/healthz") == "200 ok\n")
            let answer = try await server.curl("/readyz")
            #expect(answer.hasPrefix("503 "))
            #expect(answer.contains("not-initialised"))
            #expect(await server.end(by: SIGINT).status == 0)
        }

        @Test func `a socket serves this account alone`() async throws {
            let home = try await HoldfastHome.initialised()
            let server = try await ServedHome(home, "--socket", home.scratch.path + "/s")
            let path = try #require(server.socket)
            let answer = try await BlockingCall.run {
                String(
                    decoding: try Shell.output(
                        "stat -c %a \(path); curl -sS --unix-socket \(path) http://localhost/healthz"),
                    as: UTF8.self)
            }
            #expect(answer == "600\nok\n")
            #expect(await server.end().status == 0)
        }

        @Test func `other machines are not served in the clear, nor without a token`() async throws {
            let home = try await HoldfastHome.initialised()
            let clear = try await home.run(["serve", "--listen", "0.0.0.0:0"])
            #expect(clear.status == 2, "\(clear.story)")
            #expect(clear.errorText.contains("--tls-cert"))
            let bare = try await home.run(["serve", "--listen", "0.0.0.0:0", "--trusted-proxy", "192.0.2.1"])
            #expect(bare.status == 2, "\(bare.story)")
            #expect(bare.errorText.contains("holdfast token create"))
        }

        @Test func `what it cannot listen on is told`() async throws {
            let home = try await HoldfastHome.initialised()
            let server = try await ServedHome(home)
            let port = try #require(server.port)
            let second = try await home.run(["serve", "--listen", "127.0.0.1:\(port)"])
            #expect(second.status == 7, "\(second.story)")
            #expect(second.errorText.contains("Address already in use"))
            #expect(await server.end().status == 0)
        }
    }
}
