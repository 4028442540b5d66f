import Basics
import Testing

@testable import RemoteExecution

@Suite struct KnownHostsTests {
    private static let first = "AAAAC3NzaC1lZDI1NTE5AAAAIP26bVVck2o/Qkzj1NkAc2VvFZt1C3wi6yI1dBk72+8v"
    private static let second = "AAAAC3NzaC1lZDI1NTE5AAAAINJxmuMTMQBFO/X9wi5zPuh9U9jViDixahOBwKbgrz2c"

    private func keys(_ text: String, _ host: String, _ port: Int = 22) -> [String] {
        KnownHosts(text: text).keys(of: host, port: port).map(\.key)
    }

    @Test func `a fingerprint is the one ssh-keygen prints`() {
        let key = HostKey(base64: Self.first)
        #expect(key?.algorithm == "ssh-ed25519")
        #expect(key?.fingerprint == "SHA256:59lAJVkYkeDLSrhFyBrqk2v3v7dpMo/tVMqoedtk/8Y")
        #expect(key?.key == Self.first)
    }

    @Test(arguments: ["", "AAAA", "!!!!", "AAAAC3Nz", "AAAAAAAAAAAAAAAA"])
    func `what is no key is refused`(text: String) {
        #expect(HostKey(base64: text) == nil)
    }

    @Test func `names, addresses, wildcards and ports`() {
        let text = """
            # a comment
            nas,10.0.0.5 ssh-ed25519 \(Self.first) ann@desk
            [nas]:2222 ssh-ed25519 \(Self.second)
            *.lan,!bad.lan ssh-ed25519 \(Self.second)
            broken
            other ssh-rsa \(Self.first)
            """
        #expect(keys(text, "nas") == [Self.first])
        #expect(keys(text, "10.0.0.5") == [Self.first])
        #expect(keys(text, "nas", 2222) == [Self.second])
        #expect(keys(text, "a.lan") == [Self.second])
        #expect(keys(text, "bad.lan") == [])
        #expect(keys(text, "other") == [])
        #expect(keys(text, "unknown") == [])
    }

    @Test func `revoked keys count nowhere, authorities are passed over`() {
        let text = """
            nas ssh-ed25519 \(Self.first)
            nas ssh-ed25519 \(Self.second)
            @revoked * ssh-ed25519 \(Self.first)
            @cert-authority nas ssh-ed25519 \(Self.second)
            """
        #expect(keys(text, "nas") == [Self.second])
    }

    @Test func `hashed names`() {
        // ssh-keygen -H of a line for ‘nas.example’.
        let salt = Array("0123456789abcdefghij".utf8)
        let digest = SSHDigest.hmacSHA1(key: salt, Array("nas.example".utf8))
        let text =
            "|1|\(Base64.string(salt))|\(Base64.string(digest)) ssh-ed25519 \(Self.first)\n|1|x|y ssh-ed25519 \(Self.first)"
        #expect(keys(text, "nas.example") == [Self.first])
        #expect(keys(text, "other.example") == [])
    }
}

@Suite struct SSHDigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `SHA-256 of the published examples`(text: String, digest: String) {
        #expect(Hex.string(SSHDigest.sha256(Array(text.utf8))) == digest)
    }

    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        ),
    ])
    func `SHA-1 of the published examples`(text: String, digest: String) {
        #expect(Hex.string(SSHDigest.sha1(Array(text.utf8))) == digest)
    }

    @Test func `keyed SHA-1 of RFC 2202`() {
        let digest = SSHDigest.hmacSHA1(key: [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8))
        #expect(Hex.string(digest) == "b617318655057264e28bc0b6fb378c8ef146be00")
        let long = SSHDigest.hmacSHA1(
            key: [UInt8](repeating: 0xaa, count: 80),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(Hex.string(long) == "aa4ae5e15272d00e95705637ce8a3b55ed402112")
    }
}
