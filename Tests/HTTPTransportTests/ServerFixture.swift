import Basics
import HTTP
import HTTPTransport
import Synchronization
import TestSupport

/// A server on a free port for as long as a test runs.
struct ServerFixture: HTTPHandler {
    /// Answers by path; what a test wants to know of it is counted.
    final class Log: Sendable {
        private let seen = Mutex<[String]>([])
        private let waiting = Mutex<[(String, CheckedContinuation<Void, Never>)]>([])

        func add(_ word: String) {
            seen.withLock { $0.append(word) }
            let woken = waiting.withLock { waiting in
                defer { waiting.removeAll { $0.0 == word } }
                return waiting.filter { $0.0 == word }
            }
            for (_, continuation) in woken { continuation.resume() }
        }

        func wait(for word: String) async {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0.append((word, continuation)) }
                // It may have come just before.
                if seen.withLock({ $0.contains(word) }) { add(word) }
            }
        }
    }

    let log = Log()
    let gate = EventFeed(limit: 1 << 30)

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? {
        head.target.path == "/refused" ? HTTPProblem(.forbidden, code: "no", "No").response : nil
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        switch request.target.path {
        case "/echo":
            return HTTPResponse(.ok, ["Content-Type": "application/octet-stream"], body: .bytes(request.body))
        case "/big": return HTTPResponse(.ok, body: .bytes([UInt8](repeating: 0x62, count: 8 << 20)))
        case "/page": return HTTPResponse(.ok, body: .bytes([UInt8](repeating: 0x70, count: 60_000)))
        case "/volume": return HTTPResponse(.ok, body: .bytes([UInt8](repeating: 0x76, count: 16_000_000)))
        case "/wait":
            log.add("waiting")
            while !Task.isCancelled, await gate.next() == nil { break }
            log.add(Task.isCancelled ? "cancelled" : "released")
            return .text("waited")
        case "/events":
            let log = log
            let feed = EventFeed()
            feed.send(ServerSentEvent("first"))
            if request.target.query == "two" {
                feed.send(ServerSentEvent("second"))
                feed.end()
            }
            return .events(feed.stream(finished: { log.add("stream ended") }))
        case "/reply":
            let isShort = request.target.query == "short"
            let feed = isShort ? gate : EventFeed()
            log.add(isShort ? "replying shortly" : "replying")
            return .events(feed.stream(lastWords: { ServerSentEvent("too late").bytes }))
        case "/flood":
            let log = log
            let stream = HTTPStream(finished: { log.add("flood ended") }) {
                [UInt8](repeating: 0x66, count: 60_000)
            }
            return HTTPResponse(.ok, body: .stream(stream))
        case "/peer":
            return .text(
                "\(request.peer.address) \(request.peer.user.map { "\($0)" } ?? "-") \(request.peer.isEncrypted)"
            )
        default: return .text("hello")
        }
    }

    /// Runs a server with this handler while `body` runs; it has workers, as the program's has.
    func serve(
        on endpoints: [HTTPEndpoint] = [.address("127.0.0.1", port: 0)],
        certificate: HTTPServerSettings.Certificate? = nil,
        _ change: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @Sendable @escaping (_ port: Int) async throws -> Void
    ) async throws {
        var settings = HTTPServerSettings(endpoints: endpoints, certificate: certificate)
        change(&settings)
        try await Self.serve(self, settings, workers: WorkerPool(), body)
    }

    /// Runs a server with `handler` while `body` runs.
    static func serve(
        _ handler: some HTTPHandler,
        _ settings: HTTPServerSettings = HTTPServerSettings(endpoints: [.address("127.0.0.1", port: 0)]),
        workers: WorkerPool?, _ body: @Sendable @escaping (_ port: Int) async throws -> Void
    ) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await EventHTTPServer(workers: workers).serve(settings, handler: handler) { places in
                    if case .address(_, let port)? = places.first {
                        continuation.yield(port)
                    } else {
                        continuation.yield(0)
                    }
                }
            }
            group.addTask {
                for await port in ports {
                    try await body(port)
                    return
                }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
