import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import SSHClient

/// Ways to a device: jump hosts, the OpenSSH configuration, address families.
@Suite(
    "SSH routes", .enabled(if: SSHServer.missing == nil, "needs an SSH server and root"), .serialized,
    .timeLimit(.minutes(5)))
struct SSHRouteTests {
    /// Three servers, of which the last is reached through the others.
    private struct Chain {
        let outer: SSHServer
        let inner: SSHServer
        let target: SSHServer

        init() throws {
            outer = try SSHServer()
            inner = try SSHServer()
            target = try SSHServer()
        }

        func settings() -> SSHSettings {
            var settings = SSHSettings()
            settings.defaultKeyFiles = [outer.loginKey, inner.loginKey]
            let keys = [outer.port: outer.hostKey(), inner.port: inner.hostKey()]
            settings.jumpHostKeys = { jump in [keys[jump.port ?? 22] ?? nil].compactMap(\.self) }
            return settings
        }

        func device(through jumps: [SSHServer]) throws -> Device {
            var device = try target.device("behind")
            var address = target.target()
            address.jumps = jumps.map { "\($0.user)@\($0.address):\($0.port)" }
            device.connection = .ssh(address)
            return device
        }
    }

    @Test func `a device behind two jump hosts`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        let transport = try SSHTransport(chain.settings())
        let consumer = CollectingConsumer()
        let exit = try await transport.run(
            .script("head -c 3000000 /dev/zero | tr '\\0' x; exit 3\n"),
            on: chain.device(through: [chain.outer, chain.inner]), into: consumer)
        #expect(exit.status == 3)
        #expect(consumer.everything.output.count == 3_000_000)
        for server in [chain.outer, chain.inner, chain.target] { #expect(server.connections == 1) }
        #expect(chain.outer.commands == 0)
        #expect(chain.target.commands == 1)
    }

