import Basics
import RemoteExecution
import TestSupport
import Testing

@testable import SSHClient

/// Logins by all kinds of keys, against a real OpenSSH server and a real agent.
@Suite(
    "SSH login", .enabled(if: SSHServer.missing == nil, "needs an SSH server and root"), .serialized,
    .timeLimit(.minutes(5)))
struct SSHLoginTests {
    @Test(arguments: SSHServerFolder.KeyKind.allCases)
    func `a key file of each kind logs in, as does one protected by a passphrase`(
        kind: SSHServerFolder.KeyKind
    ) async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let plain = try server.folder.makeKey(kind, named: "plain")
        let protected = try server.folder.makeKey(kind, named: "protected", passphrase: "open sesame")
        try server.authorize(plain)
        try server.authorize(protected)
        var settings = SSHSettings()
        settings.passphrase = { _ in Redacted("open sesame") }
        let transport = try SSHTransport(settings)
        for key in [plain, protected] {
            let exit = try await transport.run(
                .script("exit 5\n"), on: server.device(key: key), into: CollectingConsumer())
            #expect(exit.status == 5)
        }
        // No question before the answer: one attempt each, none refused.
        #expect(server.logLines(with: "Failed").isEmpty)
        #expect(server.logLines(with: "Accepted publickey").count == 2)
        if kind == .rsa { #expect(server.logLines(with: "ssh-rsa ").isEmpty) }
    }

