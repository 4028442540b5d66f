import HTTP
import JOSE
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite struct KeyRingTests {
    /// An issuer whose answer can be changed, and who counts how often it is asked.
    private final class Issuer: HTTPFetching {
        private struct State {
            var answer: [UInt8]?
            var count = 0
        }

        private let state = Mutex(State())

        var count: Int { state.withLock(\.count) }

        func set(_ answer: [UInt8]?) { state.withLock { $0.answer = answer } }

        func get(_ url: String, limit: Int, within time: Duration) async throws(HTTPServerError) -> [UInt8] {
            let answer = state.withLock { state in
                state.count += 1
                return state.answer
            }
            guard let answer else { throw HTTPServerError("nobody there") }
            return answer
        }
    }

    /// A clock that stands still until it is told otherwise.
    private final class Time: Sendable {
        private let offset = Mutex(Duration.zero)
        private let start = ContinuousClock.now

        var now: ContinuousClock.Instant { start + offset.withLock(\.self) }

        func pass(_ duration: Duration) { offset.withLock { $0 += duration } }
    }

    private func set(_ name: String) -> [UInt8] {
        // The base point's x of Ed25519 is a point, and any 32 bytes are taken for a key's text.
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        return Array(#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"\#(name)","x":"\#(x)"}]}"#.utf8)
    }

    @Test func `keys are kept for a while, and used on when their issuer is gone`() async throws {
        let (issuer, time) = (Issuer(), Time())
        let ring = KeyRing(.address("https://issuer.example/keys"), fetcher: issuer) { time.now }
        issuer.set(set("a"))
        for _ in 0..<5 { #expect(try await ring.present().keys.first?.id == "a") }
        #expect(issuer.count == 1)
        time.pass(.seconds(601))
        issuer.set(nil)
        for _ in 0..<5 { #expect(try await ring.present().keys.first?.id == "a") }
        #expect(issuer.count == 2)
        time.pass(.seconds(86_400))
        await #expect(throws: JOSEError.self) { try await ring.present() }
    }

    @Test func `an unknown key makes them be fetched anew, once a minute`() async throws {
        let (issuer, time) = (Issuer(), Time())
        let ring = KeyRing(.address("https://issuer.example/keys"), fetcher: issuer) { time.now }
        issuer.set(set("a"))
        _ = try await ring.present()
        issuer.set(set("b"))
        #expect(await ring.renewed() == nil)
        time.pass(.seconds(61))
        #expect(await ring.renewed()?.keys.first?.id == "b")
        for _ in 0..<100 { #expect(await ring.renewed() == nil) }
        #expect(issuer.count == 2)
        #expect(try await ring.present().keys.first?.id == "b")
    }

    @Test func `keys may lie in a file`() async throws {
        let scratch = try ScratchFolder()
        try scratch.write(set("f"), to: "keys")
        let ring = KeyRing(.file(scratch.path + "/keys"), fetcher: Issuer())
        #expect(try await ring.present().keys.first?.id == "f")
        let none = KeyRing(.file(scratch.path + "/none"), fetcher: Issuer())
        await #expect(throws: JOSEError.self) { try await none.present() }
    }
}
