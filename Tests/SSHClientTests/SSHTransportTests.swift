import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import SSHClient

/// Runs against a real OpenSSH server.
@Suite(
    "SSHTransport", .enabled(if: SSHServer.missing == nil, "needs an SSH server and root"),
    .serialized, .timeLimit(.minutes(5)))
struct SSHTransportTests {
    @Test func `a script runs and its output, errors and exit status come back`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer()
        let exit = try await transport.run(
            .script("echo out; echo err >&2; exit 7\n"), on: server.device(), into: consumer)
        #expect(exit.status == 7)
        #expect(exit.signal == nil)
        #expect(consumer.output == "out\n")
        #expect(consumer.errors == "err\n")
        #expect(exit.received == 8)
        #expect(exit.connecting > .zero)
        #expect(server.connections == 1)
        #expect(server.commands == 1)
    }

    @Test func `a device may say more than a new channel allows before anything came of it`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["LogLevel DEBUG2"]
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        for run in 1...2 {
            let consumer = CollectingConsumer()
            let exit = try await transport.run(
                .script("head -c 200000 /dev/zero | tr '\\0' x\n"), on: server.device(), into: consumer)
            #expect(exit.status == 0)
            #expect(consumer.output == String(repeating: "x", count: 200_000))
            // Nothing comes of this one, so that only the client by itself can have allowed more.
            _ = try await transport.run(.script("exit 0\n"), on: server.device(), into: consumer)
            #expect(server.logLines(with: "rcvd adjust").count == 2 * run)
        }
    }

    @Test func `the signal that ends a command is named`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let exit = try await transport.run(
            .script("kill -TERM $$\n"), on: server.device(), into: CollectingConsumer())
        #expect(exit.status == nil)
        #expect(exit.signal == "TERM")
    }

    @Test func `a script of many megabytes arrives whole`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer()
        let data = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
        let exit = try await transport.run(
            ShellJob(command: "wc -c", input: data), on: server.device(), into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "8388608\n")
    }

    @Test func `a command that ends before it has read its input is no failure`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let data = [UInt8](repeating: UInt8(ascii: "x"), count: 8 << 20)
        let exit = try await transport.run(
            ShellJob(command: "exit 3", input: data), on: server.device(), into: CollectingConsumer())
        #expect(exit.status == 3)
    }

    @Test func `the consumer's answers go to standard input`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer { seen in
            switch String(decoding: seen.output, as: UTF8.self) {
            case "ready\n": .send(Array("one\n".utf8), closes: false)
            case "ready\ngot one\n": .send(Array("two\n".utf8), closes: true)
            default: .proceed
            }
        }
        let exit = try await transport.run(
            .script("echo ready; while read word; do echo got $word; done; exit 4\n", keepsInputOpen: true),
            on: server.device(), into: consumer)
        #expect(exit.status == 4)
        #expect(consumer.output == "ready\ngot one\ngot two\n")
    }

    @Test func `a source is asked as fast as the device takes it, and its end is that of the input`()
        async throws
    {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let source = CountingSource(pieces: 40, size: 200_000)
        let consumer = CollectingConsumer { seen in
            seen.output == Array("ready\n".utf8) ? .stream(source) : .proceed
        }
        let exit = try await transport.run(
            .script("f() { echo ready; wc -c; }\nf\n", keepsInputOpen: true), on: server.device(),
            into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "ready\n8000000\n")
    }

    @Test func `a source may leave the input open for what comes after it`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let source = CountingSource(pieces: 4, size: 200_000)
        let consumer = CollectingConsumer { seen in
            switch String(decoding: seen.output, as: UTF8.self) {
            case "ready\n": .stream(source, closes: false)
            case "ready\n800000\n": .send(Array("more\n".utf8), closes: true)
            default: .proceed
            }
        }
        let exit = try await transport.run(
            .script("f() { echo ready; head -c 800000 | wc -c; cat; }\nf\n", keepsInputOpen: true),
            on: server.device(), into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "ready\n800000\nmore\n")
    }

    @Test func `what is worked out while the connection is made follows what was at hand`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.keepsIdle = .seconds(30)
        let transport = try SSHTransport(settings)
        // The second run finds a connection that was kept.
        for _ in 0..<2 {
            let consumer = CollectingConsumer()
            let job = ShellJob(
                command: "wc -c", input: Array("one".utf8), rest: CountingSource(pieces: 4, size: 200_000))
            #expect(try await transport.run(job, on: server.device(), into: consumer).status == 0)
            #expect(consumer.output == "800003\n")
        }
        #expect(server.connections == 1)
        let failing = ShellJob(command: "cat", input: [], rest: CountingSource(pieces: -1, size: 10))
        await #expect(throws: ShellError.self) {
            try await transport.run(failing, on: server.device(), into: CollectingConsumer())
        }
        await transport.shutdown()
    }

    @Test func `a source that fails ends the run, and one that nobody reads does not`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let failing = CollectingConsumer { _ in .stream(CountingSource(pieces: -1, size: 10)) }
        await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("f() { echo ready; wc -c; }\nf\n", keepsInputOpen: true), on: server.device(),
                into: failing)
        }
        let unread = CollectingConsumer { seen in
            seen.pieces == 1 ? .stream(CountingSource(pieces: 40, size: 200_000)) : .proceed
        }
        let exit = try await transport.run(
            .script("f() { echo ready; exec 0<&-; exit 3; }\nf\n", keepsInputOpen: true), on: server.device(),
            into: unread)
        #expect(exit.status == 3)
    }

    @Test func `finish ends a run whose command goes on`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer { _ in .finish }
        let exit = try await transport.run(
            .script("echo all; sleep 600\n"), on: server.device(), into: consumer)
        #expect(exit.status == nil)
        #expect(exit.signal == nil)
        #expect(exit.received == 4)
    }

    @Test func `an error of the consumer ends the run`() async throws {
        struct Full: Error, CustomStringConvertible { let description = "no space" }
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("yes\n"), on: server.device(), into: CollectingConsumer { _ in throw Full() })
        }
        #expect(error?.code == .consumer)
        #expect(error?.message == "no space")
    }

    @Test func `without a pinned key nothing is tried`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        var device = try server.device()
        device.hostKey = nil
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyUnknown)
        #expect(server.connections == 0)
    }

    @Test func `a changed host key stops before any key is offered`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let other = try SSHServer()
        let transport = try SSHTransport(SSHSettings())
        var device = try server.device()
        device.hostKey = other.hostKey()
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyChanged)
        #expect(error?.hostKeys == [other.hostKey(), server.hostKey()].compactMap(\.self))
        #expect(server.connections == 1)
        #expect(server.logLines(with: "userauth").isEmpty)
        #expect(server.logLines(with: "publickey").isEmpty)
    }

    @Test func `a host key of another type counts as changed`() async throws {
        var options = SSHServer.Options()
        options.hostKeys = [.rsa]
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let other = try SSHServer()
        let transport = try SSHTransport(SSHSettings())
        var device = try server.device(pinning: .rsa)
        device.hostKey = other.hostKey(.ed25519)
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: device, into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyChanged)
        #expect(error?.hostKeys == [other.hostKey(), server.hostKey(.rsa)].compactMap(\.self))
    }

    @Test(arguments: SSHServerFolder.KeyKind.allCases)
    func `the host key is read without a login`(kind: SSHServerFolder.KeyKind) async throws {
        var options = SSHServer.Options()
        options.hostKeys = [kind]
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let key = try await transport.hostKey(of: server.target(), within: .seconds(10))
        #expect(key == server.hostKey(kind))
        #expect(server.logLines(with: "publickey").isEmpty)
    }

    @Test func `runs on many devices at the same time do not disturb each other`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.maxConnections = 100
        settings.perDevice = 100
        let transport = try SSHTransport(settings)
        let device = try server.device()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let consumer = CollectingConsumer()
                    let exit = try await transport.run(
                        .script("echo \(number); head -c 100000 /dev/zero; exit \(number)\n"), on: device,
                        into: consumer)
                    #expect(exit.status == Int32(number))
                    #expect(consumer.everything.output.count == "\(number)\n".count + 100_000)
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connections == 100)
        #expect(server.commands == 100)
    }
}
