import Testing

/// A text as it lies on a device, and the parts of it that no one may see.
struct PlantedSecret: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let hidden: [String]

    init(_ description: String, _ text: String, hidden: String...) {
        testDescription = description
        self.text = text
        self.hidden = hidden
    }
}

/// Secrets of all usual shapes and places, none of them real, and texts that look like secrets and are none.
enum PlantedSecrets {
    private static let body = """
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
        MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
        c2hvcnRlbmQ=
        """
    private static let base32 = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"

    static let all: [PlantedSecret] = variables + files + keys + tokens + shapes

    private static let variables = [
        PlantedSecret("env value", "DB_PASSWORD=correct-horse-1", hidden: "correct-horse-1"),
        PlantedSecret("quoted .env", "API_SECRET=\"two words 2\"", hidden: "two words 2"),
        PlantedSecret("exported .env", "export MAIL_PASS='pl4nt3d-3'", hidden: "pl4nt3d-3"),
        PlantedSecret("compose list", "      - POSTGRES_PASSWORD=pl4nt3d-4", hidden: "pl4nt3d-4"),
        PlantedSecret("compose map", "      MYSQL_ROOT_PASSWORD: pl4nt3d-5 # root", hidden: "pl4nt3d-5"),
        PlantedSecret("unit", "Environment=\"S3_SECRET_KEY=pl4nt3d-6\" PORT=1", hidden: "pl4nt3d-6"),
        PlantedSecret("unit, bare", "Environment=RESTIC_PASSWORD=pl4nt3d-7", hidden: "pl4nt3d-7"),
        PlantedSecret("crontab", "*/5 * * * * TOKEN=pl4nt3d-8 /usr/bin/x", hidden: "pl4nt3d-8"),
        PlantedSecret("docker inspect", #""Env": ["PATH=/bin","JWT_SECRET=pl4nt3d-9"]"#, hidden: "pl4nt3d-9"),
        PlantedSecret("log line", "level=info msg=login password=pl4nt3d-10 user=x", hidden: "pl4nt3d-10"),
    ]

    private static let files = [
        PlantedSecret("WireGuard key", "PrivateKey = cGxhbnRlZC0xMQ==", hidden: "cGxhbnRlZC0xMQ"),
        PlantedSecret("WireGuard shared key", "PresharedKey = cGxhbnRlZC0xMg==", hidden: "cGxhbnRlZC0xMg"),
        PlantedSecret("wpa_supplicant", "\tpsk=\"planted wifi 13\"", hidden: "planted wifi 13"),
        PlantedSecret(
            "NetworkManager", "[wifi-security]\nkey-mgmt=wpa-psk\npsk=planted14", hidden: "planted14"),
        PlantedSecret("netplan", "          password: \"planted 15\"", hidden: "planted 15"),
        PlantedSecret(
            "shadow", "bob:$6$saltsalt$plantedhash16plantedhash:19000:0:99999:7:::", hidden: "plantedhash16"),
        PlantedSecret("htpasswd", "bob:$apr1$q8eZFHjF$plantedhash17abcdefgh", hidden: "plantedhash17"),
        PlantedSecret("pgpass", "db.example:5432:app:bob:planted18", hidden: "planted18"),
        PlantedSecret("netrc", "machine h login u password planted19", hidden: "planted19"),
        PlantedSecret("redis.conf", "requirepass planted20", hidden: "planted20"),
        PlantedSecret("npmrc", "//registry.example/:_authToken=planted21", hidden: "planted21"),
        PlantedSecret("my.cnf", "[client]\nuser=root\npassword=planted22", hidden: "planted22"),
        PlantedSecret("fstab", "//nas/x /mnt cifs user=a,password=planted23 0 0", hidden: "planted23"),
        PlantedSecret("XML", "<apiKey>planted24planted24</apiKey>", hidden: "planted24"),
        PlantedSecret("JSON", #"{"client_secret": "planted25", "n": 1}"#, hidden: "planted25"),
        PlantedSecret(
            "YAML block", "admin_password: |\n  planted 26\n  more 26\nnext: 1", hidden: "planted 26",
            "more 26"),
        PlantedSecret("command line", "ExecStart=/bin/x --token planted27 --port 1", hidden: "planted27"),
        PlantedSecret("curl", "curl -H 'Authorization: Bearer plantedBearer28'", hidden: "plantedBearer28"),
        PlantedSecret("basic header", "Authorization: Basic cGxhbnRlZDoyOTI5", hidden: "cGxhbnRlZDoyOTI5"),
    ]

    private static let keys = [
        PlantedSecret("URL", "postgres://app:planted30@db:5432/x", hidden: "planted30"),
        PlantedSecret("redis URL", "redis://:planted31@cache:6379/0", hidden: "planted31"),
        PlantedSecret("git URL", "https://x-access-token:planted32@git.example/a.git", hidden: "planted32"),
        PlantedSecret("driver address", "root:planted33@tcp(db:3306)/app", hidden: "planted33"),
        PlantedSecret(
            "PKCS #8 key", "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----",
            hidden: "MIIEvQ", "MzEfYy", "c2hvcnRlbmQ"),
        PlantedSecret(
            "OpenSSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----",
            hidden: "MIIEvQ", "MzEfYy", "c2hvcnRlbmQ"),
        PlantedSecret(
            "key in YAML",
            "tls: |\n  -----BEGIN RSA PRIVATE KEY-----\n  c2hvcnQx\n  -----END RSA PRIVATE KEY-----",
            hidden: "c2hvcnQx"),
        PlantedSecret(
            "key without end", "-----BEGIN EC PRIVATE KEY-----\n\(body)", hidden: "MIIEvQ", "c2hvcnRlbmQ"),
    ]

    private static let tokens = [
        PlantedSecret(
            "JSON web token", "cookie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.cGxhbnRlZDM4cGxh",
            hidden: "eyJhbGci", "cGxhbnRlZDM4"),
        PlantedSecret("AWS key id", "id AKIAIOSFODNN7PLANTED", hidden: "AKIAIOSFODNN7PLANTED"),
        PlantedSecret(
            "AWS secret", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYPLANTED40",
            hidden: "wJalrXUtnFEMI", "PLANTED40"),
        PlantedSecret("GitHub token", "remote ghp_\(base32)", hidden: "ghp_A1b2"),
        PlantedSecret("GitLab token", "glpat-\(base32)", hidden: "glpat-A1b2"),
        PlantedSecret("Slack token", "xoxb-123456789012-\(base32)", hidden: "xoxb-1234"),
        PlantedSecret("Stripe key", "sk_live_\(base32)", hidden: "sk_live_A1"),
        PlantedSecret("Google key", "AIzaSy\(base32)", hidden: "AIzaSyA1"),
        PlantedSecret("Telegram bot", "123456789:AA\(base32)", hidden: base32),
        PlantedSecret("Vault token", "hvs.\(base32)", hidden: base32),
    ]

    static let innocent: [String] = fewInnocent + harmless

    private static let fewInnocent = [
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "docker.io/library/nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "ghcr.io/home-assistant/home-assistant:2026.11.1", "registry.example:5000/team/app:v1.2.3-rc.1",
        "123e4567-e89b-12d3-a456-426614174000", "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  /etc/hosts",
        "openssl/stable-security 3.0.17-1~deb12u2 amd64", "linux-image-6.1.0-40-amd64 6.1.153-1",
        "/etc/ssh/ssh_host_ed25519_key.pub", "/var/lib/docker/volumes/db_data/_data",
        "/run/secrets/db_password",
        "SHA256:uNiVztksCsDhcc0u9e8BrSPIEkZBPFAb3CPAZRi6Fbg",
        "256 SHA256:uNiVztksCsDhcc0u9e8BrSPIEkZBPFAb3CPAZRi6Fbg root@nas (ED25519)",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop",
        "PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0\n-----END CERTIFICATE-----",
        "PasswordAuthentication no", "PermitRootLogin prohibit-password", "PubkeyAuthentication yes",
        "key-mgmt=wpa-psk", "PASSWORD_FILE=/run/secrets/db", "POSTGRES_PASSWORD=${DB_PASSWORD}",
        "keyboard-layout: us", "XKBLAYOUT=\"de\"", "author: Ann Example", "monkey=banana",
        "http://user@host.example/", "git@github.com:swiftlang/swift.git", "ssh://git@git.example:2222/a.git",
        "proxy_pass http://127.0.0.1:8080;", "auth required pam_unix.so", "password requisite pam_deny.so",
        "inet6 fe80::1ff:fe23:4567:890a/64 scope link", "52:54:00:12:34:56", "PARTUUID=3a7d9e52-02",
        "UUID=0f3b6b1e-9d52-4c8a-8f0e-3b1d0a0d5f11 / ext4 errors=remount-ro 0 1",
        "2026-11-21T09:30:00Z host sshd[812]: Accepted publickey for root from 10.0.0.2 port 50022 ssh2",
        "wwn-0x5000c500a1b2c3d4", "nvme-eui.0025388b01b2c3d4", "tokenizer: gpt2", "token bucket filter",
    ]
}
