import Testing

@testable import Basics

@Suite("Secret rules")
struct SecretRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let hidden: [String]
        var visible: [String] = []
        var testDescription: String { id }
    }

    @Test func `the kernel's words behind a telling path are shown, and nothing like them`() {
        #expect(SecretScan.systemReasons.count > 120)
        for reason in SecretScan.systemReasons {
            let text = "/root/key: " + String(decoding: reason, as: UTF8.self)
            #expect(!SecretRules.hasSecret(text), "\(text)")
        }
        for text in [
            "token: Permission denied7", "token: permission denied", "token:Permission denied",
            "token=Permission denied",
            "token: Permission", "token: Permission denied.hunter2", "token: Permission denied hunter2",
        ] {
            #expect(SecretRules.hasSecret(text), "\(text)")
        }
    }

    private static let random = "q7Zx" + String(repeating: "Ab3dE9xK", count: 8)
    private static let keyBody = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"

    static let shapes: [Case] = [
        Case(
            id: "private key block",
            text: "a\n-----BEGIN PRIVATE KEY-----\n\(keyBody)\nshort=\n-----END PRIVATE KEY-----\nb",
            hidden: [keyBody, "short="], visible: ["BEGIN PRIVATE KEY", "\nb"]),
        Case(
            id: "private key block whose end is missing",
            text: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\nNza", hidden: ["b3Blbn", "Nza"]),
        Case(
            id: "private key in one line of JSON",
            text: #"{"k":"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n","b":"c"}"#,
            hidden: ["MIIE"], visible: [#""b":"c""#]),
        Case(id: "line out of a key", text: "+\(random)\n", hidden: [random]),
        Case(
            id: "certificate",
            text: "-----BEGIN CERTIFICATE-----\n\(random)\n-----END CERTIFICATE-----\n", hidden: [],
            visible: [random]),
        Case(
            id: "public key and digest",
            text: "ssh-rsa AAAA\(random) a@b\nsha256:\(String(repeating: "0a", count: 32))",
            hidden: [], visible: [random, "0a0a"]),
        Case(id: "AWS", text: "id AKIAIOSFODNN7EXAMPLE.", hidden: ["AKIAIOSFODNN7EXAMPLE"]),
        Case(
            id: "GitHub", text: "x ghp_\(random.prefix(36)) github_pat_\(random.prefix(40))",
            hidden: ["ghp_", "github_pat_"]),
        Case(id: "GitLab", text: "glpat-\(random.prefix(20))", hidden: ["glpat"]),
        Case(id: "Slack", text: "xoxb" + "-123456789012-abcdefghij", hidden: ["xoxb"]),
        Case(
            id: "Slack webhook", text: "https://hooks.slack.com" + "/services/T000/B000/XXXX",
            hidden: ["T000", "XXXX"],
            visible: ["hooks.slack.com"]),
        Case(id: "Stripe", text: "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc", hidden: ["sk_live"]),
        Case(id: "Google", text: "AIza" + "SyA1234567890abcdefghijklmnopqrstuv", hidden: ["AIza"]),
        Case(id: "Telegram", text: "bot 123456789:AAE\(random.prefix(32)) x", hidden: ["AAE"]),
        Case(
            id: "JSON web token",
            text: "t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N .",
            hidden: ["eyJ", "dozj"]),
        Case(
            id: "bearer and basic", text: "Authorization: Bearer abcDEF123456789\n-H 'Basic dXNlcjpwYXNz'",
            hidden: ["abcDEF", "dXNlcjpwYXNz"]),
        Case(id: "prose about bearers", text: "Bearer authentication of Basic instructions", hidden: []),
        Case(
            id: "crypt hashes",
            text:
                "root:$y$j9T$abcdefgh$ijklmnopqrstuvwx:1\na:$6$saltsalt$hashhashhash.:2\nb:$2y$10$abcdefghijklmnopqrstuv",
            hidden: ["abcdefgh", "hashhash"], visible: ["root:", ":1", ":2"]),
        Case(
            id: "doubled dollars of compose", text: "users=admin:$$apr1$$q8eZFHjF$$Fvmkk6Xp0S1V5X1lYbZgD0",
            hidden: ["Fvmkk"], visible: ["admin"]),
        Case(id: "LDAP hash", text: "admin:{SHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=", hidden: ["nU4eI"]),
        Case(
            id: "URL with a password",
            text: "postgres://app:hunter2@db:5432/x http://h:80/@scope http://a.b/c:d@e",
            hidden: ["hunter2"], visible: ["app:", "@db", ":80/@scope"]),
        Case(
            id: "URL with odd passwords", text: "amqp://u:p/w@mq/ redis://:s:e@c/0", hidden: ["p/w", "s:e"],
            visible: ["@mq", "@c/0"]),
        Case(
            id: "URL with a lone token",
            text: "https://abcdef123456@git.example/x ssh://git@host/ https://me@h/",
            hidden: ["abcdef123456"], visible: ["git@host"]),
        Case(id: "URL with a reference", text: "postgres://app:${PW}@db/", hidden: [], visible: ["${PW}"]),
        Case(
            id: "driver address", text: "DB=root:s3cr3t@tcp(db:3306)/app", hidden: ["s3cr3t"],
            visible: ["@tcp("]),
        Case(
            id: "pgpass", text: "db.example:5432:app:bob:open sesame\ndb:5432:app:bob:sesame\n/a:1:2:3:4",
            hidden: ["bob:sesame"], visible: ["/a:1:2:3:4"]),
    ]

    static let assignments: [Case] = [
        Case(
            id: "env file",
            text: "export DB_PASSWORD=a b#c\nMYSQL_PWD='x y'\nPWD=/root\nUSER=me\nEMPTY_SECRET=\n",
            hidden: ["a b#c", "x y"], visible: ["/root", "USER=me"]),
        Case(
            id: "multi-line quotation", text: "API_KEY=\"one\ntwo\"\nB=three\n", hidden: ["one", "two"],
            visible: ["three"]),
        Case(
            id: "diff", text: "-DB_PASSWORD=old1\n+DB_PASSWORD=new1\n   # TOKEN: foo1\n",
            hidden: ["old1", "new1", "foo1"], visible: ["+DB_PASSWORD"]),
        Case(
            id: "JSON", text: #"{"password": "a\"b", "token":"t1","n":{"api_key":12345678,"x":"y"},"m":"z"}"#,
            hidden: [#"a\"b"#, "t1", "12345678"], visible: [#""x":"y""#, #""m":"z""#]),
        Case(
            id: "JSON inside JSON", text: #"{"a":"{\"password\":\"inner1\",\"b\":\"c\"}","d":"e"}"#,
            hidden: ["inner1"], visible: [#"\"c\""#, #""d":"e""#]),
        Case(
            id: "list of variables in JSON", text: #"["A=b","SECRET_KEY=s p","C=d"]"#, hidden: ["s p"],
            visible: [#""A=b""#, #""C=d""#]),
        Case(
            id: "YAML",
            text: "db:\n  password: it is long # note\n  user: bob\n  token: |\n    l1\n    l2\n  x: y\n",
            hidden: ["it is long", "l1", "l2"], visible: ["bob", "x: y"]),
        Case(
            id: "unit",
            text: "Environment=\"A_TOKEN=a b\" B=c\nEnvironment=X=1 MY_SECRET=s1,s2 Y=2\nPrivateTmp=true\n",
            hidden: ["a b", "s1,s2"], visible: ["B=c", "Y=2", "PrivateTmp=true"]),
        Case(
            id: "command line",
            text: "ExecStart=/bin/x --password=p1 --api-token p2 --port 80 --token-file /etc/x",
            hidden: ["p1", "p2"], visible: ["80", "/etc/x"]),
        Case(
            id: "command as a list", text: #"command: ["redis-server","--requirepass","p1","--port","1"]"#,
            hidden: ["p1"], visible: [#""--port","1""#]),
        Case(
            id: "WireGuard",
            text: "PrivateKey = aGVsbG8=\nPresharedKey=d29ybGQ=\n[Peer]\nPublicKey = cHVi=\n",
            hidden: ["aGVsbG8=", "d29ybGQ="], visible: ["cHVi="]),
        Case(
            id: "wifi",
            text: "psk=\"my wifi\"\nwep-key0=abcde\nkey-mgmt=wpa-psk\nsae_password=x1y2\nkey_mgmt=WPA-PSK\n",
            hidden: ["my wifi", "abcde", "x1y2"], visible: ["wpa-psk", "WPA-PSK"]),
        Case(id: "npmrc", text: "//registry.npmjs.org/:_authToken=abc-def", hidden: ["abc-def"]),
        Case(
            id: "XML", text: "<user>bob</user><password>p w</password><x>1</x>", hidden: ["p w"],
            visible: ["bob", "<x>1"]),
        Case(
            id: "directives",
            text: "requirepass hunter2\nmasterauth \"two words\"\nPasswordAuthentication no\n",
            hidden: ["hunter2", "two words"], visible: ["no"]),
        Case(
            id: "a name on one line, its value on the next",
            text: """
                env:
                  - name: DB_PASSWORD
                    value: hunter2
                  - name: API_TOKEN
                    value: "t0ken 2"
                  - name: LOG_LEVEL
                    value: debug
                ldap_default_authtok = authtok3
                # about a password
                value: shown
                """, hidden: ["hunter2", "t0ken 2", "authtok3"], visible: ["LOG_LEVEL", "debug", "shown"]),
        Case(
            id: "netrc and HAProxy", text: "machine h login u password p1\nuser admin insecure-password p2\n",
            hidden: ["p1", "p2"], visible: ["admin"]),
        Case(
            id: "mount options", text: "//s/x /mnt cifs username=a,password=b,uid=1 0 0",
            hidden: ["password=b"],
            visible: ["0 0"]),
        Case(
            id: "places and references",
            text:
                "PASSWORD_FILE=/run/x\nPASSWORD=${DB_PW}\nssl_key=/etc/k.pem\nproxy_pass http://a;\nkey: true\n",
            hidden: [], visible: ["/run/x", "${DB_PW}", "/etc/k.pem", "http://a"]),
        Case(
            id: "prose",
            text: "The password must be changed. A token: see the manual\nkeyboard: us\nauthor: bob\n",
            hidden: [], visible: ["must be changed", "us", "bob"]),
    ]

    @Test("hide what is a secret and nothing else", arguments: shapes + assignments)
    func hides(_ row: Case) {
        let seen = Self.redacted(row.text)
        for secret in row.hidden { #expect(!seen.contains(secret), "\(seen)") }
        for text in row.visible { #expect(seen.contains(text), "\(seen)") }
        if row.hidden.isEmpty && row.id != "prose" { #expect(seen == row.text) }
    }

    @Test("give sorted ranges inside the text, whatever it holds", arguments: shapes + assignments)
    func givesProperRanges(_ row: Case) {
        let bytes = Array(row.text.utf8)
        for end in 0...bytes.count {
            var last = -1
            for range in SecretRules.ranges(in: Array(bytes[..<end])) {
                #expect(range.lowerBound > last && !range.isEmpty && range.upperBound <= end)
                last = range.upperBound
            }
        }
    }

    @Test(
        "take names apart by words",
        arguments: [
            ("DB_PASSWORD", SecretNameStrength.certain), ("apiKey", .certain), ("X-Api-Key", .certain),
            ("WG_PRIVATE_KEY", .certain), ("_authToken", .certain), ("--requirepass", .certain),
            ("DATABASE_DSN", .certain),
            ("APP_KEY", .certain), ("smtppass", .certain), ("wep_key0", .certain), ("KEY", .likely),
            ("BASIC_AUTH", .likely),
            ("DB_CREDS", .likely), ("TLS_KEY", .likely),
        ])
    func knowsNames(_ name: String, _ strength: SecretNameStrength) {
        #expect(SecretRules.strength(ofName: name) == strength)
    }

    @Test(
        "leave innocent names alone",
        arguments: [
            "PWD", "OLDPWD", "MONKEY", "KEYBOARD", "KEYMAP", "AUTHOR", "PUBLIC_KEY", "PublicKey",
            "PASSWORD_FILE", "key-mgmt",
            "PasswordAuthentication", "PubkeyAuthentication", "TOKEN_TTL", "proxy_pass", "compass", "PATH",
            "TZ", "",
            "HostKeyAlgorithms", "AuthorizedKeysFile", "MaxAuthTries", "KEY_TYPE",
        ])
    func leavesNames(_ name: String) {
        #expect(SecretRules.strength(ofName: name) == nil)
    }

    @Test(
        "judge values by name and shape",
        arguments: [
            ("DB_PASSWORD", "x", true), ("DB_PASSWORD", "", false), ("TLS_KEY", "/etc/key.pem", false),
            ("KEY", "s3", true),
            ("AUTH", "true", false), ("DATABASE_URL", "postgres://u:p@h/d", true),
            ("DATABASE_URL", "postgres://h/d", false),
            ("INNOCENT", "ghp_0123456789abcdefghijklmnopqrstuvwxyz", true), ("NAME", "value", false),
            ("PASSWORD", "‹hidden›", false),
        ])
    func judgesValues(_ name: String, _ value: String, _ isSecret: Bool) {
        #expect(SecretRules.isSecret(value, named: name) == isSecret)
        #expect((JSONValue.text(value, named: name).secretText != nil) == isSecret)
    }

    @Test("hide secret arguments of a command line")
    func hidesArguments() {
        let words = SecretRules.arguments([
            "x", "--requirepass", "p1", "--token=t", "--port", "80", "--password", "-v",
        ])
        #expect(
            words == [
                "x", "--requirepass", .secret("p1"), .secret("--token=t"), "--port", "80", "--password", "-v",
            ])
    }

    @Test(
        "know files that are secret as a whole",
        arguments: [
            ("/etc/shadow", true), ("/etc/ssh/ssh_host_rsa_key", true),
            ("/etc/ssh/ssh_host_rsa_key.pub", false),
            ("/root/.ssh/id_ed25519", true), ("/root/.restic-pass", true), ("/srv/db_password.txt", true),
            ("/run/secrets/anything", true), ("/etc/passwd", false), ("/etc/pam.d/common-password", false),
            ("/etc/nginx/nginx.conf", false), ("/etc/ssl/private/x.pem", true),
            ("/etc/letsencrypt/live/a/privkey.pem", true),
            ("/etc/systemd/system/systemd-ask-password.service", false), ("/etc/hosts", false),
        ])
    func knowsFiles(_ path: String, _ isSecret: Bool) {
        #expect(SecretRules.isSecretPath(path) == isSecret)
    }

    @Test("stay linear on long text without line ends", .timeLimit(.minutes(5)))
    func staysLinear() {
        for piece in [
            "password=", "a:", "\"token\" ", "://x@", "-----BEGIN ", "$6$", "key: |\n ", "key=/", "password ",
            "://u:p", "eyJ.", "Basic ", "@tcp(", "---\n", "chpasswd\n", "chpasswd ", "mysql '",
            "curl -u 'a: ",
            "# client server secret\na \"b c\n", "PWD=\"", "community ", "enable secret 5 ",
            "key: Permission denied",
            "\nPrivate-Lines:", "token = \"\"\"", "(\"token\", \"", "name: token, ",
            "chpasswd <<A\n", "chpasswd <<A ", "cat <<A | chpasswd\nb\n", "\"kty\"", "{\"kty\":\"",
            "\"kty\" \"d\":\"",
            "a:b@h.cc ", "a:b@", "user=a%", "basicauth {\n", "chpasswd:\n a:b\n", "encrypt=", "a.b:c@d:e\n",
            "password x y\n", "1 hex:a\n", "\npassword\nV 8", "password(", "{password, <<\"", "TOKEN ||= ",
            "A_TOKEN=\"x\ny\" ", "user a on >b ", "%",
            "hfk_", "K7QP-", "holdfast-key-1:", "holdfast-key-1:K7QP ", "a=b ?? 'c", "token=b||'c ",
            "\"password\":[\"", "\"password\":[\\\"a\\\",", "value: a, name: token, ",
            "{\"value\":\"a\",\"name\":\"token\"", "\"token\":{\"a\":\"b\",", "\"secrets\":[",
            "secrets:\n  a: b\n",
            "secrets:\n ", "\"name\":\"token\",", "- name: token\n  a: b\n", "<a name=\"token\" ",
            "$h{token} = '",
            "token = 'a''b", "token = \"a\" + ", "<token a=", "<token>\n", "token string = \"",
            "let token: A = ",
            "INSERT INTO a (token) VALUES ('", "insert into a (token) values (1),", "K7QP ", "k7qp\n",
            "key 7 ",
            "p\\u0061ss\":", "setToken(\"", "token = (\n\"", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----",
            "pin=", "\"pin\": ", "# password:\n", "token:\n\n", "passwords:\n- a\n\n", "password: # a\n",
            "password=${A:-", "password=${", "password: {{ '", "token = a(\"", "token = a.", "password: $(",
            "\\u", "K7 ",
            "a1: K7QP\n", "&#1;", "password: {token: {", "token: &", "var token = [",
        ] {
            let many = String(repeating: piece, count: 40_000 / piece.utf8.count)
            let text = Array((many + "\nkind: Secret").utf8)
            #expect(SecretRules.ranges(in: text).allSatisfy { $0.upperBound <= text.count })
        }
    }

    private static func redacted(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for range in SecretRules.ranges(in: bytes).reversed() {
            bytes.replaceSubrange(range, with: Array("‹hidden›".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `between quotes there may be nothing`() {
        let redactor = Redactor()
        for text in ["user x on '' >s3cretPlanted ~*", "user x on \"\" >s3cretPlanted ~*", "user - ''x]p'"] {
            let shown = redactor.redact(text)
            #expect(!shown.contains("s3cretPlanted"), "\(shown)")
            #expect(redactor.redact(shown) == shown)
        }
    }
}
