import Basics
import Testing

/// Secrets that stand where only the grammar around them tells, and commands that stand there and are none.
@Suite struct SecretPlaceTests {
    /// A text with the secret `Xq7w…` in it, or several of them.
    private static let secret = "hunter2Xq"

    @Test(arguments: [
        // Addresses whose path lets in whoever has it.
        "curl -fsS https://hc-ping.com/8f1c0d3e-7a55-4c0b-9d0e-1f2a3b4c5d6e",
        "curl -m 10 https://hc-ping.com/8f1c0d3e-7a55-4c0b-9d0e-1f2a3b4c5d6e/fail",
        "0 3 * * * root backup && wget -q https://hc.example.com/ping/8f1c0d3e-7a55-4c0b-9d0e-1f2a3b4c5d6e",
        "curl https://hc-ping.com/hunter2XqPing1234567/my-job",
        "URL=https://api.telegram.org/bot123456789:hunter2Xq-abc/sendMessage",
        "url: https://hooks.slack.com/services/T00000000/B00000000/hunter2XqXXXXXXXXXXXX",
        "https://hooks.slack.com/workflows/T00000000/A0000/12345/hunter2Xq",
        "https://discord.com/api/webhooks/123456789012345678/hunter2Xq-abc_def",
        "https://canary.discord.com/api/v10/webhooks/123456789012345678/hunter2Xq-abc_def",
        "https://contoso.webhook.office.com/webhookb2/hunter2Xq@8f1c/IncomingWebhook/hunter2Xq/8f1c",
        "https://outlook.office.com/webhook/hunter2Xq/IncomingWebhook/hunter2Xq",
        "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=hunter2Xq&token=hunter2Xq",
        "https://maker.ifttt.com/trigger/event/with/key/hunter2Xq",
        "push: https://uptime.example.com/api/push/hunter2Xq?status=up&msg=OK",
        "https://hooks.zapier.com/hooks/catch/12345/hunter2Xq/",
        "https://betteruptime.com/api/v1/heartbeat/hunter2Xq1234",
        "https://uptime.betterstack.com/api/v1/heartbeat/hunter2Xq1234",
        "https://cronitor.link/p/hunter2Xq1234567890abcdef/job",
        // Networks.
        "    dns cloudflare hunter2Xq_1234567890",
        "wireless-key s:hunter2Xq", "    wpa-psk hunter2Xq", "wireless-key hunter2Xq restricted",
        "com2sec readonly default hunter2Xq", "com2sec -Cn ctx readonly default hunter2Xq",
        "rocommunity hunter2Xq 10.0.0.0/8", "rwcommunity6 hunter2Xq default",
        "createUser admin SHA hunter2Xq AES hunter2Xq", "createUser admin SHA \"hunter2Xq\" AES",
        "createUser -e 0x8000 admin SHA-256 hunter2Xq AES hunter2Xq",
        // Redis.
        "user default on >hunter2Xq ~* +@all", "requirepass hunter2Xq", "requirepass \"hunter2Xq\"",
        // A flag and its value as neighbours in a list.
        #"{"args": ["--secret","hunter2Xq"]}"#, #"{"args": ["run", "--token", "hunter2Xq", "-v"]}"#,
        "{\n  \"args\": [\n    \"--api-key\",\n    \"hunter2Xq\"\n  ]\n}",
        "args: [--password, hunter2Xq, --port, 80]", "args: ['--password', 'hunter2Xq']",
        "args:\n  - --password\n  - hunter2Xq\n  - --port", "command:\n  - \"--token\"\n  - \"hunter2Xq\"",
        #"ENTRYPOINT ["server", "--db-password", "hunter2Xq"]"#,
        #"command: ["redis", "--requirepass", "hunter2Xq"]"#,
        // Arguments of a program as items.
        #"test: ["CMD", "mysqladmin", "-phunter2Xq", "ping"]"#, "test: [CMD, mysqladmin, -phunter2Xq, ping]",
        "\"test\": [\n  \"CMD\",\n  \"mysqladmin\",\n  \"-u\",\n  \"root\",\n  \"-phunter2Xq\"\n]",
        #"CMD ["redis-cli", "-a", "hunter2Xq", "ping"]"#,
        #"docker run --health-cmd ''\''mysqladmin'\'' '\''-phunter2Xq'\'' '\''ping'\''' x"#,
        // A name as a value, and its value.
        "- {name: API_KEY, value: hunter2Xq}", "  - { name: DB_PASSWORD, value: \"hunter2Xq\" }",
        "$cfg->pass = 'hunter2Xq';", "$this->password = \"hunter2Xq\";",
        // Terraform: the name of the block tells.
        "variable \"db_password\" {\n  type = string\n  default = \"hunter2Xq\"\n}",
        "variable \"api_token\" {\n  description = \"the token\"\n  default     = \"hunter2Xq\"\n}",
        "variable \"db_password\" { default = \"hunter2Xq\" }",
        // A command that says the password itself.
        "PASSWORD=$(echo hunter2Xq)", "PASSWORD=`echo hunter2Xq`", "passwordeval \"echo hunter2Xq\"",
        "PassCmd \"echo hunter2Xq\"", "password=$(printf %s hunter2Xq)", "PASSWORD=\"$(echo hunter2Xq)\"",
    ])
    func `a secret is hidden where it stands`(_ text: String) {
        let shown = Redactor().redact(text)
        #expect(shown.contains("‹hidden") && !shown.contains("hunter2Xq"), "\(shown)")
        #expect(!shown.contains("7a55-4c0b-9d0e"), "\(shown)")
        #expect(Redactor().redact(shown) == shown)
    }

