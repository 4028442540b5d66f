import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import SSHClient

/// Limits, cancellation and peers that misbehave: each ends with its own error, none hangs.
@Suite(
    "SSH limits", .enabled(if: SSHServer.missing == nil, "needs an SSH server and root"),
    .serialized, .timeLimit(.minutes(5)))
struct SSHLimitTests {
    struct Peer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let behaviour: SSHServerImpostor.Behaviour
        let codes: [ShellError.Code]

        init(_ name: String, _ behaviour: SSHServerImpostor.Behaviour, _ codes: ShellError.Code...) {
            testDescription = name
            self.behaviour = behaviour
            self.codes = codes
        }
    }

    static let peers = [
        Peer("says nothing", .silent, .timedOut),
        Peer("names itself and stops", .says("SSH-2.0-OpenSSH_9.2p1\r\n"), .timedOut),
        Peer("hangs up at once", .hangsUp(after: ""), .unreachable),
        Peer(
            "names itself and hangs up", .hangsUp(after: "SSH-2.0-OpenSSH_9.2p1\r\n"), .unreachable,
            .protocolFailure),
        Peer("speaks HTTP", .hangsUp(after: "HTTP/1.1 400 Bad Request\r\n\r\n"), .unreachable),
        Peer("sends one endless line", .floods(String(repeating: "x", count: 4096)), .protocolFailure),
        Peer("sends lines for ever", .floods("hello\r\n"), .timedOut),
        Peer(
            "sends no packets", .says("SSH-2.0-x\r\n" + String(repeating: "\u{7F}", count: 4096)),
            .protocolFailure),
    ]

    @Test(arguments: peers)
    func `a peer that is no SSH server`(peer: Peer) async throws {
        let impostor = try SSHServerImpostor(peer.behaviour)
        defer { withExtendedLifetime(impostor) {} }
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.hostKey(of: impostor.target, within: .milliseconds(1500))
        }
        #expect(error.map { peer.codes.contains($0.code) } == true, "\(String(describing: error))")
    }

    @Test func `a port nobody listens on is unreachable`() async throws {
        let port = try SSHServerImpostor(.silent).port
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.hostKey(of: SSHTarget(host: "127.0.0.1", port: port), within: .seconds(5))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("Connection refused") == true)
    }

    @Test func `a name that does not exist is told apart`() async throws {
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.hostKey(of: SSHTarget(host: "no-such-host.invalid"), within: .seconds(20))
        }
        #expect(error?.code == .unknownHost)
    }

    @Test func `silence of a script is limited`() async throws {
        let error = try await failure(of: "echo begun; sleep 600\n", .init(idle: .milliseconds(300)))
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("sent nothing within 300 ms") == true)
    }

    @Test func `a device that stops reading is silent too`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                ShellJob(
                    command: "exec sleep 3600", input: [UInt8](repeating: 1, count: 8 << 20),
                    limits: .init(idle: .milliseconds(500))),
                on: server.device(), into: CollectingConsumer())
        }
        #expect(error?.code == .timedOut)
    }

    @Test func `the whole run is limited, output or not`() async throws {
        let error = try await failure(
            of: "while :; do echo alive; sleep 0.05; done\n", .init(idle: .seconds(5), total: .seconds(2)))
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("within 2 s") == true)
    }

    @Test func `output is limited`() async throws {
        let error = try await failure(of: "yes\n", .init(output: 1 << 20))
        #expect(error?.code == .outputLimit)
    }

    @Test func `a connection that dies in the middle is told as such`() async throws {
        let error = try await failure(of: "echo begun; kill -9 $PPID; sleep 600\n", .init(idle: .seconds(20)))
        #expect(error?.code == .disconnected)
    }

    @Test func `cancelling the task ends the run and the connection at once`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let device = try server.device()
        let (begun, signal) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await transport.run(
                .script("echo begun; exec sleep 600\n"), on: device,
                into: CollectingConsumer { _ in
                    signal.yield()
                    return .proceed
                })
        }
        for await _ in begun { break }
        // Were it not ended, the suite's time would be over first.
        task.cancel()
        let error = await #expect(throws: ShellError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    @Test func `a cancelled task does not even connect`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let device = try server.device()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        }
        let error = await #expect(throws: ShellError.self) { try await task.value }
        #expect(error?.code == .cancelled)
    }

    private func failure(of script: String, _ limits: ShellJob.Limits) async throws -> ShellError? {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        return await #expect(throws: ShellError.self) {
            try await transport.run(
                .script(script, limits: limits), on: server.device(), into: CollectingConsumer())
        }
    }
}
