import Testing

/// A text as it lies on a device, and the parts of it that no one may see.
struct PlantedSecret: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    let hidden: [String]

    /// - Parameter marked: the text, with « and » around each part that no one may see.
    init(_ description: String, _ marked: String) {
        testDescription = description
        text = marked.filter { $0 != "«" && $0 != "»" }
        hidden = marked.split(separator: "«", omittingEmptySubsequences: false).dropFirst()
            .map { String($0.prefix { $0 != "»" }) }
    }
}

/// What is planted, by a name for each: texts with « and » around the parts that no one may see.
typealias PlantedTable = KeyValuePairs<String, String>

/// Secrets of all usual shapes and places, none of them real, and texts that look like secrets and are none.
enum PlantedSecrets {
    private static let body = """
        «MIIEvQ»IBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
        «MzEfYy»jiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
        «c2hvcnRlbmQ»=
        """
    private static let base32 = "«A1b2»C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"

    static let all =
        ([variables, files, keys, tokens] + shapes + issues + directives + own + objects + spellings + strange)
        .flatMap { table in
            table.map { PlantedSecret($0.key, $0.value) }
        } + commandLines + programLines

    private static let variables: PlantedTable = [
        "env value": "DB_PASSWORD=«correct-horse-1»",
        "quoted .env": "API_SECRET=\"«two words 2»\"",
        "exported .env": "export MAIL_PASS='«pl4nt3d-3»'",
        "compose list": "      - POSTGRES_PASSWORD=«pl4nt3d-4»",
        "compose map": "      MYSQL_ROOT_PASSWORD: «pl4nt3d-5» # root",
        "unit": "Environment=\"S3_SECRET_KEY=«pl4nt3d-6»\" PORT=1",
        "unit, bare": "Environment=RESTIC_PASSWORD=«pl4nt3d-7»",
        "crontab": "*/5 * * * * TOKEN=«pl4nt3d-8» /usr/bin/x",
        "docker inspect": #""Env": ["PATH=/bin","JWT_SECRET=«pl4nt3d-9»"]"#,
        "log line": "level=info msg=login password=«pl4nt3d-10» user=x",
    ]

    private static let files: PlantedTable = [
        "WireGuard key": "PrivateKey = «cGxhbnRlZC0xMQ»==",
        "WireGuard shared key": "PresharedKey = «cGxhbnRlZC0xMg»==",
        "wpa_supplicant": "\tpsk=\"«planted wifi 13»\"",
        "NetworkManager": "[wifi-security]\nkey-mgmt=wpa-psk\npsk=«planted14»",
        "netplan": "          password: \"«planted 15»\"",
        "shadow": "bob:$6$saltsalt$«plantedhash16»plantedhash:19000:0:99999:7:::",
        "htpasswd": "bob:$apr1$q8eZFHjF$«plantedhash17»abcdefgh",
        "pgpass": "db.example:5432:app:bob:«planted18»",
        "netrc": "machine h login u password «planted19»",
        "redis.conf": "requirepass «planted20»",
        "npmrc": "//registry.example/:_authToken=«planted21»",
        "my.cnf": "[client]\nuser=root\npassword=«planted22»",
        "fstab": "//nas/x /mnt cifs user=a,password=«planted23» 0 0",
        "XML": "<apiKey>«planted24»«planted24»</apiKey>",
        "JSON": #"{"client_secret": "«planted25»", "n": 1}"#,
        "YAML block": "admin_password: |\n  «planted 26»\n  «more 26»\nnext: 1",
        "command line": "ExecStart=/bin/x --token «planted27» --port 1",
        "curl": "curl -H 'Authorization: Bearer «plantedBearer28»'",
        "basic header": "Authorization: Basic «cGxhbnRlZDoyOTI5»",
    ]

    private static let keys: PlantedTable = [
        "URL": "postgres://app:«planted30»@db:5432/x",
        "redis URL": "redis://:«planted31»@cache:6379/0",
        "git URL": "https://x-access-token:«planted32»@git.example/a.git",
        "driver address": "root:«planted33»@tcp(db:3306)/app",
        "PKCS #8 key": "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----",
        "OpenSSH key": "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----",
        "key in YAML":
            "tls: |\n  -----BEGIN RSA PRIVATE KEY-----\n  «c2hvcnQx»\n  -----END RSA PRIVATE KEY-----",
        "key without end": "-----BEGIN EC PRIVATE KEY-----\n\(body)",
    ]

    private static let tokens: PlantedTable = [
        "JSON web token": "cookie «eyJhbGci»OiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.«cGxhbnRlZDM4»cGxh",
        "AWS key id": "id «AKIAIOSFODNN7PLANTED»",
        "AWS secret": "aws_secret_access_key = «wJalrXUtnFEMI»/K7MDENG/bPxRfiCY«PLANTED40»",
        "GitHub token": "remote «ghp_»\(base32)",
        "GitLab token": "«glpat-»\(base32)",
        "Slack token": "«xoxb-1234»56789012-\(base32)",
        "Stripe key": "«sk_live_»\(base32)",
        "Google key": "«AIzaSy»\(base32)",
        "Telegram bot": "123456789:AA\(base32)",
        "Vault token": "hvs.\(base32)",
    ]

    static let innocent: [String] =
        fewInnocent + harmless + readable + plainCommandLines + plainDirectives
        + plainOwn + plainObjects + plainSpellings + plainStrange

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