    @Test(arguments: [
        // A command is no secret.
        "passwordeval \"pass show mail\"", "passwordeval \"gpg --quiet -d ~/.msmtp.gpg\"",
        "passwordeval gpg -d ~/.msmtp.gpg", "PassCmd \"pass mail/work\"", "PassCmd pass mail",
        "systemd-ask-password \"Disk passphrase:\"", "PW=$(systemd-ask-password \"Passphrase for disk:\")",
        "PASSWORD=$(cat /run/secrets/db)", "PASSWORD=$(cat x)", "export DB_PASSWORD=$(pass show db)",
        "PASSWORD=\"$(cat /etc/db.pass)\"", "PASSWORD=`cat x`", "password=$(openssl rand -hex 16)",
        "PASSWORD=$(<x)", "TOKEN=$(vault read -field=token secret/app)",
        "RESTIC_PASSWORD_COMMAND=cat /etc/restic", "pass_cmd: pass show x",
        "PASSWORD=$(echo \"$1\" | tr -d x)",
        "PASSWORD=$(echo $X)",
        // Addresses that let nobody in.
        "https://example.com/ping/host", "https://hc-ping.com/", "https://api.telegram.org/",
        "https://docs.example.com/8f1c0d3e-7a55-4c0b-9d0e-1f2a3b4c5d6e", "https://example.com/api/push",
        "apt-get install -y login mount passwd perl-base procps",
        #"test: ["CMD", "mysqladmin", "ping", "-h", "db"]"#, "[mysql, mariadb, -x]", "- {name: A, value: b}",
        // Lists, blocks and directives without a secret.
        #"{"args": ["--secret-name", "db"]}"#, "args: [--password-file, /run/x]",
        "args:\n  - --port\n  - \"80\"", #"["--token", "--verbose"]"#,
        "variable \"region\" {\n  default = \"eu-west-1\"\n}",
        "variable \"db_password\" {\n  type = string\n}",
        "variable \"db_password\" {}\nvariable \"region\" {\n  default = \"eu\"\n}",
        "variable \"db_password\" {\n  description = \"for the database\"\n  sensitive = true\n}",
        "wpa-ssid home", "dns cloudflare", "user default", "com2sec",
    ])
    func `what is no secret stays readable`(_ text: String) {
        #expect(Redactor().redact(text) == text)
    }

    @Test(arguments: [
        "/etc/openvpn/auth.txt", "/etc/openvpn/client/auth-user-pass", "/etc/openvpn/up.auth",
        "/etc/openvpn/auth-user-pass.txt", "/etc/openvpn/client/login.conf",
    ])
    func `an OpenVPN file of account and password is hidden`(_ path: String) {
        let shown = Redactor().redact("ann\nhunter2Xq\n", at: path)
        #expect(!shown.contains("hunter2Xq"), "\(shown)")
    }

    @Test(arguments: ["/srv/auth.txt", "/etc/openvpn/client.conf", "/home/ann/up.auth"])
    func `a file that is no such file is read as any other`(_ path: String) {
        let text = "client\ndev tun\nremote vpn.example 1194\n"
        #expect(Redactor().redact(text, at: path) == text)
    }
}
