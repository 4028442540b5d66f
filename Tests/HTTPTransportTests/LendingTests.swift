import Basics
import Dispatch
import HTTP
import HTTPTransport
import TestSupport
import Testing

/// Blocks a thread of a pool, as an actor with a blocking library does.
private actor Blocker {
    private let executor: StrandExecutor

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(_ pool: WorkerPool) { executor = StrandExecutor(pool) }

    func wait(on gate: DispatchSemaphore) { gate.wait() }

    func pass() {}
}

/// Answers `/block` when the gate is opened, all else after a look at an actor of the pool.
private struct BlockingHandler: HTTPHandler {
    let pool: WorkerPool
    let gate = DispatchSemaphore(value: 0)

    func refusal(of head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPResponse? { nil }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        switch request.target.path {
        case "/block": await Blocker(pool).wait(on: gate)
        case "/look": await Blocker(pool).pass()
        default: break
        }
        return .text("answered")
    }
}

@Suite("A server whose workers wait for its sockets", .timeLimit(.minutes(5)))
struct LendingTests {
    private static func request(_ path: String) -> String {
        "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"
    }

    // As many as the pool has threads, and one more for the one that waits for sockets.
    @Test(arguments: [1, 4])
    func `sockets are served while all workers block`(_ limit: Int) async throws {
        let handler = BlockingHandler(pool: WorkerPool(limit: limit))
        try await ServerFixture.serve(handler, workers: handler.pool) { port in
            let blocked = try (0..<limit + 3).map { _ in try RawClient(port: port) }
            for client in blocked { await client.send(Self.request("/block")) }
            let client = try RawClient(port: port)
            for _ in 0..<50 { #expect(try await client.ask(Self.request("/")).text == "answered") }
            for _ in blocked { handler.gate.signal() }
            for client in blocked { #expect(try await client.ask("").text == "answered") }
            // Whoever was free first leads again.
            for _ in 0..<50 { #expect(try await client.ask(Self.request("/look")).text == "answered") }
        }
    }

    // Their sockets have something to be read all the time.
    @Test func `clients that send more while they wait keep nobody from being served`() async throws {
        let handler = BlockingHandler(pool: WorkerPool())
        try await ServerFixture.serve(handler, workers: handler.pool) { port in
            let last = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            let more = String(repeating: Self.request("/look"), count: 500) + last
            let waiting = try (0..<40).map { _ in try RawClient(port: port) }
            for client in waiting { await client.send(Self.request("/block") + more) }
            let client = try RawClient(port: port)
            for _ in 0..<20 { #expect(try await client.ask(Self.request("/")).text == "answered") }
            for _ in waiting { handler.gate.signal() }
            try await withThrowingTaskGroup { group in
                for client in waiting {
                    group.addTask {
                        let all = String(decoding: try await client.readToEnd(), as: UTF8.self)
                        #expect(all.split(separator: "\r\n\r\nanswered").count == 502)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `one request after the other, many at once, and both again`() async throws {
        let handler = BlockingHandler(pool: WorkerPool())
        try await ServerFixture.serve(handler, workers: handler.pool) { port in
            for _ in 0..<3 {
                let single = try RawClient(port: port)
                for _ in 0..<100 {
                    #expect(try await single.ask(Self.request("/look")).text == "answered")
                }
                try await withThrowingTaskGroup { group in
                    for _ in 0..<32 {
                        group.addTask {
                            let client = try RawClient(port: port)
                            for _ in 0..<50 {
                                #expect(try await client.ask(Self.request("/look")).text == "answered")
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `two servers on one pool both answer, and one goes on when the other ends`() async throws {
        let handler = BlockingHandler(pool: WorkerPool(limit: 2))
        try await ServerFixture.serve(handler, workers: handler.pool) { first in
            try await ServerFixture.serve(handler, workers: handler.pool) { second in
                for port in [first, second, first] {
                    let client = try RawClient(port: port)
                    #expect(try await client.ask(Self.request("/look")).text == "answered")
                }
            }
            let client = try RawClient(port: first)
            for _ in 0..<20 { #expect(try await client.ask(Self.request("/look")).text == "answered") }
        }
    }

    // A pool whose server ended waits for nothing any more, and takes the next.
    @Test func `servers on one pool one after the other`() async throws {
        let handler = BlockingHandler(pool: WorkerPool(limit: 2))
        for _ in 0..<20 {
            try await ServerFixture.serve(handler, workers: handler.pool) { port in
                let client = try RawClient(port: port)
                #expect(try await client.ask(Self.request("/look")).text == "answered")
            }
        }
    }
}