    @Test func `much input goes through a jump host as well`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        let transport = try SSHTransport(chain.settings())
        let consumer = CollectingConsumer()
        let exit = try await transport.run(
            ShellJob(command: "wc -c", input: [UInt8](repeating: 7, count: 6_000_000)),
            on: chain.device(through: [chain.outer]), into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "6000000\n")
    }

    @Test func `devices behind one jump host share the connection to it`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        var settings = chain.settings()
        settings.perDevice = 20
        settings.keepsIdle = .seconds(5)
        let transport = try SSHTransport(settings)
        let device = try chain.device(through: [chain.outer])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let consumer = CollectingConsumer()
                    let exit = try await transport.run(
                        .script("head -c 200000 /dev/zero; exit \(number)\n"), on: device, into: consumer)
                    #expect(exit.status == Int32(number))
                    #expect(consumer.everything.output.count == 200_000)
                }
            }
            try await group.waitForAll()
        }
        #expect(chain.outer.connections == 1)
        #expect(chain.target.connections == 20)
        await transport.shutdown()
    }

    @Test func `an unknown key of a jump host stops everything and names the jump host`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        var settings = chain.settings()
        settings.jumpHostKeys = nil
        let transport = try SSHTransport(settings)
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("true\n"), on: chain.device(through: [chain.outer]), into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyUnknown)
        #expect(error?.message.contains("the jump host root@127.0.0.1:\(chain.outer.port)") == true)
        #expect(error?.jump == "root@127.0.0.1:\(chain.outer.port)" && error?.hostKeys.count == 1)
        #expect(error?.hostKeys == [chain.outer.hostKey()].compactMap(\.self))
        #expect(chain.target.connections == 0)
        #expect(chain.outer.logLines(with: "publickey").isEmpty)
    }

    @Test func `the user's known hosts, hashed too, tell the keys of jump hosts`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        let key = try #require(chain.outer.hostKey())
        let file = try chain.outer.folder.write(
            "[127.0.0.1]:\(chain.outer.port) \(key.algorithm) \(key.key)\n", to: "known_hosts")
        try chain.outer.folder.hashKnownHosts(file)
        #expect(chain.outer.folder.read("known_hosts").hasPrefix("|1|"))
        var settings = chain.settings()
        settings.jumpHostKeys = nil
        settings.knownHostsFiles = [file]
        let transport = try SSHTransport(settings)
        let exit = try await transport.run(
            .script("exit 2\n"), on: chain.device(through: [chain.outer]), into: CollectingConsumer())
        #expect(exit.status == 2)
    }

    @Test func `a changed key of a jump host is a hard stop`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        var settings = chain.settings()
        let wrong = chain.target.hostKey()
        settings.jumpHostKeys = { _ in [wrong].compactMap(\.self) }
        let transport = try SSHTransport(settings)
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("true\n"), on: chain.device(through: [chain.outer]), into: CollectingConsumer())
        }
        #expect(error?.code == .hostKeyChanged)
        #expect(chain.outer.logLines(with: "publickey").isEmpty)
    }

    @Test func `a jump host that cannot reach the device says so`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        let transport = try SSHTransport(chain.settings())
        var device = try chain.device(through: [chain.outer])
        let port = try SSHServerImpostor(.silent).port
        device.connection = .ssh(
            SSHTarget(
                host: "127.0.0.1", port: port, user: "root",
                jumps: ["root@127.0.0.1:\(chain.outer.port)"]))
        let broken = device
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: broken, into: CollectingConsumer())
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("the jump host") == true)
    }

    @Test func `the OpenSSH configuration supplies name, port, user, key and jump host`() async throws {
        let chain = try Chain()
        defer { withExtendedLifetime(chain) {} }
        let folder = chain.target.folder
        let config = try folder.write(
            """
            Host gate
                HostName 127.0.0.1
                Port \(chain.outer.port)
                User root
                IdentityFile \(chain.outer.loginKey)
            Host nas*
                HostName 127.0.0.1
                Port \(chain.target.port)
                User root
                IdentityFile \(chain.target.loginKey)
                IdentitiesOnly yes
                ProxyJump gate
            """, to: "config")
        var settings = SSHSettings()
        settings.configFile = config
        let key = chain.outer.hostKey()
        settings.jumpHostKeys = { $0.host == "gate" ? [key].compactMap(\.self) : [] }
        let transport = try SSHTransport(settings)
        var device = try chain.target.device()
        device.connection = .ssh(SSHTarget(host: "nas1"))
        let consumer = CollectingConsumer()
        let exit = try await transport.run(.script("echo here\n"), on: device, into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "here\n")
        #expect(chain.outer.connections == 1)
        #expect(
            try await transport.hostKey(of: SSHTarget(host: "nas1"), within: .seconds(10)) == device.hostKey)
    }

    @Test func `a ProxyCommand is refused, not run`() async throws {
        let folder = try SSHServerFolder()
        let config = try folder.write("Host *\n  ProxyCommand touch \(folder.file("ran"))\n", to: "config")
        var settings = SSHSettings()
        settings.configFile = config
        let transport = try SSHTransport(settings)
        let error = await #expect(throws: ShellError.self) {
            try await transport.hostKey(of: SSHTarget(host: "127.0.0.1"), within: .seconds(5))
        }
        #expect(error?.code == .configuration)
        #expect(folder.read("ran").isEmpty)
    }

    @Test func `a device with an IPv6 address`() async throws {
        var options = SSHServer.Options()
        options.address = "::1"
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let exit = try await transport.run(
            .script("exit 4\n"), on: server.device(), into: CollectingConsumer())
        #expect(exit.status == 4)
    }

    @Test func `all addresses of a name are tried`() async throws {
        // The server listens on the IPv4 address alone; the name stands for both.
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let target = SSHTarget(host: "localhost", port: server.port, user: "root")
        #expect(try await transport.hostKey(of: target, within: .seconds(10)) == server.hostKey())
    }
}
