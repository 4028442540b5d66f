import RemoteExecution
import Testing

@Suite("Addresses of machines")
struct SSHTargetTests {
    @Test(
        "Defect 33: user, port and IPv6 are understood",
        arguments: [
            ("web1", SSHTarget(host: "web1")),
            ("ops@web1:2222", SSHTarget(host: "web1", port: 2222, user: "ops")),
            ("[2001:db8::1]:22", SSHTarget(host: "2001:db8::1", port: 22)), ("::1", SSHTarget(host: "::1")),
            ("ops@fe80::1", SSHTarget(host: "fe80::1", user: "ops")),
            ("ssh://ops@web1:22/", SSHTarget(host: "web1", port: 22, user: "ops")),
            ("a@b@host", SSHTarget(host: "host", user: "a@b")), ("10.0.0.7", SSHTarget(host: "10.0.0.7")),
        ])
    func valid(text: String, target: SSHTarget) {
        #expect(SSHTarget(text) == target)
    }

    @Test(
        "What could be an option, or is none, is refused",
        arguments: [
            "", "-oProxyCommand=x", "web1:0", "web1:65536", "web1:x", "@web1", "a b", "web\n1", "-l@web1",
            "[::1", "[::1]x",
        ])
    func invalid(text: String) {
        #expect(SSHTarget(text) == nil)
    }
}
