import Testing

@testable import RemoteExecution

@Suite struct SSHConfigTests {
    private static let context = SSHConfig.Context(
        home: "/home/ann", localUser: "ann", localHost: "desk",
        environment: ["KEYS": "/keys", "AGENT": "/run/agent"])

    private func resolve(_ text: String, _ alias: String, user: String? = nil) -> ResolvedSSHHost {
        SSHConfig(text: text, home: "/home/ann").resolve(alias, user: user, in: Self.context)
    }

    struct Line: Sendable, CustomTestStringConvertible {
        let text: String
        let words: [String]?
        var testDescription: String { text }

        init(_ text: String, _ words: [String]?) {
            self.text = text
            self.words = words
        }
    }

    @Test(arguments: [
        Line("", []), Line("   # Host x", []), Line("Host a b", ["Host", "a", "b"]),
        Line("  Port=22", ["Port", "22"]), Line("Port = 22", ["Port", "22"]),
        Line("User\tann # me", ["User", "ann"]),
        Line(#"IdentityFile "/a b/key""#, ["IdentityFile", "/a b/key"]),
        Line(#"IdentityFile '/a b/key'"#, ["IdentityFile", "/a b/key"]),
        Line(#"IdentityFile /a"b c"d"#, ["IdentityFile", "/ab cd"]),
        Line(#"User "a\"b""#, ["User", #"a"b"#]),
        Line(#"User "ann"#, nil), Line("Compression", ["Compression"]),
        Line("ProxyCommand ssh -W %h:%p gate=x", ["ProxyCommand", "ssh", "-W", "%h:%p", "gate=x"]),
    ])
    func `a line is cut into words`(line: Line) {
        #expect(SSHConfigLine.words(line.text) == line.words)
    }

    struct Pattern: Sendable {
        let patterns: [String]
        let name: String
        let isMatch: Bool

        init(_ patterns: String, _ name: String, _ isMatch: Bool) {
            self.patterns = patterns.split(separator: " ").map(String.init)
            self.name = name
            self.isMatch = isMatch
        }
    }

    @Test(arguments: [
        Pattern("*", "anything", true), Pattern("nas", "nas", true), Pattern("nas", "nas1", false),
        Pattern("NAS?", "nas1", true), Pattern("nas?", "nas", false), Pattern("*.lan", "a.b.lan", true),
        Pattern("*.lan", "lan", false), Pattern("a*b*c", "axxbyyc", true), Pattern("a*b*c", "axxbyy", false),
        Pattern("* !bad", "bad", false), Pattern("!bad", "good", false), Pattern("!bad *", "good", true),
        Pattern("10.0.0.*", "10.0.0.17", true),
    ])
    func `patterns match as OpenSSH's do`(pattern: Pattern) {
        #expect(SSHConfigPattern.list(pattern.patterns, matches: pattern.name) == pattern.isMatch)
    }

    @Test func `a pattern made to be slow is not`() {
        let pattern = String(repeating: "*a", count: 200)
        #expect(!SSHConfigPattern.one(pattern + "b", matches: String(repeating: "a", count: 2000)))
    }

    @Test func `the first value of a keyword wins, whatever its letter case`() {
        let host = resolve(
            """
            HOST nas
              port 2222
              User root
            Host *
              Port 22
              user nobody
              HostName ignored.example
            """, "nas")
        #expect(host.port == 2222)
        #expect(host.user == "root")
        #expect(host.hostName == "ignored.example")
    }

    @Test func `a given user wins and decides about Match user`() {
        let text = "Match user backup\n  Port 2200\nHost *\n  User ann\n  Port 22\n"
        #expect(resolve(text, "nas", user: "backup").port == 2200)
        #expect(resolve(text, "nas", user: "backup").user == "backup")
        #expect(resolve(text, "nas").port == 22)
    }

    @Test func `settings before any Host hold for all`() {
        #expect(resolve("User all\nHost x\nUser one\n", "x").user == "all")
    }

    @Test func `tokens and variables are replaced`() {
        let host = resolve(
            """
            Host nas
              HostName %h.lan
              Port 2022
              User root
              IdentityFile ~/.ssh/%h_%r_%u_%p_%n_%%
              IdentityFile ${KEYS}/%n
              IdentityFile ${MISSING}/x
              IdentityFile .ssh/relative
              IdentityFile none
              IdentityAgent $AGENT
              UserKnownHostsFile ~/known /etc/known
              HostKeyAlias nas-key
              ConnectTimeout 7
              AddressFamily inet6
              IdentitiesOnly yes
            """, "nas")
        #expect(host.hostName == "nas.lan")
        #expect(
            host.identityFiles == [
                "/home/ann/.ssh/nas.lan_root_ann_2022_nas_%", "/keys/nas", "/home/ann/${MISSING}/x",
                "/home/ann/.ssh/relative",
            ])
        #expect(host.identityAgent == "/run/agent")
        #expect(host.knownHostsFiles == ["/home/ann/known", "/etc/known"])
        #expect(host.hostKeyAlias == "nas-key")
        #expect(host.connectTimeout == .seconds(7))
        #expect(host.addressFamily == .version6)
        #expect(host.identitiesOnly)
    }

    @Test(
        arguments: [
            ("Host a\n  ProxyJump one,two:2222,ann@[::1]:3\n", ["one", "two:2222", "ann@[::1]:3"], nil),
            ("Host a\n  ProxyJump none\nHost *\n  ProxyJump gate\n", [], nil),
            ("Host a\n  ProxyCommand nc %h %p\n  ProxyJump gate\n", nil, "nc %h %p"),
            ("Host a\n  ProxyJump gate\n  ProxyCommand nc %h %p\n", ["gate"], nil),
            ("Host a\n  ProxyCommand none\n  ProxyJump gate\n", nil, nil),
            ("Host b\n  ProxyJump gate\n", nil, nil),
        ] as [(String, [String]?, String?)])
    func `jump hosts and proxy commands keep each other out`(text: String, jump: [String]?, command: String?)
    {
        #expect(resolve(text, "a").proxyJump == jump)
        #expect(resolve(text, "a").proxyCommand == command)
    }

    @Test(arguments: [
        ("Match all\n", true), ("Match host *.lan\n", true), ("Match host nas\n", false),
        ("Match originalhost nas\n", true), ("Match !originalhost nas\n", false),
        ("Match originalhost nas,box user root\n", false), ("Match localuser ann\n", true),
        ("Match exec \"touch /tmp/pwned\"\n", false), ("Match originalhost nas exec true\n", false),
        ("Match final\n", false), ("Match originalhost=nas\n", true),
    ])
    func `match lines`(line: String, isMet: Bool) {
        let host = resolve("Host nas\n  HostName nas.lan\n\(line)  Port 99\n", "nas")
        #expect((host.port == 99) == isMet)
    }

    @Test func `a command in the configuration is never run, but told`() {
        let config = SSHConfig(text: "Match host x exec \"rm -rf /\"\n  Port 1\n")
        #expect(config.warnings == ["config line 1: ‘Match exec’ is not evaluated, the block is passed over"])
    }

    @Test func `includes follow globs and relative paths and stay inside their block`() {
        let texts = [
            "/home/ann/.ssh/config":
                "Include conf.d/*\nHost late\n  Include ~/late\nHost *\n  User fallback\n",
            "/home/ann/.ssh/conf.d/a": "Host one\n  User a\n",
            "/home/ann/.ssh/conf.d/b": "Host two\n  User b\n",
            "/home/ann/late": "Port 5\nHost other\n  Port 6\nHost late\n  User late\n",
        ]
        let config = SSHConfig(paths: ["/home/ann/.ssh/config"], home: "/home/ann", files: Self.files(texts))
        let port = { (name: String) in config.resolve(name, in: Self.context).port }
        let user = { (name: String) in config.resolve(name, in: Self.context).user }
        #expect(config.warnings == [])
        #expect(config.aliases == ["one", "two", "late", "other"])
        #expect(user("one") == "a")
        #expect(user("two") == "b")
        #expect(user("late") == "late")
        #expect(user("three") == "fallback")
        #expect(port("late") == 5)
        #expect(port("other") == nil)
    }

    @Test func `an Include that matches nothing is told with where it was looked for`() {
        let texts = [
            "/srv/fleet": "Include more/*\nInclude ~/x\nHost a\n", "/etc/ssh/ssh_config": "Include y\n",
        ]
        let own = SSHConfig(paths: ["/srv/fleet"], home: "/home/ann", files: Self.files(texts))
        #expect(
            own.warnings == [
                "/srv/fleet line 1: Include more/* matches no file (/home/ann/.ssh/more/*)",
                "/srv/fleet line 2: Include ~/x matches no file (/home/ann/x)",
            ])
        let system = SSHConfig(paths: ["/etc/ssh/ssh_config"], home: "/home/ann", files: Self.files(texts))
        #expect(system.warnings == ["/etc/ssh/ssh_config line 1: Include y matches no file (/etc/ssh/y)"])
    }

    @Test func `a loop of includes ends`() {
        let texts = ["/c": "Include /c /d\nHost a\n", "/d": "Include /c\nHost b\n"]
        let config = SSHConfig(paths: ["/c"], home: "/", files: Self.files(texts))
        #expect(config.aliases == ["b", "a"])
        #expect(config.warnings.count == 2)
    }

    @Test func `includes are not followed too deep`() {
        let texts = Dictionary(
            uniqueKeysWithValues: (0..<40).map { ("/\($0)", "Include /\($0 + 1)\nHost h\($0)\n") })
        let config = SSHConfig(paths: ["/0"], home: "/", files: Self.files(texts))
        #expect(config.aliases.count == 16)
        #expect(config.warnings == ["/15 line 1: includes are nested too deep"])
    }

    @Test func `aliases are the names without wildcards, once each`() {
        let config = SSHConfig(text: "Host a b *.lan !c d?\nHost b e\nMatch host f\nHost *\n")
        #expect(config.aliases == ["a", "b", "e"])
    }

    @Test func `bad values are as if they were not there`() {
        let host = resolve("Port 99999\nConnectTimeout none\nAddressFamily both\nUser\n\"\n", "a")
        #expect(host.port == nil)
        #expect(host.connectTimeout == nil)
        #expect(host.addressFamily == .any)
        #expect(host.user == nil)
    }

    @Test func `a file that is missing is no configuration`() {
        let config = SSHConfig(paths: ["/nonexistent/config"], home: "/nonexistent")
        #expect(config == SSHConfig())
        #expect(config.resolve("a", in: Self.context) == ResolvedSSHHost(alias: "a"))
    }

    private static func files(_ texts: [String: String]) -> SSHConfig.Files {
        SSHConfig.Files(
            text: { texts[$0] },
            paths: { pattern in texts.keys.filter { SSHConfigPattern.one(pattern, matches: $0) }.sorted() })
    }

    @Test func `a port that is none is told of`() {
        let config = SSHConfig(
            text: "Host a\n  Port abc\nHost b\n  Port 70000\nHost c\n  Port 2222\n", home: "/")
        #expect(
            config.warnings == [
                "config line 2: ‘Port abc’ is no port and is passed over",
                "config line 4: ‘Port 70000’ is no port and is passed over",
            ])
    }
}
