import Basics
import RemoteExecution
import Testing

@testable import SSHClient

/// Pure parts: key files, agent messages, lists of algorithms, the log of a login.
@Suite struct SSHWireTests {
    private static let blob =
        wireString(Array("ssh-ed25519".utf8)) + wireString([UInt8](repeating: 7, count: 32))

    private func keyFile(cipher: String) -> String {
        let body =
            Array("openssh-key-v1".utf8) + [0] + wireString(Array(cipher.utf8))
            + wireString(Array("bcrypt".utf8))
            + wireString([]) + wireNumber(1) + wireString(Self.blob) + wireString([1, 2, 3])
        let text = Base64.string(body)
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(text)\n-----END OPENSSH PRIVATE KEY-----\n"
    }

    @Test func `a key file tells whether it is protected, and its public half`() {
        let open = KeyFileText(keyFile(cipher: "none"))
        #expect(open?.isProtected == false)
        #expect(open?.publicKey == HostKey(blob: Self.blob))
        #expect(KeyFileText(keyFile(cipher: "aes256-ctr"))?.isProtected == true)
    }

    @Test(arguments: [
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nAAAA\n", true),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n", true),
        ("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", false),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n", false),
    ])
    func `older formats tell it too`(text: String, isProtected: Bool) {
        #expect(KeyFileText(text)?.isProtected == isProtected)
    }

    @Test(arguments: [
        "", "ssh-ed25519 AAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n****\n",
    ])
    func `what is no key file is refused`(text: String) {
        #expect(KeyFileText(text) == nil)
    }

    @Test func `fields are read to the end and no further`() {
        var reader = WireReader(wireNumber(258) + wireString([1, 2]) + [0, 0, 0, 9, 1])
        #expect(reader.number() == 258)
        #expect(reader.string() == [1, 2])
        #expect(reader.string() == nil)
    }

    @Test func `a list of identities survives both directions`() {
        let identities = [
            AgentIdentity(blob: Self.blob, comment: "ann@desk"), AgentIdentity(blob: [1, 2], comment: ""),
        ]
        #expect(AgentMessages.parseList(AgentMessages.list(identities)) == identities)
        #expect(identities[0].publicKey?.algorithm == "ssh-ed25519")
        #expect(identities[1].publicKey == nil)
    }

    @Test(
        arguments: [
            [], [5], [12], [12, 0, 0, 0, 1], [12, 0xFF, 0xFF, 0xFF, 0xFF], [12, 0, 0, 0, 1, 0, 0, 0, 9, 1],
        ] as [[UInt8]])
    func `a broken list is refused`(body: [UInt8]) {
        #expect(AgentMessages.parseList(body) == nil)
    }

    @Test func `messages are taken one at a time, once they are whole`() {
        var bytes = AgentMessages.frame([1, 2]) + AgentMessages.frame([3])
        let rest = bytes.removeLast()
        #expect(AgentMessages.takeFrame(from: &bytes) == [1, 2])
        #expect(AgentMessages.takeFrame(from: &bytes) == nil)
        bytes.append(rest)
        #expect(AgentMessages.takeFrame(from: &bytes) == [3])
        #expect(AgentMessages.isTooLong([0x7F, 0, 0, 0]))
        #expect(!AgentMessages.isTooLong([0, 0, 0, 4]))
    }

    @Test func `only algorithms for the pinned types are asked for, and none with SHA-1`() throws {
        let edwards = try #require(HostKey(blob: Self.blob))
        let rsa = HostKey(algorithm: "ssh-rsa", key: "", fingerprint: "")
        #expect(SSHAlgorithms.hostKeys(for: [edwards]) == ["ssh-ed25519"])
        #expect(SSHAlgorithms.hostKeys(for: [rsa, rsa]) == ["rsa-sha2-512", "rsa-sha2-256"])
        #expect(SSHAlgorithms.hostKeys(for: [HostKey(algorithm: "ssh-dss", key: "", fingerprint: "")]) == [])
        let all =
            SSHAlgorithms.keyExchange + SSHAlgorithms.ciphers + SSHAlgorithms.macs + SSHAlgorithms.hostKeys
            + SSHAlgorithms.userKeys
        #expect(!all.contains { $0.contains("sha1") || $0 == "ssh-rsa" || $0 == "ssh-dss" })
        #expect(SSHAlgorithms.keyExchange.first == "curve25519-sha256")
    }

    @Test func `a refusal tells what was offered and what was not usable`() throws {
        let key = try #require(HostKey(blob: Self.blob))
        var log = LoginLog()
        #expect(log.refusal(by: "nas", accepting: []).code == .authenticationFailed)
        log.skips("/k1", because: "no such file")
        #expect(log.refusal(by: "nas", accepting: []).code == .keyUnusable)
        let (isFirst, isSecond) = (log.offers(key, named: "/k2"), log.offers(key, named: "/k3"))
        #expect(isFirst)
        #expect(!isSecond)
        let error = log.refusal(by: "nas", accepting: ["publickey", "password"])
        #expect(error.code == .authenticationFailed)
        #expect(
            error.message
                == "nas refused /k2 (ssh-ed25519 \(key.fingerprint)); not usable: /k1 (no such file); "
                + "it accepts publickey, password")
    }

    @Test func `no more keys are offered than servers allow`() throws {
        var log = LoginLog()
        for number in UInt8(0)..<6 {
            #expect(log.mayOffer)
            let blob = wireString(Array("ssh-ed25519".utf8)) + [number]
            let isNew = try log.offers(#require(HostKey(blob: blob)), named: "k")
            #expect(isNew)
        }
        #expect(!log.mayOffer)
    }

    @Test func `the environment decides about configuration, agent and passphrase`() {
        let usual = SSHSettings(environment: ["SSH_AUTH_SOCK": "/a"], home: "/home/ann")
        #expect(usual.configFile == "/home/ann/.ssh/config")
        #expect(usual.agentSocket == "/a")
        #expect(usual.passphrase?("k") == nil)
        let other = SSHSettings(
            environment: [
                "HOLDFAST_SSH_CONFIG": "none", "HOLDFAST_KEY_PASSPHRASE": "p", "SSH_AUTH_SOCK": "",
            ],
            home: "/home/ann")
        #expect(other.configFile == nil)
        #expect(other.systemConfigFile == nil)
        #expect(other.agentSocket == nil)
        #expect(other.passphrase?("k")?.exposed == "p")
        #expect(SSHSettings(environment: ["HOLDFAST_SSH_CONFIG": "/c"], home: "/").configFile == "/c")
    }
}