    @Test func `a wrong key is refused with all that is known`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let wrong = try server.folder.makeKey(.ed25519, named: "wrong")
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("true\n"), on: server.device(key: wrong), into: CollectingConsumer())
        }
        #expect(error?.code == .authenticationFailed)
        let fingerprint = SSHServerFolder.publicKey(of: wrong)?.fingerprint ?? "none"
        #expect(error?.message.contains(fingerprint) == true)
        #expect(error?.message.contains("it accepts publickey") == true)
    }

    @Test func `the next key is tried after a refused one`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        var settings = SSHSettings()
        settings.defaultKeyFiles = ["/nonexistent/id_ed25519", server.loginKey]
        let transport = try SSHTransport(settings)
        let wrong = try server.folder.makeKey(.ecdsa, named: "wrong")
        let exit = try await transport.run(
            .script("exit 2\n"), on: server.device(key: wrong), into: CollectingConsumer())
        #expect(exit.status == 2)
    }

    @Test func `a protected key without a passphrase says what to do`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let locked = try server.folder.makeKey(.ed25519, named: "locked", passphrase: "secret")
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("true\n"), on: server.device(key: locked), into: CollectingConsumer())
        }
        #expect(error?.code == .keyUnusable)
        #expect(error?.hint.contains("HOLDFAST_KEY_PASSPHRASE") == true)
        #expect(error?.message.contains("it needs a passphrase") == true)
        let text = "\(error?.message ?? "")\n\(error?.hint ?? "")"
        #expect(Redactor().redact(text) == text, "nothing of it looks like a secret")
    }

    @Test func `a passphrase that does not open the key is called wrong`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let locked = try server.folder.makeKey(.ed25519, named: "key", passphrase: "secret")
        var settings = SSHSettings()
        settings.passphrase = { _ in Redacted("another") }
        let transport = try SSHTransport(settings)
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(
                .script("true\n"), on: server.device(key: locked), into: CollectingConsumer())
        }
        #expect(error?.code == .keyUnusable)
        #expect(error?.message.contains("the passphrase given does not open it") == true)
        let text = "\(error?.message ?? "")\n\(error?.hint ?? "")"
        #expect(Redactor().redact(text) == text, "nothing of it looks like a secret")
    }

    @Test(arguments: SSHServerFolder.KeyKind.allCases)
    func `a key that only the agent holds logs in`(kind: SSHServerFolder.KeyKind) async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let key = try server.folder.makeKey(kind, named: "held")
        try server.authorize(key)
        let other = try server.folder.makeKey(.ed25519, named: "other")
        let agent = try SSHServerAgent(in: server.folder)
        defer { withExtendedLifetime(agent) {} }
        try agent.add(other)
        try agent.add(key)
        var settings = SSHSettings()
        settings.agentSocket = agent.socket
        let transport = try SSHTransport(settings)
        var device = try server.device()
        device.connection = .ssh(SSHTarget(host: server.address, port: server.port, user: server.user))
        let exit = try await transport.run(.script("exit 6\n"), on: device, into: CollectingConsumer())
        #expect(exit.status == 6)
    }

    @Test func `the agent opens a protected key file, and its other keys are not offered before`()
        async throws
    {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let agent = try SSHServerAgent(in: server.folder)
        defer { withExtendedLifetime(agent) {} }
        for name in ["a", "b", "c"] { try agent.add(server.folder.makeKey(.ed25519, named: name)) }
        // The agent can be given the key because it is protected only afterwards.
        let key = try server.folder.makeKey(.ed25519, named: "late")
        try agent.add(key)
        try server.authorize(key)
        try server.folder.protect(key, passphrase: "secret")
        var settings = SSHSettings()
        settings.agentSocket = agent.socket
        let transport = try SSHTransport(settings)
        let exit = try await transport.run(
            .script("exit 8\n"), on: server.device(key: key), into: CollectingConsumer())
        #expect(exit.status == 8)
        #expect(server.logLines(with: "Failed publickey").isEmpty)
    }

    @Test func `a public key file names the agent's key, and certificates come from the agent too`()
        async throws
    {
        let folder = try SSHServerFolder()
        let authority = try folder.makeKey(.ed25519, named: "ca")
        var options = SSHServer.Options()
        options.configuration = ["TrustedUserCAKeys \(authority).pub"]
        let server = try SSHServer(options)
        let agent = try SSHServerAgent(in: server.folder)
        defer { withExtendedLifetime((server, folder, agent)) {} }
        let named = try folder.makeKey(.ed25519, named: "named")
        let certified = try folder.makeKey(.ecdsa, named: "certified")
        try folder.certify(certified, by: authority, as: server.user)
        try server.authorize(named)
        try agent.add(named)
        try agent.add(certified)
        var settings = SSHSettings()
        settings.agentSocket = agent.socket
        let transport = try SSHTransport(settings)
        let exit = try await transport.run(
            .script("exit 3\n"), on: server.device(key: named + ".pub"), into: CollectingConsumer())
        #expect(exit.status == 3)
        #expect(server.logLines(with: "Failed publickey").isEmpty)
        try server.folder.write("", to: "authorized_keys")
        var device = try server.device()
        device.connection = .ssh(SSHTarget(host: server.address, port: server.port, user: server.user))
        let second = try await transport.run(.script("exit 4\n"), on: device, into: CollectingConsumer())
        #expect(second.status == 4)
        #expect(!server.logLines(with: "CERT").isEmpty)
    }

    @Test func `an agent that never answers can be given up and holds up nobody else`() async throws {
        let server = try SSHServer()
        defer { withExtendedLifetime(server) {} }
        let agent = try SSHServerAgent(in: server.folder, stalls: true)
        defer { withExtendedLifetime(agent) {} }
        var settings = SSHSettings()
        settings.agentSocket = agent.socket
        let transport = try SSHTransport(settings)
        var stalled = try server.device()
        stalled.connection = .ssh(SSHTarget(host: server.address, port: server.port, user: server.user))
        let device = stalled
        let stuck = Task {
            try await transport.run(
                .script("true\n", limits: .init(connect: .seconds(60))), on: device,
                into: CollectingConsumer())
        }
        await agent.waitForClient()
        let exit = try await transport.run(
            .script("exit 1\n"), on: server.device(), into: CollectingConsumer())
        #expect(exit.status == 1)
        stuck.cancel()
        let error = await #expect(throws: ShellError.self) { try await stuck.value }
        #expect(error?.code == .cancelled)
    }

    @Test func `a certificate beside the key logs in`() async throws {
        let folder = try SSHServerFolder()
        let authority = try folder.makeKey(.ed25519, named: "ca")
        var options = SSHServer.Options()
        options.configuration = ["TrustedUserCAKeys \(authority).pub"]
        let server = try SSHServer(options)
        defer { withExtendedLifetime((server, folder)) {} }
        for kind in SSHServerFolder.KeyKind.allCases {
            let key = try folder.makeKey(kind, named: "certified_\(kind)")
            try folder.certify(key, by: authority, as: server.user)
            let transport = try SSHTransport(SSHSettings())
            let exit = try await transport.run(
                .script("exit 9\n"), on: server.device(key: key), into: CollectingConsumer())
            #expect(exit.status == 9, "\(kind)")
        }
        #expect(
            server.logLines(with: "Accepted certificate").count == 3 || !server.logLines(with: "CERT").isEmpty
        )
    }

    @Test func `a banner and a noisy account do not get in the way`() async throws {
        var options = SSHServer.Options()
        let folder = try SSHServerFolder()
        let banner = try folder.write(String(repeating: "Authorised use only\n", count: 500), to: "banner")
        options.configuration = ["Banner \(banner)"]
        let server = try SSHServer(options)
        defer { withExtendedLifetime((server, folder)) {} }
        try server.folder.write("echo noise\n", to: ".bashrc")
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer()
        let exit = try await transport.run(.script("echo out\n"), on: server.device(), into: consumer)
        #expect(exit.status == 0)
        #expect(consumer.output == "noise\nout\n")
    }

    @Test func `a forced command runs in place of the script`() async throws {
        var options = SSHServer.Options()
        options.keyOptions = "command=\"echo only this; exit 1\""
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let consumer = CollectingConsumer()
        let exit = try await transport.run(.script("echo out\n"), on: server.device(), into: consumer)
        #expect(exit.status == 1)
        #expect(consumer.output == "only this\n")
    }

    @Test func `an account that may not run anything is told apart`() async throws {
        var options = SSHServer.Options()
        options.configuration = ["MaxSessions 0"]
        let server = try SSHServer(options)
        defer { withExtendedLifetime(server) {} }
        let transport = try SSHTransport(SSHSettings())
        let error = await #expect(throws: ShellError.self) {
            try await transport.run(.script("true\n"), on: server.device(), into: CollectingConsumer())
        }
        #expect([.shellRefused, .disconnected].contains(error?.code))
    }
}
