import Basics
import Glibc
import RemoteExecution
import Synchronization
import TestSupport
import Testing

@testable import SSHClient

/// Places, kept connections, and bounds of memory.
@Suite(
    "SSH pool", .enabled(if: SSHServer.missing == nil, "needs an SSH server and root"), .serialized,
    .timeLimit(.minutes(5)))
struct SSHPoolTests {
    @Test func `a kept connection serves the next run`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.keepsIdle = .seconds(30)
        let transport = try SSHTransport(settings)
        for number in 1...12 {
            let exit = try await transport.run(
                .script("exit \(number)\n"), on: server.device(), into: CollectingConsumer())
            #expect(exit.status == Int32(number))
            #expect((exit.connecting == .zero) == (number > 1))
        }
        #expect(server.connections == 1)
        #expect(server.commands == 12)
        await transport.shutdown()
    }

    @Test func `a kept connection that died is replaced`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.keepsIdle = .seconds(30)
        let transport = try SSHTransport(settings)
        let device = try server.device()
        let consumer = CollectingConsumer()
        // The parent of the shell is the server's process for this connection.
        _ = try await transport.run(
            .script("(sleep 0.2; kill -9 $PPID) >/dev/null 2>&1 &\n"), on: device, into: consumer)
        while transport.keptConnections > 0 { await Task.yield() }
        let exit = try await transport.run(.script("exit 3\n"), on: device, into: consumer)
        #expect(exit.status == 3)
        #expect(server.connections == 2)
        await transport.shutdown()
    }

    @Test func `another pinned key never gets a connection kept for the old one`() async throws {
        let server = try SSHServer()
        let other = try SSHServer()
        defer { withExtendedLifetime((server, other)) {} }
        var settings = SSHSettings()
        settings.keepsIdle = .seconds(30)
        let transport = try SSHTransport(settings)
        var device = try server.device()
        _ = try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        device.hostKey = other.hostKey()
        let changed = device
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: changed, into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyChanged)
        await transport.shutdown()
    }

    @Test func `no more runs at once than there are places`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.maxConnections = 3
        settings.perDevice = 2
        let transport = try SSHTransport(settings)
        let device = try server.device()
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    _ = try await transport.run(
                        .script("echo x\n"), on: device,
                        into: CollectingConsumer { _ in
                            gauge.enter()
                            await Task.yield()
                            gauge.leave()
                            return .proceed
                        })
                }
            }
            try await group.waitForAll()
        }
        #expect((1...2).contains(gauge.most))
        #expect(server.connections == 12)
    }

    @Test func `waiting for a place can be cancelled`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.perDevice = 1
        let transport = try SSHTransport(settings)
        let device = try server.device()
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let first = Task {
            try await transport.run(
                .script("echo x; exec sleep 600\n"), on: device,
                into: CollectingConsumer { _ in
                    signal.yield()
                    return .proceed
                })
        }
        for await _ in begun { break }
        let second = Task {
            try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        }
        second.cancel()
        let error = await #expect(throws: ShellError.self) { try await second.value }
        #expect(error?.code == .cancelled)
        first.cancel()
        _ = await first.result
        let exit = try await transport.run(.script("exit 1\n"), on: device, into: CollectingConsumer())
        #expect(exit.status == 1)
    }

    @Test func `a hundred megabytes pass in pieces of bounded size`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let counter = CountingConsumer()
        let exit = try await transport.run(
            .script("head -c 100000000 /dev/zero\n"), on: server.device(), into: counter)
        #expect(exit.status == 0)
        #expect(exit.received == 100_000_000)
        #expect(counter.count == 100_000_000)
        #expect(counter.largest <= ChannelHandle.pieceSize)
    }

    @Test func `a slow consumer slows the device down instead of filling memory`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let device = try server.device()
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let (goAhead, go) = AsyncStream.makeStream(of: Void.self)
        let slow = Task {
            try await transport.run(
                .script("yes | head -c 50000000\n"), on: device,
                into: CountingConsumer { count in
                    guard count < 600_000 else { return }
                    signal.yield()
                    for await _ in goAhead { break }
                })
        }
        for await _ in begun { break }
        // Others are not affected meanwhile.
        for _ in 0..<5 {
            let exit = try await transport.run(.script("exit 1\n"), on: device, into: CollectingConsumer())
            #expect(exit.status == 1)
        }
        go.finish()
        #expect(try await slow.value.received == 50_000_000)
    }
}

/// How many were inside at the same time.
private final class Gauge: Sendable {
    private let state = Mutex((now: 0, most: 0))

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }

    var most: Int { state.withLock { $0.most } }
}

/// Counts what it receives and keeps nothing.
private final class CountingConsumer: ShellConsumer {
    private let seen = Mutex((count: 0, largest: 0))
    private let pace: @Sendable (Int) async -> Void

    init(_ pace: @escaping @Sendable (Int) async -> Void = { _ in }) { self.pace = pace }

    func receive(_ bytes: [UInt8], from stream: OutputStreamKind) async throws -> ShellReply {
        let count = seen.withLock { seen in
            seen.count += bytes.count
            seen.largest = max(seen.largest, bytes.count)
            return seen.count
        }
        await pace(count)
        return .proceed
    }

    var count: Int { seen.withLock { $0.count } }
    var largest: Int { seen.withLock { $0.largest } }
}
